"""Stay until the desk is closed, and apply what it asks for: a light poller of one folder.

That blocks nothing: a menu script is a process of its own [menu-python-child].
"""

import os
import time

from . import collect, exchange, numbers, place
from .asking import Away, Elsewhere
from .exchange import Taken
from .handing_over import alive

EVERY = 1.0
"""Seconds between two looks at the folder."""
AGAIN = 5.0
"""Seconds until a plan that has to wait is tried again, and between two looks whether Resolve is still there."""
START = 60.0
"""Seconds in which the core must have begun: a cold Python with many packages on a slow disk takes half of that."""


def started(session, process, saying, sleep=time.sleep):
    """Wait until the core has the session. Whether it has; where it has not, its last words are said."""
    waited = 0.0
    while not session.there(exchange.STARTED):
        if process.poll() is not None or waited >= START:
            saying.say("The desk did not open. Run `otio-retake resolve doctor` in a terminal to see why.")
            for line in last_words(session):
                saying.say("  " + line)
            return False
        sleep(0.2)
        waited += 0.2
    return True


def last_words(session, count=12):
    """The last lines that the core wrote."""
    try:
        with open(session.path(exchange.LOG), "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 8000))
            return file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []


def watch(asking, session, state, saying, sleep=time.sleep, clock=time.time):
    """Apply each plan as it comes, until the core says that nothing more will, or one of the two is gone."""
    told, went = "", False
    next_try = next_look = clock()
    said_link = False
    while True:
        link = session.read(exchange.DESK)
        if link and not said_link:
            said_link = True
            saying.say("The desk is open in your browser. Its link is kept in %s." % link.get("link"))
        plan, damage = session.pending(), session.plan_damage()
        if damage and damage != told:
            told = damage
            saying.say("%s wait: %s." % (session.named(), damage))
        if plan is not None and clock() >= next_try:
            if not went or _open(asking, plan):
                told, went = _apply(asking, session, plan, state, saying, told)
            next_try = clock() + (AGAIN if told else 0)
        if session.there(exchange.ENDED) and session.pending() is None:
            return "ended"
        if clock() >= next_look:
            next_look = clock() + AGAIN
            pid = numbers.whole((session.read(exchange.STARTED) or {}).get("pid"))
            if not alive(pid) and session.pending() is None:
                return "core gone"
            if not asking.awake() and not _waited(asking, sleep):
                return "resolve gone"
        sleep(EVERY)


def _apply(asking, session, plan, state, saying, told):
    """Apply now. `("" where it was done, else why not, whether the editor went elsewhere)`.

    Why is said once, not each time that it is tried.
    """
    try:
        with exchange.alone(state):
            collect.one(asking, session, plan, saying)
    except (Away, Taken) as fault:
        why = str(fault)
        if why != told:
            saying.say(why)
        return why, isinstance(fault, Elsewhere)
    return "", False


def _open(asking, plan):
    """Whether the timeline of a plan is the current one: an editor who left it is not taken back there unasked."""
    try:
        return place.here(asking).timeline_id == plan["timeline"]
    except Away:
        return False


def _waited(asking, sleep):
    """Whether Resolve answers again within half a minute: a backup or an open window keeps it silent for a while."""
    for _ in range(6):
        sleep(AGAIN)
        if asking.awake():
            return True
    return False
