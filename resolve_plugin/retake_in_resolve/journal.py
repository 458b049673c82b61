"""What was meant to be done in Resolve, written down before it is done, and what came of it.

One JSON line per entry, on disk before the write it speaks of. An entry with `n` is an intent; a later line with `of`
says what came of it. An intent without such a line was under way when the script died: resuming starts from those.
Lines with `write` are the single calls of Resolve's interface, kept for a person who reads the journal.
"""

import datetime
import io
import json
import os

NEEDED = {
    "add take": ("ident", "item", "path", "expects", "chosen", "original", "had_none", "selected"),
    "put above": ("ident", "item", "path", "kind", "record", "name", "before", "count"),
    "add track": ("kind", "count", "name"),
    "mark": ("told",),
    "begin": ("was",),
    "revert": ("upto",),
    "duplicate": ("name", "before"),
    "pick": ("item",),
}
"""What an intent of each kind must tell to be of use."""


class Journal(object):
    """The journal of one session. Reading forgives a last line that was cut off; writing begins a new line after it."""

    def __init__(self, path):
        self.path = path
        self.intents = []
        self.broken = 0  # lines that are no entries; one that was cut off tells of nothing that was done
        self._next = 1
        self._read()

    def intend(self, what, **told):
        """Write down what is about to be done. The entry's number."""
        entry = dict(told, n=self._next, what=what, at=_now())
        self._add(entry)
        self._take(entry)
        return entry["n"]

    def came(self, number, outcome, **told):
        """Write down what came of an intent."""
        entry = dict(told, of=number, came=outcome, at=_now())
        self._add(entry)
        self._take(entry)

    def writing(self, name, args):
        """One call that changes something in Resolve, before it is made."""
        entry = {"write": name, "args": [_plain(value) for value in args], "n": self._next, "at": _now()}
        self._next += 1
        self._add(entry)
        return entry["n"]

    def written(self, number, answer):
        """What Resolve answered to it."""
        self._add({"of": number, "answered": _plain(answer), "at": _now()})

    def all(self, what, **same):
        """Intents of a kind with these values, oldest first."""
        found = [entry for entry in self.intents if entry["what"] == what]
        return [entry for entry in found if all(entry.get(key) == value for key, value in same.items())]

    def last(self, what, **same):
        """The newest of them, or None."""
        found = self.all(what, **same)
        return found[-1] if found else None

    def open(self, what, **same):
        """The newest of them if nothing is known to have come of it, else None."""
        found = self.last(what, **same)
        return found if found and found["came"] is None else None

    def unsettled(self, what, **same):
        """The newest of them if it was cut off, or failed and left something behind; else None."""
        found = self.last(what, **same)
        stuck = found and (found["came"] is None or (found["came"] == "failed" and found["after"].get("left")))
        return found if stuck else None

    def age(self, entry):
        """Seconds since an entry was written; without end where its time cannot be read."""
        try:
            at = datetime.datetime.strptime(entry["at"], _FORM).replace(tzinfo=datetime.timezone.utc)
        except (KeyError, TypeError, ValueError):
            return float("inf")
        return (datetime.datetime.now(datetime.timezone.utc) - at).total_seconds()

    def _take(self, entry):
        if "what" in entry:
            self.intents.append(dict(entry, came=None, after={}))
        elif "came" in entry:
            for intent in self.intents:
                if intent["n"] == entry["of"]:
                    intent["came"] = entry["came"]
                    intent["after"] = entry
        self._next = max(self._next, entry.get("n", 0) + 1)

    def _read(self):
        if not os.path.isfile(self.path):
            return
        with io.open(self.path, "r", encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if isinstance(entry, dict) and _whole(entry):
                    self._take(entry)
                else:
                    self.broken += 1

    def _add(self, entry):
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace") + b"\n"
        with open(self.path, "ab+") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def _whole(entry):
    """Whether a line is one that this journal writes."""
    if not isinstance(entry.get("n", 0), int) or not isinstance(entry.get("at", ""), str):
        return False
    if "what" in entry:
        return isinstance(entry.get("n"), int) and "at" in entry and _tells(entry)
    return "came" not in entry or isinstance(entry.get("of"), int)


def _tells(entry):
    told = entry["what"]
    needed = NEEDED.get(told, ()) if isinstance(told, str) else ("a kind",)
    if not all(name in entry for name in needed):
        return False
    maps = [entry[name] for name in ("expects", "chosen", "original", "was", "told") if name in entry]
    return all(isinstance(held, dict) for held in maps)


def _now():
    return datetime.datetime.now(datetime.timezone.utc).strftime(_FORM)


def _plain(value):
    """A value for the journal: objects of Resolve are only named as such."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(held) for held in value]
    return "object"
