"""Where the events of an edit list lie in the cut, and which clips its transitions join.

The form: https://xmil.biz/EDL-X/CMX3600.pdf. A transition is two lines of one number: the clip that goes out, often of
no length, as the event before is that clip already, then the one that comes in, which the transition lies in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from ..rates import BadTimecode, frames_a_day, nominal
from .edl_comments import BLACK, Below, Said, read_below
from .edl_lines import Event
from .edl_rate import Rate
from .labels import frame_of

Tell = Callable[[Event, str, str], None]
"""Told of an event what is wrong with it, and what to do."""

Speeds = list[tuple[str, str, str]]
"""Speed lines: reel, frames a second, and the timecode that they begin at."""

_HALF_DAY = 12 * 3600
_NEAR = 64
"""Events before a transition among which the clip that it leaves is looked for."""


@dataclass(slots=True)
class Placed:
    """An event with its record frames in the cut, what stands below it, and the transitions at its two ends."""

    event: Event
    first: int
    end: int
    below: Below = field(default_factory=Below)
    said: Said = field(default_factory=Said)
    speeds: Speeds = field(default_factory=list)
    fades_in: int = 0
    fades_out: int = 0


def place(events: Iterable[Event], rate: Rate, tell: Tell) -> tuple[list[Placed], int]:
    """Every event that can be read, its first record frame being 0 in the cut, and the frame that this is labelled.

    A list that crosses midnight goes on counting.
    """
    found: list[Placed] = []
    for event in events:
        try:
            first, end = (frame_of(label, rate.rate, drop=rate.drop) for label in event.record)
        except BadTimecode as error:
            tell(event, f"event {event.number} is left out: {error}", "mend its record timecode")
            continue
        found.append(Placed(event, first, end))
    if not found:
        return [], 0
    day, half = frames_a_day(rate.rate, drop=rate.drop), _HALF_DAY * nominal(rate.rate)
    latest = max(one.first for one in found)
    crosses = latest - min(one.first for one in found) > half
    for one in found:
        if crosses and one.first < latest - half:
            one.first, one.end = one.first + day, one.end + day
        elif one.end < one.first - half:
            one.end += day
    start = min(one.first for one in found)
    kept = []
    for one in found:
        one.first, one.end = one.first - start, one.end - start
        if one.end < one.first:
            what = f"event {one.event.number} is left out: its record ends before it begins"
            tell(one.event, what, "mend its record timecode")
        else:
            kept.append(one)
    return kept, start


def join(placed: list[Placed], tell: Tell) -> list[Placed]:
    """Comments and speeds to the clips that they mean, transitions to the two clips that they join."""
    found: list[Placed] = []
    at = 0
    while at < len(placed):
        one = placed[at]
        other = placed[at + 1] if at + 1 < len(placed) else None
        if other is not None and _are_pair(one.event, other.event):
            _pair(one, other, found, tell)
            at += 2
            continue
        one.below = read_below([one.event])
        one.said, one.speeds = one.below.source, one.event.speeds
        if not one.event.cuts:
            one.fades_in = min(one.event.length, one.end - one.first)
            _fade_out_before(one, found, None, tell)
        found.append(one)
        at += 1
    return found


def _are_pair(one: Event, other: Event) -> bool:
    same = other.number == one.number and _same_track(one, other)
    return same and (not other.cuts or one.kind == "KB")


def _pair(out: Placed, into: Placed, found: list[Placed], tell: Tell) -> None:
    below = read_below([out.event, into.event])
    # Locators are read with the clip that comes in.
    out.below, out.said = Below(source=below.source, effects=below.effects, grades=below.grades), below.source
    into.below, into.said = below, below.to
    out.speeds, into.speeds = _shared_speeds(out.event, into.event)
    if into.event.kind.startswith("K"):
        # What lies below a key, and the key.
        found += [out, into]
        return
    into.fades_in = min(into.event.length, into.end - into.first)
    if out.end > out.first:
        out.fades_out = into.event.length
        found.append(out)
    else:
        _fade_out_before(into, found, out, tell)
    found.append(into)


def _fade_out_before(into: Placed, found: list[Placed], out: Placed | None, tell: Tell) -> None:
    """The clip that a transition leaves is the one before it on the track; it plays on below."""
    near = islice(reversed(found), _NEAR)
    before = next((p for p in near if p.end == into.first and _same_track(p.event, into.event)), None)
    if before is not None and (out is None or before.event.reel == out.event.reel):
        before.fades_out = into.event.length
        if out is not None and not before.speeds:
            before.speeds = out.speeds
    elif out is not None and out.event.reel.upper() not in BLACK:
        what = f"the clip that event {into.event.number} comes from is seen in the transition alone"
        tell(into.event, f"{what}; it cannot be marked", "")


def _same_track(one: Event, other: Event) -> bool:
    return one.channel == other.channel and one.off == other.off


def _shared_speeds(out: Event, into: Event) -> tuple[Speeds, Speeds]:
    """Speeds below the two lines of a transition, each to the clip that it names by reel, trigger or place."""
    both = out.speeds + into.speeds
    mine: tuple[Speeds, Speeds] = ([], [])
    for number, speed in enumerate(both):
        reel, _, trigger = speed
        names = [_same_reel(reel, event.reel) for event in (out, into)]
        plain = trigger.replace(";", ":")
        starts = [bool(trigger) and plain == event.source[0].replace(";", ":") for event in (out, into)]
        if names[0] != names[1]:
            side = names.index(True)
        elif starts[0] != starts[1]:
            side = starts.index(True)
        elif len(both) == 2:
            side = number
        else:
            side = 0 if out.speeds else 1
        mine[side].append(speed)
    return mine


def _same_reel(written: str, reel: str) -> bool:
    """Whether a speed line means a reel; it may have cut its name short."""
    one, other = written.upper(), reel.upper()
    return bool(one) and bool(other) and (one == other or one[:8] == other[:8])
