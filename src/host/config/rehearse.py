"""Reads fail2ban configurations with fail2ban's own readers and tries their jails on a scratch server of its own
modules. One JSON request on standard input, one JSON answer on standard output. Run caged by caged-run.ts: nothing is
written, started, banned or looked up, and no value that fail2ban would evaluate is handed to it. It is longer than other
files because one jail is tried by one class, whose steps mend what the earlier ones found."""

import configparser
import glob
import hashlib
import importlib.util
import json
import logging
import os
import re
import resource
import sys

request = json.load(sys.stdin)


def cap(what, amount):
    _, hard = resource.getrlimit(what)
    amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(what, (amount, amount))


os.nice(5)
cap(resource.RLIMIT_AS, request["memoryBytes"])
cap(resource.RLIMIT_CPU, request["cpuSeconds"])
cap(resource.RLIMIT_CORE, 0)
logging.disable(logging.CRITICAL)
# Python is isolated, so that it does not look for modules here by itself.
sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from fail2ban.client.fail2banreader import Fail2banReader  # noqa: E402
from fail2ban.client.filterreader import FilterReader  # noqa: E402
from fail2ban.client.actionreader import ActionReader  # noqa: E402
from fail2ban.client.jailreader import JailReader  # noqa: E402
from fail2ban.client.jailsreader import JailsReader  # noqa: E402
from fail2ban.helpers import extractOptions, splitWithOptions, str2LogLevel  # noqa: E402
from fail2ban.server.jail import Jail  # noqa: E402
from fail2ban.version import version  # noqa: E402
from rehearse_folder import (  # noqa: E402
    Folder,
    TracedAction,
    TracedFilter,
    log_files,
    reading,
    reference_message,
    searched_too_long,
)
from rehearse_limits import TooSlow, said  # noqa: E402
from rehearse_scratch import Scratch  # noqa: E402

cap(resource.RLIMIT_FSIZE, 0)
cap(resource.RLIMIT_NPROC, 0)

TRUE = ("1", "on", "true", "yes")
FALSE = ("0", "off", "false", "no", "")
SERVER_OPTIONS = ("loglevel", "logtarget", "syslogsocket", "allowipv6", "dbfile", "dbmaxmatches", "dbpurgeage")

scratch = Scratch()
WORDS = {"bad-regex": "fail2ban refuses this expression", "bad-date-pattern": "fail2ban refuses this date pattern"}


def report(stream, place):
    """True when fail2ban took all of it."""
    problems = scratch.problems(stream)
    for command, value, code, why in problems:
        option = command[3:] if command.startswith("add") else command
        words = WORDS.get(code, "fail2ban refuses this value")
        Folder.current.find(code, f"{words}: {why}", **{**place, "option": option, "needle": value})
    return not problems


def names_in(part):
    paths = glob.glob(f"{glob.escape(Folder.current.staged)}/{part}/*")
    return sorted({os.path.splitext(os.path.basename(one))[0] for one in paths if one.endswith((".conf", ".local"))})


def exists(part, name):
    home = f"{Folder.current.staged}/{part}"
    path = os.path.normpath(f"{home}/{name}")
    if not path.startswith(home + "/"):
        return False
    return any(os.path.isfile(path + ending) for ending in ([""] if name.endswith(".py") else [".conf", ".local"]))


def bracket_problem(options):
    open_quote = next((key for key, value in options.items() if value[:1] in ('"', "'")), None)
    return None if open_quote is None else f"the quotation mark of {open_quote} is not closed"


class JailTrial:
    def __init__(self, name, config, share):
        self.name = name
        self.config = config
        self.share = share
        self.broken = False
        self.mended = set()
        self.values = []
        self.logs = []
        self.files = []
        self.key = None
        self.actions = None

    def find(self, code, message, option=None, **place):
        self.broken = True
        Folder.current.find(code, message, **{"jail": self.name, "option": option, "subject": "jail", **place})

    def mend(self, option, value):
        self.mended.add(option)
        self.config._sections[self.name][option] = value.replace("%", "%%")

    def value(self, option):
        """As fail2ban reads it; None when there is none, or none that can be read."""
        try:
            return self.config.get(self.name, option)
        except configparser.InterpolationMissingOptionError as error:
            # What the filter sets is known only when it is read.
            if error.reference.startswith("known/"):
                return None
            self.find("bad-reference", reference_message(error), option)
        except configparser.InterpolationError as error:
            self.find("bad-reference", reference_message(error), option)
        except configparser.NoOptionError:
            return None
        self.mend(option, "")
        return None

    def is_enabled(self):
        # fail2ban reads these of every jail, and stops at the first that it cannot read.
        for option in ("backend", "filter"):
            self.value(option)
        value = self.value("enabled")
        if value is None:
            return False
        if value.lower() not in TRUE + FALSE:
            self.find("not-a-boolean", f"“{value}” is neither true nor false; fail2ban takes it for false.", "enabled")
        return value.lower() in TRUE

    def run(self):
        known = {}
        for option in JailReader._configOpts:
            value = self.value(option)
            if value is not None and option not in self.mended:
                known[option] = value
        self.check_backend(known.get("backend", "auto"))
        filter_name = self.check_filter(known.get("filter", ""))
        self.check_actions(known.get("action", ""))
        stream = self.build(filter_name)
        if stream is None:
            return
        self.note_values(known, filter_name, stream)
        self.check_logs(known)
        place = {"jail": self.name, "subject": "jail", "filter": filter_name}
        if not report(stream, place):
            self.broken = True

    def check_backend(self, value):
        try:
            backend = extractOptions(value)[0].lower()
        except ValueError:
            backend = value
        if backend not in ("auto", *Jail._BACKENDS):
            near = [backend, ["auto", *Jail._BACKENDS]]
            self.find("unknown-backend", f"fail2ban knows no backend “{value}”.", "backend", near=near)
        elif backend == "systemd" and importlib.util.find_spec("systemd") is None:
            message = "The Python of fail2ban here has no module for the systemd journal."
            self.find("backend-missing", message, "backend")

    def check_filter(self, value):
        """Its name, or None."""
        if value == "":
            return None
        try:
            name, options = extractOptions(value)
            problem = bracket_problem(options)
        except ValueError as error:
            name, problem = value, said(error)
        if problem is not None:
            self.find("bad-filter", f"The filter cannot be read: {problem}.", "filter", needle=value)
        elif not exists("filter.d", name):
            message = f"There is no filter “{name}”."
            self.find("filter-missing", message, "filter", needle=name, near=[name, names_in("filter.d")])
        else:
            return name
        self.mend("filter", "")
        return None

    def check_actions(self, value):
        good = []
        for text in map(str.strip, splitWithOptions(value)):
            if text == "":
                continue
            try:
                name, options = extractOptions(text)
                problem = bracket_problem(options)
            except ValueError as error:
                name, problem = text, said(error)
            if problem is not None:
                self.find("bad-action", f"The action cannot be read: {problem}.", "action", needle=text)
            elif not exists("action.d", name):
                message = f"There is no action “{name}”."
                option = self.option_naming(name)
                self.find("action-missing", message, option, needle=name, near=[name, names_in("action.d")])
            else:
                good.append(text)
        if "action" not in self.mended and self.broken:
            self.mend("action", "\n".join(good))

    def option_naming(self, action):
        """`action` names it, unless it only refers to `banaction`."""
        for option in ("banaction", "banaction_allports"):
            try:
                if self.config.get(self.name, option).strip() == action:
                    return option
            except configparser.Error:
                continue
        return "action"

    def build(self, filter_name):
        reader = JailReader(self.name, share_config=self.share, use_config=self.config)
        reading.clear()
        TracedFilter.latest = None
        try:
            if not reader.getOptions():
                raise ValueError(reader.options.get("config-error", "it cannot be read"))
            stream = reader.convert(allow_no_files=True)
        except (Exception, TooSlow) as error:
            self.blame(error)
            return None
        self.options = reader.options
        readers = [TracedFilter.latest, *getattr(reader, "_JailReader__actions")]
        for one in readers:
            self.files += getattr(getattr(one, "_cfg", None), "noted", [])
        if any(Folder.current.relative(path) in Folder.current.faulty for path in self.files):
            self.broken = True
        self.key = sum_of([one for one in stream if one[2:3] != ["addlogpath"]] + [self.options.get("logpath")])
        self.actions = sum_of([one for one in stream if one[2:3] in (["addaction"], ["action"])])
        return stream

    def blame(self, error):
        chain = []
        while error is not None and error not in chain:
            chain.append(error)
            error = error.__context__
        subject = reading[0] if reading else "jail"
        place = {"subject": subject, "section": None if subject == "jail" else "Definition"}
        broken = next((one for one in chain if isinstance(one, configparser.InterpolationError)), None)
        if broken is not None:
            # Without its filter, what the filter knows cannot be known.
            known = isinstance(broken, configparser.InterpolationMissingOptionError) and broken.reference.startswith(
                "known/"
            )
            if known and "filter" in self.mended:
                self.broken = True
                return
            self.find("bad-reference", reference_message(broken), broken.option, **place)
            return
        message = said(chain[-1])
        tag = re.search(r"fail tag: (\S+), found: (\S+)", message)
        if tag:
            words = f"The tag <{tag.group(2)}> in “{tag.group(1)}” leads back to itself."
            self.find("bad-tag", words, tag.group(1), **place)
        else:
            self.find("bad-jail", f"fail2ban cannot read this jail: {message}", **place)

    def note_values(self, known, filter_name, stream):
        for option, value in known.items():
            self.values.append({"option": option, "value": value, "subject": "jail"})
        for option in ("maxlines", "usedns"):
            value = getattr(TracedFilter.latest, "plain", {}).get(option)
            if value is not None and option not in known:
                self.values.append({"option": option, "value": value, "subject": f"filter.d/{filter_name}"})
        cache = known.get("ignorecache", "")
        if cache != "":
            try:
                parts = extractOptions(f"cache[{cache}]")[1]
                for option in ("max-time", "max-count"):
                    if option in parts:
                        self.values.append({"option": f"ignorecache {option}", "value": parts[option], "subject": "jail"})
                if "key" not in parts:
                    self.find("bad-value", "The cache needs a key.", "ignorecache")
            except ValueError as error:
                self.find("bad-value", f"The cache cannot be read: {said(error)}.", "ignorecache")
        if known.get("bantime.formula", "") != "":
            try:
                compile(known["bantime.formula"], "formula", "eval")
            except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
                self.find("bad-formula", f"This is no formula: {getattr(error, 'msg', said(error))}.", "bantime.formula")
        for command in stream:
            if command[0] == "multi-set" and command[2] == "action":
                pairs = command[4]
            elif command[0] == "set" and command[2] == "action":
                pairs = [command[4:6]]
            else:
                continue
            for option, value in pairs:
                if option == "timeout":
                    self.values.append({"option": "timeout", "value": str(value), "subject": f"action.d/{command[3]}"})

    def check_logs(self, known):
        value = self.options.get("logpath")
        if value is None or "logpath" in self.mended or known.get("backend", "").startswith("systemd"):
            return
        missing, found = [], False
        for line in value.split("\n"):
            pattern, _, tail = line.rpartition(" ") if " " in line else (line, "", "head")
            paths = log_files(pattern)
            if pattern in searched_too_long:
                message = f"The files that {line} stands for cannot be found in time."
                self.find("log-slow", message, "logpath", needle=line)
                found = True
                continue
            if paths and tail.lower() not in ("head", "tail"):
                self.find("bad-value", f"After a log path only “head” or “tail” may stand, not “{tail}”.", "logpath", needle=line)
            if not paths:
                missing.append(line)
            found = found or bool(paths)
            self.logs += [{"line": line, "path": os.path.realpath(path)} for path in paths[:100]]
        for line in missing if found else missing[:1]:
            hidden = is_hidden(line)
            if hidden is not None:
                message = f"Whether there is a log file {line} cannot be seen: {hidden} is closed to BanGUI."
                Folder.current.find("log-hidden", message, severity="warning", **self.log_place(line))
            elif found:
                message = f"There is no log file {line}; the others of this jail are read."
                Folder.current.find("log-missing", message, severity="warning", **self.log_place(line))
            else:
                message = "No log file is named." if line == "" else f"There is no log file {line}."
                self.find("log-missing", message, "logpath", needle=line)

    def log_place(self, line):
        return {"jail": self.name, "option": "logpath", "subject": "jail", "needle": line}

    def answer(self, enabled):
        return {
            "enabled": enabled,
            "broken": self.broken,
            "key": self.key,
            "actions": self.actions,
            "values": self.values,
            "logs": self.logs,
            "files": sorted({one for one in map(Folder.current.relative, self.files) if one is not None}),
        }


def sum_of(commands):
    text = json.dumps(commands).replace(Folder.current.staged, request["configDirs"][0])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_hidden(pattern):
    """The nearest folder above that exists, when it may not be looked into."""
    home = os.path.dirname(pattern)
    while home not in ("", "/") and not os.path.isdir(home):
        home = os.path.dirname(home)
    return home if home.startswith("/") and not os.access(home, os.R_OK | os.X_OK) else None


def read_server(share):
    reader = Fail2banReader(share_config=share, basedir=Folder.current.staged)
    reader.read()
    values = []
    for option in SERVER_OPTIONS:
        place = {"option": option, "subject": "fail2ban", "section": "Definition"}
        try:
            value = reader.get("Definition", option)
        except configparser.InterpolationError as error:
            Folder.current.find("bad-reference", reference_message(error), **place)
            continue
        except configparser.Error:
            continue
        values.append({"option": option, "value": value, "subject": "fail2ban"})
        if option == "loglevel":
            try:
                str2LogLevel(value)
            except ValueError:
                near = [value.upper(), ["CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"]]
                Folder.current.find("bad-value", f"fail2ban knows no log level “{value}”.", near=near, **place)
    return values


def try_unused(share, used):
    """Changed filters and actions that no enabled jail uses are tried by themselves."""
    for file in sorted(Folder.current.changed):
        part, _, rest = file.partition("/")
        name, ending = os.path.splitext(rest)
        if file in used or part not in ("filter.d", "action.d") or ending not in (".conf", ".local"):
            continue
        if not exists(part, name):
            continue
        place = {"subject": f"{part}/{name}", "section": "Definition", "filter": name}
        trial = JailTrial("unused", None, share)
        trial.find = lambda code, message, option=None, where=place, **more: Folder.current.find(
            code, message, **{"option": option, **where, **more}
        )
        make = TracedFilter if part == "filter.d" else TracedAction
        reading.clear()
        try:
            reader = make(name, "unused", {}, share_config=share, basedir=Folder.current.staged)
            reader.read()
            reader.getOptions({}, all=True)
            report(reader.convert(), place)
        except (Exception, TooSlow) as error:
            trial.blame(error)


def examine(staged, changed):
    folder = Folder.current = Folder(staged, set(changed), request["configDirs"])
    share = {}
    server = read_server(share)
    reader = JailsReader(share_config=share, basedir=staged)
    reader.read()
    config = reader._cfg
    config.get_defaults().update({"fail2ban_version": version, "fail2ban_confpath": staged})
    jails, used = {}, set()
    for name in list(reader.sections()):
        if name == "INCLUDES":
            continue
        trial = JailTrial(name, config, share)
        enabled = trial.is_enabled()
        if enabled:
            trial.run()
        jails[name] = trial.answer(enabled)
        used.update(jails[name]["files"])
    try_unused(share, used)
    for one in folder.findings:
        one["message"] = one["message"].replace(staged, request["configDirs"][0])
    return {"findings": folder.findings, "jails": jails, "server": server, "faulty": sorted(filter(None, folder.faulty))}


json.dump(
    {
        "before": examine(request["before"], []),
        "after": examine(request["after"], request["changed"]),
        "known": {
            "jail": sorted(JailReader._configOpts),
            "filter": sorted(FilterReader._configOpts),
            "action": sorted(ActionReader._configOpts),
            "server": [*SERVER_OPTIONS, "socket", "pidfile"],
        },
    },
    sys.stdout,
)
