"""Every call of Resolve's interface as a JSON line: name, arguments, result, in the order in which they were made.

A fake can answer from these lines what the real Resolve answered. Objects are numbered as they come: 0 is the handle.
"""

import io
import json
import platform
import sys

from .. import FORMAT, exchange


class Transcript(object):
    """Lines of one file. Objects are kept, so that none gets the number of another."""

    def __init__(self, path, resolve, told):
        self._file = io.open(path, "w", encoding="utf-8")  # noqa: SIM115
        self._numbers = {id(resolve): 0}
        self._kept = [resolve]
        self._kinds = ["Resolve"]
        self._calls = 0
        head = {"otio_retake_transcript": FORMAT, "at": exchange.now(), "platform": sys.platform}
        head["python"] = platform.python_version()
        self._line(dict(head, product=told["product"], version=told["version"]))

    def record(self, thing, name, args, answer, raised, missing, seconds):
        """One call."""
        self._calls += 1
        line = {"n": self._calls, "on": self._plain(thing, name), "name": name, "ms": round(seconds * 1000, 2)}
        line["args"] = [self._plain(value) for value in args]
        if missing:
            line["missing"] = True
        elif raised is not None:
            line["raised"] = "%s: %s" % (type(raised).__name__, raised)
        else:
            line["result"] = self._plain(answer, _kind(name))
        self._line(line)

    def constant(self, thing, name, value):
        """A constant that was read of an object."""
        self._calls += 1
        told = {"n": self._calls, "on": self._plain(thing), "name": name, "constant": True}
        self._line(dict(told, result=self._plain(value)))

    def step(self, name):
        """What is measured from here on."""
        self._line({"step": name})

    def found(self, name, facts, agrees, values):
        """What was found, whether it agrees with what is known of these facts (None: nothing is known, or not seen)."""
        self._line({"step": name, "found": values, "agrees": agrees, "facts": list(facts)})

    def close(self):
        """No more lines."""
        self._file.close()

    def _line(self, value):
        self._file.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
        self._file.flush()

    def _plain(self, value, kind=""):
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, dict):
            return {"map": [[self._plain(key), self._plain(held, _KEYS.get(key, ""))] for key, held in value.items()]}
        if isinstance(value, (list, tuple)):
            return [self._plain(held, kind) for held in value]
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._kept)
            self._kept.append(value)
            self._kinds.append(kind)
        return {"object": number, "class": self._kinds[number]}


_KEYS = {"mediaPoolItem": "MediaPoolItem"}

_GIVES = {
    "ProjectManager": ("GetProjectManager",),
    "Project": ("GetCurrentProject", "CreateProject", "LoadProject"),
    "MediaPool": ("GetMediaPool",),
    "Folder": ("GetRootFolder", "GetCurrentFolder", "AddSubFolder", "GetSubFolderList"),
    "MediaPoolItem": ("ImportMedia", "GetClipList", "GetMediaPoolItem"),
    "Timeline": ("GetCurrentTimeline", "GetTimelineByIndex", "CreateEmptyTimeline", "DuplicateTimeline"),
    "TimelineItem": (
        "AppendToTimeline",
        "GetItemListInTrack",
        "GetLinkedItems",
        "GetSelectedClips",
        "GetCurrentVideoItem",
    ),
}


def _kind(name):
    """What kind of object a call gives; proxies do not say it themselves."""
    return next((kind for kind, names in _GIVES.items() if name in names), "")
