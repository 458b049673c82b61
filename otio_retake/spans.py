"""Which frames to send so that the asked ones come back changed, and as few others as can be.

Three spans, three words. The *region* is what a mark asks for. The *window* is what is sent to be made anew, and
holds the region. *Changed* is what the service really touches: the window widened to its grid, plus its padding.
All of them count frames of the source file, from 0; the *pull* holds them all and lies inside the media.

On a grid of 8 with a single first frame, a head of 1, 9, 17, ... frames and a body of 8, 16, 24, ... makes the window
exactly what changes; at the head of the media the head is 0 and the body 9, 17, 25, ....
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .capabilities import Capabilities
from .rates import WindowSeconds, whole_seconds, window_seconds

EVIDENCE = 12
"""Kept frames wanted beside what may change, on each side: at least 6 are needed to align a result, 12 are sure."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Frames ``[first, end)``."""

    first: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.first:
            raise ValueError(f"a span cannot end before it begins: {self.first}, {self.end}")

    def __len__(self) -> int:
        return self.end - self.first

    def __contains__(self, frame: int) -> bool:
        return self.first <= frame < self.end

    def __str__(self) -> str:
        return f"[{self.first}, {self.end})"

    def holds(self, other: Span) -> bool:
        """Whether every frame of ``other`` is in this span."""
        return self.first <= other.first and other.end <= self.end

    def cut(self, other: Span) -> Span:
        """The frames that both hold; empty at this span's nearer edge where there are none."""
        first = min(max(self.first, other.first), self.end)
        return Span(first, max(min(self.end, other.end), first))

    def join(self, other: Span) -> Span:
        """The shortest span that holds both."""
        return Span(min(self.first, other.first), max(self.end, other.end))

    def shift(self, by: int) -> Span:
        """The same span ``by`` frames later."""
        return Span(self.first + by, self.end + by)

    def widen(self, by: int) -> Span:
        """The span with ``by`` more frames on each side."""
        return Span(self.first - by, self.end + by)

    @staticmethod
    def outward(first: Fraction, end: Fraction) -> Span:
        """The whole frames that ``[first, end)`` touches: floor and ceiling."""
        return Span(math.floor(first), math.ceil(end))


@dataclass(frozen=True, slots=True)
class PullSpans:
    """The answer for one region. Spans count source frames; ``window`` may reach into the padding.

    ``head``, ``body`` and ``tail`` count frames of the pull as it is sent, padding included; ``base`` is its whole
    frame rate and ``seconds`` the window in the pull's own time.
    """

    region: Span
    window: Span
    changed: Span
    pull: Span
    pad_head: int
    pad_tail: int
    base: int
    seconds: WindowSeconds

    @property
    def count(self) -> int:
        """Frames that are sent."""
        return self.pad_head + len(self.pull) + self.pad_tail

    @property
    def head(self) -> int:
        """Frames of the pull before the window."""
        return self.in_pull(self.window.first)

    @property
    def body(self) -> int:
        """Frames of the window."""
        return len(self.window)

    @property
    def tail(self) -> int:
        """Frames of the pull after the window."""
        return self.count - self.head - self.body

    def in_pull(self, source_frame: int) -> int:
        """The index in the pull of a frame of the source."""
        return source_frame - self.pull.first + self.pad_head

    def span_in_pull(self, span: Span) -> Span:
        """A span of source frames, counted in the pull."""
        return span.shift(self.pad_head - self.pull.first)


@dataclass(frozen=True, slots=True)
class CannotSend:
    """Why no pull can be made for a region, and what to do. ``split`` are source frames at which to part it."""

    what: str
    fix: str
    split: tuple[int, ...] = ()


def _up(value: int, step: int) -> int:
    return -(-value // step) * step


def usual_context(service: Capabilities) -> int:
    """Frames to send on each side of the window where nobody says how many: enough to verify what comes back."""
    return service.padding + service.doubt + EVIDENCE


def solve(
    region: Span, media: int, base: int, service: Capabilities, *, context: int | None = None
) -> PullSpans | CannotSend:
    """The pull for ``region`` of a file of ``media`` frames, sent at ``base`` whole frames a second.

    ``context`` is the least number of frames to send on each side of the window where the media has them; by default
    what verification needs beyond everything that the service may change. The result is within all limits of the
    service, or it says why not.
    """
    if not len(region) or region.first < 0 or region.end > media:
        return CannotSend(f"frames {region} are not in the media, which has {media}", "check the clip's source range")
    longest = longest_region(service, base)
    if longest is not None and len(region) > longest:
        parts = math.ceil(Fraction(len(region), longest))
        split = tuple(region.first + len(region) * k // parts for k in range(1, parts))
        most = f"{service.service} takes at most {longest} at once, {longest // base} s {longest % base} f"
        return CannotSend(f"the region has {len(region)} frames; {most}", f"part the mark into {parts}", split)
    wanted = usual_context(service) if context is None else context
    candidates = (_whole_second_windows if service.whole_seconds else _grid_windows)(
        region, media, base, service, wanted
    )
    pulls = [_with_tail(region, window, head, media, base, service, wanted) for window, head in candidates]
    return min(pulls, key=lambda spans: _loss(spans, media))


def longest_region(service: Capabilities, base: int) -> int | None:
    """The most frames that one request to ``service`` can replace; None where there is no limit."""
    pull, window = service.most_pull(base), service.most_window(base)
    step, lead = service.grid.step, service.grid.lead
    if service.whole_seconds:
        limits = [] if pull is None else [(pull - step - lead) // base * base]
        limits += [] if window is None else [window // base * base]
    else:
        limits = [] if pull is None else [(pull - lead) // step * step]
        # A window from the media's first frame is `lead` frames longer.
        limits += [] if window is None else [(window - lead) // step * step]
    return min(limits) if limits else None


def _loss(spans: PullSpans, media: int) -> tuple[int, int, int, int, int]:
    """What a candidate costs, worst first.

    Kept frames missing as evidence; held frames; frames changed beyond the region; frames sent; how far the window
    is off centre.
    """
    before = spans.changed.first - spans.pull.first
    after = spans.pull.end - spans.changed.end
    missing = max(min(EVIDENCE, spans.region.first) - before, 0) + max(
        min(EVIDENCE, media - spans.region.end) - after, 0
    )
    beyond = len(spans.changed) - len(spans.region)
    lean = abs(2 * (spans.region.first - spans.changed.first) - beyond)
    return missing, spans.pad_head + spans.pad_tail, beyond, spans.count, lean


def _place(region: Span, body: int, earliest: int, media: int) -> int:
    """Where a window of ``body`` frames begins: it holds the region, is not before ``earliest``, centred if it can."""
    spare = body - len(region)
    low = max(region.first - spare, earliest)
    high = max(min(region.first, media - body), low)
    return min(max(region.first - spare // 2, low), high)


def _grid_windows(
    region: Span, media: int, base: int, service: Capabilities, wanted: int
) -> Iterator[tuple[Span, int]]:
    """Windows, each with its head, for a service that takes any seconds: whole groups, so that just they change."""
    step, lead = service.grid.step, service.grid.lead
    asked = max(len(region), service.least_window(base))
    longest, least = service.most_pull(base), service.least_pull(base)
    if region.first >= lead:
        body = _up(asked, step)
        first = _place(region, body, lead, media)
        most = (first - lead) // step * step
        head = min(_up(max(wanted - lead, 0), step), most)
        tail = min(_up(wanted, step), max(media - first - body, 0) // step * step)
        # Too short a pull grows at its head where the tail alone cannot make it up from the media.
        room = max(media - first - body, 0) // step * step
        while head < most and lead + head + body + room < least:
            head += step
        while longest is not None and head and lead + head + body + min(tail, head) > longest:
            head -= step
        yield Span(first, first + body), head + lead
    # From the media's first frame on, the lone first frames belong to the window.
    body = lead + _up(max(asked, region.end) - lead, step)
    if longest is None or body <= longest:
        yield Span(0, body), 0


def _whole_second_windows(
    region: Span, media: int, base: int, service: Capabilities, wanted: int
) -> Iterator[tuple[Span, int]]:
    """Windows, each with its head, on whole seconds of the pull; the pull's first frame is what can be chosen."""
    body = _up(max(len(region), service.least_window(base)), base)
    longest = service.most_pull(base)
    furthest = max(_up(wanted, base) // base + 1, _up(service.least_pull(base), base) // base)
    for head in range(0, (furthest + 1) * base, base):
        first = _place(region, body, head, media)
        if first > region.first or (head and longest is not None and head + body + service.grid.step > longest):
            return
        yield Span(first, first + body), head


def _with_tail(
    region: Span, window: Span, head: int, media: int, base: int, service: Capabilities, wanted: int
) -> PullSpans:
    """The pull with ``window`` after ``head`` frames: as much tail as is wanted and allowed, held where media ends."""
    step, lead = service.grid.step, service.grid.lead
    before = head + len(window)
    short = (lead - before) % step  # what makes the total lead + a multiple of step
    room = max(media - window.end, 0)
    tail = short + _up(max(wanted - short, 0), step)
    if tail > room:
        tail = max(short + (room - short) // step * step, short)
    tail = max(tail, short + _up(max(service.least_pull(base) - before - short, 0), step))
    longest = service.most_pull(base)
    if longest is not None and before + tail > longest:
        tail = max(short + (longest - before - short) // step * step, short)
    return _finish(region, window, head, tail, media, base, service)


def _finish(
    region: Span, window: Span, head: int, tail: int, media: int, base: int, service: Capabilities
) -> PullSpans:
    first = window.first - head
    end = window.end + tail
    pull = Span(first, end).cut(Span(0, media))
    start, stop = service.grid.snap(head, head + len(window), end - first)
    changed = Span(max(start - service.padding, 0), min(stop + service.padding, end - first))
    seconds = (whole_seconds if service.whole_seconds else window_seconds)(head, len(window), base)
    return PullSpans(
        region=region,
        window=window,
        changed=changed.shift(first).cut(Span(0, media)),
        pull=pull,
        pad_head=pull.first - first,
        pad_tail=end - pull.end,
        base=base,
        seconds=seconds,
    )
