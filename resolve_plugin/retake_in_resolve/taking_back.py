"""What was done under one intent of the journal, taken back. Each answers `(outcome, why)`; twice is harmless."""

from . import marking, own_tracks, takes, tracks, undoing
from .bins import path_of, same_file


def _take(work, entry):
    """Out of the take list, the original seen again where ours was, the clip plain again where it was."""
    stuck = entry["came"] is None or (entry["came"] == "failed" and entry["after"].get("left"))

    def has(item, now):
        listed = takes.read(work.asking, item.thing)
        return listed.of_file(entry["path"]) is not None or (stuck and takes.kept(listed, entry) is not None)

    item = tracks.find(work.asking, work.items, entry["item"], entry["expects"], has)
    if item is None:
        return "was gone", ""
    listed = takes.read(work.asking, item.thing)
    lone = entry["had_none"] and listed.count == 1 and takes.kept(listed, entry) is not None
    if listed.of_file(entry["path"]) is None and not lone and not stuck:
        return "was gone", ""
    if work.locked(item.kind, item.track):
        return "failed", "the clip is on a locked track: unlock it, then run Retake - Revert again"
    keep = takes.kept(listed, entry)
    if stuck and keep is not None:
        takes.select(work.asking, item.thing, keep)
    left = takes.remove(work.asking, item.thing, entry["path"], entry)
    if stuck and not left and takes.shown(work.asking, item.thing) != entry["chosen"]["media"]:
        left = "the clip does not show what it showed: choose that in its take list"
    return ("failed", left) if left else ("taken back", "")


def _above(work, entry):
    """Our item off its track: by its id, by its place, or wherever on our tracks it was moved to."""
    asking, timeline = work.asking, work.place.timeline
    shows = [
        (item, tracks.span(asking, item))
        for item in tracks.all_items(asking, timeline, (entry["kind"],))
        if same_file(path_of(asking, asking.ask(item.thing, "GetMediaPoolItem")), entry["path"])
    ]
    placed = entry["after"].get("placed") or []
    found = [item for item, lies in shows if item.ident in placed or (lies and lies[0] == entry["record"][0])]
    if not found:
        own = set(own_tracks.named(work, entry["name"], entry["kind"]))
        others = {each["record"][0] for each in work.journal.all("put above", path=entry["path"])}
        found = [item for item, lies in shows if item.track in own and lies and lies[0] not in others]
    left = undoing.items(work, entry["path"], found)
    if not left and entry["came"] is None:
        left = undoing.strays(work, entry["path"], entry["kind"], {tuple(place) for place in entry["before"]})
    if left:
        return "failed", left
    if entry["came"] is None:
        for index in range(tracks.count(asking, timeline, entry["kind"]), entry["count"], -1):
            undoing.track(work, entry["kind"], index, "")
    return ("taken back", "") if found else ("was gone", "")


def _track(work, entry):
    """Our track, where it is on top and empty."""
    index = entry["after"].get("index") or entry["count"] + 1
    if entry["came"] == "failed":
        return "was gone", ""
    gone, why = undoing.track(work, entry["kind"], index, entry["after"].get("name") or "")
    if gone:
        return why, ""
    return "left", why


def _mark(work, entry):
    """Our id out of the marker."""
    return ("taken back", "") if marking.unmark(work, entry["told"]) else ("failed", "a marker keeps our note")


BACK = {"add take": _take, "put above": _above, "add track": _track, "mark": _mark}
"""How an intent of each kind is taken back; other intents change nothing that is to be taken back."""
