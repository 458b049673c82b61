"""The clips that one item of an .fcpxml storyline comes to: its picture, what is heard of it, and the takes in it.

https://developer.apple.com/documentation/professional-video-applications/story-elements
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Protocol

from ..errors import Level
from ..legible import one_line
from .fcpxml_marks import OURS, noted, orders_within
from .fcpxml_resources import Asset, Resources
from .fcpxml_story import ITEMS, Heard, Part, Picture, Story, Window, anchored, time_of
from .fcpxml_times import Axis, Retime
from .fcpxml_tracks import ORIGINAL, Draft, Edges, Own, Spot
from .model import NAMESPACE, TAKE_KEY, Exact, Media, Speed
from .paths import file_name
from .signature import TAKE_FILE, signed
from .xml_document import Element

_MOST = 500
"""Marks inside one compound clip that are listed."""


class Remark(Protocol):
    """Says something of a second of the sequence, and what to do."""

    def __call__(self, second: Fraction, place: str, what: str, fix: str, level: Level = "warning") -> None:
        """Tells it."""


def sign_of(element: Element) -> Mapping[str, Any] | None:
    """What the note of a clip says of the take of ours that it is; None for any other clip."""
    note = element.first("note")
    return signed(note.text) if note is not None else None


def take_media(element: Element, asset: Asset | None) -> bool:
    """Whether a clip plays a take of ours: by its note, or by its file where an editor has dropped that."""
    return sign_of(element) is not None or (asset is not None and TAKE_FILE.search(file_name(asset.src)) is not None)


def free_key(sign: Mapping[str, Any] | None, taken: set[str]) -> str:
    """The key of a take: by its version, or by the next number that is free."""
    number = int(sign["version"]) if sign is not None else 1
    while f"{TAKE_KEY}{number:03}" in taken:
        number += 1
    return f"{TAKE_KEY}{number:03}"


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it lies in a storyline. ``used`` is ``element`` itself, or what is picked of an audition."""

    element: Element
    used: Element
    axis: Axis
    timing: Retime
    window: Window
    lanes: tuple[int, ...]
    host: tuple[Element, Axis]
    edges: Edges


@dataclass(frozen=True, slots=True)
class _Cast:
    """The original of an item, the takes of ours beside it, and the key of what is in use."""

    original: Element
    axis: Axis
    picture: Picture | None
    takes: tuple[Media, ...] = ()
    active: str = ORIGINAL


class Clips:
    """Makes the clips of items of one sequence. ``alternates`` is whether its editor knows auditions."""

    def __init__(
        self, resources: Resources, story: Story, rate: Fraction, start: Fraction, alternates: bool, remark: Remark
    ) -> None:
        self._resources, self._story, self._rate, self._start = resources, story, rate, start
        self._alternates = alternates
        self._remark = remark
        self._compounds: set[str] = set()

    def of(self, item: Item) -> Iterator[Draft]:
        """What ``item`` comes to. Raises ``BadTime``."""
        used, story = item.used, self._story
        shown = story.picture(used, item.axis, item.timing, item.window, self._rate)
        cast = self._cast(item, shown)
        heard = self._heard(item, cast, ours=shown is not None and self._ours(used))
        name = one_line(cast.original.get("name"))
        sign = sign_of(used) if item.element is used else None
        placed = sign if sign is not None and item.lanes != (0,) else None
        link = str(item.element.start) if shown is not None and heard else ""
        if shown is not None and cast.picture is not None:
            yield self._picture(item, cast, shown, cast.picture, name, placed, link)
        for number, sound in enumerate(heard):
            marks = self._noted((Part(used, item.axis),), name) if shown is None and number == 0 else []
            yield self._sound(item, sound, marks, name, placed, link)
        if shown is None and not heard:
            self._lost(item, name)

    def _record(self, second: Fraction) -> Exact:
        frame = (second - self._start) * self._rate
        return frame.numerator if frame.denominator == 1 else frame

    # --- auditions --------------------------------------------------------------------------------------------------

    def _cast(self, item: Item, shown: Picture | None) -> _Cast:
        used = item.used
        if item.element is used:
            return _Cast(used, item.axis, shown)
        takes: list[Media] = []
        active = ORIGINAL
        originals = []
        for child in item.element.children:
            if child.name not in ITEMS:
                continue
            if not self._ours(child):
                originals.append(child)
                continue
            key = free_key(sign_of(child), {take.key for take in takes})
            takes.append(self._media(self._resources.asset(child.get("ref")), key, child))
            if child is used:
                active = key
        if not originals:
            return _Cast(used, item.axis, shown)
        original = used if active == ORIGINAL else self._meant(originals, used)
        for other in originals:
            if other is not original:
                self._unpicked(other, item.window.begin)
        if original is used:
            return _Cast(used, item.axis, shown, tuple(takes), active)
        begin = item.window.begin
        axis, timing = self._story.axis(original, begin, self._rate, Fraction(1))
        window = Window(begin, begin + self._story.length(original))
        own = self._story.picture(original, axis, timing, window, self._rate) or shown
        return _Cast(original, axis, own, tuple(takes), active)

    def _meant(self, originals: list[Element], take: Element) -> Element:
        """Which of an editor's alternatives a take stands in for: the one that begins where it does."""
        start = self._story.start(take)
        return next((one for one in originals if self._story.start(one) == start), originals[0])

    def _unpicked(self, element: Element, second: Fraction) -> None:
        for mark in orders_within(element, 1):
            what = (
                f"the mark {one_line(mark.get('value'))!r} is on an alternative that is not picked: it is not ordered"
            )
            self._remark(second, one_line(element.get("name")), what, "pick it, or delete the mark", "note")

    def _ours(self, element: Element) -> bool:
        return take_media(element, self._resources.asset(element.get("ref")))

    def _media(self, asset: Asset | None, key: str, element: Element) -> Media:
        sign = sign_of(element)
        about = {NAMESPACE: dict(sign)} if sign is not None else {}
        if asset is None:
            return Media(key, "missing", one_line(element.get("name")), "", None, None, about)
        return asset.media(key, asset.rate or self._rate, about)

    # --- picture ----------------------------------------------------------------------------------------------------

    def _picture(
        self,
        item: Item,
        cast: _Cast,
        shown: Picture,
        own: Picture,
        name: str,
        placed: Mapping[str, Any] | None,
        link: str,
    ) -> Draft:
        asset, original = own.asset, cast.original
        audition = item.element if item.element is not item.used else None
        media = self._media(asset, ORIGINAL, original)
        if own.see_through or (own.refused and asset is None):
            media = Media(ORIGINAL, "generator" if own.see_through else "unknown", name, "", None, None, {})
        if placed is not None:
            media = replace(media, key=free_key(placed, set()))
        refused, warning = shown.refused or own.refused, shown.warning or own.warning
        axis = _from(item.axis if shown.refused else shown.media, item.window.begin)
        return Draft(
            kind="Video",
            lanes=item.lanes,
            record=(self._record(item.window.begin), self._record(item.window.end)),
            name=name or media.name or "unnamed",
            enabled=item.used.get("enabled", "1") != "0",
            media_axis=axis,
            media_rate=(asset.rate if asset is not None else None) or self._rate,
            speed=Speed(Fraction(1) if refused else 1 / axis.pace, refused, warning),
            media=media,
            marks=self._noted(self._marked_parts(own, original, cast.axis), name),
            edges=item.edges,
            takes=cast.takes,
            active=cast.active if cast.active != ORIGINAL else media.key,
            link=link,
            see_through=own.see_through,
            placed=placed,
            beside=self._takes_beside(original, own),
            spot=Spot(original, item.used, audition, *item.host, item.axis, own, item.lanes),
            element=item.used,
            inner_marks=self._marks_inside(original, item.window.begin) if original.name == "ref-clip" else (),
        )

    def _takes_beside(self, original: Element, own: Picture) -> bool:
        """Whether an audition can hold this clip and a take of it without anything else changing with the pick.

        What is connected to a clip, and the sound of a synchronized one, would go when a take is picked.
        """
        if original.name not in ("asset-clip", "clip", "video") or own.asset is None or not self._alternates:
            return False
        return all(self._ours(child) for child, _ in anchored(original))

    # --- sound ------------------------------------------------------------------------------------------------------

    def _heard(self, item: Item, cast: _Cast, *, ours: bool) -> list[Heard]:
        """The sound of an item. That of a take of the picture is the file's own: it counts as the original's."""
        heard = list(self._story.sounds(item.used, item.axis, item.timing, _sounding(item), self._rate))
        if not ours:
            return heard
        asset = cast.picture.asset if cast.picture is not None and cast.original is not item.used else None
        return [replace(sound, asset=asset) for sound in heard] if asset is not None else []

    def _sound(
        self, item: Item, heard: Heard, marks: list[Own], name: str, placed: Mapping[str, Any] | None, link: str
    ) -> Draft:
        rate = (heard.asset.rate if heard.asset.has_video else None) or self._rate
        key = free_key(placed, set()) if placed is not None else ORIGINAL
        about = {NAMESPACE: dict(placed)} if placed is not None else {}
        return Draft(
            kind="Audio",
            lanes=item.lanes,
            record=(self._record(heard.begin), self._record(heard.end)),
            name=name or heard.asset.name or "unnamed",
            enabled=item.used.get("enabled", "1") != "0",
            media_axis=_from(heard.media, heard.begin),
            media_rate=rate,
            speed=Speed(1 / heard.media.pace),
            media=heard.asset.media(key, rate, about),
            marks=marks,
            active=key,
            link=link,
            channels=heard.channels,
            placed=placed,
            element=item.used,
        )

    # --- marks ------------------------------------------------------------------------------------------------------

    def _noted(self, parts: Iterable[Part], name: str) -> list[Own]:
        found: list[Own] = []
        for element, axis in parts:
            if element.children:
                found += [(mark, axis) for mark in noted(element, _Warn(self._remark, axis.at, name))]
        return found

    def _marked_parts(self, own: Picture, original: Element, axis: Axis) -> list[Part]:
        """Elements whose marks are a clip's: itself and what it holds, sound too; a multicam's are everybody's."""
        if original.name in ("mc-clip", "ref-clip") or not own.chain:
            return [Part(original, axis)]
        parts = list(own.chain)
        for part in own.chain[1:]:
            for child, _ in anchored(part.element):
                at = part.axis.when(time_of(child, "offset"))
                parts.append(Part(child, Axis(at, self._story.start(child), part.axis.pace)))
        return parts

    def _marks_inside(self, element: Element, second: Fraction) -> tuple[Element, ...]:
        """Orders in a compound clip, said once, of its first use: they lie where none can be carried out."""
        ref = element.get("ref")
        media = self._resources.get(ref, "media")
        if media is None or ref in self._compounds:
            return ()
        self._compounds.add(ref)
        found = orders_within(media, _MOST + 1)
        if len(found) > _MOST:
            what = f"the compound clip holds more than {_MOST} marks; no others are listed"
            self._remark(second, one_line(element.get("name")), what, "open it and mark what is in it")
        return tuple(found[:_MOST])

    def _lost(self, item: Item, name: str) -> None:
        """Something without picture and sound that can be read: its marks are not passed over in silence."""
        for mark in noted(item.used, _Warn(self._remark, item.window.begin, name)):
            if OURS.match(mark.name) or OURS.match(mark.note):
                what = f"the mark is on a {item.used.name} of which nothing is in the file"
                self._remark(item.window.begin, name, what, "relink it, or delete the mark", "problem")


@dataclass(frozen=True, slots=True)
class _Warn:
    """Says what cannot be read of a clip's marks."""

    remark: Remark
    second: Fraction
    place: str

    def __call__(self, what: str, fix: str) -> None:
        self.remark(self.second, self.place, what, fix)


def _sounding(item: Item) -> Window:
    """Seconds in which an item is heard: its own, or those of a split edit."""
    used, window = item.used, item.window
    if "audioStart" not in used.attributes and "audioDuration" not in used.attributes:
        return window
    begin = item.axis.when(time_of(used, "audioStart", item.axis.start))
    return Window(begin, begin + time_of(used, "audioDuration", window.end - window.begin))


def _from(axis: Axis, second: Fraction) -> Axis:
    """The same time, told from another second on."""
    return Axis(second, axis.local(second), axis.pace)
