"""What a jail of fail2ban's own classes bans when it reads lines as they are written: the whole way of Filter, Jail,
Actions, Observer and database, one step after the other. A banned address writes no line. One JSON request on standard
input, the bans on standard output. It runs what the options `bantime.*` hold, and is for tests alone."""

import json
import logging
import random
import sys
from types import SimpleNamespace

from fail2ban.server import jail as jails
from fail2ban.server.database import Fail2BanDb
from fail2ban.server.ipdns import IPAddr
from fail2ban.server.jail import Jail
from fail2ban.server.mytime import MyTime
from fail2ban.server.observer import Observers, ObserverThread

logging.disable(logging.CRITICAL)
request = json.load(sys.stdin)
# What is random comes out as its middle.
jails.random = SimpleNamespace(random=lambda: 0.5)


class Observer(ObserverThread):
    def add(self, name, *args):
        getattr(self, name)(*args)

    def add_timer(self, *_args):
        pass


Observers.Main = Observer()
start = request["lines"][0][0]
MyTime.setAlternateNow(start)
database = Fail2BanDb(":memory:", purgeAge=request["purgeSeconds"])
jail = Jail("reference", backend="polling", db=database)
jail.isAlive = lambda: True
database.addJail(jail)
jail.filter.setDatePattern("^Epoch")
jail.filter.addFailRegex(r"^\s*bad from <HOST>$")
jail.filter.setMaxRetry(request["maxretry"])
jail.filter.setFindTime(request["findtime"])
jail.actions.setBanTime(request["bantime"])
for option, value in request["increase"].items():
    jail.setBanTimeExtra(option, value)

bans = []
manager = jail.actions.banManager
add = manager.addBanTicket


def noted(ticket, reason={}):
    taken = add(ticket, reason)
    if taken:
        bans.append([str(ticket.getID()), ticket])
    return taken


manager.addBanTicket = noted
purged = start
for at, ip in request["lines"]:
    while at - purged >= 3600:
        purged += 3600
        MyTime.setTime(purged)
        database.purge()
    MyTime.setTime(at)
    # As its loop does every few seconds, also when no line comes.
    jail.filter.performSvc(True)
    jail.actions._Actions__checkUnBan(1 << 30)
    if manager._inBanList(SimpleNamespace(getID=lambda: IPAddr(ip))):
        continue
    jail.filter.processLineAndAdd(f"{at} bad from {ip}")
    jail.actions._Actions__checkBan()

json.dump(
    {
        "bans": [[ip, ticket.getTime(), ticket.getBanTime(request["bantime"])] for ip, ticket in bans],
        "growth": [
            jail.getBanTimeExtra("evformula")(SimpleNamespace(Time=request["bantime"], Count=count))
            for count in range(1, 30)
        ],
    },
    sys.stdout,
)
