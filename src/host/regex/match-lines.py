"""Asks fail2ban's own classes which expressions match which lines. One JSON request on standard input, one JSON answer
on standard output. Run caged by caged-run.ts: it opens no file, writes none, starts nothing and asks no name server."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import cage  # noqa: E402

request = json.load(sys.stdin)
alone = cage.enter(request)

from engine import Engine, failregex, set_clock  # noqa: E402
from fail2ban.server.failregex import Regex  # noqa: E402
from fail2ban.version import version  # noqa: E402

cage.close_files()
set_clock(request["now"])
watch = cage.Stopwatch(request["lineSeconds"], Regex)
engine = Engine(request, watch, every=True)
engine.measure()


def units(text):
    """Length as JavaScript counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Line:
    def __init__(self, text):
        self.text = text
        self.parts = ("", "", text)
        self.at = None
        self.date = None
        self.content = None
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
        detector = engine.filter.dateDetector
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

    def known_date(self):
        """A line of the journal: its time stands before it, no part of what is searched."""
        before, space, text = self.text.partition(" ")
        try:
            self.at = float(before)
        except ValueError:
            return None
        self.date = [0, units(before + space)]
        self.parts = ("", before + space, text)
        return self.at

    def read_content(self):
        """What `prefregex` leaves of the line for the expressions."""
        prefix = engine.filter.prefRegex
        if prefix is None or not prefix.hasMatched() or "content" not in prefix._matchCache.re.groupindex:
            return
        start, end = prefix._matchCache.span("content")
        if start >= 0 and request["maxLines"] <= 1:
            self.content = self.span(start, min(end, len(self.searched())))

    def answer(self):
        return {
            "at": self.at,
            "date": self.date,
            "content": self.content,
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
    prefix = engine.filter.prefRegex
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
    engine.ignored_by.clear()
    date = line.known_date() if request.get("dated") else line.read_date()
    found = engine.filter.processLine(line.parts, date) if date else engine.filter.processLine(line.text)
    line.ignored = engine.ignored_by[0] if engine.ignored_by else None
    line.read_content()
    seen = set()
    for index, failure, _date, data in found:
        if index in seen:
            continue
        seen.add(index)
        regex = engine.regexes[index]
        match = regex._matchCache
        groups = failregex.FAILURE_ID_GROPS[1:] + failregex.FAILURE_ID_GROPS[:1]
        place = place_of(lines, match, groups)
        prefix = engine.filter.prefRegex
        if place is None and prefix is not None and prefix.hasMatched():
            place = place_of(lines, prefix._matchCache, groups)
        owners = [line_of(lines, "".join(one[::2])) for one in regex.getMatchedTupleLines()]
        for owner in {id(one): one for one in [*owners, line] if one is not None}.values():
            owner.matches.append(
                {
                    "expression": engine.taken[index],
                    "id": None if failure is None else str(failure),
                    "address": place[1] if place is not None and place[0] is owner else None,
                    "helper": bool(data.get("nofail")),
                    "last": owner is line,
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
            watch.within(lambda: test(lines[-max(1, request["maxLines"]) :]))
        except cage.TooSlow:
            if engine.mark_slow(watch.found):
                line.matches = []
                continue
            line.state = "too_slow"
        except MemoryError:
            line.state = "too_large"
        break

json.dump(
    {
        "version": version,
        "network": not alone,
        "expressions": engine.expressions,
        "ignore": engine.ignores,
        "problems": engine.problems,
        "lines": [line.answer() for line in lines],
    },
    sys.stdout,
)
