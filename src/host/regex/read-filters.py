"""Reads filters and jails with fail2ban's own readers, tags and includes resolved, and the samples that ship with its
tests. One JSON request on standard input, one JSON answer on standard output. It sees no log line and no expression of
a caller."""

import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
import cage  # noqa: E402

request = json.load(sys.stdin)
cage.enter(request)

import fail2ban  # noqa: E402
from fail2ban.client.configreader import ConfigReader  # noqa: E402
from fail2ban.client.filterreader import FilterReader  # noqa: E402
from fail2ban.client.jailreader import JailReader  # noqa: E402

folder = request["configDir"]
if request["draft"] is not None:
    # A copy with a draft in it is read as a rehearsal reads it: nothing outside of it, and every mistake is named.
    sys.path.append(os.path.join(os.path.dirname(__file__), "..", "config"))
    from rehearse_folder import Folder, TracedFilter as FilterReader  # noqa: E402

    Folder.current = Folder(folder, {request["draft"]["changed"]}, request["draft"]["homes"])
lists = {"addfailregex": "expressions", "addignoreregex": "ignore", "addjournalmatch": "journal", "addignoreip": "ignoreip", "addlogpath": "logpath"}
texts = {
    "prefregex": "prefix",
    "datepattern": "datePattern",
    "maxlines": "maxLines",
    "logtimezone": "timeZone",
    "usedns": "usedns",
    "ignoreself": "ignoreself",
    "maxretry": "maxretry",
    "findtime": "findtime",
    "bantime": "bantime",
    "bantime.increment": "increment",
    "bantime.factor": "factor",
    "bantime.formula": "formula",
    "bantime.multipliers": "multipliers",
    "bantime.maxtime": "maxtime",
    "bantime.rndtime": "rndtime",
    "bantime.overalljails": "overalljails",
    "backend": "backend",
}


def told(stream):
    """The commands that the daemon would get, as one record."""
    known = {name: [] for name in lists.values()} | {name: None for name in texts.values()}
    for command in stream:
        if command[0] not in ("set", "multi-set"):
            continue
        name, values = command[2], command[3:]
        if name in texts:
            known[texts[name]] = str(values[0])
        elif name == "addjournalmatch":
            known["journal"].append([str(one) for one in values])
        elif name in lists:
            known[lists[name]] += values[0] if command[0] == "multi-set" else values[:1]
    return known


def read_filter(name, options):
    reader = FilterReader(name, "jail", options, basedir=folder)
    if not reader.read():
        raise ValueError("The filter %s cannot be read." % name)
    reader.getOptions({})
    return told(reader.convert())


def read_jail(name):
    reader = JailReader(name, force_enable=True, basedir=folder)
    reader.read()
    if not reader.has_section(name):
        raise ValueError("There is no jail %s." % name)
    # No action is of interest here, nor a mistake in one.
    reader.merge_section(name, {"action": ""})
    if not reader.getOptions():
        why = reader.options.get("config-error", "it is not written as fail2ban wants it")
        raise ValueError("The jail %s cannot be read: %s." % (name, why))
    options = reader.options
    known = told(reader.convert(allow_no_files=True))
    # Patterns, not the files of this moment: rotated ones belong to them too.
    known["logpath"] = [one for one in (options.get("logpath") or "").split("\n") if one.strip()]
    known["backend"] = options.get("backend")
    known["filter"] = options.get("filter")
    return known


def jails():
    reader = ConfigReader(basedir=folder)
    reader.read("jail")
    found = []
    for name in reader.sections():
        if name in ("INCLUDES", "DEFAULT"):
            continue
        try:
            enabled = str(reader.get(name, "enabled")).strip().lower() in ("1", "on", "true", "yes")
        except Exception:
            enabled = False
        found.append({"name": name, "enabled": enabled})
    return found


def samples(name, seen):
    """Lines of the log of that name, in groups of one combination of options, each with what its test says of it."""
    path = os.path.join(os.path.dirname(fail2ban.__file__), "tests", "files", "logs", name)
    if name in seen or os.path.dirname(os.path.realpath(path)) != os.path.realpath(os.path.dirname(path)):
        return []
    seen.add(name)
    if not os.path.isfile(path):
        return []
    groups, common, options, note = [], {}, [{}], {}
    lines = []
    more = []

    def finish():
        for each in options:
            condition = each.get("test.condition")
            other = re.fullmatch(r"name *== *'([^']+)'", condition or "name=='%s'" % request["samples"])
            if not lines or other is None or other.group(1) != request["samples"]:
                continue
            plain = {key: value for key, value in each.items() if not key.startswith("test.")}
            groups.append(
                {
                    "options": plain,
                    "journal": each.get("logtype") == "journal",
                    "before": each.get("test.prefix-line", ""),
                    "lines": [one for one in lines if wanted(one["constraint"], plain)],
                }
            )

    with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
        for text in file:
            text = text.rstrip("\r\n")
            found = re.match(r"^#+ ?(failJSON|(?:file|filter)Options|addFILE):(.+)$", text)
            if found is None:
                if text.strip() and not text.startswith("#"):
                    lines.append(
                        {
                            "text": text,
                            "match": bool(note.get("match", False)),
                            "host": note.get("host"),
                            "description": note.get("desc"),
                            "constraint": note.get("constraint"),
                        }
                    )
                    note = {}
                continue
            value = json.loads(found.group(2))
            if found.group(1) == "failJSON":
                note = value
            elif found.group(1) == "addFILE":
                more.append(value)
            else:
                finish()
                lines = []
                if found.group(1) == "fileOptions":
                    common = value
                    options = [common]
                else:
                    options = [common | one for one in (value if isinstance(value, list) else [value])]
    finish()
    for other in more:
        groups += samples(other, seen)
    return groups


def wanted(constraint, options):
    """The few conditions that the shipped logs use; code in them is never run."""
    if constraint is None:
        return True
    mode = re.fullmatch(r"opts\.get\('mode'\) *(==|!=) *'([^']+)'", constraint)
    if mode is not None:
        return (options.get("mode") == mode.group(2)) == (mode.group(1) == "==")
    other = re.fullmatch(r"name *== *'([^']+)'", constraint)
    return other is not None and other.group(1) == request["samples"]


def attempt(work):
    try:
        return {"value": work(), "problem": None}
    except Exception as error:
        return {"value": None, "problem": cage.said(error)}


json.dump(
    {
        "filters": [attempt(lambda: read_filter(one["name"], one["options"])) for one in request["filters"]],
        "jails": [attempt(lambda: read_jail(name)) for name in request["jails"]],
        "list": attempt(jails) if request["list"] else None,
        "findings": [] if request["draft"] is None else Folder.current.findings,
        "samples": attempt(lambda: samples(request["samples"], set())) if request["samples"] else None,
    },
    sys.stdout,
)
