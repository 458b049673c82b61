"""Adds takes to an .otio file by changing its text in place: nothing else in it is touched, byte for byte.

A take of a whole clip is one more entry among its media references (Clip.2), with the original's under its own key and
active. A Clip.1, which has no such place, becomes a Clip.2. Takes on tracks of their own are laid by `otio_above`.
Only stock schemas are written: anything else makes other programs refuse the whole file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .cut import Losses, Patched
from .model import NAMESPACE, TAKE_KEY, Address, Instant, View
from .otio_above import Layer, Spell, about_take
from .otio_document import Document
from .otio_editors import original_key, take_of
from .otio_shapes import Shape, range_of
from .paths import file_name
from .splice import Edit, apply_edits, depth_at, dump, insert_member, newline_of, place_of, style_of

if TYPE_CHECKING:
    from ..takes import Placement, TakeFile


def add_takes(document: Document, view: View, placements: Iterable[Placement], shape: Shape, spell: Spell) -> Patched:
    """The document with ``placements`` added; those that are in it already are left as they are.

    Takes on tracks of their own are laid in ``shape``; ``spell`` says how the path of a take is written.
    """
    return _Writer(document, view, shape, spell).run(list(placements))


class _Writer:
    def __init__(self, document: Document, view: View, shape: Shape, spell: Spell) -> None:
        self._document = document
        self._text = document.text
        self._spell = spell
        self._losses = Losses()
        self._layer = Layer(document, view, shape, spell, self._losses)
        self._edits: list[Edit] = []
        self._added: list[tuple[Address, str, str]] = []

    def run(self, placements: list[Placement]) -> Patched:
        by_clip: dict[Address, list[Placement]] = {}
        for placement in placements:
            if placement.kind == "reference":
                by_clip.setdefault(placement.address, []).append(placement)
        for address, group in by_clip.items():
            self._references(address, group)
        laid = [placement for placement in placements if placement.kind != "reference"]
        if laid:
            self._edits += self._layer.edits(laid)
        content = self._document.content(apply_edits(self._text, self._edits))
        return Patched(content, (*self._added, *self._layer.added), self._losses)

    # --- picture ----------------------------------------------------------------------------------------------------

    def _references(self, address: Address, group: list[Placement]) -> None:
        start, clip = self._clip(address)
        name = clip.get("name") or "unnamed"
        references = clip.get("media_references") or {}
        taken = set(references)
        active_key = clip.get("active_media_reference_key")
        entries: dict[str, Any] = {}
        active = ""
        for placement in group:
            there = next((key for key, ref in references.items() if _is(ref, placement.take)), None)
            if there is not None:
                active = there if placement.activate else active
                continue
            key = _free(placement.take.key, taken | set(entries))
            entries[key] = self._reference(placement, original_key(references, str(active_key or "DEFAULT_MEDIA")))
            self._added.append((address, key, placement.take.ident))
            if placement.activate:
                active = key
        if not entries and not active:
            return
        if "media_references" in clip and isinstance(clip["media_references"], dict):
            self._into_references(start, entries, active)
        else:
            self._from_first_version(start, clip, entries, active)
            self._losses.warnings.append(
                f"{name}: its Clip.1 became a Clip.2, which is what holds several media references"
            )

    def _clip(self, address: Address) -> tuple[int, dict[str, Any]]:
        if self._document.loose is not None:
            value = self._document.loose
        else:
            value = self._document.tracks[address.track].items[address.item]
        return value.start, value.value

    def _into_references(self, start: int, entries: dict[str, Any], active: str) -> None:
        place = place_of(self._text, start, "media_references")
        assert place is not None
        for key, entry in entries.items():
            self._edits.append(insert_member(self._text, place.start, key, entry))
        if active:
            self._activate(start, active)

    def _activate(self, start: int, key: str) -> None:
        place = place_of(self._text, start, "active_media_reference_key")
        if place is None:
            self._edits.append(insert_member(self._text, start, "active_media_reference_key", key))
        else:
            self._edits.append(Edit(place.start, place.end, json.dumps(key)))

    def _from_first_version(self, start: int, clip: dict[str, Any], entries: dict[str, Any], active: str) -> None:
        """Turns ``media_reference`` into ``media_references``, its text kept under the default key."""
        schema = place_of(self._text, start, "OTIO_SCHEMA")
        assert schema is not None
        self._edits.append(Edit(schema.start, schema.end, '"Clip.2"'))
        kept: dict[str, Any] = {"DEFAULT_MEDIA": clip.get("media_reference") or {"OTIO_SCHEMA": "MissingReference.1"}}
        old = place_of(self._text, start, "media_reference")
        step, newline = style_of(self._text), newline_of(self._text)
        if old is not None:
            key_at = self._text.rindex('"media_reference"', start, old.start)
            depth = depth_at(self._text, old.start, step)
            body = dump({**kept, **entries}, step, depth, newline)
            self._edits.append(Edit(key_at, old.end, f'"media_references":{" " if step else ""}{body}'))
        else:
            self._edits.append(insert_member(self._text, start, "media_references", {**kept, **entries}))
        self._edits.append(insert_member(self._text, start, "active_media_reference_key", active or "DEFAULT_MEDIA"))

    def _reference(self, placement: Placement, beside: str = "") -> dict[str, Any]:
        take = placement.take
        clock = float(placement.clock)
        start, duration = (Instant(float(value), clock) for value in placement.available)
        return {
            "OTIO_SCHEMA": "ExternalReference.1",
            "metadata": {NAMESPACE: {**about_take(placement), **({"beside": beside} if beside else {})}},
            "name": take.name,
            "available_range": range_of(start, duration),
            "available_image_bounds": None,
            "target_url": self._spell(take.path, placement.written),
        }


def _is(reference: Any, take: TakeFile) -> bool:
    """Whether a media reference is ``take``: by our metadata, or by its file where an editor has left that out."""
    if not isinstance(reference, dict):
        return False
    ident = take_of(reference)
    return ident == take.ident if ident else file_name(str(reference.get("target_url") or "")) == take.path.name


def _free(key: str, taken: set[str]) -> str:
    """``key``, or the next number that no reference of the clip has."""
    number = int(key.removeprefix(TAKE_KEY))
    while f"{TAKE_KEY}{number:03}" in taken:
        number += 1
    return f"{TAKE_KEY}{number:03}"
