"""Which marks one more take is asked for: all that are done, or those at a place of the cut."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .cuts.model import Clip, Exact
from .errors import CutError, SettingsError
from .rates import BadTimecode
from .session import Session

MOST_NAMED = 8
"""Marks that a message names."""


@dataclass(frozen=True, slots=True)
class _Marked:
    """A mark, where it is in the cut, and its clip."""

    mark_id: str
    timecode: str
    record: tuple[Exact, Exact]
    clip: Clip


def asked_again(session: Session, again: bool, places: Sequence[str]) -> bool | frozenset[str]:
    """The ids of the marks at ``places``, each a timecode or a clip's name; ``again`` itself where none is named.

    Raises ``CutError`` where no mark is there, ``SettingsError`` where a place is named for nothing.
    """
    if places and not again:
        raise SettingsError(
            "--at says of which marks one more take is wanted, and nobody asked for one",
            where="--at",
            fix="add --again",
        )
    return frozenset(mark for place in places for mark in _at(session, place)) if places else again


def _at(session: Session, place: str) -> set[str]:
    """The marks under a timecode, else those of the clip that lies there; of a name those of every clip with it."""
    marks = list(_marked(session))
    try:
        frame = session.view.frame_at(place)
    except BadTimecode:
        found = {mark.mark_id for mark in marks if mark.clip.name == place}
    else:
        found = {mark.mark_id for mark in marks if _under(frame, mark.record)}
        found = found or {mark.mark_id for mark in marks if _under(frame, mark.clip.record)}
    if not found:
        named = ", ".join(f"{mark.timecode} {mark.clip.name}" for mark in marks[:MOST_NAMED])
        raise CutError("no mark is there", where=place, fix=f"marks are at {named}" if named else "mark the cut first")
    return found


def _under(frame: int, record: tuple[Exact, Exact]) -> bool:
    return math.floor(record[0]) <= frame < record[1]


def _marked(session: Session) -> Iterator[_Marked]:
    """Every mark of the cut, or of the list that was saved of it."""
    if session.saved is not None:
        for item in session.saved.items:
            yield _Marked(item.mark_id, item.timecode, item.record, session.view.clip_at(item.address))
        return
    for request in session.requests.requests:
        yield _Marked(request.mark_id, request.timecode, request.record, request.clip)
