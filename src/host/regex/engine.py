"""fail2ban's own Filter, filled from a request, telling what it refuses and which expression is too slow or costs most."""

import time

from fail2ban.server import failregex
from fail2ban.server.filter import Filter
from fail2ban.server.mytime import MyTime


def set_clock(at):
    """What fail2ban takes for now, seconds: dates without a year belong to the year before it."""
    MyTime.setAlternateNow(at)
    MyTime.setTime(at)


def folded(expression):
    """With fail2ban's tags where it has put what they stand for."""
    for tag, index in (("<SUBNET>", "RI_SUBNET"), ("<HOST>", "RI_HOST"), ("<ADDR>", "RI_ADDR"), ("<DNS>", "RI_DNS")):
        text = failregex.R_HOST[getattr(failregex, index)] if hasattr(failregex, index) else ""
        if text:
            expression = expression.replace(text, tag)
    return expression


class Engine:
    """`every`: tries every expression on each line; else it stops at the first that matches, as the daemon does."""

    def __init__(self, request, watch, every):
        # Addresses are kept as they stand in the line: a name is never looked up.
        self.filter = Filter(None, useDns="raw" if request.get("hostNames") else "no")
        self.filter.returnRawHost = True
        self.filter.checkFindTime = False
        self.filter.checkAllRegex = every
        self.problems = {"prefix": None, "datePattern": None, "timeZone": None}
        self.expressions = []
        self.ignores = []
        # The filter counts only what it took.
        self.taken = []
        self.taken_ignores = []
        self.ignored_by = []
        self.date_pattern = request["datePattern"]
        attempt, one = watch.attempt, self.filter
        if request["timeZone"] is not None:
            self.problems["timeZone"] = attempt(lambda: one.setLogTimeZone(request["timeZone"]))
        if request["datePattern"] is not None:
            self.problems["datePattern"] = attempt(lambda: one.setDatePattern(request["datePattern"]))
        one.setMaxLines(request["maxLines"])
        if request["prefix"] is not None:
            self.problems["prefix"] = attempt(lambda: setattr(one, "prefRegex", request["prefix"]))
        for index, text in enumerate(request["expressions"]):
            error = attempt(lambda: one.addFailRegex(text))
            if error is None:
                self.taken.append(index)
            self.expressions.append(self.row(text, error))
        for index, text in enumerate(request["ignore"]):
            error = attempt(lambda: one.addIgnoreRegex(text))
            if error is None:
                self.taken_ignores.append(index)
            self.ignores.append(self.row(text, error))
        self.regexes = getattr(one, "_Filter__failRegex")
        self.ignore_regexes = getattr(one, "_Filter__ignoreRegex")
        one.onIgnoreRegex = lambda index, _regex: self.ignored_by.append(self.taken_ignores[index])

    @staticmethod
    def row(text, problem):
        return {"text": folded(text), "problem": problem, "slow": False, "tries": 0, "seconds": 0.0}

    def compiled(self):
        """All that decides what it finds in a line."""
        one = self.filter
        prefix = None if one.prefRegex is None else one.prefRegex.getRegex()
        # Of several date patterns fail2ban tells none.
        return (
            [regex.getRegex() for regex in self.regexes],
            [regex.getRegex() for regex in self.ignore_regexes],
            prefix,
            self.date_pattern,
            one.getLogTimeZone(),
            one.getMaxLines(),
            one.getUseDns(),
        )

    def measure(self):
        """Counts from now on how often each expression is tried, and for how long."""
        for each, numbers, rows in self.lists():
            for position, regex in enumerate(each):
                timed(regex, rows[numbers[position]])

    def lists(self):
        yield self.regexes, self.taken, self.expressions
        yield self.ignore_regexes, self.taken_ignores, self.ignores

    def mark_slow(self, found):
        """True when the search can be tried again without it."""
        for each, numbers, rows in self.lists():
            for position, regex in enumerate(each):
                if regex is found:
                    rows[numbers[position]]["slow"] = True
                    silence(regex)
                    return True
        return False


def timed(regex, row):
    search = regex.search

    def measured(*args, **kwargs):
        began = time.perf_counter()
        try:
            return search(*args, **kwargs)
        finally:
            row["tries"] += 1
            row["seconds"] += time.perf_counter() - began

    regex.search = measured


def silence(regex):
    """From now on it matches nothing."""
    regex._matchCache = None
    regex.search = lambda *_args, **_kwargs: None
