"""What was done under one intent of the journal, taken back. Each answers `(outcome, why)`; twice is harmless."""

from . import marking, own_tracks, takes, tracks, undoing
from .bins import path_of, same_take


def _take(work, entry):
    """Out of the take lists, the original seen again where ours was, the clip plain again where it was."""
    asking = work.asking
    clip = tracks.find(asking, work.items, entry["item"], entry["expects"], lambda item, now: _has(work, item, entry))
    halves, strangers = _others(work, entry, clip)
    outcomes = [_out_of(work, item, entry) for item in ([clip] if clip else []) + halves]
    why = ["%s has the take in its list, though Retake did not put it there" % each for each in strangers]
    for wanted in ("failed", "left"):
        left = [each for came, each in outcomes if came == wanted]
        if left:
            return wanted, "; ".join(left + why)
    if any(came == "taken back" for came, _ in outcomes):
        return "taken back", "; ".join(why)
    return ("left" if why else "was gone"), "; ".join(why)


def _has(work, item, entry):
    listed = takes.read(work.asking, item.thing)
    return listed.of_file(entry["path"]) is not None or (_stuck(entry) and takes.kept(listed, entry) is not None)


def _stuck(entry):
    """Whether a take that failed left something behind."""
    return entry["came"] == "failed" and bool(entry["after"].get("left"))


def _others(work, entry, clip):
    """Clips with our file in their take lists that no intent speaks of: `(halves, strangers in words)`.

    Halves are what became of a clip that was cut in two: they have a part of its original beside ours. In any other
    clip an editor put it.
    """
    asking = work.asking
    told = [each for each in work.told("add take") if same_take(each["path"], entry["path"])]
    known = {each["item"] for each in told} | ({clip.ident} if clip else set())
    lie = {(each["expects"]["start"], each["expects"]["duration"]) for each in told}
    halves, strangers = [], []
    for item, now in work.lists():
        if now.of_file(entry["path"]) is None or item.ident in known or tracks.span(asking, item) in lie:
            continue
        if any(_part(one, each) for each in now.entries for one in (entry["after"].get("kept"), entry["original"])):
            halves.append(item)
        elif not any(_part(each["original"], one) for each in told for one in now.entries):
            strangers.append(_where(asking, item))
    return halves, strangers


def _part(whole, entry):
    """Whether an entry of a take list shows frames of `whole`, the content of an entry, and no others."""
    if not whole or entry.media != whole["media"] or None in (entry.start, entry.end, whole["start"], whole["end"]):
        return False
    return whole["start"] <= entry.start and entry.end <= whole["end"]


def _where(asking, item):
    return "the clip on %s%d at frame %s" % (item.kind[0].upper(), item.track, (tracks.span(asking, item) or ("?",))[0])


def _out_of(work, item, entry):
    asking, stuck = work.asking, _stuck(entry)
    listed = takes.read(asking, item.thing)
    lone = entry["had_none"] and listed.count == 1 and takes.kept(listed, entry) is not None
    if listed.of_file(entry["path"], entry.get("beside") or ()) is None and not lone and not stuck:
        shown = path_of(asking, asking.ask(item.thing, "GetMediaPoolItem"))
        if not listed.count and same_take(shown, entry["path"]):
            why = "%s shows the take for good: its take list was finalised, and the original is gone"
            return "left", why % _where(asking, item)
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
