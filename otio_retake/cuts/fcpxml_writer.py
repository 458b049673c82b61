"""Adds takes to an .fcpxml file: alternatives of an audition, connected clips above, and sound below.

An audition is put around a clip, or gets one more alternative where the editor has made one; what was picked stays
first. https://developer.apple.com/documentation/professional-video-applications/audition
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from .cut import Losses, Patched
from .fcpxml_assets import Spell, TakeAssets
from .fcpxml_auditions import around, into_audition, step_of, to_front, was_empty
from .fcpxml_clips import free_key, sign_of
from .fcpxml_reader import Reading
from .fcpxml_shapes import Look, look, note, scale_of, tag, time, time_map
from .fcpxml_story import ITEMS
from .fcpxml_times import Axis
from .fcpxml_tracks import Spot
from .model import Address, Clip
from .paths import file_name
from .rows import rows, track_name
from .xml_document import Element, Splice, set_attribute

if TYPE_CHECKING:
    from ..takes import Placement

_AFTER_ANCHORS = frozenset(
    ("marker", "chapter-marker", "rating", "keyword", "analysis-marker", "hidden-clip-marker", "audio-channel-source",
     "audio-role-source", "sync-source", "filter-video", "filter-video-mask", "filter-audio", "metadata", "reserved")
)  # fmt: skip
"""Children of a clip that stand behind what is connected to it."""


def add_takes(reading: Reading, placements: Iterable[Placement], spell: Spell) -> Patched:
    """The document with ``placements`` added; those that are in it already are left as they are."""
    return _Writer(reading, spell).run(list(placements))


@dataclass
class _Host:
    """What is to be connected to one element."""

    element: Element
    texts: list[str] = field(default_factory=list)


class _Writer:
    def __init__(self, reading: Reading, spell: Spell) -> None:
        self._reading = reading
        self._document = reading.document
        self._losses = Losses()
        self._splices: list[Splice] = []
        self._added: list[tuple[Address, str, str]] = []
        self._assets = TakeAssets(reading, spell)
        self._heard: dict[Address, list[Callable[[Axis], str]]] = {}
        """Takes of sound that are connected to a clip: each alternative gets them, so that they stay with any pick."""
        self._placed: dict[str, list[Clip]] = {}
        for clip in reading.view.clips():
            if clip.placed is not None:
                self._placed.setdefault(str(clip.placed.get("take", "")), []).append(clip)
        self._hosts: dict[int, _Host] = {}
        self._step = step_of(self._document)
        self._scale = scale_of(reading.view.rate)

    def run(self, placements: list[Placement]) -> Patched:
        by_clip: dict[Address, list[Placement]] = {}
        for placement in placements:
            if placement.kind == "reference":
                by_clip.setdefault(placement.address, []).append(placement)
        self._sounds([p for p in placements if p.kind == "sound"])
        for address, group in by_clip.items():
            self._references(address, group)
        self._above([p for p in placements if p.kind == "above"])
        for host in self._hosts.values():
            self._connect(host)
        self._splices += self._assets.splices()
        return Patched(self._document.spliced(self._splices), tuple(self._added), self._losses)

    # --- auditions --------------------------------------------------------------------------------------------------

    def _references(self, address: Address, group: list[Placement]) -> None:
        spot, clip = self._reading.spots[address], self._reading.view.clip_at(address)
        children = [c for c in spot.audition.children if c.name in ITEMS] if spot.audition is not None else []
        there = {_ident(self._reading, child): child for child in children}
        names = {_stem(self._reading, child): child for child in children}
        keys = {take.key for take in clip.takes}
        fresh: list[tuple[str, bool]] = []
        again: Element | None = None
        for placement in group:
            known = there.get(placement.take.ident) or names.get(placement.take.name)
            if known is not None:
                again = known if placement.activate else again
                continue
            text = self._alternative(placement, spot, clip)
            if text is None:
                continue
            key = free_key({"version": placement.take.version}, keys)
            keys.add(key)
            fresh.append((text, placement.activate))
            self._added.append((address, key, placement.take.ident))
        if again is not None and again is not children[0]:
            self._splices += to_front(self._document, children, again)
        if not fresh:
            return
        front = "".join(text for text, activate in fresh if activate)
        back = [text for text, activate in fresh if not activate]
        if spot.audition is not None:
            self._splices += into_audition(self._document, children, front, back)
        else:
            self._splices += around(self._document, spot.element, front, back, self._step)

    def _alternative(self, placement: Placement, spot: Spot, clip: Clip) -> str | None:
        """A take as an alternative of its clip: as long, of the same source, with the same look."""
        element = spot.used
        second = self._reading.second(clip.record[0])
        shown = clip.source_of(clip.record[0], clip.record[0]).first / clip.source.exact_rate
        dress = look(self._document, spot, second, shown, clip.speed.scalar, self._scale)
        asset = self._assets.picture(placement, spot.picture.asset)
        sound = "" if clip.link else "video"
        own = spot.element.get
        attributes = [
            ("ref", asset),
            ("name", placement.take.name),
            ("start", time(dress.start, self._scale)),
            ("duration", element.get("duration") or time(self._reading.second(clip.record[1]) - second, self._scale)),
            ("enabled", "0" if own("enabled") == "0" else ""),
            ("srcEnable", own("srcEnable") or sound),
            ("audioStart", own("audioStart") if spot.element.name == "asset-clip" else ""),
            ("audioDuration", own("audioDuration") if spot.element.name == "asset-clip" else ""),
            ("format", self._assets.format(placement, spot.picture.asset)),
            ("tcFormat", own("tcFormat")),
            ("audioRole", own("audioRole")),
            ("videoRole", own("videoRole") or (own("role") if spot.element.name == "video" else "")),
        ]
        self._say_lost(placement, dress, clip)
        video, _, audio = dress.filters.partition("\0")
        axis = Axis(second, dress.start, spot.axis.pace)
        connected = "".join(text(axis) for text in self._heard.get(clip.address, ()))
        inside = note(placement.take) + dress.timing + dress.picture + dress.sound + connected
        inside += dress.channels + video + audio
        return tag("asset-clip", attributes, inside)

    # --- above and below ----------------------------------------------------------------------------------------------

    def _above(self, placements: list[Placement]) -> None:
        """Connected clips above everything, as few lanes as do not overlap; those that are used hide the others."""
        fresh = self._fresh(placements, "Video")
        lane = self._reading.lanes[1] + 1
        for number, row in enumerate(rows(fresh)):
            for placement in row:
                self._above_one(placement, lane + number, track_name(number + 1))
        for placement in placements:
            if placement.activate:
                self._hide_others(placement)

    def _above_one(self, placement: Placement, lane: int, track: str) -> None:
        reading, address = self._reading, placement.address
        spot, clip = reading.spots[address], reading.view.clip_at(address)
        first, end = placement.record
        second, last = reading.second(first), reading.second(end)
        shown = placement.source / placement.clock
        dress = look(self._document, spot, second, shown, placement.speed, self._scale)
        host, offset = self._host(spot, second)
        video, _, _ = dress.filters.partition("\0")
        attributes = [
            ("ref", self._assets.picture(placement, spot.picture.asset)),
            ("lane", str(lane)),
            ("offset", time(offset, self._scale)),
            ("name", placement.take.name),
            ("start", time(dress.start, self._scale)),
            ("duration", time(last - second, self._scale)),
            ("enabled", "" if placement.activate else "0"),
            ("srcEnable", "video"),
            ("format", self._assets.format(placement, spot.picture.asset)),
            ("tcFormat", spot.element.get("tcFormat")),
            ("videoRole", spot.element.get("videoRole")),
        ]
        self._hosts.setdefault(host.start, _Host(host)).texts.append(
            tag("asset-clip", attributes, note(placement.take) + dress.timing + dress.picture + video)
        )
        self._say_lost(placement, dress, clip)
        self._added.append((address, track, placement.take.ident))

    def _sounds(self, placements: list[Placement]) -> None:
        """Connected clips below everything, switched off."""
        lane = self._reading.lanes[0] - 1
        for number, row in enumerate(rows(self._fresh(placements, "Audio"))):
            for placement in row:
                self._sound_one(placement, lane - number, track_name(number + 1))

    def _sound_one(self, placement: Placement, lane: int, track: str) -> None:
        reading = self._reading
        spot = reading.spots[placement.address]
        second, last = (reading.second(edge) for edge in placement.record)
        host, offset = self._host(spot, second)
        start, timing = placement.source / placement.clock, ""
        if placement.speed != 1:
            first, length = (t / placement.clock for t in placement.available)
            points = [(t / placement.speed, t) for t in (first, first + length)]
            start /= placement.speed
            timing = time_map(points, self._scale)
        original = spot.picture.asset
        asset = self._assets.sound(placement, original)

        def text(offset: Fraction) -> str:
            attributes = [
                ("ref", asset),
                ("lane", str(lane)),
                ("offset", time(offset, self._scale)),
                ("name", placement.take.name),
                ("start", time(start, placement.take.spec.sound_rate or 48_000)),
                ("duration", time(last - second, self._scale)),
                ("enabled", "0"),
                ("tcFormat", spot.element.get("tcFormat")),
                ("audioRole", spot.element.get("audioRole") or "dialogue"),
            ]
            return tag("asset-clip", attributes, note(placement.take) + timing)

        self._hosts.setdefault(host.start, _Host(host)).texts.append(text(offset))
        if host is spot.used:
            self._heard.setdefault(placement.address, []).append(lambda axis: text(axis.local(second)))
        self._added.append((placement.address, track, placement.take.ident))
        if placement.activate:
            what = "the sound stays off, as the original would play with it; switch them by hand"
            self._losses.warnings.append(f"{placement.take.name}: {what}")

    def _host(self, spot: Spot, second: Fraction) -> tuple[Element, Fraction]:
        """What a take is connected to, and its place in that one's own time: an item of the primary storyline."""
        return spot.host, spot.host_axis.local(second)

    def _fresh(self, placements: list[Placement], kind: str) -> list[Placement]:
        """Those that do not lie there already."""
        return [
            p
            for p in placements
            if p.record[1] > p.record[0]
            and not any(c.kind == kind and _overlap(c, p) for c in self._placed.get(p.take.ident, ()))
        ]

    def _hide_others(self, used: Placement) -> None:
        """Switches on a take that lies there, and off those of ours that it would hide, or that would hide it."""
        for ident, clips in self._placed.items():
            for clip in clips:
                if clip.kind != "Video" or not _overlap(clip, used):
                    continue
                element = self._reading.elements[clip.address]
                wanted = "1" if ident == used.take.ident else "0"
                if element.get("enabled", "1") != wanted:
                    self._splices.append(set_attribute(self._document, element, "enabled", wanted))

    def _connect(self, host: _Host) -> None:
        """Puts what is connected to an element behind what is connected to it already."""
        element = host.element
        lead = self._document.indent_of(element)
        inner = lead + self._step if lead else ""
        text = "".join(inner + one for one in host.texts)
        if element.empty:
            self._splices.append(
                Splice(element.inside - len("/>"), element.inside, f">{text}{lead}{was_empty(element)}")
            )
            return
        at = element.inside
        for child in element.children:
            if child.name not in _AFTER_ANCHORS:
                at = child.end
        self._splices.append(Splice(at, at, text))

    def _say_lost(self, placement: Placement, dress: Look, clip: Clip) -> None:
        for what in dress.lost:
            self._losses.left_out.append(f"{clip.name}: {what} is not copied to {placement.take.name}")


# --- what lies there ------------------------------------------------------------------------------------------------


def _ident(reading: Reading, element: Element) -> str:
    sign = sign_of(element)
    return str(sign["take"]) if sign is not None else ""


def _stem(reading: Reading, element: Element) -> str:
    asset = reading.resources.asset(element.get("ref"))
    return file_name(asset.src).rpartition(".")[0] if asset is not None else ""


def _overlap(clip: Clip, placement: Placement) -> bool:
    return clip.record[0] < placement.record[1] and placement.record[0] < clip.record[1]
