"""Take items and tracks of our own away again. Never ripples, never touches what does not show a file of ours."""

from . import numbers, tracks
from .bins import path_of, same_take
from .place import open_page


def items(work, path, found):
    """Delete items that show our file. "" where they are gone, else what is left, in words."""
    asking, timeline = work.asking, work.place.timeline
    left = []
    for item in found:
        lies = tracks.span(asking, item)
        if lies is None or not same_take(path_of(asking, asking.ask(item.thing, "GetMediaPoolItem")), path):
            continue
        where = "%s%d at frame %d" % (item.kind[0].upper(), item.track, lies[0])
        if work.locked(item.kind, item.track):
            left.append("the take on %s is on a locked track: unlock it and delete the take there" % where)
            continue

        def gone(item=item, lies=lies):
            there = tracks.at(asking, tracks.items_of(asking, timeline, item.kind, item.track), lies[0])
            if there is None:
                return True
            return not same_take(path_of(asking, asking.ask(there.thing, "GetMediaPoolItem")), path)

        # [delete-needs-edit-page]
        open_page(asking, "edit")
        if not gone() and not asking.write(timeline, "DeleteClips", ([item.thing], False), gone):
            asking.still()
            left.append("the take on %s is still there: delete it by hand" % where)
    return "; ".join(left)


def strays(work, path, kind, before, own):
    """Delete what a placing left on the tracks `own`: new items of our file. "" or what is left."""
    asking = work.asking
    found = []
    for item in tracks.all_items(asking, work.place.timeline, (kind,)):
        lies = tracks.span(asking, item)
        if item.track in own and lies is not None and (item.kind, item.track, *lies) not in before:
            found.append(item)
    return items(work, path, found)


def track(work, kind, index):
    """Remove a track that we added, if it is on top and empty. Whether it is gone, and why not."""
    asking, timeline = work.asking, work.place.timeline
    count = tracks.count(asking, timeline, kind)
    called = numbers.text(asking.ask(timeline, "GetTrackName", kind, index))
    if index != count:
        return False, "track %s (%s%d) is not on top any more: it is left" % (called, kind[0].upper(), index)
    if tracks.items_of(asking, timeline, kind, index):
        return False, "track %s (%s%d) is not empty: it is left" % (called, kind[0].upper(), index)
    if work.locked(kind, index):
        return False, "track %s (%s%d) is locked: it is left" % (called, kind[0].upper(), index)

    def gone():
        return tracks.count(asking, timeline, kind) == count - 1

    if asking.write(timeline, "DeleteTrack", (kind, index), gone):
        return True, "taken back"
    asking.still()
    return False, "track %s (%s%d) could not be removed: delete it by hand" % (called, kind[0].upper(), index)
