"""The way back in an .otio file: takes are made active, or taken out again, and nothing else is touched."""

from __future__ import annotations

import json

from ..errors import CutError
from .cut import TRACK_NAME, Losses, Patched
from .model import NAMESPACE, Address
from .otio_document import Document
from .otio_editors import original_key, placed_take, schema_of, take_of
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
    remove_element,
    style_of,
    walk_object,
)


def drop_takes(document: Document, idents: set[str]) -> Patched:
    """The document without the takes ``idents``; a clip that had one active shows its original again.

    A clip of sound that is a take gives way to a gap, and its track goes with the last of them.
    """
    edits: list[Edit] = []
    removed: list[tuple[Address, str, str]] = []
    losses = Losses()
    if document.loose is not None:
        edits += _dropped(document.text, document.loose, Address(0, 0), idents, removed, losses)
    for index, track in enumerate(document.tracks):
        laid = {k: placed_take(item.value) for k, item in enumerate(track.items) if placed_take(item.value) in idents}
        for item, value in enumerate(track.items):
            if item not in laid:
                edits += _dropped(document.text, value, Address(index, item), idents, removed, losses)
        if not laid:
            continue
        removed += [(Address(index, item), TRACK_NAME, ident) for item, ident in laid.items()]
        left = [v.value for k, v in enumerate(track.items) if k not in laid and schema_of(v.value) != "Gap"]
        ours = isinstance(track.get("metadata"), dict) and NAMESPACE in track.get("metadata")
        if ours and not left and document.stack is not None and document.stack.children_at is not None:
            edits.append(remove_element(document.text, document.stack.children_at, track.start))
        else:
            edits += [_gap_for(document.text, track.items[item]) for item in laid]
    return Patched(document.content(apply_edits(document.text, edits)), tuple(removed), losses)


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


def activate_take(document: Document, address: Address, key: str) -> str:
    """The document's text with ``key`` as the active media reference of a clip."""
    value = document.loose or document.tracks[address.track].items[address.item]
    references = value.value.get("media_references")
    if not isinstance(references, dict) or key not in references:
        raise CutError(
            f"the clip has no media reference {key!r}", where=str(document.path), fix="`takes list` shows them"
        )
    place = place_of(document.text, value.start, "active_media_reference_key")
    if place is None:
        edit = insert_member(document.text, value.start, "active_media_reference_key", key)
    else:
        edit = Edit(place.start, place.end, json.dumps(key))
    return apply_edits(document.text, [edit])
