"""Runs a jail's filter as it is and as it is tried over the same lines, with fail2ban's own counting of failures and
bans, at the time that the lines tell. One JSON request on standard input, the lines on descriptors that are open already;
on standard output one JSON object a line: progress, in the end the result. No name is looked up, no file opened."""

import gzip
import heapq
import io
import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
import cage  # noqa: E402

request = json.load(sys.stdin)
alone = cage.enter(request)

from engine import Engine, set_clock  # noqa: E402
from fail2ban.server import utils  # noqa: E402
from fail2ban.server.failregex import Regex  # noqa: E402
from fail2ban.server.ipdns import IPAddr  # noqa: E402
from fail2ban.server.mytime import MyTime  # noqa: E402
from replay_counting import Counting  # noqa: E402

cage.close_files()
watch = cage.Stopwatch(request["lineSeconds"], Regex)
longest_line = 64 * 1024
most_rows = 2000
buckets = (60, 300, 900, 3600, 3 * 3600, 6 * 3600, 86400, 7 * 86400)
most_points = 64
every_lines = 100


class LineClock:
    """What fail2ban takes for the clock while it remembers connections over several lines: that of the lines."""

    now = 0.0

    def time(self):
        return self.now

    def __getattr__(self, name):
        return getattr(time, name)


clock = LineClock()
utils.time = clock


def networks(entries):
    """Names among them would have to be looked up, and are left out."""
    return [ip for ip in map(IPAddr, entries) if ip.isValid]


class Ignored:
    def __init__(self, entries):
        known = networks(entries)
        self.single = {ip for ip in known if ip.isSingle}
        self.wide = [ip for ip in known if not ip.isSingle]
        self.seen = {}

    def __contains__(self, ip):
        if ip not in self.seen:
            self.seen[ip] = ip in self.single or any(ip.isInNet(net) for net in self.wide)
        return self.seen[ip]


class Side:
    def __init__(self, rules, engine):
        self.engine = engine
        self.counting = Counting(rules, request["purgeSeconds"])
        # Those that are ignored are counted apart, as if they were not.
        self.left_out = Counting({**rules, "increase": None}, None)
        self.matched = 0
        self.names = 0
        self.hits = [0] * len(engine.expressions)

    def find(self, parts, date):
        while True:
            try:
                return watch.within(lambda: self.engine.filter.processLine(parts, date))
            except cage.TooSlow:
                if not self.engine.mark_slow(watch.found):
                    return []
            except MemoryError:
                return []

    def take(self, found, ignored):
        matched = False
        for index, ip, at, data in found:
            if ip is None or data.get("nofail"):
                continue
            matched = True
            self.hits[self.engine.taken[index]] += 1
            if data.get("dns") is not None and not (ip.isIPv4 or ip.isIPv6):
                self.names += 1
            else:
                (self.left_out if ip in ignored else self.counting).add(ip, at)
        MyTime.setTime(request["at"])
        self.matched += matched
        return matched


class Dates:
    """When each line was written; a line without a date belongs to the one before it."""

    def __init__(self, engine):
        self.detector = engine.filter.dateDetector
        self.last = None

    def read(self, text):
        match = self.detector.matchTime(text)
        start, end = match[0].span(1) if match[0] else (0, 0)
        date = self.detector.getTime(text[start:end], match) if start < end else None
        if date is None:
            return ("", "", text), self.last
        self.last = date[0]
        return (text[:start], text[start:end], text[end:]), date[0]


def journal_line(text):
    before, space, rest = text.partition(" ")
    try:
        return ("", before + space, rest), float(before)
    except ValueError:
        return ("", "", text), None


def lines_of(inputs):
    """The lines of one log, each with its kind; the descriptors are closed by the end of this program."""
    for index, one in inputs:
        raw = io.FileIO(one["fd"], closefd=False)
        file = gzip.GzipFile(fileobj=raw) if one["kind"] == "gzip" else io.BufferedReader(raw, 1 << 18)
        try:
            while True:
                line = file.readline(longest_line)
                if not line:
                    break
                yield one["kind"], line
        except (OSError, EOFError, gzip.BadGzipFile):
            broken.append(index)


def dated_lines(inputs):
    """With when they were written, as the one side and as the other reads it."""
    dates = Dates(first)
    trial_dates = dates if same_dates else Dates(second)
    last = 0.0
    for kind, raw in lines_of(inputs):
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        read = journal_line if kind == "journal" else dates.read
        line = read(text)
        trial_line = line if same_dates or kind == "journal" else trial_dates.read(text)
        moment = trial_line[1] if line[1] is None else line[1]
        last = last if moment is None else moment
        yield last, moment, line, trial_line


def all_lines():
    """Several logs run side by side, by their times."""
    logs = {}
    for index, one in enumerate(request["inputs"]):
        logs.setdefault(one["log"], []).append((index, one))
    return heapq.merge(*map(dated_lines, logs.values()), key=lambda line: line[0])


def say(what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def position():
    """Bytes read so far of what is read in files; a pipe has no place."""
    return sum(os.lseek(one["fd"], 0, os.SEEK_CUR) for one in request["inputs"] if one["size"] > 0)


first = Engine(request["now"]["filter"], watch, every=False)
second = Engine(request["trial"]["filter"], watch, every=False)
# However each is spelled: the daemon tells fail2ban's tags expanded.
same_filter = first.compiled() == second.compiled()
if same_filter:
    first = second
now, trial = Side(request["now"], first), Side(request["trial"], second)
ignored = Ignored(request["ignoreip"])
own = {str(ip) for ip in networks(request["own"])}
same_dates = same_filter or all(
    request["now"]["filter"][name] == request["trial"]["filter"][name] for name in ("datePattern", "timeZone")
)
broken = []
count = {"lines": 0, "outside": 0, "undated": 0, "new": 0, "no_more": 0}
seen = [None, None]
# The first of all lines that are dated, also of those outside.
reach = [None]


def run():
    told = time.monotonic()
    for _, moment, (parts, at), (trial_parts, trial_at) in all_lines():
        count["lines"] += 1
        if count["lines"] % every_lines == 0:
            if time.monotonic() - told > 0.5:
                told = time.monotonic()
                say({"progress": {"lines": count["lines"], "bytes": position()}})
            for side in (now, trial):
                for counting in (side.counting, side.left_out):
                    counting.clean(clock.now)
        if moment is None:
            count["undated"] += 1
            continue
        reach[0] = moment if reach[0] is None else min(reach[0], moment)
        if moment < request["from"] or moment > request["to"]:
            count["outside"] += 1
            continue
        seen[0] = moment if seen[0] is None else min(seen[0], moment)
        seen[1] = moment if seen[1] is None else max(seen[1], moment)
        clock.now = moment
        found = now.find(parts, at) if at is not None else []
        tried = found if same_filter else trial.find(trial_parts, trial_at) if trial_at is not None else []
        was, would = now.take(found, ignored), trial.take(tried, ignored)
        count["new"] += would and not was
        count["no_more"] += was and not would


def row(ip, side, other):
    lines, at, bans, _ = side.addresses[ip]
    before = other.addresses.get(ip, (0, None))
    return {"ip": str(ip), "lines": lines, "at": at, "before": before[1], "bans": bans}


def rows(ips, side, other):
    found = sorted((row(ip, side, other) for ip in ips), key=lambda one: (one["ip"] not in own, -one["lines"], one["ip"]))
    return {"total": len(found), "items": found[:most_rows]}


def banned(side):
    return {ip for ip, one in side.addresses.items() if one[1] is not None}


def points():
    if seen[0] is None:
        return 3600, []
    size = next((one for one in buckets if (seen[1] - seen[0]) / one < most_points), 28 * 86400)
    start = int(seen[0] // size)
    length = min(1000, int(seen[1] // size) - start + 1)
    table = [[0, 0] for _ in range(length)]
    for column, side in enumerate((now, trial)):
        for at in side.counting.times:
            table[min(length - 1, max(0, int(at // size) - start))][column] += 1
    return size, [{"at": (start + place) * size, "now": one[0], "trial": one[1]} for place, one in enumerate(table)]


def result():
    before, after = banned(now.counting), banned(trial.counting)
    first_ban = lambda side, ip: side.counting.addresses[ip][1]  # noqa: E731
    gains = {ip: first_ban(now, ip) - first_ban(trial, ip) for ip in before & after}
    earlier = {ip: gain for ip, gain in gains.items() if gain > 0}
    size, table = points()
    return {
        **count,
        "network": not alone,
        "from": seen[0],
        "to": seen[1],
        "reaches": reach[0],
        "broken": broken,
        "names": trial.names,
        "matched": {"now": now.matched, "trial": trial.matched},
        "bans": {"now": len(now.counting.times), "trial": len(trial.counting.times)},
        "hits": trial.hits,
        "expressions": second.expressions,
        "problems": second.problems,
        "growth": {"now": now.counting.problem, "trial": trial.counting.problem},
        "bucket_seconds": size,
        "points": table,
        "added": rows(after - before, trial.counting, now.counting),
        "lost": rows(before - after, now.counting, trial.counting),
        "earlier": rows(earlier, trial.counting, now.counting),
        "later": sum(1 for gain in gains.values() if gain < 0),
        "earlier_median": statistics.median(earlier.values()) if earlier else None,
        "ignored": rows(trial.left_out.addresses, trial.left_out, now.left_out),
        "own": rows([ip for ip in after if str(ip) in own], trial.counting, now.counting),
    }


set_clock(request["at"])
run()
say({"result": result()})
