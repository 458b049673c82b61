"""Edit lists (CMX 3600) as Media Composer and DaVinci Resolve write them, and a marker list of Resolve's.

Avid's list tool cuts reels to eight characters, names the clip and the source file below each event, and writes its
markers as locators. Resolve writes whole reels and file names, and its timeline's markers into a list of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from otio_retake.rates import timecode
from sample_timelines.clips import BALLOON, CLOCK, FISH, HARBOUR, LIGHTHOUSE, VIDEO, Clip

_FILM = Fraction(24)


class _List:
    """An edit list in the making; record timecode goes on from event to event."""

    def __init__(self, title: str, rate: Fraction, start: int, *, drop: bool = False) -> None:
        self.rate, self.drop, self.at, self.number = rate, drop, start, 0
        self.lines = [f"TITLE:   {title} ", f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}", ""]

    def label(self, frame: int) -> str:
        return timecode(frame, self.rate, drop=self.drop)

    def event(
        self, reel: str, channel: str, source: tuple[str, str], length: int, kind: str = "C", *, again: bool = False
    ) -> None:
        """One event of ``length`` record frames; ``again`` for the second line of a transition."""
        self.number += 0 if again else 1
        record = (self.label(self.at), self.label(self.at + length))
        self.lines.append(
            f"{self.number:03}  {reel:<8} {channel:<5} {kind:<8} {source[0]} {source[1]} {record[0]} {record[1]} "
        )
        self.at += length

    def below(self, *lines: str) -> None:
        self.lines += lines

    def text(self, newline: str) -> str:
        return newline.join(self.lines) + newline


def _source(movie: Clip, first: int, count: int) -> tuple[str, str]:
    """``count`` frames of a movie from its frame ``first``, by its own timecode."""
    start = movie.start + first
    return tuple(timecode(frame, movie.rate, drop=movie.drop) for frame in (start, start + count))  # type: ignore[return-value]


def avid_24() -> str:
    """A cut at 24 frames a second from 01:00:00:00, as a turnover comes from Media Composer: CR LF, short reels."""
    made = _List("HARBOUR_DAYS_R1", _FILM, 3600 * 24)
    made.event("BL", "V", ("00:00:00:00", "00:00:01:00"), 24)
    # Punched in, and marked with a pair of points: Avid's markers have no length.
    made.event("A001_C00", "AA/V", _source(HARBOUR, 24, 72), 72)
    made.below(
        "* AVX2 EFFECT, RESIZE ",
        "* FROM CLIP NAME:  harbour morning ",
        f"* LOC: {made.label(made.at - 48)} MAGENTA RETAKE IN: a gull lands on the mast",
        f"* LOC: {made.label(made.at - 25)} MAGENTA RETAKE OUT",
        f"* SOURCE FILE: {HARBOUR.file.rpartition('.')[0].upper()}",
    )
    made.event("F007_C00", "V", _source(CLOCK, 0, 48), 48)
    made.below(
        "* FROM CLIP NAME:  clock ",
        f"* LOC: {made.label(made.at - 40)} RED     RETAKE x2: both hands point at twelve",
        f"* LOC: {made.label(made.at - 30)} GREEN   COLOUR FROM HERE",
        f"* SOURCE FILE: {CLOCK.file.rpartition('.')[0].upper()}",
    )
    # A dissolve of twelve frames: the clock goes out in it.
    made.event("F007_C00", "V", _source(CLOCK, 48, 0), 0)
    made.event("E006_C00", "V", _source(FISH, 12, 60), 60, "D    012", again=True)
    made.below(
        "* BLEND, DISSOLVE ",
        "* FROM CLIP NAME:  clock ",
        "* TO CLIP NAME:  fish ",
        f"* LOC: {made.label(made.at - 30)} CYAN    RETAKE both: the fish blows a bubble, loudly",
        f"* SOURCE FILE: {CLOCK.file.rpartition('.')[0].upper()}",
        f"* SOURCE FILE: {FISH.file.rpartition('.')[0].upper()}",
    )
    # Twice as fast: Avid counts the last source frame that is shown.
    made.event("A001_C00", "V", _source(HARBOUR, 96, 47), 24)
    made.below(
        f"M2   A001_C00       048.0                {_source(HARBOUR, 96, 1)[0]} ",
        "* FROM CLIP NAME:  harbour morning (48.00 FPS) ",
        "* ASC_SOP (1.05 1.0 0.97)(0.01 0.0 -0.01)(1.0 1.0 1.0)",
        "* ASC_SAT 0.9",
        f"* LOC: {made.label(made.at - 20)} YELLOW  RETAKE: the boats rock harder",
        f"* SOURCE FILE: {HARBOUR.file.rpartition('.')[0].upper()}",
    )
    made.event("A002_C01", "V", _source(LIGHTHOUSE, 12, 48), 48)
    made.below(
        "* FROM CLIP NAME:  lighthouse ",
        f"* LOC: {made.label(made.at - 20)} BLUE    RETAKE 1f: take out the flare",
        f"* SOURCE FILE: {LIGHTHOUSE.file.rpartition('.')[0].upper()}",
    )
    return made.text("\r\n")


def resolve_2997df() -> str:
    """A cut at 29.97 drop-frame from 01:00:00;00, as Resolve writes it; its marks are in `resolve_2997df.markers`."""
    made = _List("resolve_2997df", VIDEO, 107892, drop=True)
    for reel, movie, first, count, speed in (
        ("C004_C001", BALLOON, 60, 60, ""),
        ("C004_C001", BALLOON, 130, 30, "015.0"),
        ("AX", BALLOON, 10, 45, ""),
    ):
        made.event(reel, "V", _source(movie, first, count), count * 2 if speed else count)
        if speed:
            made.below(f"M2   {reel}       {speed}                {_source(movie, first, 1)[0]} ")
        made.below(f"* FROM CLIP NAME: {movie.file}", "")
    return made.text("\n")


def resolve_markers() -> str:
    """The timeline markers of `resolve_2997df`, as Resolve's "Timeline Markers to EDL" writes them."""
    made = _List("resolve_2997df", VIDEO, 107892, drop=True)
    rows: Sequence[tuple[int, int, str, str, str]] = (
        (20, 24, "Pink", "RETAKE", "context=24\na second balloon rises"),
        (80, 20, "Pink", "RETAKE: it turns red", ""),
        (100, 1, "Green", "Marker 3", "colour from here"),
        (125, 30, "Blue", "RETAKE x2 @rehearsal: the string tears", ""),
    )
    for at, length, colour, name, note in rows:
        made.at = 107892 + at
        label = (made.label(made.at), made.label(made.at + 1))
        made.event("001", "V", label, 1)
        made.below(f"{note} |C:ResolveColor{colour} |M:{name} |D:{length}", "")
    return made.text("\n")
