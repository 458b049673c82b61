"""What the elements of an .fcpxml storyline play: which file, at which of its seconds, through whatever holds it.

A clip of camera media names an asset. A ``clip`` or ``sync-clip`` holds what it plays, an ``mc-clip`` names an angle of
a multicam that holds it; what is in them lies in their own time. Only compound clips are not looked into.
https://developer.apple.com/documentation/professional-video-applications/story-elements
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from .fcpxml_resources import Asset, Resources
from .fcpxml_times import Axis, Retime, retime, seconds
from .xml_document import Element

ITEMS = frozenset(
    ("asset-clip", "clip", "video", "audio", "title", "ref-clip", "mc-clip", "sync-clip", "gap", "live-drawing")
)
"""Elements that take time in a storyline, but for auditions, which hold one of them in use."""

STORY = ITEMS | {"audition", "spine"}

COMPOUND = "this is a compound clip: open it, or break it apart, and mark what is in it"


class Part(NamedTuple):
    """An element on the way to the media, with its own time."""

    element: Element
    axis: Axis


@dataclass(frozen=True, slots=True)
class Picture:
    """What a clip shows. ``media`` is the time of ``asset``; ``chain`` leads there from the clip inwards.

    ``see_through`` says what it is that has no media; ``holder`` is where its sound is when that lies elsewhere.
    """

    asset: Asset | None
    media: Axis
    chain: tuple[Part, ...]
    refused: str = ""
    warning: str = ""
    see_through: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """Sound that a clip plays, over seconds ``begin`` to ``end`` of the sequence."""

    asset: Asset
    media: Axis
    begin: Fraction
    end: Fraction
    channels: tuple[int, ...]


class Window(NamedTuple):
    """Seconds of the sequence."""

    begin: Fraction
    end: Fraction

    def cut(self, begin: Fraction, end: Fraction) -> Window:
        """What is in both; empty where that is nothing."""
        first = max(self.begin, begin)
        return Window(first, max(first, min(self.end, end)))


def lane_of(element: Element) -> int:
    """The lane of a connected element; 0 for what is contained."""
    said = element.attributes.get("lane", "0").strip()
    try:
        return int(said) if len(said) < 8 else 0
    except ValueError:
        return 0


def time_of(element: Element, name: str, default: Fraction = Fraction(0)) -> Fraction:
    """A time attribute. Raises ``BadTime``."""
    said = element.attributes.get(name)
    return seconds(said) if said else default


def in_use(element: Element) -> Element | None:
    """The element itself; of an audition what is picked, which stands first."""
    if element.name != "audition":
        return element
    return next((child for child in element.children if child.name in ITEMS), None)


def anchored(element: Element) -> Iterator[tuple[Element, int]]:
    """What is connected to an element, with its lane."""
    for child in element.children:
        if "lane" in child.attributes and child.name in STORY and (lane := lane_of(child)):
            yield child, lane


class Story:
    """How the elements of one document play."""

    def __init__(self, resources: Resources) -> None:
        self.resources = resources

    def length(self, element: Element) -> Fraction:
        """How many seconds an item takes; an asset clip that does not say takes all of its asset."""
        used = in_use(element)
        if used is None:
            return Fraction(0)
        said = used.attributes.get("duration")
        if said:
            return seconds(said)
        asset = self.resources.asset(used.get("ref")) if used.name == "asset-clip" else None
        return asset.duration if asset is not None and asset.duration is not None else Fraction(0)

    def start(self, element: Element) -> Fraction:
        """The own time at which an item begins."""
        said = element.attributes.get("start")
        if said:
            return seconds(said)
        if element.name == "asset-clip":
            asset = self.resources.asset(element.get("ref"))
            # By the book it is 0, which some writers leave out where they mean the beginning of media with timecode.
            if asset is not None and asset.start > 0:
                return asset.start
        return Fraction(0)

    def rate(self, element: Element, outer: Fraction) -> Fraction:
        """The rate of what is in ``element``, which stands in a timeline of rate ``outer``."""
        return self.resources.rate(element.get("format")) or outer

    def axis(self, element: Element, at: Fraction, rate: Fraction, pace: Fraction) -> tuple[Axis, Retime]:
        """An element's own time, where it begins at second ``at`` in a timeline of ``rate`` that runs at ``pace``."""
        timing = retime(element, rate)
        return Axis(at, self.start(element), pace * timing.pace), timing

    # --- picture ----------------------------------------------------------------------------------------------------

    def picture(self, element: Element, axis: Axis, timing: Retime, window: Window, rate: Fraction) -> Picture | None:
        """What ``element`` shows within ``window``; None where it has no picture."""
        name = element.name
        chain = (Part(element, axis),)
        if name in ("audio", "gap") or element.get("srcEnable") == "audio":
            return None
        if name in ("title", "live-drawing"):
            return Picture(None, axis, chain, see_through="a title" if name == "title" else "a drawing")
        if name == "ref-clip":
            return Picture(None, axis, chain, refused=COMPOUND)
        inner = timing.inside(axis)
        if name in ("asset-clip", "video"):
            asset = self.resources.asset(element.get("ref"))
            if asset is None and self.resources.get(element.get("ref"), "effect") is not None:
                return Picture(None, axis, chain, see_through="a generator")
            if asset is not None and not asset.has_video:
                return None
            refused = timing.refused or ("this is a still image" if asset is not None and asset.still else "")
            return Picture(asset, inner, chain, refused, timing.warning)
        if name == "mc-clip":
            held = self._angle(element, inner, "video")
            what = "the multicam clip"
        else:
            held = list(self._held(element, inner))
            what = "the synchronized clip" if name == "sync-clip" else "the clip"
        found = self._within(held, window, self._media_rate(element, rate), inner.pace, what)
        if found is None or timing.refused:
            if found is None:
                return None
            return replace(found, chain=chain + found.chain, refused=timing.refused)
        return replace(found, chain=chain + found.chain, warning=timing.warning or found.warning)

    def _media_rate(self, element: Element, outer: Fraction) -> Fraction:
        if element.name != "mc-clip":
            return self.rate(element, outer)
        multicam = self._multicam(element)
        return self.rate(multicam, outer) if multicam is not None else outer

    def _held(self, element: Element, inner: Axis) -> Iterator[tuple[Element, Fraction, Fraction]]:
        """What a container holds on its own storyline, with the seconds of the sequence that it takes."""
        for child in element.children:
            if child.name not in STORY or lane_of(child):
                continue
            if child.name == "spine":
                begins = time_of(child, "offset")
                for item in child.children:
                    if item.name in STORY:
                        yield from self._lying(item, begins + time_of(item, "offset"), inner)
            else:
                yield from self._lying(child, time_of(child, "offset"), inner)

    def _lying(self, item: Element, offset: Fraction, inner: Axis) -> Iterator[tuple[Element, Fraction, Fraction]]:
        used = in_use(item)
        if used is not None:
            yield used, inner.when(offset), inner.when(offset + self.length(used))

    def _within(
        self,
        held: list[tuple[Element, Fraction, Fraction]],
        window: Window,
        rate: Fraction,
        pace: Fraction,
        what: str,
    ) -> Picture | None:
        """What a container shows within ``window``, as long as that is one thing."""
        there = [(e, begin, end) for e, begin, end in held if begin < window.end and end > window.begin]
        if not there:
            return None
        element, begin, end = there[0]
        axis, timing = self.axis(element, begin, rate, pace)
        found = self.picture(element, axis, timing, window, rate)
        if found is None and all(e.name in ("gap", "audio") for e, *_ in there):
            return None
        if found is None or len(there) > 1:
            return Picture(None, axis, (Part(element, axis),), refused=f"{what} changes its picture within this range")
        frame = 1 / rate
        if begin - window.begin >= frame or window.end - end >= frame:
            return replace(found, refused=f"{what} shows nothing in a part of this range")
        for child, lane in anchored(element):
            used = in_use(child)
            if lane > 0 and used is not None and used.name not in ("audio", "title", "spine"):
                return replace(found, refused=f"{what} holds pictures above each other")
        return found

    # --- multicam ---------------------------------------------------------------------------------------------------

    def _multicam(self, element: Element) -> Element | None:
        media = self.resources.get(element.get("ref"), "media")
        return media.first("multicam") if media is not None else None

    def _angle(self, element: Element, inner: Axis, what: str) -> list[tuple[Element, Fraction, Fraction]]:
        """What the angle holds that an ``mc-clip`` shows, or is heard of."""
        multicam = self._multicam(element)
        if multicam is None:
            return []
        wanted = next(
            (s.get("angleID") for s in element.all("mc-source") if s.get("srcEnable", "all") in ("all", what)), None
        )
        angles = list(multicam.all("mc-angle"))
        angle = next((a for a in angles if a.get("angleID") == wanted), angles[0] if angles and not wanted else None)
        if angle is None:
            return []
        return [
            found
            for item in angle.children
            if item.name in ITEMS or item.name == "audition"
            for found in self._lying(item, time_of(item, "offset"), inner)
        ]

    # --- sound ------------------------------------------------------------------------------------------------------

    def sounds(self, element: Element, axis: Axis, timing: Retime, window: Window, rate: Fraction) -> Iterator[Heard]:
        """The sound of ``element`` within ``window``; nothing of compounds, and of what does not run straight."""
        name = element.name
        if element.get("srcEnable") == "video" or timing.refused or window.end <= window.begin:
            return
        inner = timing.inside(axis)
        if name in ("asset-clip", "audio"):
            asset = self.resources.asset(element.get("ref"))
            if asset is not None and asset.has_audio:
                yield Heard(asset, inner, window.begin, window.end, _channels(element))
            return
        if name == "mc-clip":
            held = self._angle(element, inner, "audio")
        elif name in ("clip", "sync-clip", "gap", "video"):
            held = list(self._held(element, inner))
        else:
            return
        rate = self._media_rate(element, rate)
        off = _switched_off(element)
        for item, begin, end in held:
            own, its = self.axis(item, begin, rate, inner.pace)
            here = window.cut(begin, end)
            if "storyline" not in off:
                yield from self.sounds(item, own, its, here, rate)
            if "connected" in off:
                continue
            for child, _ in anchored(item):
                used = in_use(child)
                if used is None or used.name == "spine":
                    continue
                at = own.when(time_of(child, "offset"))
                theirs, its_timing = self.axis(used, at, rate, inner.pace)
                there = window.cut(at, at + self.length(used) * inner.pace)
                yield from self.sounds(used, theirs, its_timing, there, rate)
        if name == "video":
            return


def _channels(element: Element) -> tuple[int, ...]:
    """The channels of its file that an element plays, from 0; empty for all of them."""
    said = [element.get("srcCh")] if element.name == "audio" else []
    for source in element.all("audio-channel-source"):
        if source.get("enabled", "1") != "0" and source.get("active", "1") != "0":
            said.append(source.get("srcCh"))
    numbers = [part.strip() for text in said for part in text.split(",")]
    return tuple(dict.fromkeys(int(n) - 1 for n in numbers if n.isdecimal() and 0 < int(n[:6]) < 1000))


def _switched_off(element: Element) -> set[str]:
    """Which sources of a synchronized clip are not heard."""
    found = set()
    for source in element.all("sync-source"):
        roles = list(source.all("audio-role-source"))
        if roles and all(r.get("active", "1") == "0" or r.get("enabled", "1") == "0" for r in roles):
            found.add(source.get("sourceID"))
    return found
