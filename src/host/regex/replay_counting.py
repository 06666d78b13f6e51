"""Failures that become bans, counted by fail2ban's own classes at the time that the lines tell."""

from bantime_growth import NotWorkedOut, growth
from fail2ban.server import observer
from fail2ban.server.banmanager import BanManager
from fail2ban.server.database import Fail2BanDb
from fail2ban.server.failmanager import FailManager, FailManagerEmpty
from fail2ban.server.mytime import MyTime
from fail2ban.server.ticket import BanTicket, FailTicket

PURGE_EVERY = 60 * 60


# fail2ban's observer goes on after any error, with a line in a log.
errors = []
observer.logSys.error = lambda _words, error, **_more: errors.append(error)


class Observer(observer.ObserverThread):
    """Never started: it is asked at once. No action has to be told that a ban was prolonged."""

    def add_timer(self, *_args):
        pass


class Part:
    """What stands for a part of fail2ban."""

    def __init__(self, **parts):
        self.__dict__.update(parts)


class Counting:
    """Of one way to set a jail."""

    def __init__(self, rules, purge_seconds):
        self.failures = FailManager()
        self.failures.maxMatches = 0
        self.failures.setMaxRetry(rules["maxretry"])
        self.failures.setMaxTime(rules["findtime"])
        self.bans = BanManager()
        self.bans.setBanTime(rules["bantime"])
        self.times = []
        # By address: lines, first ban, bans, last failure.
        self.addresses = {}
        self.due = []
        # Why longer bans of those who return are not counted.
        self.problem = None
        self.returning = None
        # Without a database fail2ban remembers nobody, and lengthens nothing.
        if rules["increase"] is not None and purge_seconds is not None:
            try:
                self.returning = Returning(self, rules["increase"], purge_seconds)
            except NotWorkedOut as error:
                self.problem = str(error)
            except (ValueError, SyntaxError, ArithmeticError, TypeError) as error:
                self.problem = f"is refused: {error}"

    def add(self, ip, at):
        """As `Filter.processLineAndAdd` and `Actions.__checkBan` do it, one after the other."""
        row = self.addresses.setdefault(ip, [0, None, 0, at])
        row[0] += 1
        MyTime.setTime(at)
        ticket = FailTicket(ip, at)
        self.bans.unBanList(at)
        # Its line is there because it was not banned then; banned, it would not have come through to write it.
        if self.bans._inBanList(ticket):
            return
        # Every few seconds fail2ban forgets failures that are too old; those of others have no say here.
        if row[3] <= at - self.failures.getMaxTime():
            self.failures.delFailure(ip)
        row[3] = max(row[3], at)
        if self.failures.addFailure(ticket) >= self.failures.getMaxRetry():
            self.perform_ban(ip)
        if self.returning is not None:
            self.returning.failed(ticket, at)
        while self.due:
            self.ban(self.due.pop(0), at)
        if errors:
            self.problem = f"cannot be worked out: {errors[0]}"
            errors.clear()

    def perform_ban(self, ip):
        try:
            self.due.append(self.failures.toBan(ip))
        except FailManagerEmpty:
            pass

    def ban(self, ticket, at):
        ticket = BanTicket.wrap(ticket)
        seconds = ticket.getBanTime(self.bans.getBanTime())
        if not self.bans.addBanTicket(ticket):
            return
        row = self.addresses[ticket.getID()]
        row[1] = at if row[1] is None else row[1]
        row[2] += 1
        self.times.append(at)
        if self.returning is not None:
            self.returning.banned(ticket, seconds)

    def clean(self, at):
        """Of those who are not seen again, to need no memory for them."""
        self.failures.cleanup(at)


class Returning:
    """Those who were banned before: fail2ban's observer and its database, in memory and empty at the first line."""

    def __init__(self, counting, increase, purge_seconds):
        extra = {
            "increment": True,
            "evformula": growth(increase),
            "overalljails": increase["overallJails"],
        }
        self.observer = Observer()
        self.database = Fail2BanDb(":memory:", purgeAge=purge_seconds)
        self.purged = None
        # What the observer asks a jail for.
        self.jail = Part(
            name="replayed",
            isAlive=lambda: True,
            database=self.database,
            getBanTimeExtra=lambda name=None: extra if name is None else extra.get(name),
            filter=Part(failManager=counting.failures, performBan=counting.perform_ban),
            actions=counting.bans,
        )
        self.database.addJail(self.jail)

    def failed(self, ticket, at):
        """Who was banned before is banned after fewer failures."""
        self.purge(at)
        self.observer.failureFound(self.jail, ticket)

    def banned(self, ticket, seconds):
        self.observer.banFound(ticket, self.jail, seconds)

    def purge(self, at):
        """Once an hour it forgets whom it knew long ago; after many quiet hours the last of them is enough."""
        if self.purged is None:
            self.purged = at
        hours = int((at - self.purged) // PURGE_EVERY)
        if hours < 1:
            return
        self.purged += hours * PURGE_EVERY
        MyTime.setTime(self.purged)
        self.database.purge()
        MyTime.setTime(at)
