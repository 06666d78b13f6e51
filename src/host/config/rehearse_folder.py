"""A staged configuration folder, read by fail2ban's own readers: its files come from the copy, and what their parser would
stop at is taken out and kept as a finding, so that everything wrong is found in one pass."""

import configparser
import glob
import os
import re
import signal
import stat

from fail2ban.client import jailreader
from fail2ban.client.actionreader import ActionReader
from fail2ban.client.configparserinc import SafeConfigParserWithIncludes as Parser
from fail2ban.client.filterreader import FilterReader
from fail2ban.client.jailreader import JailReader
from rehearse_limits import TooSlow

LARGEST_FILE = 1024 * 1024
MOST_REPAIRS = 200
LONGEST_MESSAGE = 600
# Of the wall clock, for the files that one log path stands for.
LONGEST_SEARCH = 2


class Folder:
    """One configuration folder, what its files hold, and what is wrong with them."""

    # The one that is being read.
    current = None

    def __init__(self, staged, changed, homes):
        self.staged = staged
        # What fail2ban calls the folder that this is a copy of.
        self.homes = homes
        self.changed = changed
        self.findings = []
        self.texts = {}
        # Files that fail2ban cannot read as they are.
        self.faulty = set()

    def find(self, code, message, **place):
        self.findings.append({"code": code, "message": message[:LONGEST_MESSAGE], **place})

    def resolve(self, name):
        """Where a file that fail2ban names lies for us, and whether that is in the folder."""
        homes = [self.staged, *self.homes]
        for home in homes:
            if name == home or name.startswith(home + "/"):
                name = self.homes[0] + name[len(home) :]
                break
        real = os.path.normpath(name)
        for home in self.homes:
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

    def read(self, parser, path):
        """False for what is no file. What fail2ban's parser refuses is taken out; each of these is a finding."""
        if path not in self.texts:
            data = self.bytes_of(path)
            self.texts[path] = None if data is None else self.decoded(path, data)
        if self.texts[path] is None:
            return False
        try:
            parser.read_string(self.texts[path])
        except configparser.Error:
            parser._sections.clear()
            parser._defaults.clear()
            self.texts[path] = self.repaired(path, self.texts[path])
            parser.read_string(self.texts[path])
        return True

    def decoded(self, path, data):
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
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def repaired(self, path, text):
        lines = text.split("\n")
        for _ in range(MOST_REPAIRS):
            try:
                Parser().read_string("\n".join(lines))
                break
            except configparser.Error as error:
                self.repair(self.relative(path), lines, error)
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


def read_files(parser, filenames, encoding=None):
    """In place of configparser's: files come from the staged folder, and without what it would stop at."""
    folder = Folder.current
    done = []
    for name in [filenames] if isinstance(filenames, str) else filenames:
        path, _ = folder.resolve(name)
        if not folder.read(parser, path):
            continue
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
