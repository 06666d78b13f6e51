"""Asks fail2ban's own classes which expressions match which lines. One JSON request on standard input, one JSON answer
on standard output. Run caged by caged-run.ts: it opens no file, writes none, starts nothing and asks no name server."""

import json
import logging
import os
import resource
import signal
import sys

request = json.load(sys.stdin)


def cap(what, amount):
    _, hard = resource.getrlimit(what)
    amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(what, (amount, amount))


os.nice(10)
cap(resource.RLIMIT_AS, request["memoryBytes"])
cap(resource.RLIMIT_CPU, request["cpuSeconds"])
cap(resource.RLIMIT_CORE, 0)
logging.disable(logging.CRITICAL)

from fail2ban.server import failregex  # noqa: E402
from fail2ban.server.failregex import Regex  # noqa: E402
from fail2ban.server.filter import Filter  # noqa: E402
from fail2ban.server.mytime import MyTime  # noqa: E402
from fail2ban.version import version  # noqa: E402

cap(resource.RLIMIT_FSIZE, 0)
cap(resource.RLIMIT_NPROC, 0)


class TooSlow(BaseException):
    """No Exception: fail2ban must not catch it."""


armed = False
found_slow = None


def on_alarm(_signal, frame):
    """Python's regular expressions look for signals while they search, so that one that explodes can be stopped."""
    global found_slow
    if not armed:
        return
    found_slow = None
    while frame is not None:
        if isinstance(frame.f_locals.get("self"), Regex):
            found_slow = frame.f_locals["self"]
            break
        frame = frame.f_back
    raise TooSlow()


signal.signal(signal.SIGVTALRM, on_alarm)


def within(work):
    """TooSlow when it needs more than its share of processor time."""
    global armed
    signal.setitimer(signal.ITIMER_VIRTUAL, request["lineSeconds"])
    armed = True
    try:
        return work()
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def said(error):
    if isinstance(error, TooSlow):
        return "It needs too much time to be read."
    if isinstance(error, MemoryError):
        return "It needs too much memory to be read."
    return str(error)[:500] or type(error).__name__


def attempt(work):
    """What is wrong, or None."""
    try:
        within(work)
        return None
    except (Exception, TooSlow) as error:
        return said(error)


def folded(expression):
    """With fail2ban's tags where it has put what they stand for."""
    for tag, index in (("<SUBNET>", "RI_SUBNET"), ("<HOST>", "RI_HOST"), ("<ADDR>", "RI_ADDR"), ("<DNS>", "RI_DNS")):
        text = failregex.R_HOST[getattr(failregex, index)] if hasattr(failregex, index) else ""
        if text:
            expression = expression.replace(text, tag)
    return expression


# Addresses are kept as they stand in the line: a name is never looked up.
engine = Filter(None, useDns="no")
engine.returnRawHost = True
engine.checkFindTime = False
engine.checkAllRegex = True
MyTime.setAlternateNow(request["now"])

problems = {"prefix": None, "datePattern": None, "timeZone": None}
if request["timeZone"] is not None:
    problems["timeZone"] = attempt(lambda: engine.setLogTimeZone(request["timeZone"]))
if request["datePattern"] is not None:
    problems["datePattern"] = attempt(lambda: engine.setDatePattern(request["datePattern"]))
engine.setMaxLines(request["maxLines"])


def set_prefix():
    engine.prefRegex = request["prefix"]


if request["prefix"] is not None:
    problems["prefix"] = attempt(set_prefix)

expressions = []
ignores = []
# The engine counts only what it took.
taken = []
taken_ignores = []
for index, text in enumerate(request["expressions"]):
    error = attempt(lambda: engine.addFailRegex(text))
    if error is None:
        taken.append(index)
    expressions.append({"text": folded(text), "problem": error, "slow": False})
for index, text in enumerate(request["ignore"]):
    error = attempt(lambda: engine.addIgnoreRegex(text))
    if error is None:
        taken_ignores.append(index)
    ignores.append({"text": folded(text), "problem": error, "slow": False})

regexes = getattr(engine, "_Filter__failRegex")
ignore_regexes = getattr(engine, "_Filter__ignoreRegex")
ignored_by = []
engine.onIgnoreRegex = lambda index, _regex: ignored_by.append(taken_ignores[index])


def silence(regex):
    """From now on it matches nothing."""
    regex._matchCache = None
    regex.search = lambda *_args, **_kwargs: None


def mark_slow(regex):
    """True when the search can be tried again without it."""
    for each, numbers, rows in ((regexes, taken, expressions), (ignore_regexes, taken_ignores, ignores)):
        for position, one in enumerate(each):
            if one is regex:
                rows[numbers[position]]["slow"] = True
                silence(regex)
                return True
    return False


def units(text):
    """Length as JavaScript counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Line:
    def __init__(self, text):
        self.text = text
        self.parts = ("", "", text)
        self.at = None
        self.date = None
        self.ignored = None
        self.matches = []
        self.state = "tested"

    def searched(self):
        return self.parts[0] + self.parts[2]

    def span(self, start, end):
        """Places in what was searched as places in the line, which holds its date too."""
        before, date, _ = self.parts
        shift = lambda place, least: place + len(date) if place >= least else place  # noqa: E731
        start, end = shift(start, len(before)), shift(end, len(before) + 1)
        return [units(self.text[:start]), units(self.text[:end])]

    def read_date(self):
        detector = engine.dateDetector
        match = detector.matchTime(self.text)
        if not match[0]:
            return None
        start, end = match[0].start(1), match[0].end(1)
        if start == end:
            return None
        date = detector.getTime(self.text[start:end], match)
        self.parts = (self.text[:start], self.text[start:end], self.text[end:])
        self.date = [units(self.text[:start]), units(self.text[:end])]
        if date is None:
            return None
        self.at = date[0]
        return date[0]

    def answer(self):
        return {
            "at": self.at,
            "date": self.date,
            "ignored": self.ignored,
            "matches": self.matches,
            "state": self.state,
        }


def line_of(lines, searched):
    """The newest line that was searched with this text."""
    return next((line for line in reversed(lines) if line.searched() == searched), None)


def place_of(lines, match, groups):
    """Line and place of the first of these groups that took part."""
    known = match.re.groupindex
    name = next((one for one in groups if one in known and match.group(one) is not None), None)
    if name is None:
        return None
    start, end, text = match.start(name), match.end(name), match.string
    prefix = engine.prefRegex
    if prefix is not None and prefix.hasMatched() and "content" in prefix._matchCache.re.groupindex:
        content = prefix._matchCache
        if content.group("content") is not None and text.rstrip("\n") == content.group("content").rstrip("\n"):
            shift = content.start("content")
            start, end, text = start + shift, end + shift, content.string
    number = text.count("\n", 0, start)
    column = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    line = line_of(lines, text[column : stop if stop >= 0 else len(text)])
    if line is None or text.count("\n", 0, end) > number:
        return None
    return line, line.span(start - column, end - column)


def groups_of(match):
    return {name: text[:1000] for name, text in match.groupdict().items() if isinstance(text, str)}


def test(lines):
    """Tests the last of these lines, with those before it where the filter reads several at once."""
    line = lines[-1]
    ignored_by.clear()
    date = line.read_date()
    found = engine.processLine(line.parts, date) if date else engine.processLine(line.text)
    line.ignored = ignored_by[0] if ignored_by else None
    seen = set()
    for index, failure, _date, data in found:
        if index in seen:
            continue
        seen.add(index)
        regex = regexes[index]
        match = regex._matchCache
        groups = failregex.FAILURE_ID_GROPS[1:] + failregex.FAILURE_ID_GROPS[:1]
        place = place_of(lines, match, groups)
        if place is None and engine.prefRegex is not None and engine.prefRegex.hasMatched():
            place = place_of(lines, engine.prefRegex._matchCache, groups)
        owners = [line_of(lines, "".join(one[::2])) for one in regex.getMatchedTupleLines()]
        for owner in {id(one): one for one in [*owners, line] if one is not None}.values():
            owner.matches.append(
                {
                    "expression": taken[index],
                    "id": None if failure is None else str(failure),
                    "address": place[1] if place is not None and place[0] is owner else None,
                    "helper": bool(data.get("nofail")),
                    "groups": groups_of(match),
                }
            )


lines = []
for text in request["lines"]:
    line = Line(text)
    lines.append(line)
    # Each turn silences one expression.
    while True:
        try:
            within(lambda: test(lines[-max(1, request["maxLines"]) :]))
        except TooSlow:
            if mark_slow(found_slow):
                line.matches = []
                continue
            line.state = "too_slow"
        except MemoryError:
            line.state = "too_large"
        break

json.dump(
    {
        "version": version,
        "expressions": expressions,
        "ignore": ignores,
        "problems": problems,
        "lines": [line.answer() for line in lines],
    },
    sys.stdout,
)
