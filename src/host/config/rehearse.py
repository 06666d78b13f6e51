"""Reads fail2ban configurations with fail2ban's own readers and tries their jails on a scratch server of its own
modules. One JSON request on standard input, one JSON answer on standard output. Run caged by caged-run.ts: nothing is
written, started, banned or looked up, and no value that fail2ban would evaluate is handed to it."""

import configparser
import glob
import hashlib
import importlib.util
import json
import logging
import os
import re
import resource
import signal
import stat
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

from fail2ban.client import jailreader  # noqa: E402
from fail2ban.client.actionreader import ActionReader  # noqa: E402
from fail2ban.client.configparserinc import SafeConfigParserWithIncludes as Parser  # noqa: E402
from fail2ban.client.fail2banreader import Fail2banReader  # noqa: E402
from fail2ban.client.filterreader import FilterReader  # noqa: E402
from fail2ban.client.jailreader import JailReader  # noqa: E402
from fail2ban.client.jailsreader import JailsReader  # noqa: E402
from fail2ban.helpers import extractOptions, splitWithOptions, str2LogLevel  # noqa: E402
from fail2ban.server.jail import Jail  # noqa: E402
from fail2ban.server.server import Server  # noqa: E402
from fail2ban.server.transmitter import Transmitter  # noqa: E402
from fail2ban.version import version  # noqa: E402

cap(resource.RLIMIT_FSIZE, 0)
cap(resource.RLIMIT_NPROC, 0)

LARGEST_FILE = 1024 * 1024
MOST_REPAIRS = 200
# Of processor time, for one expression.
LONGEST_READ = 0.5
# Of the wall clock, for the files that one log path stands for.
LONGEST_SEARCH = 2
LONGEST_MESSAGE = 600
TRUE = ("1", "on", "true", "yes")
FALSE = ("0", "off", "false", "no", "")
SERVER_OPTIONS = ("loglevel", "logtarget", "syslogsocket", "allowipv6", "dbfile", "dbmaxmatches", "dbpurgeage")


class TooSlow(BaseException):
    """No Exception: fail2ban must not catch it."""


def on_alarm(_signal, _frame):
    raise TooSlow()


signal.signal(signal.SIGVTALRM, on_alarm)
signal.signal(signal.SIGALRM, on_alarm)


def said(error):
    if isinstance(error, TooSlow):
        return "it needs too much time to be read"
    return (str(error) or type(error).__name__)[:400]


class Folder:
    """One configuration folder, what its files hold, and what is wrong with them."""

    def __init__(self, staged, changed):
        self.staged = staged
        self.changed = changed
        self.findings = []
        self.texts = {}
        # Files that fail2ban cannot read as they are.
        self.faulty = set()

    def find(self, code, message, **place):
        self.findings.append({"code": code, "message": message[:LONGEST_MESSAGE], **place})

    def resolve(self, name):
        """Where a file that fail2ban names lies for us, and whether that is in the folder."""
        homes = [self.staged, *request["configDirs"]]
        for home in homes:
            if name == home or name.startswith(home + "/"):
                name = request["configDirs"][0] + name[len(home) :]
                break
        real = os.path.normpath(name)
        for home in request["configDirs"]:
            if real.startswith(home + "/"):
                return self.staged + real[len(home) :], True
        return real, False

    def relative(self, path):
        return path[len(self.staged) + 1 :] if path.startswith(self.staged + "/") else None

    def bytes_of(self, path):
        """None for what is no file, or too large to be one of a configuration."""
        try:
            about = os.stat(path)
            if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST_FILE:
                return None
            with open(path, "rb") as file:
                return file.read(LARGEST_FILE)
        except OSError:
            return None

    def text_of(self, path):
        """With everything taken out that fail2ban's parser refuses; each of these is a finding."""
        if path not in self.texts:
            data = self.bytes_of(path)
            self.texts[path] = None if data is None else self.repaired(path, data)
        return self.texts[path]

    def repaired(self, path, data):
        file = self.relative(path)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.fault(file, "wrong-encoding", "This is not UTF-8; fail2ban leaves the whole file out.", line)
            text = data.decode("latin-1")
        if text.startswith("\ufeff"):
            message = "The file begins with a byte order mark, which fail2ban takes for a part of the first line."
            self.fault(file, "byte-order-mark", message, 1)
            text = text[1:]
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for _ in range(MOST_REPAIRS):
            try:
                Parser().read_string("\n".join(lines))
                break
            except configparser.Error as error:
                self.repair(file, lines, error)
        return "\n".join(lines)

    def fault(self, file, code, message, line, **place):
        self.faulty.add(file)
        self.find(code, message, file=file, line=line, subject=self.subject(file), **place)

    @staticmethod
    def subject(file):
        parts = (file or "").split("/")
        if parts[0] in ("filter.d", "action.d"):
            return "/".join([parts[0], os.path.splitext(parts[-1])[0]])
        return "fail2ban" if parts[0].startswith("fail2ban.") else "jail"

    def jail_of(self, file, section):
        return section if self.subject(file) == "jail" and section not in (None, "DEFAULT", "INCLUDES") else None

    def repair(self, file, lines, error):
        section_at = re.compile(r"\[(.+)\]")

        def section_above(line):
            above = (section_at.match(one) for one in reversed(lines[: line - 1]))
            return next((one.group(1) for one in above if one), None)

        if isinstance(error, configparser.MissingSectionHeaderError):
            line = error.lineno
            self.fault(file, "no-section", "This line stands before any [section].", line)
            end = next((n for n in range(line - 1, len(lines)) if section_at.match(lines[n])), len(lines))
            lines[line - 1 : end] = [""] * (end - line + 1)
        elif isinstance(error, configparser.DuplicateSectionError):
            message = f"The section [{error.section}] stands in this file twice."
            self.fault(file, "duplicate-section", message, error.lineno, jail=self.jail_of(file, error.section))
            lines[error.lineno - 1] = f"[KNOWN/again {error.lineno}]"
        elif isinstance(error, configparser.DuplicateOptionError):
            message = f"“{error.option}” stands in [{error.section}] of this file twice."
            jail = self.jail_of(file, error.section)
            self.fault(file, "duplicate-key", message, error.lineno, jail=jail, option=error.option)
            blank(lines, error.lineno)
        elif isinstance(error, configparser.ParsingError):
            for line, _ in error.errors:
                message = "This is neither a [section], nor “option = value”, nor a comment."
                self.fault(file, "bad-line", message, line, jail=self.jail_of(file, section_above(line)))
                lines[line - 1] = ""
        else:
            raise error

    def check_includes(self, parser, path):
        file = self.relative(path)
        if not parser.has_section("INCLUDES"):
            return
        for option in ("before", "after"):
            if option not in parser._sections["INCLUDES"]:
                continue
            place = {"file": file, "option": option, "section": "INCLUDES", "subject": self.subject(file)}
            try:
                names = parser.get("INCLUDES", option).split("\n")
            except configparser.Error as error:
                self.find("bad-reference", reference_message(error), **place)
                parser._sections["INCLUDES"][option] = ""
                continue
            kept = [name for name in names if name != "" and self.may_include(name, path, place)]
            parser._sections["INCLUDES"][option] = "\n".join(kept).replace("%", "%%")

    def may_include(self, name, path, place):
        target, inside = self.resolve(name if os.path.isabs(name) else os.path.join(os.path.dirname(path), name))
        ours = place["file"] in self.changed
        if not inside and ours:
            self.find("include-outside", f"{name} is not in fail2ban’s configuration folder.", needle=name, **place)
            return False
        if os.path.isfile(target):
            return True
        # Shipped files name .local files that the administrator may write some day.
        if ours or not name.endswith(".local"):
            folder = os.path.dirname(target)
            near = [os.path.relpath(one, os.path.dirname(path)) for one in glob.glob(glob.escape(folder) + "/*.conf")]
            message = f"There is no file {name} to be included."
            self.find("include-missing", message, needle=name, near=[name, near], **place)
        return False


def blank(lines, line):
    """This line and what continues it."""
    lines[line - 1] = ""
    while line < len(lines) and lines[line][:1] in (" ", "\t"):
        lines[line] = ""
        line += 1


def reference_message(error):
    if isinstance(error, configparser.InterpolationMissingOptionError):
        return f"The reference %({error.reference})s leads nowhere."
    if isinstance(error, configparser.InterpolationDepthError):
        return "The references in this value go in a circle, or too deep."
    return "A “%” has to be written “%%”, unless it begins a reference such as %(name)s."


folder = None


def read_files(parser, filenames, encoding=None):
    """In place of configparser's: files come from the staged folder, and without what it would stop at."""
    done = []
    for name in [filenames] if isinstance(filenames, str) else filenames:
        path, _ = folder.resolve(name)
        text = folder.text_of(path)
        if text is None:
            continue
        parser.read_string(text, source=path)
        for section in [one for one in parser._sections if one.startswith("KNOWN/again ")]:
            parser.remove_section(section)
        folder.check_includes(parser, path)
        done.append(path)
    return done


configparser.RawConfigParser.read = read_files
plain_read = Parser.read


def read_noting(parser, filenames, get_includes=True):
    done = plain_read(parser, filenames, get_includes)
    if get_includes:
        parser.noted = list(done)
    return done


Parser.read = read_noting

# The filter or action that is being read: an exception that leaves it is about it.
reading = []


def traced(reader, name):
    plain = getattr(reader, name)

    def work(self, *args, **kwargs):
        part = "filter.d/" if isinstance(self, FilterReader) else "action.d/"
        reading.append(part + self.getFile())
        result = plain(self, *args, **kwargs)
        reading.pop()
        return result

    return work


class TracedFilter(FilterReader):
    latest = None
    read = traced(FilterReader, "read")
    getOptions = traced(FilterReader, "getOptions")
    convert = traced(FilterReader, "convert")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.plain = {}
        TracedFilter.latest = self

    def convertOptions(self, opts, configOpts):
        self.plain = {key: value for key, value in opts.items() if isinstance(value, str)}
        super().convertOptions(opts, configOpts)

    getCombined = traced(FilterReader, "getCombined")


class TracedAction(ActionReader):
    read = traced(ActionReader, "read")
    getOptions = traced(ActionReader, "getOptions")
    convert = traced(ActionReader, "convert")


jailreader.FilterReader = TracedFilter
jailreader.ActionReader = TracedAction

# Log files by pattern: both folders see the same ones.
searched = {}
searched_too_long = set()


def log_files(pattern):
    if pattern not in searched:
        searched[pattern] = []
        try:
            signal.setitimer(signal.ITIMER_REAL, LONGEST_SEARCH)
            searched[pattern] = [path for path in glob.glob(pattern) if os.path.exists(path)]
        except TooSlow:
            searched_too_long.add(pattern)
        except (OSError, ValueError):
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return searched[pattern]


JailReader._glob = staticmethod(log_files)


class Scratch:
    """A server of fail2ban's own that has no socket, thread, database, name server or action."""

    # What is harmless to hand over; times, factors, formulas, commands and actions are not.
    FED = {
        "usedns": "bad-value",
        "prefregex": "bad-regex",
        "addfailregex": "bad-regex",
        "addignoreregex": "bad-regex",
        "datepattern": "bad-date-pattern",
        "maxlines": "not-a-number",
        "logencoding": "bad-value",
        "logtimezone": "bad-value",
        "addjournalmatch": "bad-value",
    }

    def __init__(self):
        self.server = Server()
        self.transmitter = Transmitter(self.server)
        # What is wrong with a jail's commands, by the commands: most are in both folders.
        self.known = {}
        self.count = 0

    def problems(self, stream):
        """(command, value, code, message) of each that is refused."""
        fed = [one for one in map(self.single, stream) if one is not None]
        key = json.dumps(fed)
        if key not in self.known:
            self.known[key] = self.feed([part for one in fed for part in one])
        return self.known[key]

    def single(self, command):
        """As many commands with one value each."""
        if command[0] not in ("set", "multi-set") or command[2] not in self.FED:
            return None
        values = command[3] if command[0] == "multi-set" else [command[3:]]
        if command[2] == "maxlines" and not re.fullmatch(r"\d{1,9}", str(command[3])):
            return None
        return [[command[2], *(value if isinstance(value, list) else [value])] for value in values]

    def feed(self, commands):
        name = f"scratch-{self.count}"
        self.count += 1
        self.transmitter.proceed(["add", name, "polling"])
        wrong = []
        for command in commands:
            try:
                signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_READ)
                refused, answer = self.transmitter.proceed(["set", name, *command])
                if command[0] == "datepattern" and not refused:
                    # It is compiled only when the first line is read.
                    self.server._Server__jails[name].filter.dateDetector.matchTime("no date")
            except (Exception, TooSlow) as error:
                refused, answer = 1, error
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            if refused:
                wrong.append((command[0], " ".join(map(str, command[1:])), self.FED[command[0]], said(answer)))
        return wrong


scratch = Scratch()
WORDS = {"bad-regex": "fail2ban refuses this expression", "bad-date-pattern": "fail2ban refuses this date pattern"}


def report(stream, place):
    """True when fail2ban took all of it."""
    problems = scratch.problems(stream)
    for command, value, code, why in problems:
        option = command[3:] if command.startswith("add") else command
        words = WORDS.get(code, "fail2ban refuses this value")
        folder.find(code, f"{words}: {why}", **{**place, "option": option, "needle": value})
    return not problems


def names_in(part):
    paths = glob.glob(f"{glob.escape(folder.staged)}/{part}/*")
    return sorted({os.path.splitext(os.path.basename(one))[0] for one in paths if one.endswith((".conf", ".local"))})


def exists(part, name):
    home = f"{folder.staged}/{part}"
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
        folder.find(code, message, **{"jail": self.name, "option": option, "subject": "jail", **place})

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
        if any(folder.relative(path) in folder.faulty for path in self.files):
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
                folder.find("log-hidden", message, severity="warning", **self.log_place(line))
            elif found:
                message = f"There is no log file {line}; the others of this jail are read."
                folder.find("log-missing", message, severity="warning", **self.log_place(line))
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
            "files": sorted({one for one in map(folder.relative, self.files) if one is not None}),
        }


def sum_of(commands):
    text = json.dumps(commands).replace(folder.staged, request["configDirs"][0])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_hidden(pattern):
    """The nearest folder above that exists, when it may not be looked into."""
    home = os.path.dirname(pattern)
    while home not in ("", "/") and not os.path.isdir(home):
        home = os.path.dirname(home)
    return home if home.startswith("/") and not os.access(home, os.R_OK | os.X_OK) else None


def read_server(share):
    reader = Fail2banReader(share_config=share, basedir=folder.staged)
    reader.read()
    values = []
    for option in SERVER_OPTIONS:
        place = {"option": option, "subject": "fail2ban", "section": "Definition"}
        try:
            value = reader.get("Definition", option)
        except configparser.InterpolationError as error:
            folder.find("bad-reference", reference_message(error), **place)
            continue
        except configparser.Error:
            continue
        values.append({"option": option, "value": value, "subject": "fail2ban"})
        if option == "loglevel":
            try:
                str2LogLevel(value)
            except ValueError:
                near = [value.upper(), ["CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"]]
                folder.find("bad-value", f"fail2ban knows no log level “{value}”.", near=near, **place)
    return values


def try_unused(share, used):
    """Changed filters and actions that no enabled jail uses are tried by themselves."""
    for file in sorted(folder.changed):
        part, _, rest = file.partition("/")
        name, ending = os.path.splitext(rest)
        if file in used or part not in ("filter.d", "action.d") or ending not in (".conf", ".local"):
            continue
        if not exists(part, name):
            continue
        place = {"subject": f"{part}/{name}", "section": "Definition", "filter": name}
        trial = JailTrial("unused", None, share)
        trial.find = lambda code, message, option=None, where=place, **more: folder.find(
            code, message, **{"option": option, **where, **more}
        )
        make = TracedFilter if part == "filter.d" else TracedAction
        reading.clear()
        try:
            reader = make(name, "unused", {}, share_config=share, basedir=folder.staged)
            reader.read()
            reader.getOptions({}, all=True)
            report(reader.convert(), place)
        except (Exception, TooSlow) as error:
            trial.blame(error)


def examine(staged, changed):
    global folder
    folder = Folder(staged, set(changed))
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
