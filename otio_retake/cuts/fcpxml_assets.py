"""The resources that takes bring into an .fcpxml file: one asset for each file, with ids of their own.

https://developer.apple.com/documentation/professional-video-applications/asset
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .fcpxml_reader import Reading
from .fcpxml_resources import Asset
from .fcpxml_shapes import picture_asset, scale_of, sound_asset, tag, time
from .paths import file_name
from .signature import TAKE_FILE
from .xml_document import Splice

if TYPE_CHECKING:
    from ..takes import Placement

Spell = Callable[[Path, str], str]
"""How the path of a take is written, given how its clip's own media is."""


class TakeAssets:
    """The assets of takes: those that are there, and those that are added."""

    def __init__(self, reading: Reading, spell: Spell) -> None:
        self._reading, self._spell = reading, spell
        self._idents: dict[tuple[str, str], str] = {}
        self._formats: dict[Fraction, str] = {}
        self._texts: list[str] = []
        self._next = 1
        version = reading.document.root.get("version").partition(".")[2]
        self._modern = not version.isdecimal() or int(version[:4]) >= 9

    def picture(self, placement: Placement, original: Asset | None) -> str:
        """The id of the asset of a picture take, with the properties of ``original``."""
        own = self.format(placement, original)
        return self._ident(
            placement, lambda ident, src: picture_asset(placement, ident, src, original, own, self._modern)
        )

    def sound(self, placement: Placement, original: Asset | None) -> str:
        """The id of the asset of a sound take."""
        like = original.element if original is not None else None
        return self._ident(placement, lambda ident, src: sound_asset(placement, ident, src, like, self._modern))

    def format(self, placement: Placement, original: Asset | None) -> str:
        """The original's format; for a picture of another size one of its own, with the rate alone."""
        if "native" not in placement.take.spec.made_as[2:3]:
            return original.element.get("format") if original is not None else ""
        clock = placement.clock
        if clock not in self._formats:
            self._formats[clock] = self._free_ident()
            frame = time(1 / clock, scale_of(clock))
            self._texts.append(tag("format", [("id", self._formats[clock]), ("frameDuration", frame)]))
        return self._formats[clock]

    def splices(self) -> list[Splice]:
        """The change that adds what is new behind the resources that are there."""
        holder = self._reading.resources.holder
        if not self._texts or holder is None:
            return []
        last = holder.children[-1] if holder.children else None
        lead = self._reading.document.indent_of(last) if last is not None else ""
        at = last.end if last is not None else holder.inside
        return [Splice(at, at, "".join(lead + text for text in self._texts))]

    def _ident(self, placement: Placement, made: Callable[[str, str], str]) -> str:
        src = self._spell(placement.take.path, placement.written)
        known = (placement.take.ident, src)
        if known not in self._idents:
            ident = self._there.get(placement.take.path.name)
            if ident is None:
                ident = self._free_ident()
                self._texts.append(made(ident, src))
            self._idents[known] = ident
        return self._idents[known]

    @cached_property
    def _there(self) -> dict[str, str]:
        """The id of the asset of each file that is a take by its name."""
        resources = self._reading.resources
        found: dict[str, str] = {}
        for element in resources.holder.all("asset") if resources.holder is not None else ():
            asset = resources.asset(element.get("id"))
            if asset is not None and TAKE_FILE.search(asset.src):
                found.setdefault(file_name(asset.src), asset.ident)
        return found

    def _free_ident(self) -> str:
        while f"rtk{self._next}" in self._reading.resources.idents:
            self._next += 1
        self._next += 1
        return f"rtk{self._next - 1}"
