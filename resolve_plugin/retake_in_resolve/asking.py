"""The one way to Resolve: every call of its interface goes through here, by name.

A call that fails in Resolve seldom raises: it answers None or False, and so does a healthy call while a window of
Resolve is open or it saves a backup. What is read is therefore asked again until it is certain; what is written is
written once, and then looked at. Nothing here trusts an answer of a write. Facts about Resolve are named in brackets,
as in `api_facts.json`: [failure-falsy] [any-call-may-answer-none] [busy-answers-none] [bool-is-no-proof].
"""

import time
from typing import Any

from . import numbers

PAUSES = (0.0, 0.1, 0.3, 0.6, 1.0, 2.0, 3.0)
"""Seconds between tries while Resolve does not answer. Longer than a backup of an ordinary project takes."""

NEED_CURRENT = ("GetTakesCount", "GetSelectedTakeIndex", "GetTakeByIndex", "GetIsTrackLocked", "GetIsTrackEnabled")
"""What answers 0, None or False of every timeline but the current one [getters-need-current]."""

TRIES = 3
"""How often a write is made that Resolve answers with a failure and that is seen not to have happened."""


class Away(Exception):
    """Resolve does not answer, or is no longer where the work is; what was begun can be taken up again later."""


class Elsewhere(Away):
    """The editor opened another project or timeline while we worked on ours."""


class Unreadable(Exception):
    """Resolve is there, but did not tell something of one object that it must know."""


class Asking(object):
    """Calls on Resolve's objects. `journal` is told of writes before they are made, `record` of every call."""

    def __init__(self, resolve, pause=time.sleep, record=None):
        self.resolve = resolve
        self.pause = pause
        self.record = record
        self.journal: Any = None
        self.answered: Any = None
        self._at: Any = None

    def stay(self, project, timeline, script):
        """From now on the work is on the timeline with that id; `script` is what the editor runs to go on with it."""
        self._at = (project, timeline, script)

    def leave(self):
        """The work on a timeline has ended."""
        self._at = None

    def still(self):
        """Raises Elsewhere where the timeline of the work is no longer the current one.

        Nothing is said to be gone, or not to have come, before this was asked: of another timeline Resolve tells
        nothing, and that looks the same.
        """
        if self._at is None:
            return
        project, wanted, script = self._at
        current = self.ask(project, "GetCurrentTimeline")
        if current is None or numbers.text(self.ask(current, "GetUniqueId")) != wanted:
            raise Elsewhere(
                "Another project or timeline was opened meanwhile. Open the timeline, then run %s." % script
            )

    def has(self, thing, name):
        """Whether an object offers a method. Any name can be had, unknown ones are None [unknown-attribute-none]."""
        try:
            return callable(getattr(thing, name, None))
        except Exception:
            return False

    def ask(self, thing, name, *args):
        """What a getter answers, None where there is nothing. Raises Away when Resolve does not answer at all.

        What only the current timeline tells is believed of no other: raises Elsewhere.
        """
        answer = self._certain(thing, name, args)
        if not answer and name in NEED_CURRENT:
            self.still()
        return answer

    def _certain(self, thing, name, args):
        for wait in PAUSES:
            if wait:
                self.pause(wait)
            answer = self._call(thing, name, args)
            if not _nothing(answer):
                return answer
            if not self.awake():
                continue
            again = self._call(thing, name, args)
            if not _nothing(again) or self.awake():
                return again
        raise Away(
            "Resolve does not answer. Close open windows of Resolve (settings, dialogs), wait for a running backup, "
            "then run Retake - Collect."
        )

    def must(self, thing, name, *args):
        """What a getter answers that cannot be nothing. Raises Unreadable where it is."""
        answer = self.ask(thing, name, *args) if thing is not None else None
        if answer is None:
            raise Unreadable("Resolve did not answer %s" % name)
        return answer

    def awake(self):
        """Whether Resolve answers a question that it can always answer."""
        return bool(self._call(self.resolve, "GetVersion", ()))

    def tell(self, thing, name, *args):
        """Make a write once. Its answer says little: look at what came of it."""
        line = self.journal.writing(name, args) if self.journal is not None else None
        answer = self.answered = self._call(thing, name, args)
        if line is not None:
            self.journal.written(line, answer)
        return answer

    def write(self, thing, name, args, seen):
        """Write, and look with `seen()` whether it happened: what that returns, falsy where nothing came of it.

        A write that was answered with success and is not to be seen is not made again: it may still come.
        """
        found = None
        for turn in range(TRIES):
            if turn:
                self.pause(PAUSES[turn])
            answer = self.tell(thing, name, *args)
            found = seen()
            if found or not _nothing(answer):
                break
        return found

    def _call(self, thing, name, args):
        """One call as it is: the answer with tidy numbers; None for whatever goes wrong in it."""
        began = time.time()
        raised = answer = None
        missing = False
        try:
            method: Any = getattr(thing, name, None)
            missing = not callable(method)
            if not missing:
                answer = method(*args)
        except Exception as fault:  # whatever a call of a foreign program throws is one more way of saying no
            raised = fault
        if self.record is not None:
            self.record(thing, name, args, answer, raised, missing, time.time() - began)
        return None if raised is not None else numbers.tidy(answer)


def _nothing(answer):
    """None and False are what a call answers that did not work; both may be true answers too."""
    return answer is None or answer is False
