"""What a take keeps, and what becomes of it: selection, deletion, duplicates, reload, other timelines."""

from .. import numbers
from ..place import identity
from .take_bounds import beside


def kept(bench):
    """8. Linked sound, transform, grade and a Fusion composition, after another take is selected."""
    bench.fresh("kept %s" % bench.rate)
    media = bench.media(bench.name("counted"))
    item = bench.clip(media, 40, 88, 0, None)
    if item is None:
        bench.clip(media, 40, 88, 0)
        item = bench.clip(media, 40, 88, 0)
    if item is None:
        bench.found(["take-settings-of-clip"], None, placed=False)
        return
    asking = bench.asking
    asking.tell(item, "SetProperty", "ZoomX", 1.5)
    asking.tell(item, "AddFusionComp")
    cdl = {"NodeIndex": "1", "Slope": "0.5 0.4 0.2", "Offset": "0 0 0", "Power": "1 1 1", "Saturation": "0.5"}
    asking.tell(item, "SetCDL", cdl)

    def look():
        return {
            "zoom": asking.ask(item, "GetProperty", "ZoomX"),
            "compositions": asking.ask(item, "GetFusionCompCount"),
            "nodes": asking.ask(item, "GetNumNodes"),
            "linked": len(numbers.listed(asking.ask(item, "GetLinkedItems"))),
            "enabled": asking.ask(item, "GetClipEnabled"),
        }

    before = look()
    asking.tell(item, "AddTake", bench.media(bench.name("take")), 12, 60)
    asking.tell(item, "SelectTakeByIndex", 2)
    after = look()
    bench.found(["take-settings-of-clip"], before == after, before=before, after=after, takes=bench.takes(item))


def deleted(bench):
    """9. Deleting the take that is seen, deleting down to one, finalizing."""
    item, take = beside(bench, "deleted")
    asking = bench.asking
    asking.tell(item, "AddTake", take, 12, 60)
    asking.tell(item, "SelectTakeByIndex", 2)
    answer = asking.tell(item, "DeleteTakeByIndex", 2)
    bench.found(["take-delete-selected"], None, answer=answer, takes=bench.takes(item))
    if bench.takes(item)["count"] > 1:
        asking.tell(item, "SelectTakeByIndex", 1)
        asking.tell(item, "DeleteTakeByIndex", 2)
    one = bench.takes(item)
    bench.found(["take-lone-selector"], None, takes=one)
    answer = asking.tell(item, "FinalizeTake")
    after = bench.takes(item)
    shown = asking.ask(asking.ask(item, "GetMediaPoolItem"), "GetName")
    bench.found(["take-finalize-collapses"], after["count"] == 0, answer=answer, takes=after, shown=shown)


def duplicated(bench):
    """10. Takes and ids in a duplicate, off the current timeline, and after the project was saved and opened again."""
    item, take = beside(bench, "duplicated")
    asking = bench.asking
    asking.tell(item, "AddTake", take, 12, 60)
    ids = [identity(asking, item), [each.ident for each in bench.on(1)], [each.ident for each in bench.on(1)]]
    bench.found(["item-ids-stable", "item-ids-doubted"], ids[1] == ids[2] and ids[0] == ids[1][1], ids=ids)
    source, name = bench.timeline, "duplicated copy %s" % bench.rate
    asking.tell(source, "DuplicateTimeline", name)
    current = asking.ask(bench.project, "GetCurrentTimeline")
    became = asking.ask(current, "GetName") == name
    off = bench.takes(item)
    bench.found(["duplicate-becomes-current"], became)
    bench.found(["getters-need-current"], off["count"] == 0, takes=off)
    bench.timeline = current
    copies = bench.on(1)
    there = [bench.takes(each.thing)["count"] for each in copies]
    bench.found(["duplicate-copies-takes"], None, counts=there)
    bench.found(["duplicate-new-ids"], not set(each.ident for each in copies) & set(ids[1]))
    playhead = asking.ask(source, "GetCurrentTimecode")
    asking.tell(bench.project, "SetCurrentTimeline", source)
    bench.timeline = asking.ask(bench.project, "GetCurrentTimeline")
    after = asking.ask(bench.timeline, "GetCurrentTimecode")
    bench.found(["set-current-nudges-playhead"], None, before=playhead, after=after)
    _reloaded(bench, ids)


def _reloaded(bench, ids):
    asking = bench.asking
    project, timeline = asking.ask(bench.project, "GetName"), asking.ask(bench.timeline, "GetName")
    saved = asking.tell(bench.manager, "SaveProject")
    old = bench.timeline
    asking.tell(bench.manager, "CloseProject", bench.project)
    dead = asking.ask(old, "GetName")
    bench.found(["closed-project-dead-handles"], dead is None, answer=dead)
    asking.tell(bench.manager, "LoadProject", project)
    bench.project = asking.must(bench.manager, "GetCurrentProject")
    bench.pool = asking.must(bench.project, "GetMediaPool")
    for index in range(numbers.whole(asking.ask(bench.project, "GetTimelineCount"), 0)):
        each = asking.ask(bench.project, "GetTimelineByIndex", index + 1)
        if asking.ask(each, "GetName") == timeline:
            asking.tell(bench.project, "SetCurrentTimeline", each)
    bench.timeline = asking.ask(bench.project, "GetCurrentTimeline")
    again = [each.ident for each in bench.on(1)]
    counts = [bench.takes(each.thing) for each in bench.on(1)]
    bench.found(["item-ids-stable"], again == ids[1], saved=saved, ids=again, takes=counts)
