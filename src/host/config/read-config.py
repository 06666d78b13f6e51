"""Prints what fail2ban's own readers make of its configuration: for each line of JSON on standard input one on standard
output, until there are no more or fail2ban itself was replaced. What stood in a file is kept until the file changes. Run
caged by caged-server.ts: it opens no file outside of the configuration's folder, writes none, starts nothing and speaks
to nobody."""

import gc
import json
import logging
import os
import resource
import shlex  # noqa: F401  Loaded before a file is refused: fail2ban imports it late.
import sys
from configparser import (
    Error,
    InterpolationDepthError,
    InterpolationMissingOptionError,
    NoOptionError,
)

limits = json.loads(sys.argv[1])


def cap(what, amount):
    _, hard = resource.getrlimit(what)
    amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(what, (amount, amount))


def cap_processor():
    """Of the request at hand; the kernel counts from the start of the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(used.ru_utime + used.ru_stime) + 1 + limits["cpuSeconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


cap(resource.RLIMIT_AS, limits["memoryBytes"])
cap(resource.RLIMIT_CORE, 0)
cap_processor()
logging.disable(logging.CRITICAL)
# Python is isolated, so that it does not look for modules here by itself.
sys.path.append(os.path.dirname(os.path.abspath(__file__)))

from fail2ban.client.configreader import ConfigReaderUnshared  # noqa: E402
from fail2ban.client.filterreader import FilterReader  # noqa: E402
from fail2ban.client.jailreader import JailReader  # noqa: E402
from fail2ban.client.jailsreader import JailsReader  # noqa: E402
from fail2ban.helpers import _as_bool, extractOptions, splitWithOptions  # noqa: E402
from fail2ban import version as of_fail2ban  # noqa: E402
import read_config_files as files  # noqa: E402
from read_config_files import find, short, state_of  # noqa: E402

cap(resource.RLIMIT_FSIZE, 0)
cap(resource.RLIMIT_NPROC, 0)

version = of_fail2ban.version


def text(value):
    return None if value is None else str(value)


def reference_problem(config, section, option):
    """Why fail2ban cannot tell the value of an option; None when it can, or when there is none."""
    try:
        config.get(section, option)
    except NoOptionError:
        pass
    except InterpolationMissingOptionError as error:
        return "bad-reference", "%s refers to %%(%s)s, which is set nowhere." % (option, error.reference)
    except (InterpolationDepthError, RecursionError):
        return "bad-reference", "%s refers to itself, or too deep." % option
    except Error as error:
        return "bad-reference", "%s cannot be read: %s" % (option, short(error))
    return None


def options_of(config, section, names):
    """Each as fail2ban reads it; None where its references cannot be followed."""
    values = {}
    for name in names:
        if name == "__name__" or name.startswith("known/"):
            continue
        try:
            values[name] = text(config.get(section, name))
        except NoOptionError:
            continue
        except (Error, RecursionError):
            values[name] = None
    return values


def merged_files(share, name):
    config = share.get(name)
    return getattr(config, "merged_files", [])


def used(text):
    """Name and parameters of a filter or action; null when fail2ban cannot read them."""
    try:
        name, parameters = extractOptions(text)
        return {"name": name.strip(), "parameters": parameters}
    except ValueError as error:
        return {"name": None, "parameters": {}, "problem": short(error)}


def actions_of(value):
    return [used(one.strip()) for one in splitWithOptions(value or "") if one.strip()]


known = list(JailReader._configOpts)


def read_jail(name, config, share):
    reader = JailReader(name, force_enable=True, share_config=share, use_config=config, basedir=files.root)
    problem = None
    try:
        if not reader.getOptions():
            problem = reader.options.get("config-error") or "It cannot be read."
    except Error:
        problem = None  # A reference: each option says so for itself.
    except Exception as error:
        problem = short(error)
    names = dict.fromkeys(known + list(config._sections[name]) + list(config._defaults))
    options = options_of(config, name, names)
    # What only stands among the defaults may be unfit for a jail that does not use it.
    for option in (one for one in options if options[one] is None and (one in known or one in config._sections[name])):
        wrong = reference_problem(config, name, option)
        if wrong is not None:
            find(wrong[0], wrong[1], jail=name, option=option)
    # What the jail does not set itself comes from its filter.
    from_filter = {}
    filter_reader = getattr(reader, "_JailReader__filter", None)
    if filter_reader is not None:
        try:
            combined = filter_reader.getCombined()
            from_filter = {key: text(combined[key]) for key in FilterReader._configOpts if key in combined}
        except Exception as error:
            problem = problem or "Its filter cannot be read: %s" % short(error)
    filter_text = options.get("filter")
    return {
        "name": name,
        "enabled": bool(_as_bool(options.get("enabled") or "")),
        "problem": problem,
        "options": options,
        "filter": used(filter_text) if filter_text else None,
        "fromFilter": from_filter,
        "actions": actions_of(options.get("action")),
    }


def read_jails():
    share = {}
    jails = JailsReader(force_enable=True, share_config=share, basedir=files.root)
    try:
        found = jails.read()
    except Exception as error:
        find("unreadable", "fail2ban cannot read its jails: %s" % short(error))
        return {"files": [], "jails": [], "definitions": {}}
    if not found:
        find("no-jails", "There is no jail.conf and no jail.local that can be read here.")
        return {"files": [], "jails": [], "definitions": {}}
    config = share["jail"]
    config._defaults.update({"fail2ban_version": version, "fail2ban_confpath": files.root})
    told_jails = [read_jail(name, config, share) for name in list(jails.sections()) if name != "INCLUDES"]
    definitions = {
        name: merged_files(share, name) for name in share if name.startswith(("filter.d/", "action.d/"))
    }
    return {"files": merged_files(share, "jail"), "jails": told_jails, "definitions": definitions}


def read_definition(path):
    config = ConfigReaderUnshared(share_config={"": None}, basedir=files.root)
    try:
        found = config.read(path)
    except Exception as error:
        find("unreadable", "fail2ban cannot read it: %s" % short(error), os.path.join(files.root, path))
        found = False
    for name, value in (("fail2ban_version", version), ("fail2ban_confpath", files.root)):
        config._defaults.setdefault(name, value)
    sections = {
        section: options_of(config, section, list(config._sections[section]))
        for section in config._sections
        if section != "INCLUDES" and not section.startswith("KNOWN/")
    }
    sections["DEFAULT"] = options_of(config, "DEFAULT", list(config._defaults))
    return {"found": bool(found), "files": getattr(config, "merged_files", []), "sections": sections}


def say_closed():
    for folder in ("", "jail.d", "filter.d", "action.d"):
        path = os.path.join(files.root, folder) if folder else files.root
        # Python's glob passes over a closed folder without a word.
        if os.path.isdir(path) and not os.access(path, os.R_OK | os.X_OK):
            find("closed", "BanGUI may not read this folder: what stands in it is missing here.", path)


def answer_to(request):
    files.begin(request["configDir"])
    say_closed()
    answer = {"version": version, "root": files.root}
    if request["jails"]:
        answer.update(read_jails())
    answer["read"] = {path: read_definition(path) for path in request["paths"]}
    return {**answer, "missing": files.missing, "findings": files.findings}


def is_replaced():
    """Whether another fail2ban was installed since this one was loaded."""
    return state_of(of_fail2ban.__file__) != loaded


loaded = state_of(of_fail2ban.__file__)
# Nothing is collected in the middle of an answer: it takes a third of the time, and an answer needs little memory.
gc.disable()
gc.freeze()
for line in sys.stdin:
    if is_replaced():
        break
    cap_processor()
    json.dump(answer_to(json.loads(line)), sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()
    gc.collect()
