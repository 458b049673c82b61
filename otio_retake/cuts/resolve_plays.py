"""What an item in DaVinci Resolve plays: its original and our takes in its take list, from which exact frame, how fast.

An item's left offset is exact; the getters of its source frames slip by one on some frames. So the offset counts, and
the others are witnesses: of a retime, where they span another length than the item, and of any doubt about the clock.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..legible import one_line
from ..rates import BadTimecode, drops, exact_rate, nominal, parse_timecode
from .model import NAMESPACE, TAKE_KEY, Exact, Instant, Media, MediaKind, Speed
from .paths import file_name
from .resolve_origins import Origins
from .resolve_snapshot import RawItem, RawMedia, RawTake
from .signature import TAKE_FILE

SLIP = 1
"""Frames by which Resolve's getters of source frames may be off."""

IN_PLACE = "render it in place in Resolve, and mark what comes of it"
AS_FILE = f"export the timeline as .otio and run `otio-retake run` on it, or {IN_PLACE}"

_REFUSED = (
    ("multicam", "the clip is a multicam clip", IN_PLACE),
    ("compound", "this is a compound clip", f"open it in its own timeline and mark the clips in there, or {IN_PLACE}"),
    ("timeline", "this is a nested timeline", f"open it and mark the clips in there, or {IN_PLACE}"),
    ("fusion", "this is a Fusion clip", IN_PLACE),
    ("still", "the clip is a still picture", "mark a clip that moves"),
)  # fmt: skip
"""What the column Type of the media pool may say of media that is no movie, in small letters, and what to do."""

ORIGINAL = "original"

UNKNOWN = "the clip shows a take of ours, and nothing says which of its other takes was in use before"
CHOOSE = "choose your own take in the clip's take list in Resolve, then run Retake again"

NO_START = "Resolve does not say where in its media the {} begins"
BLIND = "this Resolve does not say whether a clip is retimed"
ASK_AGAIN = f"run Retake again; if that does not help, {IN_PLACE}"

_RATE = re.compile(r"\s*(\d{1,3}(?:\.\d{1,12})?)\s*(?:N?DF)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Pool:
    """One file of the media pool: how it counts, and what it is to the cut. ``zero`` labels its first frame."""

    raw: RawMedia
    rate: Fraction | None
    zero: int
    frames: int | None

    @property
    def is_take(self) -> bool:
        """Whether it is a take of ours, by its file's name: Resolve keeps no metadata of ours."""
        return TAKE_FILE.search(file_name(self.raw.path)) is not None

    def media(self, key: str, rate: Fraction) -> Media:
        """It as media of the cut; what does not say its rate counts at ``rate``."""
        own = self.rate or rate
        zero = self.zero if self.rate else 0
        duration = Instant(Fraction(self.frames), own) if self.frames is not None and self.rate else None
        name = one_line(self.raw.name)
        metadata: Mapping[str, Any] = {NAMESPACE: {"version": _version(self.raw.path)}} if self.is_take else {}
        return Media(key, self._kind, name, self.raw.path, Instant(Fraction(zero), own), duration, metadata)

    @property
    def _kind(self) -> MediaKind:
        if not self.raw.path:
            return "unknown"
        return "sequence" if "[" in file_name(self.raw.path) and "-" in self.raw.path else "file"


def pool_of(raw: RawMedia) -> Pool:
    """How a file of the media pool counts, from the texts that Resolve shows."""
    rate = _rate(raw.fps)
    zero = 0
    if rate is not None and raw.start_timecode:
        label = raw.start_timecode.strip()
        if drops(rate) and raw.drop.strip().lower() in ("1", "true", "on", "yes", "df"):
            head, _, frames = label.rpartition(":")
            label = f"{head};{frames}" if head.count(":") == 2 else label
        try:
            zero = parse_timecode(label, rate)[0]
        except BadTimecode:
            zero = 0
    return Pool(raw, rate, zero, int(raw.frames) if raw.frames.strip().isdigit() else None)


def timeline_rate(written: str) -> Fraction:
    """The exact rate of ``23.976``, ``29.97 DF`` or ``24.0``. Raises ``ValueError`` for what is none."""
    number = _RATE.fullmatch(written)
    found = exact_rate(number[1]) if number and number[1].strip(".0") else Fraction(0)
    if not 1 <= found <= 240:
        raise ValueError(f"{written} is not a frame rate")
    return found


def _rate(written: str) -> Fraction | None:
    try:
        return timeline_rate(written)
    except ValueError:
        return None


@dataclass(frozen=True)
class Plays:
    """What an item plays. ``source`` is the original's position under the item's first frame, at its own rate.

    ``offsets`` are that frame as the item's markers may count it: where a take of ours is selected, nobody has measured
    whether they count the original, which comes first here, or the take.
    """

    media: Media
    source: Instant
    speed: Speed
    takes: tuple[Media, ...]
    active: str
    offsets: tuple[Exact, ...]
    beside: bool
    placed: bool
    """Whether it plays a take of ours and nothing else."""
    original: tuple[str, int] | None
    """The original's media, and its frame under the item's first; None where nothing says what it is."""


def plays(item: RawItem, pools: Mapping[str, Pool], rate: Fraction, origins: Origins) -> Plays:
    """What an item on a picture track at ``rate`` plays."""
    current = pools.get(item.media) or Pool(RawMedia(name=item.name), None, 0, None)
    listed = [(take, pools[take.media]) for take in item.takes.list if take.media in pools]
    ours = _keyed([(take, pool) for take, pool in listed if pool.is_take], rate)
    theirs = [take for take, pool in listed if not pool.is_take]
    if current.is_take and theirs:
        behind = _behind(item, current, theirs, pools, origins)
        shown = [(m.key, take) for m, take in ours if take.media == item.media]
        selected = dict(enumerate(item.takes.list, 1)).get(item.takes.selected)
        key = next((key for key, take in shown if take == selected), shown[0][0] if shown else ORIGINAL)
        speed = _speed(item, current, rate) if behind else Speed(refused=UNKNOWN, fix=CHOOSE)
        # Of an original that is not known no frame may be asked for: it is read as no media at all.
        pool = pools[behind[0]] if behind else Pool(RawMedia(name=item.name), None, 0, None)
        offset = behind[1] if behind else _left(item)
        source = Instant(Fraction(pool.zero + offset), pool.rate or rate)
        beside = not speed.refused and pool.rate == rate
        return Plays(pool.media(ORIGINAL, rate), source, speed, tuple(m for m, _ in ours), key,
                     (offset, _left(item)), beside, placed=False, original=behind)  # fmt: skip
    speed = _speed(item, current, rate)
    own = current.rate or rate
    position = Fraction(_left(item))
    if own != rate and not speed.refused:
        position = _at_own_rate(item, current, own, rate)
        what = f"its media runs at {_said(own)} in a timeline at {_said(rate)}: check the take's first frame"
        # Media of a rate that counts the same timecode plays frame for frame.
        speed = Speed(rate / own if nominal(own) == nominal(rate) else Fraction(1), warning=what)
    key = TAKE_KEY + f"{_version(current.raw.path):03}" if current.is_take else ORIGINAL
    return Plays(
        media=current.media(key, rate),
        source=Instant(Fraction(current.zero if current.rate else 0) + position, own),
        speed=speed,
        takes=tuple(media for media, _ in ours),
        active=key,
        offsets=(_left(item),),
        beside=not speed.refused and own == rate,
        placed=current.is_take,
        original=None if current.is_take or item.left_offset is None else (item.media, item.left_offset),
    )


def _left(item: RawItem) -> int:
    """The left offset; 0 of an item that has none, which is refused."""
    return item.left_offset or 0


def sound_plays(item: RawItem, pools: Mapping[str, Pool], rate: Fraction) -> tuple[Media, Instant, Speed]:
    """What an item on a sound track plays, and from where: left offsets of sound count the timeline's frames."""
    pool = pools.get(item.media) or Pool(RawMedia(name=item.name), None, 0, None)
    zero = Fraction(pool.zero) * rate / pool.rate if pool.rate else Fraction(0)
    media = pool.media(TAKE_KEY + f"{_version(pool.raw.path):03}" if pool.is_take else ORIGINAL, rate)
    length = Instant(Fraction(pool.frames), pool.rate) if pool.frames is not None and pool.rate else None
    media = Media(media.key, media.kind, media.name, media.url, Instant(zero, rate),
                  Instant(length.at(rate), rate) if length else None, media.metadata)  # fmt: skip
    refused = NO_START.format("sound") if item.left_offset is None else ""
    refused = refused if _normal(item.speed) else "the sound is retimed"
    return media, Instant(zero + _left(item), rate), Speed(refused=refused)


# --- which take is which --------------------------------------------------------------------------------------------


def _keyed(found: list[tuple[RawTake, Pool]], rate: Fraction) -> list[tuple[Media, RawTake]]:
    """Takes of ours under keys of their own: two of one version are told apart by their place in the list."""
    taken: set[str] = set()
    made = []
    for place, (take, pool) in enumerate(found, 1):
        key = f"{TAKE_KEY}{_version(pool.raw.path):03}"
        key = f"{key}.{place}" if key in taken else key
        taken.add(key)
        made.append((pool.media(key, rate), take))
    return made


def _version(path: str) -> int:
    tail = file_name(path).rpartition("_v")[2].partition(".")[0]
    return int(tail) if tail.isdigit() else 1


def _behind(
    item: RawItem, current: Pool, theirs: list[RawTake], pools: Mapping[str, Pool], origins: Origins
) -> tuple[str, int] | None:
    """The original's media and its frame under the item's first, where a take of ours is seen; None: not known.

    What was written when the take was placed counts. Where nothing was, the list must leave no choice: one media that
    is not ours, in which the take's timecode, which is its source's, names the frame; else the one entry's own bounds.
    """
    medias = {take.media for take in theirs}
    told = origins.of(item.id, current.raw.path)
    if told:
        known = next((origin for origin in told if origin.media in medias), None)
        return (known.media, known.shift + _left(item)) if known else None
    if len(medias) > 1:
        return None
    (media,) = medias
    original = pools[media]
    by_label = current.zero + _left(item) - original.zero
    if current.rate == original.rate and (current.zero or original.zero):
        if by_label >= 0 and (original.frames is None or by_label + item.duration <= original.frames):
            return media, by_label
        return None
    start = theirs[0].start
    return (media, start) if len(theirs) == 1 and start is not None else None


# --- how fast -------------------------------------------------------------------------------------------------------


def _normal(speed: float | None) -> bool:
    return speed is None or abs(speed - 1) < 1e-6 or abs(speed - 100) < 1e-4


def _speed(item: RawItem, pool: Pool, rate: Fraction) -> Speed:
    """Normal speed, or why the item is refused."""
    kind = f"{pool.raw.type} {item.type}".lower()
    for sign, what, fix in _REFUSED:
        if sign in kind:
            return Speed(refused=what, fix=fix)
    if item.uneven:
        fix = "trim it by a frame and back, then run Retake again"
        return Speed(refused="Resolve places the clip between two frames", fix=fix)
    if not _normal(item.speed):
        return Speed(refused=_retimed(item.speed or 0.0), fix=AS_FILE)
    if item.media and item.left_offset is None:
        return Speed(refused=NO_START.format("clip"), fix=ASK_AGAIN)
    if pool.rate is None:
        what = "Resolve does not say how fast the clip's media runs" if pool.raw.path else ""
        return Speed(refused=what, fix=IN_PLACE if what else "")
    if item.source_start is not None and item.source_end is not None:
        what, fix = _doubt(item, item.source_start, item.source_end - item.source_start, pool, rate)
        return Speed(refused=what, fix=fix)
    if pool.rate != rate:
        return Speed(refused="this Resolve does not say where in its media a clip of another rate begins", fix=IN_PLACE)
    factor = _by_extent(item, pool)
    if factor is not None and factor != 1:
        return Speed(refused=_retimed(factor), fix=AS_FILE)
    # What its extents prove is no more than that it is as long as its media: it may run backwards.
    return Speed(ask="" if item.speed is not None else BLIND)


def _doubt(item: RawItem, start: int, span: int, pool: Pool, rate: Fraction) -> tuple[str, str]:
    """Why the getters of its source speak against an item that runs straight, and what to do; nothing where they agree.

    What they may be off by was measured: each is sometimes a frame too low [source-start-slips, source-end-exclusive].
    Where rates differ, the end may be the last frame itself [source-end-mixed], and lengths are rounded down.
    """
    own = pool.rate or rate
    if span < 0:
        return "the clip runs backwards", AS_FILE
    if span <= SLIP and item.duration > 2 + (SLIP if own == rate else 2 * SLIP):
        return "the clip is a freeze frame", AS_FILE
    by_time, *one_by_one = _counts(item.duration, own, rate)
    lengths = {math.floor(each) for each in (by_time, *(one_by_one if nominal(own) == nominal(rate) else ()))}
    over = {span - length for length in lengths}
    if not over & set(range(-SLIP if own == rate else -2 * SLIP, SLIP + 1)):
        return _retimed(span * rate / own / item.duration if item.duration else 0), AS_FILE
    if own == rate and 0 not in over and item.speed is None and _by_extent(item, pool) != 1:
        return f"the clip may be retimed: Resolve plays {span} frames of its media in {item.duration}", AS_FILE
    left = _left(item)
    ways = list(zip(_counts(left, own, rate), _counts(left + 1, own, rate), strict=True))
    if not any(low - SLIP <= first < high for low, high in ways for first in (start, start - pool.zero)):
        return f"Resolve names two first frames for the clip, {start} and {left}", IN_PLACE
    return "", ""


def _by_extent(item: RawItem, pool: Pool) -> Fraction | None:
    """How fast an item runs by how far it could be drawn out at both ends, which is counted as it plays; None: unknown.

    A frame more or less is no proof of anything.
    """
    if not pool.frames or item.left_offset is None:
        return None
    # [right-offset-extent]
    reach = item.left_offset + item.duration + (item.right_offset or 0)
    if item.right_offset is None and reach <= pool.frames + SLIP:
        return None
    return Fraction(1) if abs(reach - pool.frames) <= SLIP else Fraction(pool.frames, reach)


def _counts(frames: int, own: Fraction, rate: Fraction) -> tuple[Fraction, ...]:
    """What a number of frames of the timeline may be in frames of media at its own rate: by time, or one for one."""
    return (frames * own / rate, Fraction(frames)) if own != rate else (Fraction(frames),)


def _at_own_rate(item: RawItem, pool: Pool, own: Fraction, rate: Fraction) -> Fraction:
    """The first frame of media at another rate: the one that its getter names, or the next, that fits the offset.

    Nobody has measured whether it counts the media's frames or, rounded down, the timeline's [left-offset-mixed-rate].
    """
    start, left = item.source_start, _left(item)
    named = [first + slip for slip in (0, SLIP) for first in (start, start - pool.zero)] if start is not None else []
    fits = (first for first in named if left in (first, math.floor(first * rate / own)))
    return Fraction(next(fits, left))


def _retimed(factor: float | Fraction) -> str:
    percent = factor if factor > 20 else factor * 100
    return f"the clip is retimed (about {float(percent):.0f} %)" if percent > 0 else "the clip is retimed"


def _said(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
