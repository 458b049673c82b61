"""OpenTimelineIO objects as adapters give them: the cuts among them, their text, their items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..cuts.model import Address

READ = ("Timeline", "Stack", "Track", "Clip")
"""Kinds of objects that hold a cut, or one clip of one."""


def text_of(item: Any) -> str:
    """The object as the text of an .otio file; empty for what is no OpenTimelineIO object."""
    import opentimelineio as otio

    if not isinstance(item, otio.core.SerializableObject):
        return ""
    return str(otio.core.serialize_json_to_string(item, {}, -1))


def cuts_in(item: Any) -> Iterator[Any]:
    """The cuts that an adapter has read: the object itself, or those in a collection."""
    kind = item.schema_name() if hasattr(item, "schema_name") else ""
    if kind in READ:
        yield item
    elif kind == "SerializableCollection":
        for child in item:
            yield from cuts_in(child)


def item_at(cut: Any, address: Address) -> Any:
    """The object at an address of the view of ``cut``."""
    kind = cut.schema_name()
    if kind == "Clip":
        return cut
    if kind == "Track":
        return cut[address.item]
    stack = cut.tracks if kind == "Timeline" else cut
    tracks = [child for child in stack if child.schema_name() == "Track"]
    return tracks[address.track][address.item]
