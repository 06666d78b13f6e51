"""Prints what fail2ban's own readers make of its configuration. One JSON request on standard input, one JSON answer on
standard output. Run caged by caged-run.ts: it opens no file outside of the configuration's folder, writes none, starts
nothing and speaks to nobody."""

import json
import logging
import os
import resource
import shlex  # noqa: F401  Read before the guard is up: fail2ban imports some of these late.
import stat
import sys
from configparser import (
    DuplicateOptionError,
    DuplicateSectionError,
    Error,
    InterpolationDepthError,
    InterpolationMissingOptionError,
    MissingSectionHeaderError,
    NoOptionError,
    ParsingError,
)

request = json.load(sys.stdin)


def cap(what, amount):
    _, hard = resource.getrlimit(what)
    amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(what, (amount, amount))


cap(resource.RLIMIT_AS, request["memoryBytes"])
cap(resource.RLIMIT_CPU, request["cpuSeconds"])
cap(resource.RLIMIT_CORE, 0)
logging.disable(logging.CRITICAL)

from fail2ban.client.configparserinc import SafeConfigParserWithIncludes as Parser  # noqa: E402
from fail2ban.client.configreader import ConfigReaderUnshared  # noqa: E402
from fail2ban.client.filterreader import FilterReader  # noqa: E402
from fail2ban.client.jailreader import JailReader  # noqa: E402
from fail2ban.client.jailsreader import JailsReader  # noqa: E402
from fail2ban.helpers import _as_bool, extractOptions, splitWithOptions  # noqa: E402
from fail2ban.version import version  # noqa: E402

cap(resource.RLIMIT_FSIZE, 0)
cap(resource.RLIMIT_NPROC, 0)

root = os.path.realpath(request["configDir"])
largest_file = 1024 * 1024
findings = []
told = set()


def find(code, message, file=None, line=None, jail=None, option=None, severity="error"):
    key = (code, file, line, jail, option)
    if key in told:
        return
    told.add(key)
    findings.append(
        {
            "severity": severity,
            "code": code,
            "message": message,
            "file": file,
            "line": line,
            "jail": jail,
            "option": option,
        }
    )


def refuse(path, code, message):
    find(code, message, file=path)
    raise PermissionError(message)


def guard(event, args):
    """Python calls it before a file is opened. A file that fail2ban would read and we must not is named."""
    if event != "open" or not isinstance(args[0], (str, bytes)):
        return
    path = os.fsdecode(args[0])
    real = os.path.realpath(path)
    if not real.startswith(root + os.sep):
        refuse(path, "include-outside", "It lies outside of the configuration's folder, and is not read here.")
    try:
        status = os.stat(real)
    except OSError:
        return
    if not stat.S_ISREG(status.st_mode):
        refuse(path, "no-file", "It is no ordinary file, and is not read here.")
    if status.st_size > largest_file:
        refuse(path, "too-large", "It is larger than 1 MiB, and is not read here.")


sys.addaudithook(guard)


def line_of_bytes(path):
    """Of the first byte that is not UTF-8."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    except OSError:
        pass
    return None


def say_unreadable(path, error):
    """What keeps fail2ban from reading a file."""
    if isinstance(error, UnicodeDecodeError):
        find("wrong-encoding", "It is not written in UTF-8: fail2ban leaves the whole file out.", path, line_of_bytes(path))
    elif isinstance(error, DuplicateOptionError):
        find(
            "duplicate-key",
            "%s is set twice in [%s]: fail2ban refuses the file." % (error.option, error.section),
            path,
            error.lineno,
            jail=error.section,
            option=error.option,
        )
    elif isinstance(error, DuplicateSectionError):
        message = "[%s] is opened twice in this file: fail2ban refuses it." % error.section
        find("duplicate-section", message, path, error.lineno, jail=error.section)
    elif isinstance(error, MissingSectionHeaderError):
        message = "It begins without a section such as [DEFAULT]: fail2ban refuses the file."
        find("no-section", message, path, error.lineno)
    elif isinstance(error, ParsingError):
        for line, _ in error.errors[:20]:
            find("bad-line", "This line is no setting: fail2ban refuses the file.", path, line)
    else:
        find("unreadable", "fail2ban cannot read it: %s" % short(error), path)


def short(error):
    return str(error).replace("\n", " ")[:300] or type(error).__name__


# One file that cannot be read must not hide all others: fail2ban itself would stop at the first.
plain_shared = Parser._getSharedSCPWI
broken = {}
missing = []


def shared(self, filename):
    if filename in broken:
        return broken[filename]
    try:
        parser, read = plain_shared(self, filename)
    except UnicodeDecodeError as error:
        say_unreadable(filename, error)
        parser, read = Parser(share_config=self._cfg_share), []
    except Exception as error:
        say_unreadable(filename, error)
        parser, read = Parser(share_config=self._cfg_share), []
    if not read:
        broken[filename] = (parser, read)
        if not os.path.lexists(filename):
            missing.append(filename)
        elif not any(one["file"] == filename for one in findings):
            find("closed", "BanGUI may not read it.", filename)
    return parser, read


Parser._getSharedSCPWI = shared

uncached_name = "_SafeConfigParserWithIncludes__getIncludesUncached"
plain_includes = getattr(Parser, uncached_name)


def includes(self, resource, seen=[]):
    try:
        return plain_includes(self, resource, seen)
    except (Error, ValueError, RecursionError) as error:
        find("bad-include", "Its [INCLUDES] cannot be followed: %s" % short(error), resource)
        return [resource]


setattr(Parser, uncached_name, includes)

plain_read = Parser.read


def read(self, filenames, get_includes=True):
    """Keeps the files in the order in which they were merged."""
    files = plain_read(self, filenames, get_includes)
    if get_includes:
        self.merged_files = list(files)
    return files


Parser.read = read


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
    reader = JailReader(name, force_enable=True, share_config=share, use_config=config, basedir=root)
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
    jails = JailsReader(force_enable=True, share_config=share, basedir=root)
    try:
        found = jails.read()
    except Exception as error:
        find("unreadable", "fail2ban cannot read its jails: %s" % short(error))
        return {"files": [], "jails": [], "definitions": {}}
    if not found:
        find("no-jails", "There is no jail.conf and no jail.local that can be read here.")
        return {"files": [], "jails": [], "definitions": {}}
    config = share["jail"]
    config._defaults.update({"fail2ban_version": version, "fail2ban_confpath": root})
    told_jails = [read_jail(name, config, share) for name in list(jails.sections()) if name != "INCLUDES"]
    definitions = {
        name: merged_files(share, name) for name in share if name.startswith(("filter.d/", "action.d/"))
    }
    return {"files": merged_files(share, "jail"), "jails": told_jails, "definitions": definitions}


def read_definition(path):
    config = ConfigReaderUnshared(share_config={"": None}, basedir=root)
    try:
        found = config.read(path)
    except Exception as error:
        find("unreadable", "fail2ban cannot read it: %s" % short(error), os.path.join(root, path))
        found = False
    for name, value in (("fail2ban_version", version), ("fail2ban_confpath", root)):
        config._defaults.setdefault(name, value)
    sections = {
        section: options_of(config, section, list(config._sections[section]))
        for section in config._sections
        if section != "INCLUDES" and not section.startswith("KNOWN/")
    }
    sections["DEFAULT"] = options_of(config, "DEFAULT", list(config._defaults))
    return {"found": bool(found), "files": getattr(config, "merged_files", []), "sections": sections}


for folder in ("", "jail.d", "filter.d", "action.d"):
    path = os.path.join(root, folder) if folder else root
    # Python's glob passes over a closed folder without a word.
    if os.path.isdir(path) and not os.access(path, os.R_OK | os.X_OK):
        find("closed", "BanGUI may not read this folder: what stands in it is missing here.", path)

answer = {"version": version, "root": root}
if request["jails"]:
    answer.update(read_jails())
answer["read"] = {path: read_definition(path) for path in request["paths"]}
answer["missing"] = missing
answer["findings"] = findings
json.dump(answer, sys.stdout)
