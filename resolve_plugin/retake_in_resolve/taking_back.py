"""What was done under one intent of the journal, taken back. Each answers `(outcome, why)`; twice is harmless."""

from . import marking, own_tracks, takes, tracks, undoing
from .bins import path_of, same_take


def _take(work, entry):
    """Out of the take lists, the original seen again where ours was, the clip plain again where it was."""
    asking = work.asking
    clip = tracks.find(asking, work.items, entry["item"], entry["expects"], lambda item, now: _has(work, item, entry))
    outcomes = [_out_of(work, item, entry) for item in ([clip] if clip else []) + _halves(work, entry, clip)]
    for outcome in ("failed", "left"):
        why = "; ".join(why for came, why in outcomes if came == outcome)
        if why:
            return outcome, why
    return ("taken back" if ("taken back", "") in outcomes else "was gone"), ""


def _has(work, item, entry):
    listed = takes.read(work.asking, item.thing)
    return listed.of_file(entry["path"]) is not None or (_stuck(entry) and takes.kept(listed, entry) is not None)


def _stuck(entry):
    """Whether a take that failed left something behind."""
    return entry["came"] == "failed" and bool(entry["after"].get("left"))


def _halves(work, entry, clip):
    """Clips with our file in their take lists that no intent speaks of: what became of a clip that was cut in two."""
    others = [each for each in work.told("add take") if same_take(each["path"], entry["path"])]
    known = {each["item"] for each in others} | ({clip.ident} if clip else set())
    lie = {(each["expects"]["start"], each["expects"]["duration"]) for each in others}
    found = [item for item, paths in work.lists() if any(same_take(path, entry["path"]) for path in paths)]
    return [item for item in found if item.ident not in known and tracks.span(work.asking, item) not in lie]


def _out_of(work, item, entry):
    asking, stuck = work.asking, _stuck(entry)
    listed = takes.read(asking, item.thing)
    lone = entry["had_none"] and listed.count == 1 and takes.kept(listed, entry) is not None
    if listed.of_file(entry["path"], entry.get("beside") or ()) is None and not lone and not stuck:
        shown = path_of(asking, asking.ask(item.thing, "GetMediaPoolItem"))
        if not listed.count and same_take(shown, entry["path"]):
            where = "%s%d at frame %s" % (item.kind[0].upper(), item.track, (tracks.span(asking, item) or ("?",))[0])
            return (
                "left",
                "the clip on %s shows the take for good: its take list was finalised without the original" % where,
            )
        return "was gone", ""
    if work.locked(item.kind, item.track):
        return "failed", "the clip is on a locked track: unlock it, then run Retake - Revert again"
    keep = takes.kept(listed, entry)
    if stuck and keep is not None:
        takes.select(asking, item.thing, keep)
    left = takes.remove(asking, item.thing, entry["path"], entry)
    if stuck and not left and takes.shown(asking, item.thing) != entry["chosen"]["media"]:
        left = "the clip does not show what it showed: choose that in its take list"
    return ("failed", left) if left else ("taken back", "")


def _above(work, entry):
    """Our items off their tracks: those that were placed, and what became of them on tracks of ours; no others."""
    asking, timeline, kind = work.asking, work.place.timeline, entry["kind"]
    shows = [
        (item, tracks.span(asking, item))
        for item in tracks.all_items(asking, timeline, (kind,))
        if same_take(path_of(asking, asking.ask(item.thing, "GetMediaPoolItem")), entry["path"])
    ]
    placed = entry["after"].get("placed") or []
    told = [each for each in work.told("put above", kind=kind) if each is not entry]
    told = [each for each in told if same_take(each["path"], entry["path"])]
    others = {ident for each in told for ident in each["after"].get("placed") or ()}
    starts = {each["record"][0] for each in told if each["record"] != entry["record"]}
    made = [
        index
        for index in range(tracks.count(asking, timeline, kind), entry["count"], -1)
        if entry["came"] is None and own_tracks.holds_only(work, kind, index, entry["path"])
    ]
    own = set(own_tracks.named(work, entry["name"], kind)) | {entry.get("track")} | set(made)
    before = set() if entry["came"] == "done" else {tuple(place) for place in entry["before"]}
    found, copies = [], []
    for item, lies in shows:
        if item.ident in placed:
            found.append(item)
        elif item.ident not in others and lies and (kind, item.track, *lies) not in before:
            if item.track in own and lies[0] not in starts:
                found.append(item)
            elif item.track not in own:
                copies.append("%s%d at frame %d" % (kind[0].upper(), item.track, lies[0]))
    left = undoing.items(work, entry["path"], found)
    if left:
        return "failed", left
    for index in made:
        undoing.track(work, kind, index)
    why = "the take on %s was not put there by Retake: it is left" % ", ".join(copies) if copies else ""
    return ("taken back" if found else "left" if copies else "was gone"), why


def _track(work, entry):
    """Our track, where it is on top and empty."""
    if entry["came"] == "failed":
        return "was gone", ""
    index = own_tracks.found(work, entry)
    if not index:
        doubt = "" if entry["after"].get("index") else own_tracks.doubtful(work, entry)
        return ("left", doubt) if doubt else ("was gone", "")
    gone, why = undoing.track(work, entry["kind"], index)
    return ("taken back", "") if gone else ("left", why)


def _mark(work, entry):
    """Our text out of the marker, wherever it lies now."""
    there, gone = marking.unmark(work, entry["told"])
    if not there:
        return "was gone", ""
    return ("taken back", "") if gone else ("failed", "a marker keeps our note")


BACK = {"add take": _take, "put above": _above, "add track": _track, "mark": _mark}
"""How an intent of each kind is taken back; other intents change nothing that is to be taken back."""
