"""What every program here does before it looks at anything given: less memory, less time, no network, no further file."""

import ctypes
import logging
import os
import resource
import signal
import time

CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000


def cap(what, amount):
    _, hard = resource.getrlimit(what)
    amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(what, (amount, amount))


def enter(request):
    """Before fail2ban is imported. True when there is no network any more."""
    os.nice(10)
    cap(resource.RLIMIT_AS, request["memoryBytes"])
    cap(resource.RLIMIT_CPU, request["cpuSeconds"])
    cap(resource.RLIMIT_CORE, 0)
    logging.disable(logging.CRITICAL)
    return leave_network()


def leave_network():
    """An empty network of its own, where the kernel allows it: as root, else in a user namespace of its own."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    return unshare is not None and any(unshare(flags) == 0 for flags in (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET))


def close_files():
    """After everything is imported: nothing can be opened or written any more, nothing be started."""
    # What Python would open at its first use.
    time.tzset()
    time.strptime("2000", "%Y")
    "".encode("utf-16-le")
    cap(resource.RLIMIT_FSIZE, 0)
    cap(resource.RLIMIT_NPROC, 0)
    cap(resource.RLIMIT_NOFILE, 0)


class TooSlow(BaseException):
    """No Exception: fail2ban must not catch it."""


class Stopwatch:
    """Stops work that needs more than its share of processor time, and knows which `Regex` was at it."""

    def __init__(self, seconds, regex):
        self.seconds = seconds
        self.regex = regex
        self.armed = False
        self.found = None
        signal.signal(signal.SIGVTALRM, self.on_alarm)

    def on_alarm(self, _signal, frame):
        """Python's regular expressions look for signals while they search, so that one that explodes can be stopped."""
        if not self.armed:
            return
        self.found = None
        while frame is not None:
            if isinstance(frame.f_locals.get("self"), self.regex):
                self.found = frame.f_locals["self"]
                break
            frame = frame.f_back
        raise TooSlow()

    def within(self, work):
        """TooSlow when it needs too much."""
        signal.setitimer(signal.ITIMER_VIRTUAL, self.seconds)
        self.armed = True
        try:
            return work()
        finally:
            self.armed = False
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def attempt(self, work):
        """What is wrong, or None."""
        try:
            self.within(work)
            return None
        except (Exception, TooSlow) as error:
            return said(error)


def said(error):
    if isinstance(error, TooSlow):
        return "It needs too much time to be read."
    if isinstance(error, MemoryError):
        return "It needs too much memory to be read."
    return str(error)[:500] or type(error).__name__
