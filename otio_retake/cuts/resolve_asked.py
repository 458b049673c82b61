"""Regions that are asked for on the desk, not by markers: the selection, the in and out, the clip under the playhead.

Resolve says what they are when a snapshot is taken; what is asked is kept beside it, in ``asked.json``, and is read as
markers of the cut.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ..durable import write_text
from ..errors import CutError
from ..rates import BadTimecode
from .model import Address, Clip, Instant, Marker, View
from .resolve_snapshot import Frame, Snapshot

FILE_NAME = "asked.json"

OfferName = Literal["selection", "in-out", "playhead"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A region that a prompt can be given for: whole clips by their items, or record frames ``[first, end)``."""

    name: OfferName
    what: str
    record: tuple[int, int]
    clips: tuple[str, ...]
    items: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether whole clips are asked for."""
        return self.name != "in-out"

    @property
    def range(self) -> tuple[int, int] | None:
        """The record frames that are asked for; None where whole clips are."""
        return None if self.items else self.record


class Asked(BaseModel):
    """One region with what should happen there."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    offer: OfferName
    prompt: Annotated[str, StringConstraints(max_length=20_000)]
    mode: Literal["", "video", "audio", "both"] = ""
    items: tuple[str, ...] = ()
    range: tuple[Frame, Frame] | None = None


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    otio_retake_asked: Literal[1]
    asked: tuple[Asked, ...] = Field((), max_length=10_000)


def read_asked(snapshot: Path) -> tuple[Asked, ...]:
    """What was asked for the timeline of a snapshot. Raises ``CutError`` where the file of it is damaged."""
    path = snapshot.with_name(FILE_NAME)
    try:
        return _File.model_validate_json(path.read_bytes()).asked
    except FileNotFoundError:
        return ()
    except (OSError, ValidationError):
        raise CutError(
            "what was asked on the desk cannot be read", where=str(path), fix="delete the file, and ask again"
        ) from None


def write_asked(snapshot: Path, asked: tuple[Asked, ...]) -> None:
    """Keeps what was asked, whole or not at all. Raises ``RetakeError``."""
    rows = [row.model_dump(mode="json") for row in asked]
    text = json.dumps({"otio_retake_asked": 1, "asked": rows}, ensure_ascii=False, indent=1)
    write_text(snapshot.with_name(FILE_NAME), text + "\n")


def ask(snapshot: Path, offer: Offer, prompt: str, mode: Literal["", "video", "audio", "both"]) -> Asked:
    """Asks for an offer, and keeps that."""
    made = Asked(
        id=secrets.token_hex(6), offer=offer.name, prompt=prompt, mode=mode, items=offer.items, range=offer.range
    )
    write_asked(snapshot, (*read_asked(snapshot), made))
    return made


def unask(snapshot: Path, ident: str) -> None:
    """Takes one back. Raises ``KeyError`` for what was not asked."""
    there = read_asked(snapshot)
    if ident not in {row.id for row in there}:
        raise KeyError(ident)
    write_asked(snapshot, tuple(row for row in there if row.id != ident))


# --- as markers -----------------------------------------------------------------------------------------------------


def markers_of(
    asked: tuple[Asked, ...], addresses: dict[str, Address], rate: Fraction
) -> tuple[dict[Address, list[Marker]], list[Marker]]:
    """What was asked as markers: on clips, and of the timeline. An item that is gone asks for nothing."""
    on_clips: dict[Address, list[Marker]] = {}
    of_record: list[Marker] = []
    for row in asked:
        for item in row.items:
            address = addresses.get(item)
            if address is not None:
                on_clips.setdefault(address, []).append(_marker(row, Instant(Fraction(0), rate), 1, address, rate))
        if row.range is not None:
            first, end = row.range
            of_record.append(_marker(row, Instant(Fraction(first), rate), end - first, None, rate))
    return on_clips, of_record


def _marker(row: Asked, start: Instant, length: int, address: Address | None, rate: Fraction) -> Marker:
    return Marker(
        owner="record" if address is None else "clip",
        name=f"RETAKE {row.mode}".rstrip(),
        note=row.prompt,
        colour="",
        start=start,
        duration=Instant(Fraction(length), rate),
        address=address,
        place="asked on the desk",
        whole=address is not None,
        ident=f"asked:{row.id}",
    )


def asked_id(marker: Marker) -> str:
    """The id of what was asked on the desk that a marker is; empty for one that an editor made."""
    return marker.ident.removeprefix("asked:") if marker.ident.startswith("asked:") else ""


# --- what can be asked for ------------------------------------------------------------------------------------------


def offers_of(snapshot: Snapshot, view: View, items: dict[str, Address]) -> list[Offer]:
    """The regions that the snapshot names: none where nothing is selected, or nothing retakable lies there."""
    found = [_selected(snapshot, view, items), _in_out(snapshot, view), _at_playhead(snapshot, view)]
    return [offer for offer in found if offer is not None]


def _selected(snapshot: Snapshot, view: View, items: dict[str, Address]) -> Offer | None:
    chosen = [(ident, view.clip_at(items[ident])) for ident in snapshot.selection or () if ident in items]
    chosen = [(ident, clip) for ident, clip in chosen if clip.kind == "Video" and _can_be_asked(clip)]
    if not chosen:
        return None
    clips = [clip for _, clip in chosen]
    record = min(int(c.record[0]) for c in clips), max(int(c.record[1]) for c in clips)
    what = "the selected clip" if len(clips) == 1 else f"the {len(clips)} selected clips"
    return Offer("selection", what, record, tuple(c.name for c in clips), tuple(ident for ident, _ in chosen))


def _in_out(snapshot: Snapshot, view: View) -> Offer | None:
    marks = snapshot.mark_in_out
    if marks is None or marks.first is None or marks.last is None or marks.last < marks.first:
        return None
    record = marks.first, marks.last + 1
    clips = [clip.name for clip in _under(view, *record)]
    return Offer("in-out", "from the in to the out point", record, tuple(dict.fromkeys(clips))) if clips else None


def _at_playhead(snapshot: Snapshot, view: View) -> Offer | None:
    try:
        at = view.frame_at(snapshot.playhead) if snapshot.playhead else None
    except BadTimecode:
        at = None
    if at is None:
        return None
    clip = next(iter(_under(view, at, at + 1)), None)
    # A range of one frame is a point, which asks for all that is visible of the clip.
    return Offer("playhead", "the clip under the playhead", (at, at + 1), (clip.name,)) if clip else None


def _under(view: View, first: int, end: int) -> Iterator[Clip]:
    """The clips of the picture under record frames, from the topmost track down, without what is looked through."""
    for track in reversed(view.tracks):
        if track.kind == "Video" and track.enabled:
            yield from (clip for clip in track.between(first, end) if clip.enabled and _can_be_asked(clip))


def _can_be_asked(clip: Clip) -> bool:
    return clip.placed is None and not clip.see_through
