"""What takes of ours in the take lists of items stand in for, by what was written when they were placed.

A take list says nothing of where an entry comes from, and an editor may have takes of their own in it. The plans of
earlier hand-overs do: each names, beside a take, the media that the item showed before it, and from which frame on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .paths import file_name
from .resolve_snapshot import Frame

APPLY = "apply.rtkapply"
SESSIONS = "sessions"
"""The folder that holds those of all hand-overs."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a take stands in for: an entry of the media pool, whose frame is the take's own plus ``shift``."""

    media: str
    shift: int


class _Original(BaseModel):
    model_config = ConfigDict(extra="ignore")

    media: str
    left_offset: Frame


class _Take(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: Literal["take"]
    path: str
    item: str
    bounds: tuple[Frame, Frame]


class _Plan(BaseModel):
    model_config = ConfigDict(extra="ignore")

    project: str
    takes: tuple[object, ...] = ()
    originals: dict[str, object] = Field(default_factory=dict)


class Origins:
    """The origins that the plans beside a snapshot tell; they are read when one is first asked for."""

    def __init__(self, snapshot: Path | None = None, project: str = "") -> None:
        self._snapshot = snapshot
        self._project = project
        self._found: dict[tuple[str, str], list[Origin]] | None = None

    def of(self, item: str, path: str) -> list[Origin]:
        """What the take at ``path`` stands in for at an item: what was placed there counts, the latest first.

        A timeline that was copied has items of other ids: then all that the take was placed for.
        """
        if self._found is None:
            self._found = {}
            for take, original in _told(self._snapshot, self._project):
                origin = Origin(original.media, original.left_offset - take.bounds[0])
                for key in (take.item, ""):
                    self._found.setdefault((key, _name(take.path)), []).insert(0, origin)
        return self._found.get((item, _name(path))) or self._found.get(("", _name(path)), [])


def _name(path: str) -> str:
    return file_name(path).casefold()


def _told(snapshot: Path | None, project: str) -> Iterator[tuple[_Take, _Original]]:
    """The takes of all plans for the same project of Resolve with what they stand in for, oldest first."""
    if snapshot is None:
        return
    folder = snapshot.absolute().parent
    folders = sorted(folder.parent.iterdir()) if folder.parent.name == SESSIONS else [folder]
    for each in folders:
        try:
            plan = _Plan.model_validate_json((each / APPLY).read_bytes())
        except (OSError, ValidationError):
            continue
        if plan.project != project:
            continue
        for row in plan.takes:
            try:
                take = _Take.model_validate(row)
                yield take, _Original.model_validate(plan.originals.get(take.item))
            except ValidationError:
                continue
