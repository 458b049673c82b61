"""Adds takes to an AAF sequence: clips on new tracks above, and sound on new tracks below, as `aaf_patch` makes them.

AAF object specification: https://www.amwa.tv/specifications. A take is a linked file: a master mob that plays a file's
mob, which has the take's timecode and a locator. It is muted as Media Composer mutes a clip, unless it is to be used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..rates import drops, nominal, settle
from .aaf_markers import Line
from .aaf_mobs import converted
from .aaf_reader import Place, Reading
from .cut import Losses
from .model import Address, Clip
from .paths import file_name
from .rows import free_name, rows
from .signature import signature

if TYPE_CHECKING:
    from ..takes import Placement

Edits = dict[str, Any]

_SKIPPED = 2000
"""Most frames of a take that are skipped to put its first one on a frame of the sequence; they stay in the file."""

_SIZE = (1920, 1080)
"""The size of a picture that the AAF does not give; the file itself says what it is."""


class Addition:
    """What is to be added to a sequence: the edits, what they add, and what the form cannot carry."""

    def __init__(self, reading: Reading, spell: Callable[[Path, str], str]) -> None:
        self._reading = reading
        self._spell = spell
        self._mobs: list[Edits] = []
        self.losses = Losses()
        self.added: list[tuple[Address, str, str]] = []
        self.edits: Edits = {"mobs": self._mobs, "slots": [], "enable": [], "disable": []}
        self.lines: list[Line] = []

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.edits["slots"] or self.edits["enable"] or self.edits["disable"])

    def add(self, placements: Iterable[Placement]) -> Addition:
        """Works out the edits for ``placements``; takes that are in the sequence already are left."""
        fresh: dict[str, list[Placement]] = {"above": [], "sound": []}
        for placement in placements:
            take = placement.take
            if placement.kind == "reference":
                self.losses.left_out.append(f"{take.name}: an AAF has no place for a take at the clip itself")
            elif there := self._there(placement):
                if placement.activate and placement.kind == "above":
                    self.use(there)
            elif placement.record[1] <= placement.record[0]:
                self.losses.left_out.append(f"{take.name}: the cut shows none of it")
            else:
                fresh[placement.kind].append(placement)
        self._tracks("picture", fresh["above"], self._reading.top)
        self._tracks("sound", fresh["sound"], self._reading.lowest_sound)
        for placement in fresh["above"]:
            if placement.activate:
                self.rest(placement.record, "Video")
        for placement in fresh["sound"]:
            if placement.activate:
                what = "the sound stays muted, as the original would play with it; switch them by hand"
                self.losses.warnings.append(f"{placement.take.name}: {what}")
        return self

    def _there(self, placement: Placement) -> Clip | None:
        take = placement.take
        for clip in self._reading.view.clips():
            ours = clip.media.ours
            if str(ours.get("take", "")) == take.ident if ours else file_name(clip.media.url) == take.path.name:
                return clip
        return None

    # --- in use, and not --------------------------------------------------------------------------------------------

    def use(self, clip: Clip) -> None:
        """Takes the mute off a take of ours, and puts it on all others over the same frames."""
        place = self._reading.places[clip.address]
        if place.muted is not None:
            self.edits["enable"].append([place.slot, [*place.path, *place.muted]])
        self.rest(clip.record, clip.kind, but=clip.address)

    def rest(self, record: tuple[Any, Any], kind: str, but: Address | None = None) -> None:
        """Mutes every take of ours over record frames ``record``."""
        for track in self._reading.view.tracks:
            if track.kind != kind:
                continue
            for clip in track.between(*record):
                if clip.placed is not None and clip.enabled and clip.address != but:
                    place = self._reading.places[clip.address]
                    self.edits["disable"].append([place.slot, list(place.path)])

    # --- tracks -----------------------------------------------------------------------------------------------------

    def _tracks(self, media: str, placements: list[Placement], highest: int) -> None:
        """As few new tracks as do not overlap."""
        names = {track.name for track in self._reading.view.tracks}
        for row in rows(placements):
            name = free_name(names)
            names.add(name)
            highest += 1
            self._track(media, row, name, highest)

    def _track(self, media: str, row: list[Placement], name: str, number: int) -> None:
        made = [clip for placement in row if (clip := self._clip(media, placement, name, number)) is not None]
        if not made:
            return
        reading = self._reading
        end = max(clip["first"] + clip["length"] for clip in made)
        self.edits["slots"].append(
            {
                "media": media,
                "id": reading.free_slot + len(self.edits["slots"]),
                "name": name,
                "number": number,
                "rate": reading.edit_rate,
                "length": max(end, reading.length),
                "clips": made,
            }
        )

    # --- clips ------------------------------------------------------------------------------------------------------

    def _clip(self, media: str, placement: Placement, track: str, number: int) -> Edits | None:
        take, view = placement.take, self._reading.view
        first, end = int(placement.record[0]), int(placement.record[1])
        like = self._reading.places.get(placement.address) if media == "picture" else None
        if media == "sound" and placement.speed != 1:
            what = "an AAF's sound cannot be retimed here"
            self.losses.left_out.append(f"{take.name}: {what}; lay {take.path} by hand")
            return None
        if like is not None and like.warps > 1:
            what = "its clip has two time effects in each other, which cannot be copied over a part of it"
            self.losses.left_out.append(f"{take.name}: {what}; lay {take.path} by hand")
            return None
        for name in like.over if like else ():
            self.losses.left_out.append(f"{take.name}: the effect {name} of the whole track below; set it by hand")
        mob, start = self._mob(media, placement, like)
        self._mobs.append(mob)
        self.added.append((placement.address, track, take.ident))
        self.lines.append(
            Line("otio-retake", view.timecode(first), f"{'V' if media == 'picture' else 'A'}{number}", "green",
                 signature(take), end - first)
        )  # fmt: skip
        into = Fraction(0)
        if like is not None:
            clip = view.clip_at(placement.address)
            into = like.before + (first - clip.record[0]) / view.rate * like.rate
        return {
            "mob": len(self._mobs) - 1,
            "name": take.name,
            "first": first,
            "length": end - first,
            "start": str(start),
            "speed": str(placement.speed),
            "into": str(into),
            "enabled": placement.activate and media == "picture",
            "like": {"slot": like.slot, "path": list(like.path), "inner": list(like.inner)} if like else None,
        }

    def _mob(self, media: str, placement: Placement, like: Place | None) -> tuple[Edits, Fraction]:
        """The linked file of a take, and where in it the clip begins, in edit units of the sequence."""
        take, spec, rate = placement.take, placement.take.spec, self._reading.view.rate
        begin, length = placement.available
        made: Edits = {
            "ident": take.ident,
            "media": media,
            "name": take.name,
            "url": as_url(self._spell(take.path, placement.written)),
            "comment": signature(take),
        }
        into = placement.source - begin
        if media == "sound":
            unit = Fraction(spec.sound_rate)
            samples = into / placement.clock * unit
            start = Fraction(math.floor(into / placement.clock * rate))
            made |= {
                "rate": str(unit),
                "length": spec.samples,
                "skip": max(round(samples - start / rate * unit), 0),
                "channels": 2,
                "timecode": self._timecode(begin / placement.clock * rate, rate, length / placement.clock * rate),
            }
            return made, start
        # Film and its NTSC sibling count frame for frame where the sequence is one of them; elsewhere they do not.
        unit = spec.rate if nominal(spec.rate) == nominal(placement.clock) == nominal(rate) else placement.clock
        skip, start = self._aligned(placement, into, rate)
        made |= {
            "rate": str(unit),
            "length": math.floor(length),
            "skip": skip,
            "size": list((like.size if like else None) or _SIZE),
            "timecode": self._timecode(begin, unit, length, spec.timecode),
        }
        return made, start

    def _timecode(self, start: Fraction, rate: Fraction, length: Fraction, own: str = "") -> Edits:
        drop = bool(drops(rate)) and (";" in own if own else self._reading.view.drop)
        return {
            "start": math.floor(start),
            "rate": str(rate),
            "fps": nominal(rate),
            "drop": drop,
            "length": math.ceil(length),
        }

    def _aligned(self, placement: Placement, into: Fraction, rate: Fraction) -> tuple[int, Fraction]:
        """How many frames of the take's file are skipped, and where the clip begins after them, in edit units.

        A clip begins on a whole edit unit of the sequence. Where the media has another rate its first frame may lie
        between two; skipping some of the take's handles puts it on one.
        """
        clock = placement.clock
        start = converted(into, clock, rate)
        if placement.speed != 1 or start.denominator == 1:
            return 0, start
        for skip in range(1, min(math.floor(into), _SKIPPED) + 1):
            moved = converted(into - skip, clock, rate)
            if moved.denominator == 1:
                return skip, moved
        near = settle(start)
        if near.denominator != 1:
            what = f"it begins {float(start - math.floor(start)):.2f} of a frame early; check its first frame"
            self.losses.warnings.append(f"{placement.take.name}: {what}")
        return 0, Fraction(math.floor(near))


def as_url(path: str) -> str:
    """A path as a locator has it: ``file:///D%3A/…`` for a drive, as Avid writes them."""
    if path[:5].lower() != "file:":
        slashed = path.replace("\\", "/")
        if slashed.startswith("//"):
            path = "file:" + quote(slashed, safe="/:")
        else:
            path = "file:///" + quote(slashed.lstrip("/"), safe="/:")
    return re.sub(r"^file:///([A-Za-z]):/", r"file:///\1%3A/", path)
