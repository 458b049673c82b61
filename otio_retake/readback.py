"""The way back: which takes of ours a cut holds after an editor has worked on it, and which of them it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .cuts.labels import at_rate
from .cuts.model import Clip, Exact, Media, View
from .cuts.paths import file_name
from .originals import is_below, plays_take
from .rates import parse_timecode
from .takes import TakeFile

Standing = Literal["ok", "stale", "out of step", "gone", "dropped", "unknown"]


@dataclass(frozen=True, slots=True)
class TakeInCut:
    """One take in a cut. ``short`` is how many frames the cut needs that it lacks."""

    clip: Clip
    key: str
    name: str
    take: TakeFile | None
    in_use: bool
    short: int
    above: bool = False
    """Whether it is a clip of its own, not one more media of the clip that it stands in for."""
    off: int = 0
    """By how many frames a take on a track above shows others than the clip below it shows there."""

    @property
    def label(self) -> str:
        """What it is called among the takes of a place: ``v001``."""
        if not self.above:
            return self.key.removeprefix("retake.")
        return f"v{self.take.version:03}" if self.take else f"v{self.name.rpartition('_v')[2]}"

    @property
    def standing(self) -> Standing:
        """``stale`` where the cut needs frames that it lacks, ``gone`` where its file is.

        ``out of step`` where an editor has slipped or moved it, or the clip below it.
        """
        if self.take is None:
            return "unknown"
        if self.take.state == "dropped":
            return "dropped"
        if not self.take.path.is_file():
            return "gone"
        if self.short:
            return "stale"
        return "out of step" if self.off else "ok"


def takes_in(view: View, known: Iterable[TakeFile]) -> list[TakeInCut]:
    """The takes of ours in ``view``: found by their id, else by their file's name."""
    by_ident = {take.ident: take for take in known}
    by_name = {take.path.name.casefold(): take for take in by_ident.values()}
    found = []
    seen: set[tuple[str, object]] = set()
    for clip in view.clips():
        for media in _ours(clip, by_name):
            ident = str((media.ours or {}).get("take", ""))
            name = file_name(media.url).rpartition(".")[0] or media.name
            take = by_ident.get(ident) or by_name.get(file_name(media.url).casefold())
            # A form may need a clip for each channel of a take of sound: they are one take.
            if clip.kind == "Audio" and ident and (ident, clip.record) in seen:
                continue
            seen.add((ident, clip.record))
            stands_alone = media is clip.media
            in_use = clip.enabled and (stands_alone or clip.active == media.key)
            short = _short(clip, media, take, alone=stands_alone)
            off = _off(view, clip, take) if stands_alone else 0
            found.append(TakeInCut(clip, media.key, name, take, in_use, short, stands_alone, off))
    return found


def idents_in(found: Iterable[TakeInCut]) -> set[str]:
    """The ids of those takes that the ledger knows."""
    return {take.take.ident for take in found if take.take is not None}


def out_of_step(take: TakeInCut) -> str:
    """What to know of a take that is out of step, and what to do."""
    return (
        f"{take.name}: it shows frames {take.off:+d} from those of the clip below it; move or slip it back, or drop it"
        " and place it again"
    )


def over(found: Iterable[TakeInCut], clip: Clip) -> list[TakeInCut]:
    """Those of ``found`` that stand in for ``clip``: beside its media, or as clips of their own over it."""
    first, end = clip.record
    return [
        take
        for take in found
        if take.clip.address == clip.address
        or (take.above and take.clip.record[0] < end and first < take.clip.record[1])
    ]


def _ours(clip: Clip, by_name: dict[str, TakeFile]) -> Iterator[Media]:
    yield from clip.takes
    # Some programs write names in capitals.
    name = file_name(clip.media.url).casefold()
    if clip.media not in clip.takes and (clip.media.ours is not None or name in by_name):
        yield clip.media


def _short(clip: Clip, media: Media, take: TakeFile | None, *, alone: bool) -> int:
    """Frames that the cut needs of this clip and the take does not have."""
    found = _available(clip, media, take, alone=alone)
    if found is None:
        return 0
    rate, start, end = found
    if clip.labels is not None and take is not None:
        # Timecode counts at the rate of the medium itself, which is the take's.
        clip = at_rate(clip, rate, drop=";" in take.spec.timecode)
    reach = clip.source_of(*clip.record) if alone else clip.needed
    first, stop = reach.at(rate)
    missing = max(start - first, Fraction(0)) + max(stop - end, Fraction(0))
    return -(-missing.numerator // missing.denominator)


def _off(view: View, clip: Clip, take: TakeFile | None) -> int:
    """Frames between what a take on a track above shows and what the clip below shows there, at either end of it.

    Nothing is said where nothing lies below, or where a form gives no more than labels.
    """
    if take is None or take.spec.kind == "sound" or clip.labels is not None or clip.speed.refused:
        return 0
    for at in (clip.record[0], clip.record[1] - 1):
        lower = _below(view, clip, at)
        if lower is not None and (gap := _gap(clip, lower, take, at)):
            return gap
    return 0


def _below(view: View, clip: Clip, at: Exact) -> Clip | None:
    """The topmost clip with a picture of its own below ``clip``, at a record frame."""
    tracks = [track for track in view.tracks if track.kind == "Video" and is_below(view, track, clip)]
    for track in tracks if view.top_first else reversed(tracks):
        for lower in track.between(at, at + 1):
            if not lower.see_through and not plays_take(lower) and lower.media.kind == "file":
                return lower
    return None


def _gap(clip: Clip, lower: Clip, take: TakeFile, at: Exact) -> int:
    """The frames between them, by timecode, which a take has from its source, and by how far each is into its file.

    Both must differ: editors count some media from zero whatever its timecode.
    """
    if lower.labels is not None or lower.speed.refused:
        return 0
    rate = take.spec.rate
    shown, there = (each.source_of(at, at + 1).at(rate)[0] for each in (clip, lower))
    gaps = [shown - there]
    if clip.media.start is not None and lower.media.start is not None:
        into = shown - clip.media.start.at(rate) + take.spec.span.first
        gaps.append(into - (there - lower.media.start.at(rate)))
    least = min(gaps, key=abs)
    return round(least) if abs(least) >= 1 else 0


def _available(
    clip: Clip, media: Media, take: TakeFile | None, *, alone: bool
) -> tuple[Fraction, Fraction, Fraction] | None:
    """A rate, and the range of a take at it: as the cut says, else as its file's own timecode does."""
    if media.start is not None and media.duration is not None:
        rate = media.start.exact_rate
        start = media.start.at(rate)
        return rate, start, start + media.duration.at(rate)
    if take is None or not alone:
        return None
    spec = take.spec
    if spec.kind == "sound":
        begins = spec.since_midnight * clip.rate
        return clip.rate, begins, begins + Fraction(spec.samples, spec.sound_rate) * clip.rate
    if not spec.timecode:
        return None
    begins = Fraction(parse_timecode(spec.timecode, spec.rate)[0])
    return spec.rate, begins, begins + len(spec.span)
