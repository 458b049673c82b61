"""What AppendToTimeline does where it cannot do what it is asked, and what a selection looks like."""

from .. import numbers


def overlap(bench):
    """11. On top of something, on a locked track, without a media type, beyond the last track, off the Edit page."""
    asking = bench.asking
    media = bench.media(bench.name("counted"))
    timeline = bench.fresh("overlap %s" % bench.rate)
    bench.clip(media, 0, 48, 0)
    bench.clip(media, 100, 148, 20)
    bench.found(["append-overlap"], [0, 48] in bench.spans(), spans=bench.spans())

    asking.tell(timeline, "AddTrack", "video")
    asking.tell(timeline, "SetTrackLock", "video", 2, True)
    bench.clip(media, 0, 48, 0, 1, 2)
    locked = bench.spans(2)
    asking.tell(timeline, "SetTrackLock", "video", 2, False)
    bench.found(["append-locked-track"], locked == [], spans=locked)

    bench.clip(media, 0, 48, 0, None, 2)
    bench.found(["append-track-needs-media-type"], bench.spans(2) == [], spans=bench.spans(2))
    count = numbers.whole(asking.ask(timeline, "GetTrackCount", "video"))
    bench.clip(media, 0, 48, 0, 1, count + 1)
    bench.clip(media, 0, 48, 0, 1, count + 4)
    after = numbers.whole(asking.ask(timeline, "GetTrackCount", "video"))
    bench.found(["append-track-beyond-count"], after == count + 1, before=count, after=after)

    sound = bench.clip(media, 0, 48, 200, 2, 1)
    rows = [
        bench.spans(index + 1, "audio")
        for index in range(numbers.whole(asking.ask(timeline, "GetTrackCount", "audio"), 0))
    ]
    bench.found(["audio-item-per-channel"], None, placed=sound is not None, rows=rows)


def deleting(bench):
    """Deleting items on another page than Edit."""
    bench.fresh("deleting %s" % bench.rate)
    item = bench.clip(bench.media(bench.name("counted")), 0, 48, 0)
    asking = bench.asking
    asking.tell(asking.resolve, "OpenPage", "media")
    answer = asking.tell(bench.timeline, "DeleteClips", [item], False)
    left = bench.spans()
    asking.tell(asking.resolve, "OpenPage", "edit")
    bench.found(["delete-needs-edit-page"], bool(left) and not answer, answer=answer, left=left)


def selection(bench):
    """12. What a selection looks like, where it can be asked for."""
    bench.fresh("selection %s" % bench.rate)
    bench.clip(bench.media(bench.name("counted")), 0, 48, 0)
    there = bench.asking.has(bench.timeline, "GetSelectedClips")
    answer = bench.asking.ask(bench.timeline, "GetSelectedClips") if there else None
    shape = {"there": there, "type": type(answer).__name__, "items": len(numbers.listed(answer))}
    current = bench.asking.ask(bench.timeline, "GetCurrentVideoItem")
    bench.found(["selected-clips-21-0-4"], None, current=current is not None, **shape)


def export_with_takes(bench):
    """13. What an export says of takes and of timeline markers."""
    from .clocks import export
    from .take_bounds import beside

    item, take = beside(bench, "export with takes")
    bench.asking.tell(item, "AddTake", take, 12, 60)
    bench.asking.tell(bench.timeline, "AddMarker", 10, "Blue", "over", "", 5, "otio-retake:check")
    told = export(bench, "takes.otio")
    bench.found(["takes-not-exported", "export-otio-shape"], None, exported=told, takes=bench.takes(item))
