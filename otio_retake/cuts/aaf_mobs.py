"""From a clip of an AAF sequence to the frames of a file: through the chain of media objects ("mobs").

AAF object specification, "Mobs": https://www.amwa.tv/specifications. A clip names a slot of a master mob and a start in
the clip's own edit units; the master names a slot of a file's mob, that one of a tape's or an import's, which has the
timecode. Avid relinks by these; the several objects of one chain are one source, not several takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ..rates import nominal

Outline = dict[str, Any]

_LONGEST = 32
"""Media objects in one chain; Avid's have four."""


class Lost(Exception):
    """A clip cannot be followed to a file; the text says why, as a plan would."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a clip's picture or sound lies. ``first`` is where it begins, ``start`` where its file does.

    Both count timecode, in frames at ``rate``. ``url`` is empty where no object of the chain names a file.
    """

    name: str
    master: str
    url: str
    tape: str
    rate: Fraction
    first: Fraction
    start: Fraction
    length: Fraction
    channels: tuple[int, ...]
    comments: Mapping[str, str]
    size: tuple[int, int] | None
    since: Fraction
    """Seconds from the master's own zero: what tells clips in sync."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One object of a chain: ``at`` edit units into the segment of its slot."""

    ident: str
    mob: Outline
    slot: Outline
    rate: Fraction
    at: Fraction


def rate_of(slot: Outline) -> Fraction:
    """The exact edit rate of a slot. Raises `Lost` for what is none."""
    try:
        rate = Fraction(slot["rate"])
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= 1_000_000:
        raise Lost("its media has no edit rate")
    return rate


def converted(position: Fraction, rate: Fraction, other: Fraction) -> Fraction:
    """A position in edit units at ``rate``, in those at ``other``; film and its NTSC sibling count frame for frame."""
    if rate == other or (nominal(rate) == nominal(other) and rate < 1000):
        return position
    return position / rate * other


class Mobs:
    """The media objects of a file."""

    def __init__(self, found: Mapping[str, Outline]) -> None:
        self._found = found

    def source(self, clip: Outline, rate: Fraction, into: Fraction) -> Source:
        """The source of a sequence's ``clip``, ``into`` edit units at ``rate`` from its start. Raises `Lost`."""
        if not clip["mob"]:
            raise Lost("the clip has no media of its own")
        chain = list(self._chain(clip["mob"], clip["slot"], clip["start"] + into, rate))
        if not chain:
            raise Lost("the media that the clip plays is not in the AAF")
        master = next((step for step in chain if step.mob["is"] == "master"), chain[0])
        step = self._file(chain)
        unit = rate if nominal(rate) == nominal(step.rate) else step.rate
        # Where a file's frames are counted at the sequence's rate, its timecode is too.
        zero = converted(self._stamp(step), step.rate, unit)
        length = step.slot["segment"]["length"] or step.mob.get("length") or 0
        url = next(iter(step.mob.get("urls", ())), "")
        tape = next((s.mob["name"] for s in reversed(chain) if s.mob.get("holds") in ("tape", "film")), "")
        size = next((s.mob["size"] for s in chain if s.mob.get("size")), None)
        return Source(
            name=master.mob["name"],
            master=master.ident,
            url=url or master.mob["comments"].get("UNC Path", ""),
            tape=tape,
            rate=unit,
            first=zero + converted(step.at, step.rate, unit),
            start=zero,
            length=converted(Fraction(length), step.rate, unit),
            channels=_channels(step),
            comments=master.mob["comments"],
            size=(size[0], size[1]) if size else None,
            since=converted(master.at, master.rate, rate) / rate,
        )

    def _file(self, chain: list[_Step]) -> _Step:
        """The object of a chain that is the file: what was recorded or transcoded, else what was imported."""
        sources = [step for step in chain if step.mob["is"] == "source"]
        for holds in ("file", "import"):
            for step in sources:
                if step.mob["holds"] == holds and step.mob["urls"]:
                    return step
        return next((step for step in sources if step.mob["holds"] == "file"), chain[-1])

    def _chain(self, ident: str, slot: int, at: Fraction, rate: Fraction) -> Iterator[_Step]:
        seen: set[tuple[str, int]] = set()
        while ident and len(seen) < _LONGEST:
            if (ident, slot) in seen:
                raise Lost("the media objects that the clip leads to lead back to themselves")
            seen.add((ident, slot))
            mob = self._found.get(ident)
            found = _slot(mob, slot) if mob else None
            if mob is None or found is None:
                return
            here = rate_of(found)
            step = _Step(ident, mob, found, here, converted(at, rate, here) + found["origin"])
            yield step
            leads = self._leads_to(step)
            if leads is None:
                return
            segment, into = leads
            ident, slot, at, rate = segment["mob"], segment["slot"], segment["start"] + into, here

    def _leads_to(self, step: _Step) -> tuple[Outline, Fraction] | None:
        """The clip that a slot plays at a place, and how far into it that is."""
        segment, into = step.slot["segment"], step.at
        # The outline's depth bounds this.
        while True:
            kind = segment["is"]
            if kind == "clip":
                return segment, into
            if kind == "sequence":
                found = _part(segment["parts"], into)
                if found is None:
                    return None
                segment, into = found
            elif kind == "choices" and segment["parts"]:
                segment = segment["parts"][0]
            elif kind == "selector" and segment["selected"]:
                segment = segment["selected"]
            elif kind == "pulldown" and step.mob["is"] == "source":
                segment = segment["input"]
            elif step.mob["is"] == "sequence":
                raise Lost("this is a nested sequence")
            elif kind in ("effect", "pulldown"):
                raise Lost(f"the master clip has {'an effect' if kind == 'effect' else 'a pulldown'} of its own")
            else:
                return None

    def _stamp(self, step: _Step) -> Fraction:
        """The timecode of a slot's first frame, in the slot's edit units: its own object's, else further on."""
        begin = replace(step, at=Fraction(0))
        seen: set[tuple[str, int]] = set()
        offset = Fraction(0)
        while (begin.ident, begin.slot["id"]) not in seen and len(seen) < _LONGEST:
            seen.add((begin.ident, begin.slot["id"]))
            found = timecode_of(begin.mob)
            if found is not None:
                count, rate = found
                return offset + converted(count, rate, step.rate) + converted(begin.at, begin.rate, step.rate)
            chain = self._chain(begin.ident, begin.slot["id"], begin.at - begin.slot["origin"], begin.rate)
            next(chain, None)
            further = next(chain, None)
            if further is None:
                break
            begin = further
        return Fraction(0)


def timecode_of(mob: Outline) -> tuple[Fraction, Fraction] | None:
    """The timecode of an object's first frame, in frames at the rate that is given with it; None without one."""
    found = start_of(mob)
    return None if found is None else found[:2]


def start_of(mob: Outline) -> tuple[Fraction, Fraction, bool] | None:
    """The same, and whether it is drop-frame. An object's first timecode track counts; others are derived from it."""
    tracks = [slot for slot in mob["slots"] if slot["media"].endswith("Timecode")]
    for slot in sorted(tracks, key=lambda slot: slot["number"] != 1):
        segment, at = slot["segment"], slot["origin"]
        if segment["is"] == "sequence" and segment["parts"]:
            segment = segment["parts"][0]
        if segment["is"] == "pulldown":
            segment = segment["input"]
        if segment["is"] == "timecode" and segment["fps"] > 0:
            rate = rate_of(slot)
            return Fraction(segment["start"] * nominal(rate), segment["fps"]) + at, rate, segment["drop"]
    return None


def _slot(mob: Outline, ident: int) -> Outline | None:
    return next((slot for slot in mob["slots"] if slot["id"] == ident and slot["rate"]), None)


def _part(parts: list[Outline], at: Fraction) -> tuple[Outline, Fraction] | None:
    begin = 0
    for part in parts:
        if begin <= at < begin + part["length"]:
            return part, at - begin
        begin += part["length"]
    # Just past the end is where a clip ends.
    return (parts[-1], at - begin + parts[-1]["length"]) if parts and at == begin else None


def _channels(step: _Step) -> tuple[int, ...]:
    """The channel of its file that a slot of sound plays; empty where it plays all that there are."""
    if not step.slot["media"].endswith("Sound"):
        return ()
    sounds = [slot for slot in step.mob["slots"] if slot["media"].endswith("Sound")]
    number = step.slot["number"]
    return (number - 1,) if len(sounds) > 1 and number else ()
