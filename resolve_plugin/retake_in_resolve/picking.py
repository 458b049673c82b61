"""What was chosen on the desk: in the take list of a clip, or by switching our clips above on and off."""

from . import numbers, takes, tracks
from .bins import same_take
from .place_above import lies, switch
from .work import original_of


class Pick(object):
    """What came of a choice: the ident that the clip shows now ("" for what is not ours, None where that is not known),
    and why the choice was not carried out ("" where it was).
    """

    def __init__(self, shown, why=""):
        self.shown = shown
        self.why = why


def pick(work, wanted, ident):
    """Let the take `ident` ("" for the original) be what item `wanted` shows. The Pick.

    A choice among takes of one kind leaves the other kinds alone; the original means that none of ours is in use.
    """
    ours = [take for take in work.plan["takes"] if take["item"] == wanted]
    if ident:
        kinds = {take["kind"] for take in ours if take["ident"] == ident}
        ours = [take for take in ours if take["kind"] in kinds]
        if not ours:
            return Pick(None, "the take is not among those of the plan")
    item = _clip(work, wanted, ours)
    if item is None:
        return Pick(None, "the clip is not in the timeline any more")
    number = work.journal.intend(
        "pick", revision=work.plan["revision"], item=wanted, ident=ident, seen=_own(work, item)
    )
    inside = [take for take in ours if take["kind"] == "take"]
    done = _in_list(work, item, inside, ident) if inside or not ident else Pick("")
    for take in ours:
        if take["kind"] != "take":
            _switch(work, item, take, take["ident"] == ident, done)
    if not done.why and done.shown != ident:
        done.why = "Resolve shows something else"
    work.journal.came(number, "failed" if done.why else "done", shown=done.shown)
    return done


def told(wanted, ident, done):
    """A choice as the report has it."""
    outcome = "failed" if done.why else "done"
    return {"item": wanted, "ident": ident, "outcome": outcome, "shown": done.shown, "why": done.why}


def _clip(work, wanted, ours):
    item = next((each for each in work.items if each.ident == wanted), None)
    if item is None and ours:
        item = tracks.find(
            work.asking, work.items, wanted, ours[0]["expects"], lambda each, now: _has(work, each, ours)
        )
    return item


def _own(work, item):
    """What the clip shows now, where that is the editor's own and not ours; else None."""
    now = takes.read(work.asking, item.thing)
    seen = now.at(now.selected)
    return None if seen is None or work.ours(seen.path) else seen.content()


def _in_list(work, item, ours, ident):
    """Choose in the take list: one of ours, with the frames that the plan has of it, or what was seen before ours."""
    asking = work.asking
    now = takes.read(asking, item.thing)
    seen = now.at(now.selected)
    if ident:
        take = next(each for each in ours if each["ident"] == ident)
        entry = now.of_take(take["path"], take["bounds"])
        why = "" if entry else "the clip's take list does not have the take with the frames that are wanted"
    elif seen is None or not work.ours(seen.path):
        return Pick("")
    else:
        entry = _original(work, item, now, ours)
        why = "" if entry else "what the clip showed before is not known or gone: choose it in the clip's take list"
    if entry is not None and (seen is None or seen.index != entry.index):
        if work.locked(item.kind, item.track):
            why = "the clip is on a locked track (%s%d): unlock it, then choose again" % (
                item.kind[0].upper(),
                item.track,
            )
        elif not takes.select(asking, item.thing, entry):
            why = "Resolve did not select it: choose it in the clip's take list"
    seen = now.at(numbers.whole(asking.ask(item.thing, "GetSelectedTakeIndex"), 0))
    if seen is None or not work.ours(seen.path):
        return Pick("", why)
    same = [each for each in ours if same_take(each["path"], seen.path)]
    exact = [each for each in same if [seen.start, seen.end] == list(each["bounds"])]
    return Pick(exact[0]["ident"] if exact else None, why)


def _original(work, item, now, ours):
    """The entry that was seen before ours: by the journals, by the plan, or as the only one that is not ours; or None.

    Never another of several takes of the editor's own.
    """
    entry = original_of(work, item.ident, now)
    if entry is not None:
        return entry
    if any(told.get("own") for told in work.told("add take", item=item.ident)):
        return None
    theirs = [entry for entry in now.entries if not work.ours(entry.path)]
    if len(theirs) > 1 and ours:
        theirs = [entry for entry in theirs if entry.media == ours[0]["expects"]["media"]]
    return theirs[0] if len(theirs) == 1 else None


def _has(work, item, ours):
    listed = takes.read(work.asking, item.thing)
    return any(listed.of_file(take["path"]) is not None for take in ours)


def _switch(work, item, take, on, done):
    """Switch our clips of a take on own tracks on or off: on only what lies over the right pictures. Adds to `done`."""
    asking, timeline = work.asking, work.place.timeline
    kind = "audio" if take["kind"] == "sound" else "video"
    moved = tracks.stand(asking, item).start - take["expects"]["start"]
    right, elsewhere = lies(work, take, kind, take["record"][0] + moved)
    stay = [each for each in elsewhere + ([] if on else right) if switch(asking, each, False)]
    shown = [each for each in right if switch(asking, each, True)] if on else []
    if stay:
        done.shown, done.why = take["ident"], "%s could not be switched off" % _where(stay[0])
    if not on:
        return
    dark = [each for each in shown if not asking.ask(timeline, "GetIsTrackEnabled", kind, each.track)]
    if shown and not dark:
        done.shown = take["ident"]
    elif dark:
        done.why = "its track %s is switched off: switch it on" % _where(dark[0])
    elif right:
        done.why = "%s could not be switched on: look whether its track is locked" % _where(right[0])
    elif elsewhere:
        done.why = "it does not lie over its clip: apply again, or move it there"
    else:
        done.why = "it is not in the timeline"


def _where(item):
    return "%s%d" % (item.kind[0].upper(), item.track)
