"""fail2ban's parser of configuration files, which stops at nothing, opens no file outside of the configuration's folder,
and keeps what stood in a file until the file changes."""

import os
import stat
import sys
import time
from configparser import (
    DuplicateOptionError,
    DuplicateSectionError,
    Error,
    MissingSectionHeaderError,
    NoOptionError,
    ParsingError,
)

from fail2ban.client.configparserinc import SafeConfigParserWithIncludes as Parser
from fail2ban.client.configreader import ConfigReader

# Real path of the folder. Until it is known nothing is refused, and Python loads its own modules.
root = ""
largest_file = 1024 * 1024
findings = []
told = set()


def begin(config_dir):
    """Forgets what was found for the last answer."""
    global root
    root = os.path.realpath(config_dir)
    for one in (findings, told, broken, missing):
        one.clear()


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
# By path, what stood in a file that could be read, and the state it was in.
parsed = {}
settled_ns = 100_000_000


def state_of(path):
    """None for what cannot be told from what is written next: times of files are no finer than some milliseconds."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    if time.time_ns() - status.st_ctime_ns < settled_ns:
        return None
    return (os.path.realpath(path), status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def shared(self, filename):
    """Parses a file that has not changed only once."""
    if filename in broken:
        return broken[filename]
    in_share = "inc:" + filename
    if not self._cfg_share or in_share in self._cfg_share:
        return read_shared(self, filename)
    state = state_of(filename)
    kept_state, parser = parsed.get(filename, (None, None))
    if state is not None and state == kept_state:
        self._cfg_share[in_share] = (parser, [filename])
        return parser, [filename]
    parsed.pop(filename, None)
    parser, read = read_shared(self, filename)
    if read and state is not None:
        parser._cfg_share = None
        parsed[filename] = (state, parser)
    return parser, read


def read_shared(self, filename):
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
Parser.merged_files = Parser.merged_from = ()


def read(self, filenames, get_includes=True):
    """Keeps the files and their parsers in the order in which they were merged."""
    files = plain_read(self, filenames, get_includes)
    if get_includes:
        self.merged_files = list(files)
        self.merged_from = [self._cfg_share["inc:" + file][0] for file in files]
    return files


Parser.read = read

# Names of the filters and actions that were asked for.
read_names = []
plain_read_named = ConfigReader.read


def read_named(self, name, once=True):
    read_names.append(name)
    return plain_read_named(self, name, once)


ConfigReader.read = read_named

plain_map = Parser._map_section_options


def map_section_options(self, section, option, rest, values):
    """Notes when a value refers to another section: `%(other/port)s`."""
    for reference, name in self.SECTION_OPTSUBST_CRE.findall(rest):
        if reference[: -len(name) - 1].lower() not in ("known", "default"):
            self.looked_elsewhere = True
    return plain_map(self, section, option, rest, values)


Parser._map_section_options = map_section_options


# Python's parser takes the same long way for what is not set and for what refers to nothing, and that is nearly all.
plain_get = Parser.get


def get(self, section, option, *, raw=False, vars=None, **fallback):
    own = self._sections.get(section)
    name = self.optionxform(option)
    if own is not None and not (vars and name in map(self.optionxform, vars)):
        value = own.get(name, self._defaults.get(name))
        if value is None and not fallback:
            raise NoOptionError(option, section)
        if isinstance(value, str) and (raw or "%" not in value):
            return value
    return plain_get(self, section, option, raw=raw, vars=vars, **fallback)


Parser.get = get
