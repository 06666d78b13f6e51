"""Prints what fail2ban's own readers make of its configuration: for each line of JSON on standard input one on standard
output, until there are no more or fail2ban itself was replaced. What stood in a file is kept until the file changes, and
what was told of a jail until anything it was made from does. Run caged by caged-server.ts: it opens no file outside of the configuration's folder, writes none, starts nothing and speaks
to nobody."""

import gc
import json
import logging
import os
import resource
import shlex  # noqa: F401  Loaded before a file is refused: fail2ban imports it late.
import sys

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
from fail2ban import version as of_fail2ban  # noqa: E402
import read_config_files as files  # noqa: E402
from read_config_files import find, short, state_of  # noqa: E402
from read_jails import options_of, read_jails  # noqa: E402

cap(resource.RLIMIT_FSIZE, 0)
cap(resource.RLIMIT_NPROC, 0)

version = of_fail2ban.version


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
    return {"found": bool(found), "files": config.merged_files, "sections": sections}


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
    if request["jails"] is not None:
        answer.update(read_jails(request["jails"]["known"]))
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
