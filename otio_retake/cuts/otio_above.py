"""Lays takes on tracks of their own in an .otio file: pictures above the clips that they stand in for, and sounds.

Each clip is in the shape of the editor that the cut is for, looks like the clip below as far as that can be copied,
and is switched off unless it is activated. As few new tracks as do not overlap; nothing else is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..rates import exact_rate
from .cut import Losses
from .model import NAMESPACE, Address, Clip, Instant, View
from .otio_document import Document
from .otio_editors import Raw, section_of
from .otio_effects import effects_above, lost_of_track
from .otio_markers import item_take
from .otio_return import switched
from .otio_shapes import Shape, highest_link, range_of
from .paths import file_name
from .rows import free_name, rows
from .splice import Edit, insert_element

if TYPE_CHECKING:
    from ..takes import Placement, TakeFile

Spell = Callable[[Path, str], str]
"""How the path of a take is written, given a path to spell it like."""


class Layer:
    """What is laid on new tracks of one document, in one editor's shape."""

    def __init__(self, document: Document, view: View, shape: Shape, spell: Spell, losses: Losses) -> None:
        self._document = document
        self._text = document.text
        self._view = view
        self._shape = shape
        self._rate = view.written_rate
        self._spell = spell
        self._losses = losses
        self._links = highest_link([item.value for track in document.tracks for item in track.items])
        self.added: list[tuple[Address, str, str]] = []

    def edits(self, placements: list[Placement]) -> list[Edit]:
        """The edits that lay ``placements``; those that are in the cut already are left as they are."""
        stack = self._document.stack
        if stack is None or stack.children_at is None:
            for placement in placements:
                what = "a file without a timeline has no tracks"
                self._losses.left_out.append(f"{placement.take.name}: {what}; export the timeline that it is from")
            return []
        there = set(self._there())
        fresh = [p for p in placements if p.record[1] > p.record[0] and not self._is_there(p.take, there)]
        for placement in (p for p in placements if p.record[1] <= p.record[0]):
            what = "nothing of what it replaces is visible in the cut"
            self._losses.left_out.append(f"{placement.take.name}: {what}")
        pictures = [p for p in fresh if p.kind == "above"]
        sounds = self._heard([p for p in fresh if p.kind == "sound"])
        found: list[Edit] = []
        for kind, group in (("Video", pictures), ("Audio", sounds)):
            first = self._shape.top_first and kind == "Video"
            tracks = [self._track(name, kind, row) for name, row in self._rows(kind, group)]
            for track in reversed(tracks) if first else tracks:
                found.append(insert_element(self._text, stack.children_at, track, first=first))
        if pictures:
            self._losses.warnings.extend(self._shape.warnings(pictures))
            self._losses.warnings.extend(self._other_editor(pictures))
        active = [p for p in placements if p.kind == "above" and p.activate and p.record[1] > p.record[0]]
        choices = [(p.record, {p.take.ident, p.take.name}) for p in active]
        return found + switched(self._document, self._view, choices)

    def _other_editor(self, pictures: list[Placement]) -> Iterator[str]:
        """What an editor reads otherwise than the one that wrote the cut."""
        writer, editor = self._view.writer, self._shape.editor
        if editor and writer not in ("otio", editor):
            yield f"the cut was written by {writer}; its takes are in the shape that {editor} reads, the rest is not"
        if (editor == "premiere") != (writer == "premiere"):
            retimed = {clip.name for clip in self._view.clips() if clip.speed.scalar != 1 and clip.placed is None}
            if retimed:
                names = ", ".join(sorted(retimed))
                yield f"{editor or 'OTIO'} counts clips that are retimed otherwise than {writer} wrote them: {names}"

    # --- what is there ----------------------------------------------------------------------------------------------

    def _there(self) -> Iterator[str]:
        """The ids of takes on tracks, and the names of their files."""
        for track in self._document.tracks:
            for item in track.items:
                if isinstance(item.value, dict) and (ident := item_take(item.value)):
                    yield ident
        for clip in self._view.clips():
            if clip.media.kind == "file" and clip.placed is not None:
                yield file_name(clip.media.url)

    @staticmethod
    def _is_there(take: TakeFile, there: set[str]) -> bool:
        return take.ident in there or take.path.name in there

    def _heard(self, sounds: list[Placement]) -> list[Placement]:
        """The sounds that can be laid: none where the editor plays what is switched off."""
        if self._shape.editor != "kdenlive":
            for placement in (p for p in sounds if p.activate):
                what = "the sound stays off, as the original would play with it; switch them by hand"
                self._losses.warnings.append(f"{placement.take.name}: {what}")
            return sounds
        for placement in sounds:
            what = "the editor plays what is disabled, so its sound is not placed"
            self._losses.left_out.append(f"{placement.take.name}: {what}; lay {placement.take.path} by hand")
        return []

    # --- tracks -----------------------------------------------------------------------------------------------------

    def _rows(self, kind: str, placements: list[Placement]) -> Iterator[tuple[str, list[Placement]]]:
        """Names of new tracks, each with what lies on it in order; the newest takes on top."""
        taken = {str(track.get("name", "")) for track in self._document.tracks if track.get("kind", "Video") == kind}
        for row in rows(placements):
            name = free_name(taken)
            taken.add(name)
            self.added += [(placement.address, name, placement.take.ident) for placement in row]
            yield name, row

    def _track(self, name: str, kind: str, row: list[Placement]) -> Raw:
        children: list[Raw] = []
        at = Fraction(0)
        for placement in row:
            first, end = (edge + self._view.origin for edge in placement.record)
            if first > at:
                children.append(self._gap(first - at))
            children.append(self._clip(placement))
            at = Fraction(end)
        about = {"track": "retakes", "of": self._view.writer, "for": self._shape.editor}
        return {
            "OTIO_SCHEMA": "Track.1",
            "metadata": {**self._shape.track_metadata(kind), NAMESPACE: about},
            "name": name,
            "source_range": None,
            "effects": [],
            "markers": [],
            "enabled": True,
            "children": children,
            "kind": kind,
        }

    def _gap(self, length: Fraction) -> Raw:
        return {
            "OTIO_SCHEMA": "Gap.1",
            "metadata": {},
            "name": "",
            "source_range": range_of(Instant(0.0, self._rate), Instant(float(length), self._rate)),
            "effects": [],
            "markers": [],
            "enabled": True,
        }

    # --- clips ------------------------------------------------------------------------------------------------------

    def _clip(self, placement: Placement) -> Raw:
        lower = self._view.clip_at(placement.address)
        about = {**about_take(placement), "of": self._view.writer, "for": self._shape.editor}
        url = self._spell(placement.take.path, self._shape.written(placement.written))
        self._links += 1
        own = {**self._shape.clip_metadata(self._links), NAMESPACE: about}
        if placement.kind == "sound":
            return self._sound(placement, own, url)
        raw = self._raw(placement.address)
        placement = self._shape.counted(placement)
        start, length = self._shape.source(placement, lower)
        begins, lasts = self._shape.available(placement, lower)
        return {
            "OTIO_SCHEMA": "Clip.2",
            "metadata": own,
            "name": placement.take.name,
            "source_range": range_of(start, length),
            "effects": self._effects(placement, lower, raw),
            "markers": [self._shape.marker(placement, lower)],
            "enabled": placement.activate,
            "media_references": {
                "DEFAULT_MEDIA": {
                    "OTIO_SCHEMA": "ExternalReference.1",
                    "metadata": {
                        **self._shape.media_metadata(placement.take, lower.media.metadata, url),
                        NAMESPACE: about,
                    },
                    "name": placement.take.path.name if self._shape.editor == "resolve" else placement.take.name,
                    "available_range": range_of(begins, lasts),
                    "available_image_bounds": _bounds(raw, lower.media.key),
                    "target_url": url,
                }
            },
            "active_media_reference_key": "DEFAULT_MEDIA",
        }

    def _raw(self, address: Address) -> Raw:
        value = self._document.tracks[address.track].items[address.item].value
        return value if isinstance(value, dict) else {}

    def _effects(self, placement: Placement, lower: Clip, raw: Raw) -> list[Raw]:
        """Those of the clip below; what could not be copied is said."""
        offset = placement.record[0] - Fraction(lower.record[0])
        whole = placement.record == lower.record
        kept, lost = effects_above(raw, self._shape.editor, offset, whole=whole)
        lost += lost_of_track(self._document.tracks[placement.address.track].get("effects"))
        if lost:
            where = f"{self._view.timecode(placement.record[0])} {lower.name}"
            named = ", ".join(dict.fromkeys(lost))
            self._losses.left_out.append(f"{where}: {named} of the clip is not on {placement.take.name}")
        return kept

    def _sound(self, placement: Placement, own: Raw, url: str) -> Raw:
        first, end = placement.record
        counted = placement.speed if self._shape.editor == "premiere" else 1
        start, duration = placement.available
        clock = self._rate if exact_rate(self._rate) == placement.clock else float(placement.clock)
        warp: list[Raw] = []
        if placement.speed != 1:
            about = {"OTIO_SCHEMA": "LinearTimeWarp.1", "metadata": {}, "name": "", "effect_name": "LinearTimeWarp"}
            warp.append({**about, "time_scalar": float(placement.speed)})
        return {
            "OTIO_SCHEMA": "Clip.2",
            "metadata": own,
            "name": placement.take.name,
            "source_range": range_of(
                Instant(float(placement.source), self._rate), Instant(float((end - first) * counted), self._rate)
            ),
            "effects": warp,
            "markers": [],
            "enabled": False,
            "media_references": {
                "DEFAULT_MEDIA": {
                    "OTIO_SCHEMA": "ExternalReference.1",
                    "metadata": {NAMESPACE: own[NAMESPACE]},
                    "name": placement.take.name,
                    "available_range": range_of(Instant(float(start), clock), Instant(float(duration), clock)),
                    "available_image_bounds": None,
                    "target_url": url,
                }
            },
            "active_media_reference_key": "DEFAULT_MEDIA",
        }


def about_take(placement: Placement) -> Raw:
    """What stands in the cut about a take: itself, and every order inside it."""
    take = placement.take
    return {
        "take": take.ident,
        "version": take.version,
        "kind": take.spec.kind,
        "span": [take.spec.span.first, take.spec.span.end],
        **take.spec.about,
    }


def _bounds(raw: Raw, key: str) -> Any:
    """Where the picture of the clip below lies, as its media says."""
    reference = section_of(raw, "media_references", key) or section_of(raw, "media_reference")
    return reference.get("available_image_bounds")
