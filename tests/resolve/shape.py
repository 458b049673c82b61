"""What an .otio file must look like for Resolve to find its media: anything else comes in offline, or not at all.

Held against what Resolve itself writes: see the facts ``import-timeline-shape`` and ``export-otio-shape``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

KNOWN = {"Clip.2", "Gap.1", "Track.1", "Stack.1", "Timeline.1", "Marker.2", "Effect.1", "LinearTimeWarp.1",
         "ExternalReference.1", "MissingReference.1", "TimeRange.1", "RationalTime.1", "Transition.1", "Box2d.1",
         "V2d.1", "FreezeFrame.1"}  # fmt: skip
_BARE = re.compile(r"/[^\0]+|[A-Za-z]:[\\/][^\0]+|\\\\[^\0]+")


def broken(document: dict[str, Any]) -> list[str]:
    """Every rule that a timeline does not keep."""
    return list(_broken(document))


def _broken(document: dict[str, Any]) -> Iterator[str]:
    if unknown := set(_schemas(document)) - KNOWN:
        yield f"it holds {sorted(unknown)}, for which the whole file is refused"
    start = document.get("global_start_time") or {}
    if not document.get("name") or start.get("value") is None:
        yield "the timeline has no name, or no start"
    rate = start.get("rate")
    for track in document["tracks"]["children"]:
        if track["OTIO_SCHEMA"] != "Track.1" or track["kind"] not in ("Video", "Audio") or not track["name"]:
            yield f"a track is no named track of picture or sound: {track.get('name')!r}"
        for item in track["children"]:
            if item["OTIO_SCHEMA"].startswith("Transition"):
                continue
            where = f"{track['name']}, {item.get('name') or 'a gap'}"
            if item.get("source_range") is None or item["source_range"]["duration"]["rate"] != rate:
                yield f"{where}: it is not counted in the timeline's rate"
            elif item["source_range"]["duration"]["value"] % 1:
                yield f"{where}: it is not as long as whole frames"
            if item["OTIO_SCHEMA"].startswith("Clip"):
                yield from (f"{where}: {what}" for what in _clip(item))


def _clip(clip: dict[str, Any]) -> Iterator[str]:
    if clip["OTIO_SCHEMA"] != "Clip.2":
        yield "it is of an older kind"
    if not clip["name"]:
        yield "it has no name"
    reference = clip.get("media_references", {}).get(clip.get("active_media_reference_key"))
    if reference is None:
        yield "its active media is not among its media"
    elif reference["OTIO_SCHEMA"] == "ExternalReference.1":
        yield from _file(clip, reference)


def _file(clip: dict[str, Any], reference: dict[str, Any]) -> Iterator[str]:
    url = reference.get("target_url") or ""
    if "://" in url or not _BARE.fullmatch(url):
        yield f"{url} is no bare absolute path"
    available = reference.get("available_range")
    if available is None:
        yield "its media does not say what range it has"
        return
    first, end = _ends(available)
    start, stop = _ends(clip["source_range"])
    # By timecode: a range that counts from the file's head lies outside of a file that begins at an hour.
    if start < first - Fraction(1, 1000) or (stop > end + Fraction(1, 1000) and not clip["effects"]):
        shown = f"it plays {float(start):.3f} to {float(stop):.3f} s"
        yield f"{shown} of a file that has {float(first):.3f} to {float(end):.3f} s"


def _ends(span: dict[str, Any]) -> tuple[Fraction, Fraction]:
    start, length = (Fraction(span[key]["value"]) / Fraction(span[key]["rate"]) for key in ("start_time", "duration"))
    return start, start + length


def _schemas(raw: Any) -> Iterator[str]:
    if isinstance(raw, dict):
        if "OTIO_SCHEMA" in raw:
            yield str(raw["OTIO_SCHEMA"])
        for key, value in raw.items():
            if key != "metadata":
                yield from _schemas(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from _schemas(value)
