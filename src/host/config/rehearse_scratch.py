"""A server of fail2ban's own modules to try commands on: only those that are harmless are handed to it."""

import json
import re
import signal

from fail2ban.server.server import Server
from fail2ban.server.transmitter import Transmitter
from rehearse_limits import TooSlow, said

# Of processor time, for one expression.
LONGEST_READ = 0.5


class Scratch:
    """A server of fail2ban's own that has no socket, thread, database, name server or action."""

    # What is harmless to hand over; times, factors, formulas, commands and actions are not.
    FED = {
        "usedns": "bad-value",
        "prefregex": "bad-regex",
        "addfailregex": "bad-regex",
        "addignoreregex": "bad-regex",
        "datepattern": "bad-date-pattern",
        "maxlines": "not-a-number",
        "logencoding": "bad-value",
        "logtimezone": "bad-value",
        "addjournalmatch": "bad-value",
    }

    def __init__(self):
        self.server = Server()
        self.transmitter = Transmitter(self.server)
        # What is wrong with a jail's commands, by the commands: most are in both folders.
        self.known = {}
        self.count = 0

    def problems(self, stream):
        """(command, value, code, message) of each that is refused."""
        fed = [one for one in map(self.single, stream) if one is not None]
        key = json.dumps(fed)
        if key not in self.known:
            self.known[key] = self.feed([part for one in fed for part in one])
        return self.known[key]

    def single(self, command):
        """As many commands with one value each."""
        if command[0] not in ("set", "multi-set") or command[2] not in self.FED:
            return None
        values = command[3] if command[0] == "multi-set" else [command[3:]]
        if command[2] == "maxlines" and not re.fullmatch(r"\d{1,9}", str(command[3])):
            return None
        return [[command[2], *(value if isinstance(value, list) else [value])] for value in values]

    def feed(self, commands):
        name = f"scratch-{self.count}"
        self.count += 1
        self.transmitter.proceed(["add", name, "polling"])
        wrong = []
        for command in commands:
            try:
                signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_READ)
                refused, answer = self.transmitter.proceed(["set", name, *command])
                if command[0] == "datepattern" and not refused:
                    # It is compiled only when the first line is read.
                    self.server._Server__jails[name].filter.dateDetector.matchTime("no date")
            except (Exception, TooSlow) as error:
                refused, answer = 1, error
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            if refused:
                wrong.append((command[0], " ".join(map(str, command[1:])), self.FED[command[0]], said(answer)))
        return wrong
