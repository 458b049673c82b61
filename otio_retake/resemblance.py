"""Whether a file can be the media that a cut means: what the cut says of it, beside what the file is.

Cameras count their names anew on every card, so a file that was found by its name may be of another day. A cut says at
which rate its media runs, where it starts and how long it is. But some editors count all media from zero whatever its
timecode, and its length at the rate of the cut (Kdenlive), and a file may have lost its timecode on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .cuts.model import Media
from .cuts.paths import spellings
from .errors import Level
from .media.facts import MediaFacts
from .media.library import Found
from .rates import nominal, settle, timecode

_FRAME = 1
"""Frames by which lengths may differ: editors round."""

_FAST = 48
"""Frames a second from which on timecode may count every other frame only (SMPTE ST 12-1): whole seconds must do."""


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What speaks against a file, and what leaves a doubt: each names what the cut says and what the file is."""

    against: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def compare(media: Media, facts: MediaFacts, cut_rate: Fraction) -> Resemblance:
    """The file in ``facts`` beside what a cut at ``cut_rate`` says of ``media``."""
    rate = media.start.exact_rate if media.start else None
    if media.start is None or rate is None or not 1 <= rate <= 240 or facts.picture is None:
        return Resemblance()
    said = media.start.at(rate)
    against: list[str] = []
    doubts: list[str] = []
    own = facts.picture.rate
    if nominal(own) != nominal(rate) and (said or rate != cut_rate):
        against.append(f"it runs at {shown_rate(own)}, the cut says {shown_rate(rate)}")
    stamped = begins_as_said(said, rate, facts)
    if not stamped and facts.timecode:
        begins = timecode(math.floor(settle(said)), rate, drop=facts.drop)
        (against if said else doubts).append(f"it starts at {facts.timecode}, the cut says {begins}")
    elif not stamped:
        doubts.append(f"it has no timecode, the cut says {timecode(math.floor(settle(said)), rate)}")
    length = media.duration.at(rate) if media.duration else Fraction(0)
    if length and not _lasts(facts, rate, length) and (said or not _lasts(facts, cut_rate, length)):
        # A cut may know of a part only, where its timecode says which.
        part = stamped and said and length < facts.video.frames
        frames = facts.at_rate(rate).video.frames
        (doubts if part else against).append(f"it has {frames} f, the cut says {float(length):g} f")
    return Resemblance(tuple(against), tuple(doubts))


def another_sound(media: Media, facts: MediaFacts, cut_rate: Fraction) -> str:
    """What speaks against a sound file being ``media``: its length; empty where nothing does.

    Where recorders and editors put a sound file's midnight differs too much to tell files apart by it.
    """
    sound = next(iter(facts.sounds), None)
    if facts.picture is not None or sound is None or not sound.samples or media.duration is None:
        return ""
    own = Fraction(sound.samples, sound.rate)
    rate = media.duration.exact_rate
    said = [media.duration.at(rate) / rate]
    if media.start is None or not media.start.value:
        said.append(media.duration.at(rate) / cut_rate)
    if not said[0] or any(abs(own - length) <= _FRAME / cut_rate for length in said):
        return ""
    return f"it lasts {float(own):.2f} s, the cut says {float(said[0]):.2f} s"


def said_of(media: Media, found: Found, cut_rate: Fraction) -> Iterator[tuple[str, str, Level, str]]:
    """What a plan says of how a file was found: what, what to do, how bad it is, and the paths that it is about.

    Nothing of a file at the path that the cut names, or where a map says that this went.
    """
    if not found.by_name:
        return
    alike, path = compare(media, found.facts, cut_rate), found.facts.path
    written = next(spellings(media.url), media.url)
    places = f"the cut names {written}\nfound: {path}"
    if alike.against:
        what = f"another file has the name of the media: {'; '.join(alike.against)}"
        fix = "say with --map FROM=TO where the right one is, or that it is this one"
        yield what, fix, "problem", f'if it is this file: --map "{written}={path}"'
        return
    if alike.doubts:
        yield f"found by its name: {'; '.join(alike.doubts)}", "check that it is the right file", "warning", places
    if count := len(found.passed_over):
        others = "1 other file of that name does" if count == 1 else f"{count} other files of that name do"
        rows = (places, *(f"passed over: {path}" for path in found.passed_over))
        yield f"found by its name: {others} not fit the cut", "nothing", "note", "\n".join(rows)


def begins_as_said(said: Fraction, rate: Fraction, facts: MediaFacts) -> bool:
    """Whether the file's timecode is what position ``said`` at ``rate`` is labelled, drop-frame or not.

    A file without timecode begins at zero.
    """
    if not facts.timecode:
        return said == 0
    own = facts.timecode.replace(";", ":").replace(".", ":").replace(",", ":")
    frame = math.floor(settle(said))
    labels = [timecode(frame, rate, drop=drop).replace(";", ":") for drop in (True, False)]
    if nominal(rate) >= _FAST or nominal(rate) != nominal(facts.video.rate):
        return own[:8] in [label[:8] for label in labels]
    return own in labels


def shown_rate(rate: Fraction) -> str:
    """A rate as people write it: 23.976, 25."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


def _lasts(facts: MediaFacts, rate: Fraction, length: Fraction) -> bool:
    """Whether an editor that counts at ``rate`` may give the file that length: to the end of its picture, or its sound.

    Rates of one nominal count frame for frame, others by time.
    """
    picture = facts.at_rate(rate).video
    seen = picture.frames * (Fraction(1) if nominal(picture.rate) == nominal(rate) else rate / picture.rate)
    heard = [Fraction(sound.samples, sound.rate) * rate for sound in facts.sounds]
    return seen - _FRAME <= length <= max([seen, *heard]) + _FRAME
