"""In which clock Resolve counts: markers of clips, offsets, ends."""

import io
import json
import os

from .. import numbers


def clip_marker(bench):
    """1. A marker of a trimmed clip: where the export of the cut puts it."""
    bench.fresh("clip marker %s" % bench.rate)
    media = bench.media(bench.name("counted"))
    item = bench.clip(media, 40, 100, 0)
    offset = numbers.whole(bench.asking.ask(item, "GetLeftOffset"))
    bench.found(["left-offset-exact"], offset == 40, left_offset=offset)
    told = [bench.asking.ask(item, name) for name in ("GetDuration", "GetRightOffset")]
    frames = bench.asking.ask(media, "GetClipProperty", "Frames")
    extent = 40 + sum(numbers.whole(number, 0) for number in told)
    bench.found(["right-offset-extent"], extent == numbers.whole(frames), told=told, frames=frames)
    made = bench.asking.tell(item, "AddMarker", 50, "Fuchsia", "RETAKE", "ten in", 5, "")
    listed = bench.asking.ask(item, "GetMarkers")
    exported = export(bench, "clip-marker-%s.otio" % bench.rate.replace(" ", ""))
    marks = _marks(exported)
    start = (exported or {}).get("source") or {}
    inside = None
    if marks and start.get("value") is not None:
        inside = round(marks[0]["value"] - start["value"])
    bench.found(
        ["clip-markers-source-space", "export-otio-18-5"],
        None if inside is None else inside == 10,
        made=made,
        listed=sorted(numbers.whole(key, -1) for key in listed or {}),
        frames_into_the_cut=inside,
        exported=exported,
    )


def ends(bench):
    """Ends, source frames and the start of the timeline, as they are told."""
    timeline = bench.fresh("ends %s" % bench.rate)
    media = bench.media(bench.name("counted"))
    slips = []
    for first in range(0, 120, 7):
        item = bench.clip(media, first, first + 7, first)
        if item is None:
            continue
        told = [numbers.whole(bench.asking.ask(item, name)) for name in ("GetStart", "GetEnd", "GetDuration")]
        source = [bench.asking.ask(item, name) for name in ("GetSourceStartFrame", "GetSourceEndFrame")]
        slips.append((first, told, source))
    exclusive = all(told[1] == told[0] + told[2] for _, told, _ in slips if None not in told)
    bench.found(
        ["end-exclusive", "append-end-exclusive"], exclusive and all(t[2] == 7 for _, t, _ in slips), rows=slips
    )
    values = {
        "start": bench.start(),
        "timecode": bench.asking.ask(timeline, "GetStartTimecode"),
        "rate": bench.asking.ask(timeline, "GetSetting", "timelineFrameRate"),
        "drop": bench.asking.ask(timeline, "GetSetting", "timelineDropFrameTimecode"),
    }
    known = {"24": 86400, "23.976": 86400, "29.97 DF": 107892}.get(bench.rate)
    bench.found(["start-frame-nominal", "rate-labels"], values["start"] == known, **values)


def export(bench, name):
    """Export the current timeline as OTIO; what it says of its first clip. None where there is no export."""
    kind = bench.constant("EXPORT_OTIO")
    if kind is None:
        return None
    path = os.path.join(bench.folder, name)
    answer = bench.asking.tell(bench.timeline, "Export", path, kind)
    try:
        with io.open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError):
        return {"answer": answer, "source": None, "markers": [], "clips": 0}
    clips = list(_clips(document))
    first = clips[0] if clips else {}
    source = (first.get("source_range") or {}).get("start_time")
    markers = [(mark.get("marked_range") or {}).get("start_time") for mark in first.get("markers") or []]
    over = [mark.get("name") for mark in (document.get("tracks") or {}).get("markers") or []]
    media = first.get("media_references") or {}
    return {
        "answer": answer,
        "source": source,
        "markers": markers,
        "clips": len(clips),
        "timeline_markers": over,
        "references": sorted(media),
    }


def _marks(exported):
    return [mark for mark in (exported or {}).get("markers") or [] if mark and mark.get("value") is not None]


def _clips(node):
    """Every clip of a document, in its order."""
    if isinstance(node, dict):
        if str(node.get("OTIO_SCHEMA", "")).startswith("Clip."):
            yield node
        for key in ("tracks", "children"):
            for found in _clips(node.get(key)):
                yield found
    elif isinstance(node, list):
        for inner in node:
            for found in _clips(inner):
                yield found
