"""What the clips of an .fcpxml file refer to: assets with their files, formats, multicam and compound media.

https://developer.apple.com/documentation/professional-video-applications/resource-elements
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from ..legible import one_line
from .fcpxml_times import BadTime, rate_of_format, seconds
from .model import Instant, Media, MediaKind
from .xml_document import Element


@dataclass(frozen=True)
class Asset:
    """A file that clips play. ``rate`` is its picture's; None where it has no picture, or none is said."""

    element: Element
    ident: str
    name: str
    src: str
    start: Fraction
    duration: Fraction | None
    rate: Fraction | None
    has_video: bool
    has_audio: bool

    @property
    def still(self) -> bool:
        """Whether it is a picture without time."""
        return self.has_video and self.duration == 0

    def media(self, key: str, rate: Fraction, metadata: Mapping[str, object]) -> Media:
        """The asset as a media reference, counted at ``rate``."""
        kind: MediaKind = "file" if self.src else "missing"
        length = None if self.duration is None else Instant(self.duration * rate, rate)
        return Media(key, kind, self.name, self.src, Instant(self.start * rate, rate), length, metadata)


class Resources:
    """The resources of a document, by their ids."""

    def __init__(self, root: Element) -> None:
        self.holder = root.first("resources")
        self._all: dict[str, Element] = {}
        for element in self.holder.children if self.holder is not None else ():
            self._all.setdefault(element.get("id"), element)
        self._assets: dict[str, Asset | None] = {}
        self._rates: dict[str, Fraction | None] = {}

    @cached_property
    def idents(self) -> set[str]:
        """Every id that a resource has."""
        return set(self._all)

    def get(self, ident: str, kind: str) -> Element | None:
        """The resource of that id, if it is of that kind."""
        found = self._all.get(ident)
        return found if found is not None and found.name == kind else None

    def rate(self, ident: str) -> Fraction | None:
        """The frame rate of a format. Raises ``BadTime``."""
        if ident not in self._rates:
            self._rates[ident] = rate_of_format(self.get(ident, "format"))
        return self._rates[ident]

    def asset(self, ident: str) -> Asset | None:
        """The asset of that id; None where there is none. Raises ``BadTime`` for times that are none."""
        if ident not in self._assets:
            element = self.get(ident, "asset")
            self._assets[ident] = self._asset(element) if element is not None else None
        return self._assets[ident]

    def _asset(self, element: Element) -> Asset:
        video, audio = element.get("hasVideo") == "1", element.get("hasAudio") == "1"
        if not video and not audio:
            video = True
        duration = element.get("duration")
        try:
            rate = self.rate(element.get("format"))
        except BadTime:
            rate = None
        return Asset(
            element=element,
            ident=element.get("id"),
            name=one_line(element.get("name")),
            src=_src(element),
            start=seconds(element.get("start") or "0s"),
            duration=seconds(duration) if duration else None,
            rate=rate,
            has_video=video,
            has_audio=audio,
        )


def _src(asset: Element) -> str:
    """Where the file is: in a ``media-rep``, the original rather than a proxy; before 1.9 on the asset itself."""
    found = [rep for rep in asset.all("media-rep") if rep.get("src")]
    for rep in found:
        if rep.get("kind", "original-media") == "original-media":
            return rep.get("src")
    return found[0].get("src") if found else asset.get("src")
