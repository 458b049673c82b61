"""The way back: which takes of ours a cut holds after an editor has worked on it, and which of them it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .cuts.model import Clip, Media, View
from .cuts.paths import file_name
from .takes import TakeFile

Standing = Literal["ok", "stale", "gone", "dropped", "unknown"]


@dataclass(frozen=True, slots=True)
class TakeInCut:
    """One take in a cut. ``short`` is how many frames the cut needs that it lacks."""

    clip: Clip
    key: str
    name: str
    take: TakeFile | None
    in_use: bool
    short: int

    @property
    def standing(self) -> Standing:
        """``stale`` where the cut needs frames that it lacks, ``gone`` where its file is."""
        if self.take is None:
            return "unknown"
        if self.take.state == "dropped":
            return "dropped"
        if not self.take.path.is_file():
            return "gone"
        return "stale" if self.short else "ok"


def takes_in(view: View, known: Iterable[TakeFile]) -> list[TakeInCut]:
    """The takes of ours in ``view``: found by their id, else by their file's name."""
    by_ident = {take.ident: take for take in known}
    by_name = {take.name: take for take in by_ident.values()}
    found = []
    for clip in view.clips():
        for media in _ours(clip, by_name):
            ident = str((media.ours or {}).get("take", ""))
            name = file_name(media.url).rpartition(".")[0] or media.name
            take = by_ident.get(ident) or by_name.get(name)
            stands_alone = media is clip.media
            in_use = clip.enabled and (stands_alone or clip.active == media.key)
            found.append(TakeInCut(clip, media.key, name, take, in_use, _short(clip, media, alone=stands_alone)))
    return found


def _ours(clip: Clip, by_name: dict[str, TakeFile]) -> Iterator[Media]:
    yield from clip.takes
    name = file_name(clip.media.url).rpartition(".")[0]
    if clip.media not in clip.takes and (clip.media.ours is not None or name in by_name):
        yield clip.media


def _short(clip: Clip, media: Media, *, alone: bool) -> int:
    """Frames that the cut needs of this clip and the take does not have."""
    if media.start is None or media.duration is None:
        return 0
    rate = media.start.exact_rate
    start = media.start.at(rate)
    end = start + media.duration.at(rate)
    reach = clip.source_of(*clip.record) if alone else clip.needed
    first, stop = reach.at(rate)
    missing = max(start - first, Fraction(0)) + max(stop - end, Fraction(0))
    return -(-missing.numerator // missing.denominator)
