"""From the way a cut counts a clip's source to frames of the file, from 0.

A cut counts from its media's start (`available_range`), in the rate that it says the media has. The file has its own
rate and timecode. Where both agree there is nothing to decide; where they do not, the rules here decide, and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .cuts.model import Clip, Instant, Media, Reach
from .media.facts import MediaFacts
from .rates import nominal, settle
from .resemblance import begins_as_said, shown_rate
from .spans import Span


@dataclass(frozen=True, slots=True)
class SourceMap:
    """How a clip's source positions become frames of ``facts``'s file.

    A position at ``rate`` less ``zero`` is a frame at ``rate``; times ``scale`` it is a frame of the file.
    """

    facts: MediaFacts
    rate: Fraction
    zero: Fraction
    scale: Fraction
    remarks: tuple[str, ...] = ()

    def frames(self, reach: Reach) -> tuple[Fraction, Fraction]:
        """First and end of ``reach`` in frames of the file, exactly."""
        first, end = reach.at(self.rate)
        return settle((first - self.zero) * self.scale), settle((end - self.zero) * self.scale)

    def span(self, reach: Reach) -> Span:
        """The whole frames of the file that ``reach`` touches."""
        return Span.outward(*self.frames(reach))

    def position(self, frame: int) -> Fraction:
        """Where frame ``frame`` of the file is for the cut, in frames at ``rate``."""
        return frame / self.scale + self.zero


def source_map(clip: Clip, media: Media, facts: MediaFacts, label: Callable[[Fraction], str] = str) -> SourceMap:
    """The map for ``clip`` playing ``media``, the file in ``facts``.

    A file with uneven frames is counted at the rate that the cut says, which is how its editor shows it.
    """
    declared = media.start.exact_rate if media.start else None
    if declared is not None and 1 <= declared <= 240:
        facts = facts.at_rate(declared)
    picture = facts.video
    remarks: list[str] = []
    rate = declared or picture.rate
    scale = Fraction(1)
    if rate != picture.rate:
        if nominal(rate) == nominal(picture.rate):
            how = "counted frame for frame"
        else:
            scale = picture.rate / rate
            how = "converted by time"
        said, own = shown_rate(rate), shown_rate(picture.rate)
        remarks.append(f"the cut says the media runs at {said}, the file at {own}: {how}")
    if media.start is not None:
        zero = _zero(media.start, media.duration, rate, facts, remarks)
    else:
        zero = _guessed_zero(clip, rate, facts, remarks)
    return SourceMap(facts, rate, zero, scale, tuple(remarks))


def _zero(start: Instant, duration: Instant | None, rate: Fraction, facts: MediaFacts, remarks: list[str]) -> Fraction:
    """The position of the file's first frame, where the cut says what range is available."""
    said = start.at(rate)
    picture = facts.video
    length = duration.at(rate) if duration else Fraction(0)
    if not facts.timecode or said == facts.start_frame:
        return said
    stamped = facts.start_frame
    whole = abs(length - picture.frames) <= 1 or nominal(rate) != nominal(picture.rate)
    if not whole and stamped < said and said + length <= stamped + picture.frames + 1:
        remarks.append("the cut's media begins later than the file's timecode: counted by timecode")
        return Fraction(stamped)
    if said and not begins_as_said(said, rate, facts):
        remarks.append(f"the cut's media does not begin at the file's timecode {facts.timecode}: counted by the cut")
    return said


def _guessed_zero(clip: Clip, rate: Fraction, facts: MediaFacts, remarks: list[str]) -> Fraction:
    """The same where the cut does not say: by timecode where the clip lies within it, else from 0."""
    if not facts.timecode:
        return Fraction(0)
    first, end = clip.source_of(*clip.record).at(rate)
    stamped = facts.start_frame
    if stamped <= first and end <= stamped + facts.video.frames + 1:
        return Fraction(stamped)
    remarks.append("the cut does not say where its media begins: counted from the file's first frame")
    return Fraction(0)
