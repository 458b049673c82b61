"""Adds takes to an .otio file by changing its text in place: nothing else in it is touched, byte for byte.

A take is one more entry among a clip's media references (Clip.2), with the original's under its own key and active.
A Clip.1, which has no such place, becomes a Clip.2. Sound goes on a new track at the end. Only stock schemas are
written: anything else makes other programs refuse the whole file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cut import TRACK_NAME, Losses, Patched
from .model import NAMESPACE, TAKE_KEY, Address, Exact
from .otio_document import Document
from .otio_editors import original_key, placed_take, take_of
from .paths import file_name
from .splice import (
    Edit,
    apply_edits,
    depth_at,
    dump,
    insert_element,
    insert_member,
    newline_of,
    place_of,
    style_of,
)

if TYPE_CHECKING:
    from ..takes import Placement, TakeFile

Spell = Callable[[Path, str], str]
"""How the path of a take is written, given how its clip's own media is."""


def add_takes(
    document: Document,
    placements: Iterable[Placement],
    rate: float,
    spell: Spell,
    *,
    origin: Exact = 0,
    plays_disabled: bool = False,
) -> Patched:
    """The document with ``placements`` added; those that are in it already are left as they are.

    ``origin`` is where record frame 0 is in the tracks' own time. ``plays_disabled`` is whether the editor
    plays what is disabled: then sound that would be heard is left out.
    """
    return _Writer(document, rate, spell, origin, plays_disabled).run(list(placements))


class _Writer:
    def __init__(self, document: Document, rate: float, spell: Spell, origin: Exact, plays_disabled: bool) -> None:
        self._origin = origin
        self._plays_disabled = plays_disabled
        self._document = document
        self._text = document.text
        self._rate = rate
        self._spell = spell
        self._losses = Losses()
        self._edits: list[Edit] = []
        self._added: list[tuple[Address, str, str]] = []

    def run(self, placements: list[Placement]) -> Patched:
        by_clip: dict[Address, list[Placement]] = {}
        for placement in placements:
            if placement.kind == "reference":
                by_clip.setdefault(placement.address, []).append(placement)
        for address, group in by_clip.items():
            self._references(address, group)
        sounds = [placement for placement in placements if placement.kind == "sound"]
        if sounds:
            self._sounds(sounds)
        content = self._document.content(apply_edits(self._text, self._edits))
        return Patched(content, tuple(self._added), self._losses)

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
        start, duration = placement.available
        clock = float(placement.clock)
        return {
            "OTIO_SCHEMA": "ExternalReference.1",
            "metadata": {NAMESPACE: {**_about(placement), **({"beside": beside} if beside else {})}},
            "name": take.name,
            "available_range": _range(start, duration, clock),
            "available_image_bounds": None,
            "target_url": self._spell(take.path, placement.written),
        }

    # --- sound ------------------------------------------------------------------------------------------------------

    def _sounds(self, placements: list[Placement]) -> None:
        """Disabled clips on new tracks at the end; as few tracks as do not overlap."""
        stack = self._document.stack
        if stack is None or stack.children_at is None:
            for placement in placements:
                self._losses.left_out.append(f"{placement.take.name}: a file without a timeline has no track for sound")
            return
        if self._plays_disabled:
            for placement in placements:
                what = "the editor plays what is disabled, so its sound is not placed"
                self._losses.left_out.append(f"{placement.take.name}: {what}; lay {placement.take.path} by hand")
            return
        have = set(self._idents_on_tracks())
        fresh = [p for p in placements if p.take.ident not in have and p.record[1] > p.record[0]]
        rows: list[list[Placement]] = []
        for placement in sorted(fresh, key=lambda p: (p.record, p.take.version)):
            row = next((r for r in rows if r[-1].record[1] <= placement.record[0]), None)
            if row is None:
                rows.append([placement])
            else:
                row.append(placement)
        for number, row in enumerate(rows):
            name = TRACK_NAME if number == 0 else f"{TRACK_NAME} {number + 1}"
            self._edits.append(insert_element(self._text, stack.children_at, self._track(name, row)))
        for placement in fresh:
            self._added.append((placement.address, TRACK_NAME, placement.take.ident))
            if placement.activate:
                what = "the sound stays off, as the original would play with it; switch them by hand"
                self._losses.warnings.append(f"{placement.take.name}: {what}")

    def _idents_on_tracks(self) -> Iterable[str]:
        for track in self._document.tracks:
            for item in track.items:
                yield placed_take(item.value)

    def _track(self, name: str, row: list[Placement]) -> dict[str, Any]:
        children: list[dict[str, Any]] = []
        at = Fraction(0)
        for placement in row:
            first, end = (edge + self._origin for edge in placement.record)
            if first > at:
                children.append(self._gap(first - at))
            children.append(self._sound_clip(placement))
            at = end
        return {
            "OTIO_SCHEMA": "Track.1",
            "metadata": {NAMESPACE: {"track": "retakes"}},
            "name": name,
            "source_range": None,
            "effects": [],
            "markers": [],
            "enabled": True,
            "children": children,
            "kind": "Audio",
        }

    def _gap(self, length: Fraction) -> dict[str, Any]:
        return {
            "OTIO_SCHEMA": "Gap.1",
            "metadata": {},
            "name": "",
            "source_range": _range(Fraction(0), length, self._rate),
            "effects": [],
            "markers": [],
            "enabled": True,
        }

    def _sound_clip(self, placement: Placement) -> dict[str, Any]:
        effects = []
        if placement.speed != 1:
            effects.append(
                {
                    "OTIO_SCHEMA": "LinearTimeWarp.1",
                    "metadata": {},
                    "name": "",
                    "effect_name": "LinearTimeWarp",
                    "time_scalar": float(placement.speed),
                }
            )
        reference = self._reference(placement)
        about = reference["metadata"][NAMESPACE]
        return {
            "OTIO_SCHEMA": "Clip.2",
            "metadata": {NAMESPACE: about},
            "name": placement.take.name,
            "source_range": _range(placement.source, placement.record[1] - placement.record[0], self._rate),
            "effects": effects,
            "markers": [],
            "enabled": False,
            "media_references": {"DEFAULT_MEDIA": reference},
            "active_media_reference_key": "DEFAULT_MEDIA",
        }


def _about(placement: Placement) -> dict[str, Any]:
    take = placement.take
    return {
        "take": take.ident,
        "version": take.version,
        "kind": take.spec.kind,
        "span": [take.spec.span.first, take.spec.span.end],
        **take.spec.about,
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


def _range(start: Fraction, duration: Fraction, rate: float) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "duration": {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(duration)},
        "start_time": {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(start)},
    }
