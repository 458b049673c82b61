"""Markers that published adapters leave where their files had them, put where they belong.

otio-fcp-adapter keeps the position of a clip's marker as xmeml has it, in frames from the first of the file, beside a
source range that counts the file's timecode. otio-cmx3600-adapter keeps the record timecode of a locator beside a
source range in source timecode, and does not keep where the cut begins: which frame was meant is lost, which event is
not (both read in their sources, versions 1.0.0, and tried).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..cuts.model import Clip, Instant, Marker, View
from ..cuts.otio_document import Document
from ..cuts.otio_editors import Raw, schema_of, section_of
from ..errors import Problem
from ..marks import NotOurs, Vocabulary, read_mark


def settled(view: View, document: Document, words: Vocabulary) -> View:
    """``view`` with the markers of xmeml and EDL where their editors meant them."""
    if '"fcp_xml"' not in document.text and '"cmx_3600"' not in document.text:
        return view
    remarks = list(view.remarks)
    tracks = tuple(
        replace(track, clips=tuple(_settled(view, clip, document, words, remarks) for clip in track.clips))
        for track in view.tracks
    )
    return replace(view, tracks=tracks, remarks=tuple(remarks))


def _settled(view: View, clip: Clip, document: Document, words: Vocabulary, remarks: list[Problem]) -> Clip:
    metadata = list(_metadata(clip, document)) if clip.markers else []
    if len(metadata) != len(clip.markers) or not metadata:
        return clip
    found: list[Marker] = []
    for marker, about in zip(clip.markers, metadata, strict=True):
        if "fcp_xml" in about:
            found.append(_from_first_frame(clip, marker))
        elif "cmx_3600" in about:
            found += _locator(view, clip, marker, words, remarks)
        else:
            found.append(marker)
    return replace(clip, markers=tuple(found))


def _metadata(clip: Clip, document: Document) -> Iterator[Raw]:
    """The metadata of each marker of a clip, in their order."""
    value: Any = document.loose or document.tracks[clip.address.track].items[clip.address.item]
    if schema_of(value.value) != "Clip":
        return
    for raw in value.value.get("markers") or ():
        if schema_of(raw) == "Marker":
            yield section_of(raw, "metadata")


def _from_first_frame(clip: Clip, marker: Marker) -> Marker:
    """A position that is within the file's length counts from its first frame."""
    start, length = clip.media.start, clip.media.duration
    if start is None or length is None or not start.value:
        return marker
    rate = start.exact_rate
    at = marker.start.at(rate)
    if not 0 <= at < length.at(rate):
        return marker
    return replace(marker, start=Instant(float(at + start.at(rate)), start.rate))


def _locator(view: View, clip: Clip, marker: Marker, words: Vocabulary, remarks: list[Problem]) -> list[Marker]:
    """A locator means its event; one that means a frame of it cannot be placed, which is said."""
    try:
        mark, _ = read_mark(marker, words)
    except NotOurs:
        mark = None
    if mark is None or not (mark.one_frame or mark.edge):
        return [replace(marker, whole=True)]
    what = "the EDL adapter does not keep which frame a locator marks, so 1f, IN and OUT mean nothing here"
    fix = "give the EDL itself to `otio-retake plan`, or export the cut in another form"
    remarks.append(Problem(view.timecode(clip.record[0]), clip.name, what, fix))
    return []
