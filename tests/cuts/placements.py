"""Takes and placements made up for tests of what is written into a cut; no file of theirs is there."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

from otio_retake.cuts.model import Clip
from otio_retake.spans import Span
from otio_retake.takes import Placement, TakeFile, TakeSpec, TargetKind


def take(version: int, path: Path = Path("/takes/A001_rtkabcdefg_v001.mov"), kind: TargetKind = "clip") -> TakeFile:
    """A take of that version."""
    spec = TakeSpec(
        kind=kind, picks=(("k" * 32, 1),), span=Span(0, 100), needed=Span(0, 100),
        fingerprint="f", sha256="0" * 64, timecode="01:00:00:00", codec="ProRes 422 HQ", rate=Fraction(24),
        replaced=(Span(10, 20),), made_as=("changed",), samples=200_000, sound_rate=48_000,
        about={"generation": 1, "orders": [{"order": "k" * 32, "prompt": 'she says "yes" \\ naïvely'}]},
    )  # fmt: skip
    ident = f"{kind}{version:03}"
    return TakeFile(ident, "target", version, path.with_stem(f"A001_rtkabcdefg_v{version:03}"), "made", spec)


def reference(clip: Clip, version: int = 1, *, activate: bool = False) -> Placement:
    """A take beside the media of ``clip``."""
    start = clip.media.start.at(clip.media.start.exact_rate) if clip.media.start else Fraction(clip.source.value)
    rate = clip.media.start.exact_rate if clip.media.start else clip.source.exact_rate
    length = clip.media.duration.at(rate) if clip.media.duration else Fraction(100)
    return Placement(
        "reference", clip.address, take(version), rate, (start, length), activate=activate, written=clip.media.url
    )


def sound(clip: Clip, version: int = 1) -> Placement:
    """Twelve frames of sound, two frames into ``clip``."""
    first = Fraction(round(clip.record[0]) + 2)
    return Placement(
        "sound", clip.address, take(version, Path("/takes/A001_rtkabcdefg_v001.wav"), "sound"), clip.rate,
        (Fraction(86400), Fraction(100)), (first, first + 12), Fraction(86410), written=clip.media.url,
    )  # fmt: skip


def above(clip: Clip, version: int = 1, *, first: int = 2, length: int = 12, activate: bool = False) -> Placement:
    """A take of ``length`` record frames on a track above ``clip``, from its record frame ``first`` on."""
    start = math.ceil(clip.record[0]) + first
    end = min(start + length, math.floor(clip.record[1]))
    reach, unit = clip.source_of(start, end), clip.source.exact_rate
    handles = 24
    length_of = reach.end - reach.first + 2 * handles
    return Placement(
        "above", clip.address, take(version, kind="region"), unit, (reach.first - handles, length_of),
        (Fraction(start), Fraction(end)), Fraction(reach.first), clip.speed.scalar, activate, clip.media.url,
    )  # fmt: skip
