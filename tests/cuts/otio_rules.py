"""What each editor asks of a clip in an .otio file, as rules that a written take is held against.

Written from how the editors' own files look and what their importers are known to stumble over, not from our writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from otio_retake.cuts.model import NAMESPACE

Raw = dict[str, Any]

STOCK = {
    "Clip.2", "Gap.1", "Track.1", "Marker.2", "Effect.1", "LinearTimeWarp.1", "ExternalReference.1", "TimeRange.1",
    "RationalTime.1", "Box2d.1", "V2d.1",
}  # fmt: skip
"""Schemas that OpenTimelineIO 0.17 knows: an unknown one makes it, and Resolve, refuse the whole file."""

RESOLVE_COLOURS = {
    "BLUE", "CYAN", "GREEN", "YELLOW", "RED", "PINK", "PURPLE", "FUCHSIA", "ROSE", "LAVENDER", "SKY", "MINT", "LEMON",
    "SAND", "COCOA", "CREAM",
}  # fmt: skip
OTIO_COLOURS = {
    "PINK", "RED", "ORANGE", "YELLOW", "GREEN", "CYAN", "BLUE", "PURPLE", "MAGENTA", "BLACK", "WHITE",
}  # fmt: skip

SIGNED = re.compile(r"otio-retake v\d{3,} take \w+ of order")


def new_tracks(document: Raw) -> list[tuple[int, Raw]]:
    """The tracks of ours, with their places."""
    children = document["tracks"]["children"]
    return [(k, t) for k, t in enumerate(children) if NAMESPACE in (t.get("metadata") or {})]


def broken_rules(document: Raw, editor: str, rate: float) -> Iterator[str]:
    """Every rule of ``editor`` that the takes in ``document``, a cut at ``rate``, do not keep."""
    for place, track in new_tracks(document):
        for rule in _track_rules(document, place, track, editor):
            yield f"{track['name']}: {rule}"
        for clip in track["children"]:
            if clip["OTIO_SCHEMA"] == "Clip.2" and track["kind"] == "Video":
                for rule in _clip_rules(clip, editor, rate):
                    yield f"{track['name']}, {clip['name']}: {rule}"
    if editor == "premiere":
        yield from _links(document)


def _track_rules(document: Raw, place: int, track: Raw, editor: str) -> Iterator[str]:
    if not re.fullmatch(r"Retakes( \d+)?", track["name"]):
        yield "the track is not called Retakes"
    names = [t["name"] for _, t in new_tracks(document) if t["kind"] == track["kind"]]
    if len(set(names)) != len(names):
        yield "two tracks have one name"
    old = [k for k, t in enumerate(document["tracks"]["children"]) if NAMESPACE not in (t.get("metadata") or {})]
    if editor == "kdenlive" and track["kind"] == "Video" and place > min(old):
        yield "Kdenlive reads tracks from the top: it must come first"
    if editor != "kdenlive" and place < max(old):
        yield "it must come last"
    if not set(_schemas(track)) <= STOCK:
        yield f"it holds {set(_schemas(track)) - STOCK}"
    if track["children"][-1]["OTIO_SCHEMA"] == "Gap.1":
        yield "it ends in a gap"


def _clip_rules(clip: Raw, editor: str, rate: float) -> Iterator[str]:
    source = clip["source_range"]
    reference = clip["media_references"][clip["active_media_reference_key"]]
    url = reference["target_url"]
    warps = [e["time_scalar"] for e in clip["effects"] if e["OTIO_SCHEMA"] == "LinearTimeWarp.1"]
    if 1.0 in warps:
        yield "a speed of one makes Premiere drop the other effects"
    if re.search(r"[#%?|]", clip["name"]) or not clip["name"].isascii():
        yield "the name holds what editors stumble over"
    if NAMESPACE not in clip["metadata"] or NAMESPACE not in reference["metadata"]:
        yield "it does not say what it is"
    (marker,) = clip["markers"] or ({},)
    yield from _covered(clip, reference["available_range"], warps, editor)
    yield from _in_words(marker, editor)
    yield from {"resolve": _resolve, "premiere": _premiere, "kdenlive": _kdenlive, "hiero": _hiero, "flame": _flame}[
        editor
    ](clip, source, reference, url, marker, rate)


def _covered(clip: Raw, available: Raw, warps: list[float], editor: str) -> Iterator[str]:
    """Nothing that the clip plays lies beyond its file."""
    start, end = _ends(clip["source_range"], 1 if editor == "premiere" or not warps else warps[0])
    first, last = _ends(available, 1)
    if start < first - Fraction(1, 1000) or end > last + Fraction(1, 1000):
        yield f"it plays {float(start)}-{float(end)} s of a file that has {float(first)}-{float(last)} s"


def _in_words(marker: Raw, editor: str) -> Iterator[str]:
    """Metadata may be dropped; a text that a person sees stays."""
    about = marker["metadata"]
    note = {
        "resolve": about.get("Resolve_OTIO", {}).get("Note"), "hiero": about.get("note"),
    }.get(editor, marker.get("comment")) or ""  # fmt: skip
    if not SIGNED.search(note):
        yield "nobody can see whose it is"
    if not re.search(r"retake v\d{3}", marker["name"] + note):
        yield "nobody can see which it is"


def _resolve(clip: Raw, source: Raw, reference: Raw, url: str, marker: Raw, rate: float) -> Iterator[str]:
    if not _bare(url):
        yield f"{url} is no bare absolute path"
    if {source["start_time"]["rate"], source["duration"]["rate"]} != {rate}:
        yield "its range is not in the timeline's rate"
    if source["duration"]["value"] % 1:
        yield "its range is not as long as whole record frames"
    if "Resolve_OTIO" not in clip["metadata"] or "Link Group ID" in clip["metadata"]["Resolve_OTIO"]:
        yield "it says nothing of Resolve, or is linked"
    if marker["comment"] or marker["color"] not in RESOLVE_COLOURS or marker["marked_range"]["duration"]["value"] < 1:
        yield "its marker is none of Resolve's"
    for effect in clip["effects"]:
        if effect["OTIO_SCHEMA"] == "Effect.1" and "Resolve_OTIO" not in effect["metadata"]:
            yield "it has an effect of another editor"


def _premiere(clip: Raw, source: Raw, reference: Raw, url: str, marker: Raw, rate: float) -> Iterator[str]:
    if not re.fullmatch(r"file://(localhost)?/[A-Za-z0-9%/._~:+-]*", url):
        yield f"{url} is no percent-encoded file URL"
    about = clip["metadata"].get("PremierePro_OTIO", {})
    if not isinstance(about.get("LinkID"), str):
        yield "it has no LinkID"
    if not {"OriginalChannelGroupIndex", "SourceClipIndex"} <= set(about):
        yield "it lacks what Premiere's clips say"
    if marker["color"] not in OTIO_COLOURS:
        yield "its marker's colour is none of OpenTimelineIO's"
    for effect in clip["effects"]:
        if effect["OTIO_SCHEMA"] == "Effect.1" and not effect["metadata"]["PremierePro_OTIO"].get("MatchName"):
            yield "it has an effect without a match name"


def _links(document: Raw) -> Iterator[str]:
    ours, theirs = [], set()
    for track in document["tracks"]["children"]:
        for clip in track["children"]:
            link = (clip.get("metadata") or {}).get("PremierePro_OTIO", {}).get("LinkID")
            if NAMESPACE in (clip.get("metadata") or {}):
                ours.append(link)
            elif link:
                theirs.add(link)
    if len(set(ours)) != len(ours) or set(ours) & theirs:
        yield f"takes share a LinkID: {ours}, {theirs}"


def _kdenlive(clip: Raw, source: Raw, reference: Raw, url: str, marker: Raw, rate: float) -> Iterator[str]:
    if re.match(r"[a-z]+:", url):
        yield f"{url} is no plain path"
    if clip["effects"]:
        yield "it has effects, of which nothing is read"
    if marker["name"] or not isinstance(marker["metadata"]["kdenlive"]["type"], int):
        yield "its marker has a name, or no category"
    if not 0 <= marker["marked_range"]["start_time"]["value"] < source["duration"]["value"]:
        yield "its marker does not count from the clip's in point"


def _hiero(clip: Raw, source: Raw, reference: Raw, url: str, marker: Raw, rate: float) -> Iterator[str]:
    if not re.search(r"_v\d{3}\.mov$", url):
        yield "its file is no version"
    if marker["metadata"].get("applieswhole") != "1" or marker["marked_range"]["duration"]["value"]:
        yield "its marker is no tag of the whole clip"
    about = reference["metadata"]
    if not all(isinstance(v, str) for k, v in about.items() if k.startswith("foundry.")):
        yield "what it says of its file is not text"
    if not {"foundry.source.filename", "foundry.source.starttime", "foundry.source.duration"} <= set(about):
        yield "it does not say what its file is"


def _flame(clip: Raw, source: Raw, reference: Raw, url: str, marker: Raw, rate: float) -> Iterator[str]:
    if any(effect["OTIO_SCHEMA"] != "LinearTimeWarp.1" for effect in clip["effects"]):
        yield "it has effects that Flame leaves out"
    if not _bare(url) and not url.startswith("file://"):
        yield f"{url} is not absolute"


def _bare(url: str) -> bool:
    return bool(re.match(r"/(?!/)|[A-Za-z]:[\\/]", url))


def _ends(span: Raw, scale: float) -> tuple[Fraction, Fraction]:
    """A range in seconds; what is played of it where a clip's range counts record frames."""
    start = Fraction(span["start_time"]["value"]) / Fraction(span["start_time"]["rate"])
    length = Fraction(span["duration"]["value"]) / Fraction(span["duration"]["rate"])
    return start, start + length * Fraction(scale)


def _schemas(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "OTIO_SCHEMA" in value:
            yield value["OTIO_SCHEMA"]
        for inner in value.values():
            yield from _schemas(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _schemas(inner)
