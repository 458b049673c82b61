"""The apply plan: what the scripts in DaVinci Resolve do on the timeline, as a file, ``apply.rtkapply``.

A take that stands in for a whole item goes into that item's take list; any other becomes a clip on a track of our own,
above. Each entry says what it expects to find, and which half-open frames of *our* file are meant: those of an item's
take list are as many as the item plays, so that nothing in the timeline moves.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..errors import CutError
from .cut import Losses, Patched
from .laying import Lay, lay
from .model import Address, Clip
from .paths import file_name
from .resolve_plays import CHOOSE, UNKNOWN
from .resolve_reader import Reading
from .resolve_snapshot import RawItem, Snapshot
from .rows import track_name
from .signature import signature

if TYPE_CHECKING:
    from ..takes import Placement

Row = dict[str, Any]

_COPIED = (
    "Pan", "Tilt", "ZoomX", "ZoomY", "ZoomGang", "RotationAngle", "AnchorPointX", "AnchorPointY", "Pitch", "Yaw",
    "FlipX", "FlipY", "CropLeft", "CropRight", "CropTop", "CropBottom", "CropSoftness", "CropRetain", "CompositeMode",
    "Opacity", "Distortion", "Scaling", "ResizeFilter",
)  # fmt: skip
"""Properties of an item that make a clip above it look as it does; the others are of its own speed and movement."""


@dataclass(frozen=True)
class Before:
    """What earlier plans of the same folder said: the tracks of takes by (take, item), and the items picked for."""

    tracks: Mapping[tuple[str, str], str]
    picked: frozenset[str]
    done: frozenset[tuple[str, str]]
    """Takes by (take, item) that Resolve has by now."""

    shown: Mapping[str, str] = field(default_factory=dict)
    """What was chosen for items and carried out: a take, or nothing for the original. It is not asked for again: what
    an editor has chosen in Resolve since stays."""


NOTHING_BEFORE = Before({}, frozenset(), frozenset())


class PlanWriter:
    """Makes the apply plan for one snapshot."""

    def __init__(self, snapshot: Snapshot, sha256: str, reading: Reading, before: Before = NOTHING_BEFORE) -> None:
        self._snapshot = snapshot
        self._sha256 = sha256
        self._reading = reading
        self._before = before
        self._losses = Losses()
        self._added: list[tuple[Address, str, str]] = []
        self._names: set[str] = set()
        self._busy: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def plan(self, takes: list[Row] | None = None, pick: Mapping[str, str] | None = None) -> Row:
        """A whole plan; its revision is given to it when it is written."""
        timeline = self._snapshot.timeline
        return {
            "otio_retake_apply": 1,
            "revision": 0,
            "snapshot": self._sha256,
            "project": self._snapshot.project.id,
            "timeline": timeline.id,
            "rate": timeline.rate,
            "activate": False,
            "bin": ["Retakes", timeline.name or "timeline"],
            "takes": takes or [],
            "marks": [],
            "pick": dict(pick or {}),
            "originals": {
                item: self._first_seen(item)
                for item in dict.fromkeys((*(t["item"] for t in takes or ()), *(pick or ())))
            },
        }

    def may_go_back(self, address: Address) -> bool:
        """Whether it is known what an item is to show where none of ours is in use."""
        return address in self._reading.originals

    def _first_seen(self, item: str) -> Row | None:
        """The original of an item, for the scripts: its media and its frame under the item's first."""
        known = self._reading.originals.get(self._reading.addresses[item])
        return {"media": known[0], "left_offset": known[1]} if known else None

    def patched(self, plan: Row) -> Patched:
        """A plan as the file that it becomes."""
        return Patched(dumped(plan), tuple(self._added), self._losses)

    # --- takes ------------------------------------------------------------------------------------------------------

    def apply(self, placements: Iterable[Placement]) -> Patched:
        """Every take where it belongs, and what was chosen; what cannot be placed is named in the losses."""
        placements = list(placements)
        self._names = {placement.take.path.name.casefold() for placement in placements}
        self._occupied()
        rows: list[Row] = []
        chosen: dict[str, str] = {}
        concerned: dict[str, None] = {}
        for placement in placements:
            row = self._row(placement)
            if row is None:
                continue
            rows.append(row)
            if placement.kind != "sound":
                concerned[row["item"]] = None
                if placement.activate:
                    chosen[row["item"]] = row["ident"]
            self._note(placement, row)
        for item in concerned:
            if item not in chosen and self._is_switched(item) and self.may_go_back(self._reading.addresses[item]):
                chosen[item] = ""
        fresh = {item: ident for item, ident in chosen.items() if self._before.shown.get(item) != ident}
        return self.patched(self.plan(rows, fresh))

    def _note(self, placement: Placement, row: Row) -> None:
        """Keeps what is new, and warns of what will be in the way."""
        there = self._there(placement, row)
        if not there and (row["ident"], row["item"]) not in self._before.done:
            where = row["track_name"] or f"take {placement.take.version}"
            self._added.append((placement.address, where, placement.take.ident))
        track = self._reading.tracks[placement.address]
        if track.locked and row["kind"] == "take" and not there:
            name = track.name or f"{track.kind} {track.index}"
            self._losses.warnings.append(f"{self._name(placement)}: unlock track {name} before it is applied")
        if placement.kind == "sound" and placement.activate:
            what = "the sound stays off, as the original would play with it; switch them by hand"
            self._losses.warnings.append(f"{self._name(placement)}: {what}")

    def _row(self, placement: Placement) -> Row | None:
        """One entry; None where the take's file does not hold what is to be played."""
        item, clip = self._reading.items[placement.address], self._clip(placement)
        laid = self._laid(placement, clip)
        if laid is None:
            return None
        first, length = laid.record[0], laid.record[1] - laid.record[0]
        kinds = {"reference": "take", "above": "above", "sound": "sound"}
        kind = kinds[placement.kind]
        above = kind != "take"
        media = self._reading.pools.get(item.media)
        reel = f"; from reel {media.raw.reel}" if media and media.raw.reel else ""
        return {
            "ident": placement.take.ident,
            "name": placement.take.name,
            "path": str(placement.take.path.absolute()),
            "frames": self._frames(placement),
            "comment": f"{signature(placement.take)}{reel}",
            "reel": placement.take.name,
            "kind": kind,
            "item": item.id,
            "expects": self.expects(placement.address),
            "bounds": list(laid.bounds),
            "record": [self._snapshot.timeline.start_frame + first, length],
            "track_name": self._track(placement, item, first, first + length) if above else "",
            "enabled": placement.activate and kind == "above",
            "properties": {k: v for k, v in item.properties.items() if k in _COPIED} if kind == "above" else {},
            "copy_grade": kind == "above",
        }

    def expects(self, address: Address) -> Row:
        """What is to be found where an item was: its original, though a take of the plan may be seen in its place."""
        item, track = self._reading.items[address], self._reading.tracks[address]
        media, offset = self._original(address) or (item.media, item.left_offset)
        return {
            "track": [track.kind, track.index],
            "start": item.start,
            "duration": item.duration,
            "left_offset": offset,
            "media": media,
            "takes": item.takes.count,
            "selected": item.takes.selected,
        }

    def _original(self, address: Address) -> tuple[str, int] | None:
        """The original's media and first frame, where a take that stands in the plan is selected; else None."""
        clip = self._reading.view.clip_at(address)
        seen = next((take for take in clip.takes if take.key == clip.active), None)
        if seen is None or file_name(seen.url).casefold() not in self._names:
            return None
        return self._reading.originals.get(address)

    def _laid(self, placement: Placement, clip: Clip) -> Lay | None:
        """Which frames of the take's file lie where; None, and said, where they cannot."""
        start, available = placement.available
        frames, rate = self._frames(placement), self._reading.view.rate
        scale = Fraction(1) if placement.kind == "sound" else Fraction(frames) / available if available else Fraction(1)
        if placement.kind == "reference":
            record = int(clip.record[0]), int(clip.record[1])
            position, pace, step = Fraction(clip.source.at(placement.clock)), Fraction(1), Fraction(1)
        else:
            record = math.ceil(placement.record[0]), math.floor(placement.record[1])
            position, pace = placement.source, placement.speed * placement.clock / rate
            # Of a wave the timeline's own frames are counted; a movie is laid by time.
            step = Fraction(1) if placement.kind == "sound" else placement.clock * scale / rate
        if record[0] >= record[1]:
            return None

        def at(frame: int) -> Fraction:
            return (position - start + (frame - record[0]) * pace) * scale

        above = placement.kind == "above"
        within = (math.ceil(clip.visible[0]), math.floor(clip.visible[1])) if above else record
        found = lay(record, within, at, frames, step)
        if found is None:
            self._losses.left_out.append(f"{self._name(placement)}: {_why_not(at(record[0]), record, frames, step)}")
        elif found.off:
            what = f"its first frame lies {float(found.off):+.2f} frames from one of its file: that frame is shown"
            self._losses.warnings.append(f"{self._name(placement)}: {what}")
        return found

    def _frames(self, placement: Placement) -> int:
        if placement.kind == "sound":
            return math.floor(placement.available[1])
        return len(placement.take.spec.span)

    def _name(self, placement: Placement) -> str:
        clip = self._clip(placement)
        at = placement.record[0] if placement.kind != "reference" else clip.record[0]
        return f"{self._reading.view.timecode(at)} {placement.take.name}"

    def _clip(self, placement: Placement) -> Clip:
        return self._reading.view.clip_at(placement.address)

    def _there(self, placement: Placement, row: Row) -> bool:
        """Whether the snapshot shows the take with the frames that are asked: in the item's list, or as a clip over it.

        One with other frames is of the cut as it was before: it does not stand in for what the item plays now.
        """
        name = placement.take.path.name.casefold()
        if placement.kind == "reference":
            listed = self._reading.items[placement.address].takes.list
            mine = (take for take in listed if file_name(self._path(take.media)).casefold() == name)
            return any([take.start, take.end] == row["bounds"] for take in mine)
        return any(
            file_name(other.media.url).casefold() == name
            and other.record[0] == row["record"][0] - self._snapshot.timeline.start_frame
            and other.record[1] - other.record[0] == row["record"][1]
            for other in self._reading.view.clips()
            if other.media.ours is not None
        )

    # --- tracks of our own ------------------------------------------------------------------------------------------

    def _occupied(self) -> None:
        for track in self._reading.view.tracks:
            spans = [(int(clip.record[0]), int(clip.record[1])) for clip in track.clips]
            self._busy.setdefault((track.kind, track.name), []).extend(spans)

    def _track(self, placement: Placement, item: RawItem, first: int, end: int) -> str:
        """The track for a take: where an earlier plan laid it, where it lies by now, else the first that is free."""
        kind = "Audio" if placement.kind == "sound" else "Video"
        name = placement.take.path.name.casefold()
        lies = (
            clip.track_name
            for clip in self._reading.view.clips()
            if clip.placed is not None and clip.kind == kind and file_name(clip.media.url).casefold() == name
            and clip.record[0] < end and first < clip.record[1]
        )  # fmt: skip
        found = next(lies, None) or self._before.tracks.get((placement.take.ident, item.id))
        number = 1
        while found is None:
            spans = self._busy.get((kind, track_name(number)), ())
            if not any(a < end and first < b for a, b in spans):
                found = track_name(number)
            number += 1
        self._busy.setdefault((kind, found), []).append((first, end))
        return found

    # --- choices ----------------------------------------------------------------------------------------------------

    def _is_switched(self, item: str) -> bool:
        """Whether a take of ours is in use at an item, or an earlier plan put one in use, so that it must be undone."""
        if item in self._before.picked:
            return True
        address = self._reading.addresses[item]
        clip = self._reading.view.clip_at(address)
        if any(clip.active == take.key for take in clip.takes):
            return True
        first, end = clip.record
        return any(
            other.placed is not None and other.enabled and other.kind == "Video"
            and other.record[0] < end and first < other.record[1]
            for other in self._reading.view.clips()
        )  # fmt: skip

    def choose(self, address: Address, key: str) -> Patched:
        """A plan that puts one take of an item in use, or its original."""
        reading = self._reading
        clip, item = reading.view.clip_at(address), reading.items[address]
        take = next((take for take in clip.takes if take.key == key), None)
        if take is None:
            if not self.may_go_back(address):
                raise CutError(UNKNOWN, where=f"{reading.view.timecode(clip.record[0])} {clip.name}", fix=CHOOSE)
            return self.patched(self.plan([], {item.id: ""}))
        # The takes of a clip are those of the list that are ours, in its order: one file may stand there twice.
        pools = reading.pools
        ours = [each for each in item.takes.list if each.media in pools and pools[each.media].is_take]
        listed = ours[clip.takes.index(take)]
        ident = self.ident_of(take.url)
        self._names = {file_name(take.url).casefold()}
        frames = reading.pools[listed.media].frames or (listed.end or 0)
        first = listed.start or 0
        row: Row = {
            "ident": ident, "name": take.name, "path": take.url, "frames": frames, "comment": "", "reel": "",
            "kind": "take", "item": item.id, "expects": self.expects(address),
            "bounds": [first, first + item.duration], "record": [item.start, item.duration], "track_name": "",
            "enabled": False, "properties": {}, "copy_grade": False,
        }  # fmt: skip
        return self.patched(self.plan([row], {item.id: ident}))

    def _path(self, media: str) -> str:
        pool = self._reading.pools.get(media)
        return pool.raw.path if pool is not None else ""

    @staticmethod
    def ident_of(path: str) -> str:
        """What a take is called in a plan that was made without the ledger: by the name of its file."""
        return file_name(path).rpartition(".")[0]


def _why_not(position: Fraction, record: tuple[int, int], frames: int, step: Fraction) -> str:
    """Why a take cannot be laid, and what to do."""
    length, first = record[1] - record[0], math.floor(position)
    end = first + math.ceil(length * step)
    if first >= 0 and end <= frames:
        return f"no number of its frames lasts {length} in Resolve; trim the clip by a frame and run Retake again"
    what = f"it has frames 0 to {frames - 1} of its file, and {first} to {end - 1} are to be played"
    return f"{what}; run the cut again, for a take as long as the clip now is"


def dumped(plan: Row) -> bytes:
    """A plan as bytes."""
    return (json.dumps(plan, ensure_ascii=False, indent=1) + "\n").encode()
