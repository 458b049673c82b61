"""What a service answered to a submit, kept in a file beside the ledger until the ledger has it.

The file is made, with room in it, before anything is sent: a disk that is full is then found out while it costs
nothing, and an id that was paid for has its place. It lies there only as long as a submit is on its way, or where the
ledger could not be written; the next run takes it up before it does anything else.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from .durable import explained, flush_folder, lasting
from .errors import OrderError
from .project import Project

ROOM = 4096
"""Bytes of a place: one block of most disks. Ids, with the addresses that come along, have some hundred."""

_PATTERN = "ledger.answer-*.json"


@dataclass(frozen=True, slots=True)
class Answer:
    """That attempt ``number`` of the order ``key`` was accepted, under the service's id ``remote``."""

    key: str
    number: int
    remote: str


@dataclass(frozen=True, slots=True)
class Place:
    """The place for the answer to one submit."""

    path: Path

    @classmethod
    def make(cls, project: Project, key: str) -> Place:
        """Makes the place. Raises ``OrderError`` where one holds an answer yet, ``RetakeError`` where there is no room.

        A place without an answer is left by a process that was stopped: the ledger knows of that submit.
        """
        place = cls(project.folder / _PATTERN.replace("*", key))
        if place.read() is not None:
            raise OrderError(
                "an earlier submit of this order was accepted, and the ledger does not know it yet",
                where=str(place.path),
                fix="look the id in this file up at the service, then run again",
            )
        with explained(place.path), lasting("place for an answer"):
            with place.path.open("wb") as file:
                file.write(b" " * ROOM)
                file.flush()
                os.fsync(file.fileno())
            flush_folder(place.path.parent)
        return place

    def keep(self, answer: Answer) -> None:
        """Writes the answer where room was made for it, and waits until it is on the disk."""
        text = json.dumps({"order": answer.key, "attempt": answer.number, "remote": answer.remote}).encode()
        with explained(self.path), lasting("answer kept"), self.path.open("r+b") as file:
            file.write(text.ljust(ROOM))
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> Answer | None:
        """The answer that lies here; None where there is none, or only the place for it."""
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            return Answer(str(told["order"]), int(told["attempt"]), str(told["remote"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def clear(self) -> None:
        """Takes the place away: the ledger has what lay there, or nothing was sent."""
        self.path.unlink(missing_ok=True)


def places(project: Project) -> list[Place]:
    """Every place that a run before this one has left."""
    return [Place(path) for path in sorted(project.folder.glob(_PATTERN))]
