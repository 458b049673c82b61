"""The nodes of an .otio file as JSON, with their keys in the order in which OpenTimelineIO's C++ core writes them.

https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-serialized-schema.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Node = dict[str, Any]


def time(value: float, rate: float) -> Node:
    """``value`` frames at ``rate``."""
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(value)}


def span(first: float, count: float, rate: float) -> Node:
    """``count`` frames at ``rate`` from ``first`` on."""
    return {"OTIO_SCHEMA": "TimeRange.1", "duration": time(count, rate), "start_time": time(first, rate)}


def marker(name: str, colour: str, place: Node, *, comment: str | None = "", metadata: Node | None = None) -> Node:
    """A marker; one that has no field for a comment where that is None."""
    made = {
        "OTIO_SCHEMA": "Marker.2", "metadata": metadata or {}, "name": name, "color": colour, "marked_range": place,
    }  # fmt: skip
    return made if comment is None else {**made, "comment": comment}


def effect(name: str, kind: str, metadata: Node, **more: Any) -> Node:
    """An effect that only its own editor knows."""
    return {"OTIO_SCHEMA": "Effect.1", "metadata": metadata, "name": name, "effect_name": kind, **more}


def speed(scalar: float, name: str = "", kind: str = "", **more: Any) -> Node:
    """A constant speed."""
    warp = {"OTIO_SCHEMA": "LinearTimeWarp.1", "metadata": {}, "name": name, "effect_name": kind}
    return {**warp, **more, "time_scalar": float(scalar)}


def gap(count: float, rate: float) -> Node:
    """Nothing, for ``count`` frames."""
    return {"OTIO_SCHEMA": "Gap.1", **_item({}, "", span(0, count, rate))}


def transition(name: str, before: float, after: float, rate: float, metadata: Node | None = None) -> Node:
    """A dissolve over ``before`` frames of the clip before it and ``after`` of the one after it."""
    return {
        "OTIO_SCHEMA": "Transition.1", "metadata": metadata or {}, "name": name, "in_offset": time(before, rate),
        "out_offset": time(after, rate), "transition_type": "SMPTE_Dissolve",
    }  # fmt: skip


def file(url: str, available: Node, *, name: str = "", metadata: Node | None = None) -> Node:
    """A media reference to a file."""
    return {
        "OTIO_SCHEMA": "ExternalReference.1", "metadata": metadata or {}, "name": name, "available_range": available,
        "available_image_bounds": None, "target_url": url,
    }  # fmt: skip


def missing(name: str, available: Node | None = None) -> Node:
    """A media reference to no file: a title, an adjustment layer, or offline media."""
    return {
        "OTIO_SCHEMA": "MissingReference.1", "metadata": {}, "name": name, "available_range": available,
        "available_image_bounds": None,
    }  # fmt: skip


def clip(
    name: str,
    source: Node,
    media: Node,
    *,
    metadata: Node | None = None,
    effects: Sequence[Node] = (),
    markers: Sequence[Node] = (),
    enabled: bool = True,
) -> Node:
    """A clip with one media reference."""
    return {
        "OTIO_SCHEMA": "Clip.2",
        **_item(metadata or {}, name, source, effects, markers, enabled),
        "media_references": {"DEFAULT_MEDIA": media},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def track(
    name: str,
    kind: str,
    children: Sequence[Node],
    *,
    metadata: Node | None = None,
    source: Node | None = None,
    effects: Sequence[Node] = (),
    markers: Sequence[Node] = (),
) -> Node:
    """A track of ``kind`` Video or Audio."""
    item = _item(metadata or {}, name, source, effects, markers)
    return {"OTIO_SCHEMA": "Track.1", **item, "children": list(children), "kind": kind}


def timeline(
    name: str,
    start: Node | None,
    tracks: Sequence[Node],
    *,
    metadata: Node | None = None,
    stack: str = "",
    stack_metadata: Node | None = None,
    markers: Sequence[Node] = (),
) -> Node:
    """A timeline; ``markers`` are those of the timeline, which lie on its stack."""
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "metadata": metadata or {},
        "name": name,
        "global_start_time": start,
        "tracks": {
            "OTIO_SCHEMA": "Stack.1",
            **_item(stack_metadata or {}, stack, None, (), markers),
            "children": list(tracks),
        },
    }


def _item(
    metadata: Node,
    name: str,
    source: Node | None,
    effects: Sequence[Node] = (),
    markers: Sequence[Node] = (),
    enabled: bool = True,
) -> Node:
    return {
        "metadata": metadata, "name": name, "source_range": source, "effects": list(effects),
        "markers": list(markers), "enabled": enabled,
    }  # fmt: skip


def text(node: Node) -> str:
    """The file, indented by four and without a newline at its end, as the C++ core writes it."""
    return json.dumps(node, indent=4, ensure_ascii=False)
