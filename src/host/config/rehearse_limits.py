"""Ends what takes too long, by signals that `signal.setitimer` sends."""

import signal


class TooSlow(BaseException):
    """No Exception: fail2ban must not catch it."""


def on_alarm(_signal, _frame):
    raise TooSlow()


signal.signal(signal.SIGVTALRM, on_alarm)
signal.signal(signal.SIGALRM, on_alarm)


def said(error):
    if isinstance(error, TooSlow):
        return "it needs too much time to be read"
    return (str(error) or type(error).__name__)[:400]
