"""Takes as a model: what is to be made of verified results, what was made, and where it belongs in a cut.

A *target* is a stretch of a source that takes stand in for: a clip with what its transitions need and its handles, one
region with its handles where takes stand on a track above, or the sound under a region. A clip with several marks has
one target of the first kind; each of its takes holds one pick for each mark.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from .cuts.model import Address
from .media.facts import MediaFacts
from .spans import Span

TargetKind = Literal["clip", "region", "sound"]


@dataclass(frozen=True, slots=True)
class TargetPart:
    """One marked region of a target, the orders that have results for it, and what the clip shows."""

    mark: str
    orders: tuple[str, ...]
    region: Span
    shown: Span
    seam: str

    def replaced(self, changed: Span) -> Span:
        """What a take shows of a result in which ``changed`` was made anew."""
        if self.seam == "mark":
            return self.region.cut(changed)
        return changed.cut(self.shown.join(self.region))


@dataclass(frozen=True, slots=True)
class Target:
    """What takes are made for. ``span`` is delivered, ``needed`` is what the cut uses of it."""

    kind: TargetKind
    media: MediaFacts
    written: str
    span: Span
    needed: Span
    parts: tuple[TargetPart, ...]
    codec: Literal["auto", "prores", "h264"]
    native: bool
    color_match: bool

    @property
    def ident(self) -> str:
        """What the target is known by: its frames, its orders and how it is made; not where its file lies."""
        parts = [
            [list(part.orders), part.region.first, part.region.end, part.shown.first, part.shown.end, part.seam]
            for part in self.parts
        ]
        rows = [
            self.kind, self.media.fingerprint, self.span.first, self.span.end, parts, self.codec, self.native,
            self.color_match,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:20]


Pick = tuple[str, int]
"""An order's key, and the number of one of its results."""


@dataclass(frozen=True, slots=True)
class TakeSpec:
    """What a take is made of, and what was written.

    ``replaced`` is what it shows of each pick, ``made_as`` the settings that it was made with.
    """

    kind: TargetKind
    picks: tuple[Pick, ...]
    span: Span
    needed: Span
    fingerprint: str
    sha256: str
    timecode: str
    codec: str
    rate: Fraction
    replaced: tuple[Span, ...]
    made_as: tuple[str, ...]
    first_sample: int = 0
    samples: int = 0
    sound_rate: int = 0
    since_midnight: Fraction = Fraction(0)
    notes: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)


TakeState = Literal["made", "placed", "picked", "dropped"]


@dataclass(frozen=True, slots=True)
class TakeFile:
    """A take as the ledger has it."""

    ident: str
    target: str
    version: int
    path: Path
    state: TakeState
    spec: TakeSpec

    @property
    def is_gone(self) -> bool:
        """Whether it is wanted and its file is not there."""
        return self.state != "dropped" and not self.path.is_file()

    @property
    def name(self) -> str:
        """The file's name without its extension, which is also its clip and reel name."""
        return self.path.stem

    @property
    def key(self) -> str:
        """The key under which it stands among a clip's media references."""
        return f"retake.v{self.version:03}"


def take_ident(target: Target, picks: Iterable[Pick]) -> str:
    """What a take is known by."""
    return hashlib.sha256(json.dumps([target.ident, list(picks)]).encode()).hexdigest()[:20]


def made_as(target: Target) -> tuple[str, ...]:
    """The settings that make a take of the same picks another one."""
    seams = "+".join(part.seam for part in target.parts)
    return (
        seams,
        target.codec,
        "native" if target.native else "source",
        "match" if target.color_match else "as it came",
    )


def serves(take: TakeFile, target: Target) -> bool:
    """Whether a take that exists stands in for ``target``, however it was made: it covers what the cut needs."""
    spec = take.spec
    orders = {key for part in target.parts for key in part.orders}
    return (
        spec.kind == target.kind
        and spec.fingerprint == target.media.fingerprint
        and {key for key, _ in spec.picks} <= orders
        and covers(take, target.needed) == 0
    )


def has_handles(take: TakeFile, target: Target) -> bool:
    """Whether a take is as long around what it stands in for as is asked now, or as the media is."""
    span, needed = take.spec.span, take.spec.needed
    head = needed.first - span.first >= target.needed.first - target.span.first or span.first <= target.span.first
    tail = span.end - needed.end >= target.span.end - target.needed.end or span.end >= target.span.end
    return head and tail


def leaves_out(take: TakeFile, serving: Iterable[TakeFile]) -> bool:
    """Whether a take holds results for fewer marks of its clip than another one that serves there does."""
    return any(len(take.spec.picks) < len(other.spec.picks) for other in serving)


def combinations(found: list[list[Pick]]) -> list[tuple[Pick, ...]]:
    """Which results go together: the first of each part, the second of each, …; a part with fewer repeats its last.

    Parts without a result are left out; nothing comes of a target where no part has any.
    """
    having = [picks for picks in found if picks]
    longest = max((len(picks) for picks in having), default=0)
    return [tuple(picks[min(k, len(picks) - 1)] for picks in having) for k in range(longest)]


@dataclass(frozen=True, slots=True)
class Placement:
    """Which take goes where, whatever the form. ``available`` is the take's range as the cut counts the media.

    ``reference``: beside the media of the clip at ``address``. ``above``: on a track above that clip, at the whole
    record frames ``record``, its own first frame there being ``source``, counted as ``available`` is: in frames at
    ``clock``, timecode included, exact and perhaps fractional. ``sound``: on a track of its own, at ``record``;
    ``clock`` is then the cut's rate.
    """

    kind: Literal["reference", "above", "sound"]
    address: Address
    take: TakeFile
    clock: Fraction
    available: tuple[Fraction, Fraction]
    record: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))
    source: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    activate: bool = False
    written: str = ""


def covers(take: TakeFile, needed: Span) -> int:
    """How many of the frames that a cut needs a take lacks; 0 where it covers them all."""
    return max(take.spec.span.first - needed.first, 0) + max(needed.end - take.spec.span.end, 0)
