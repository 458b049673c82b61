"""The way back in an .otio file: takes are made active, or taken out again, and nothing else is touched."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ..errors import CutError
from .cut import TRACK_NAME, Losses, Patched
from .model import NAMESPACE, Address, Exact, View
from .otio_document import Document
from .otio_editors import Raw, original_key, schema_of, section_of, take_of
from .otio_markers import item_take
from .paths import file_name
from .signature import TAKE_FILE
from .splice import (
    Edit,
    Value,
    apply_edits,
    depth_at,
    dump,
    insert_member,
    newline_of,
    place_of,
    read_value,
    remove_elements,
    style_of,
    walk_object,
)


def drop_takes(document: Document, view: View, idents: set[str]) -> Patched:
    """The document without the takes ``idents``; a clip that had one active shows its original again.

    A take on a track of its own gives way to a gap, and a track of ours goes with the last of them. One that has lost
    its id in an editor is known by its file, where ``idents`` name that and another picture lies below it.
    """
    edits: list[Edit] = []
    removed: list[tuple[Address, str, str]] = []
    losses = Losses()
    gone: set[int] = set()
    if document.loose is not None:
        edits += _dropped(document.text, document.loose, Address(0, 0), idents, removed, losses)
    for index, track in enumerate(document.tracks):
        laid = {
            k: ident
            for k, item in enumerate(track.items)
            if (ident := _laid(item.value, idents)) and _is_above(view, Address(index, k), item.value)
        }
        for item, value in enumerate(track.items):
            if item not in laid:
                edits += _dropped(document.text, value, Address(index, item), idents, removed, losses)
        if not laid:
            continue
        name = str(track.get("name", "")) or TRACK_NAME
        removed += [(Address(index, item), name, ident) for item, ident in laid.items()]
        left = [v.value for k, v in enumerate(track.items) if k not in laid and schema_of(v.value) != "Gap"]
        ours = isinstance(track.get("metadata"), dict) and NAMESPACE in track.get("metadata")
        if ours and not left and document.stack is not None and document.stack.children_at is not None:
            gone.add(track.start)
        else:
            edits += [_gap_for(document.text, track.items[item]) for item in laid]
    if gone and document.stack is not None and document.stack.children_at is not None:
        edits += remove_elements(document.text, document.stack.children_at, gone)
    return Patched(document.content(apply_edits(document.text, edits)), tuple(removed), losses)


def _laid(raw: Any, idents: Collection[str]) -> str:
    """Which of ``idents`` a clip on a track of its own is; empty for any other item."""
    if not isinstance(raw, dict) or schema_of(raw) != "Clip":
        return ""
    ident = item_take(raw)
    if ident:
        return ident if ident in idents else ""
    return next((name for name in _names(raw) if name in idents), "")


def _is_above(view: View, address: Address, raw: Raw) -> bool:
    """Whether a clip that plays a take is a clip of its own: as it says, or because a picture lies below it.

    Some editors keep just the media that is in use: then the take is all that a clip of the picture has.
    """
    if item_take(raw):
        return True
    clip = view.clip_at(address)
    for track in view.tracks:
        below = track.index > address.track if view.top_first else track.index < address.track
        if below and track.kind == "Video":
            for other in track.between(*clip.record):
                if other.placed is None and not other.see_through and not TAKE_FILE.search(file_name(other.media.url)):
                    return True
    return False


def _names(raw: Raw) -> Iterator[str]:
    """The name of the take's file that is all that a clip plays."""
    references = section_of(raw, "media_references") or {"": raw.get("media_reference")}
    if len(references) == 1:
        name = file_name(str(section_of(next(iter(references.values()))).get("target_url") or ""))
        if TAKE_FILE.search(name):
            yield name.rpartition(".")[0]


# --- in use ---------------------------------------------------------------------------------------------------------


def switched(
    document: Document, view: View, choices: Iterable[tuple[tuple[Exact, Exact], Collection[str]]]
) -> list[Edit]:
    """Edits that switch the takes on tracks of their own over stretches of the cut: those chosen on, all others off.

    Sound goes off with the last picture, and on only by hand.
    """
    wanted: dict[Address, bool] = {}
    for over, chosen in choices:
        for clip in (clip for track in view.tracks for clip in track.between(*over)):
            value = document.tracks[clip.address.track].items[clip.address.item].value
            if not item_take(value) and not (any(_names(value)) and _is_above(view, clip.address, value)):
                continue
            if _laid(value, chosen):
                wanted[clip.address] = True
            elif clip.kind == "Video" or not chosen:
                wanted.setdefault(clip.address, False)
    tracks = {
        address.track: track.members["enabled"]
        for address, on in wanted.items()
        if on and (track := document.tracks[address.track]).get("enabled", True) is False
    }
    edits = [Edit(place.start, place.end, "true") for place in tracks.values()]
    for address, on in wanted.items():
        item = document.tracks[address.track].items[address.item]
        if (item.value.get("enabled", True) is not False) is not on:
            edits.append(_member(document.text, item.start, "enabled", on))
    return edits


def _member(text: str, at: int, key: str, value: Any) -> Edit:
    """The edit that gives the object at ``at`` a member, or another value of it."""
    place = place_of(text, at, key)
    if place is None:
        return insert_member(text, at, key, value)
    return Edit(place.start, place.end, json.dumps(value))


def activate_take(document: Document, view: View, address: Address, key: str) -> str:
    """The document's text with the media ``key`` of a clip in use, and no other take over it.

    A take on a track of its own is switched on; where the clip below is named, every such take over it goes off.
    """
    value = document.loose or document.tracks[address.track].items[address.item]
    references = section_of(value.value, "media_references") or {"DEFAULT_MEDIA": value.value.get("media_reference")}
    if key not in references:
        raise CutError(
            f"the clip has no media reference {key!r}", where=str(document.path), fix="`takes list` shows them"
        )
    edits: list[Edit] = []
    active = value.value.get("active_media_reference_key") or "DEFAULT_MEDIA"
    if active != key:
        edits.append(_member(document.text, value.start, "active_media_reference_key", key))
    if document.loose is None:
        ident = item_take(value.value) or next(_names(value.value), "")
        edits += switched(document, view, [(view.clip_at(address).record, {ident} if ident else set())])
    return apply_edits(document.text, edits)


# --- out again ------------------------------------------------------------------------------------------------------


def _dropped(
    text: str,
    value: Value,
    address: Address,
    idents: set[str],
    removed: list[tuple[Address, str, str]],
    losses: Losses,
) -> list[Edit]:
    """Edits that take references out of one clip; what goes is added to ``removed``."""
    references = value.value.get("media_references") if isinstance(value.value, dict) else None
    if not isinstance(references, dict):
        return []
    gone = [key for key, reference in references.items() if take_of(reference) in idents]
    if not gone:
        return []
    active = str(value.value.get("active_media_reference_key") or "")
    keep = original_key(references, active)
    if keep not in references or take_of(references[keep]):
        losses.left_out.append(
            f"{value.value.get('name')}: the take is all that the clip has; relink it to its original by hand"
        )
        return []
    removed += [(address, key, take_of(references[key])) for key in gone]
    edits = _without(text, value.start, gone)
    if active in gone:
        place = place_of(text, value.start, "active_media_reference_key")
        assert place is not None
        edits.append(Edit(place.start, place.end, json.dumps(keep)))
    return edits


def _gap_for(text: str, clip: Value) -> Edit:
    """A gap as long as ``clip``, in its place."""
    span = clip.value.get("source_range") or {}
    gap = {
        "OTIO_SCHEMA": "Gap.1",
        "metadata": {},
        "name": "",
        "source_range": {**span, "start_time": {**span.get("duration", {}), "value": 0.0}},
        "effects": [],
        "markers": [],
        "enabled": True,
    }
    step = style_of(text)
    return Edit(clip.start, clip.end, dump(gap, step, depth_at(text, clip.start, step), newline_of(text)))


def _without(text: str, start: int, keys: list[str]) -> list[Edit]:
    """Edits that take members out of a clip's media references, each with its comma."""
    place = place_of(text, start, "media_references")
    assert place is not None
    spots: list[tuple[str, int, int]] = []
    at = [place.start + 1]

    def member(key: str, where: int) -> int:
        end = read_value(text, where).end
        spots.append((key, at[0], end))
        at[0] = end
        return end

    walk_object(text, place.start, member)
    edits = []
    for number, (key, begin, end) in enumerate(spots):
        if key not in keys:
            continue
        if number == 0 and len(spots) > len(keys):
            # The first member has no comma before it: the one behind it goes.
            follow = text.index(",", end) + 1
            edits.append(Edit(begin, follow, ""))
        else:
            edits.append(Edit(begin, end, ""))
    return edits
