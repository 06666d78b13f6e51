"""What fail2ban's own readers make of its jails. What was told of one is kept as long as all that it was made from is the
same: what its own section and the defaults hold, and every file that its filter and its actions are merged from."""

import hashlib
import json
from collections import namedtuple
from configparser import (
    Error,
    InterpolationDepthError,
    InterpolationMissingOptionError,
    NoOptionError,
)
from operator import is_

from fail2ban.client.configreader import ConfigReader
from fail2ban.client.filterreader import FilterReader
from fail2ban.client.jailreader import JailReader
from fail2ban.client.jailsreader import JailsReader
from fail2ban.helpers import _as_bool, extractOptions, splitWithOptions
from fail2ban.version import version

import read_config_files as files
from read_config_files import find, short

# `written` is None where a value was taken from yet another section: such a jail is read each time.
Jail = namedtuple("Jail", "written merged definitions digest told wrongs")
Definition = namedtuple("Definition", "name found merged_from")

defaults = []
# By name, those of the last answer.
kept = {}


def read_jails(known):
    """Tells a jail by its digest alone where that is among `known`."""
    global defaults, kept
    share = {}
    jails = JailsReader(force_enable=True, share_config=share, basedir=files.root)
    try:
        found = jails.read()
    except Exception as error:
        find("unreadable", "fail2ban cannot read its jails: %s" % short(error))
        return {}
    if not found:
        find("no-jails", "There is no jail.conf and no jail.local that can be read here.")
        return {}
    config = share["jail"]
    config._defaults.update({"fail2ban_version": version, "fail2ban_confpath": files.root})
    if defaults != list(config._defaults.items()):
        defaults, kept = list(config._defaults.items()), {}
    kept = {name: read_or_kept(name, config, share) for name in list(jails.sections()) if name != "INCLUDES"}
    known = set(known)
    return {
        "files": config.merged_files,
        "jails": [
            {"digest": one.digest, "told": None if one.digest in known else one.told} for one in kept.values()
        ],
        "definitions": {
            name: share[name].merged_files for name in share if name.startswith(("filter.d/", "action.d/"))
        },
    }


def read_or_kept(name, config, share):
    written = [list(config._sections.get(one, {}).items()) for one in (name, "KNOWN/" + name)]
    jail = kept.get(name)
    # In the order in which fail2ban would come to them, and no further than it would: what is not read has no mistakes.
    if jail is None or jail.written != written or not all(is_as_it_was(one, share) for one in jail.definitions):
        jail = read_anew(name, written, config, share)
    else:
        # Another jail may refer to what this one's filter added.
        config._sections[name].update(jail.merged)
    for code, message, option in jail.wrongs:
        find(code, message, jail=name, option=option)
    return jail


def read_anew(name, written, config, share):
    files.read_names.clear()
    config.looked_elsewhere = False
    told, wrongs = read_jail(name, config, share)
    definitions = [definition_of(one, share) for one in dict.fromkeys(files.read_names)]
    digest = hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()
    merged = dict(config._sections[name])
    return Jail(None if config.looked_elsewhere else written, merged, definitions, digest, told, wrongs)


def definition_of(name, share):
    try:
        found = ConfigReader(share_config=share, basedir=files.root).read(name)
    except Exception:
        return Definition(name, None, ())
    return Definition(name, found, share[name].merged_from)


def is_as_it_was(before, share):
    """A file that has not changed keeps its parser."""
    now = definition_of(before.name, share)
    return (
        now.found is not None
        and now.found == before.found
        and len(now.merged_from) == len(before.merged_from)
        and all(map(is_, now.merged_from, before.merged_from))
    )


def text(value):
    return None if value is None else str(value)


def reference_problem(config, section, option):
    """Code, sentence and option when fail2ban cannot tell its value; None when it can, or when there is none."""
    try:
        config.get(section, option)
    except NoOptionError:
        pass
    except InterpolationMissingOptionError as error:
        return "bad-reference", "%s refers to %%(%s)s, which is set nowhere." % (option, error.reference), option
    except (InterpolationDepthError, RecursionError):
        return "bad-reference", "%s refers to itself, or too deep." % option, option
    except Error as error:
        return "bad-reference", "%s cannot be read: %s" % (option, short(error)), option
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


def used(text):
    """Name and parameters of a filter or action; null when fail2ban cannot read them."""
    try:
        name, parameters = extractOptions(text)
        return {"name": name.strip(), "parameters": parameters}
    except ValueError as error:
        return {"name": None, "parameters": {}, "problem": short(error)}


def actions_of(value):
    return [used(one.strip()) for one in splitWithOptions(value or "") if one.strip()]


of_jails = list(JailReader._configOpts)


def read_jail(name, config, share):
    """What is told of it, and its references that lead nowhere."""
    reader = JailReader(name, force_enable=True, share_config=share, use_config=config, basedir=files.root)
    problem = None
    try:
        if not reader.getOptions():
            problem = reader.options.get("config-error") or "It cannot be read."
    except Error:
        problem = None  # A reference: each option says so for itself.
    except Exception as error:
        problem = short(error)
    names = dict.fromkeys(of_jails + list(config._sections[name]) + list(config._defaults))
    options = options_of(config, name, names)
    # What only stands among the defaults may be unfit for a jail that does not use it.
    used_ones = [one for one in options if one in of_jails or one in config._sections[name]]
    wrongs = [reference_problem(config, name, one) for one in used_ones if options[one] is None]
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
    told = {
        "name": name,
        "enabled": bool(_as_bool(options.get("enabled") or "")),
        "problem": problem,
        "options": options,
        "filter": used(filter_text) if filter_text else None,
        "fromFilter": from_filter,
        "actions": actions_of(options.get("action")),
    }
    return told, [one for one in wrongs if one is not None]
