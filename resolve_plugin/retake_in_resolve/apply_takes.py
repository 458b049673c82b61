"""A take of the whole clip, by Resolve's own take selector: the original stays in the list, and stays what is seen."""

from . import numbers, takes, tracks
from .bins import Refused, bring_in, same_take
from .work import key, original_of, result, standing


def add(work, take):
    """Put one take into the take list of its clip. Its line of the report; Refused before any write."""
    asking, journal = work.asking, work.journal
    clip = standing(work, take)
    begun = journal.unsettled("add take", **key(take))
    mine = clip.takes.of_take(take["path"], take["bounds"])
    if mine is not None and begun is None:
        return result(take, "already there", "", clip.item, clip.stand.start, mine.index)
    _may(work, take, clip)
    around = tracks.neighbours(asking, work.place.timeline, clip.item, clip.stand.start)
    told = begun or _before(work, take, clip)
    if mine is None:
        media = bring_in(work, take, clip.like)
        if begun is None:
            told["n"] = _intend(work, take, clip, told)
        mine = _add(asking, clip.thing, media, take, told)
        if mine is None:
            asking.still()
            left = takes.settle(asking, clip.thing, told, told["chosen"]["media"])
            journal.came(told["n"], "failed", left=left)
            why = "Resolve did not take it into the clip's take list. Apply again; if it fails again, place %s by hand."
            return result(take, "failed", _and(why % take["path"], left), clip.item, clip.stand.start)
    wrong, mine = _wrong(work, take, clip, told, around)
    if wrong:
        asking.still()
        left = takes.remove(asking, clip.thing, take["path"], told)
        journal.came(told["n"], "failed" if left else "undone", left=left)
        if left:
            return result(take, "failed", _and(wrong, left), clip.item, clip.stand.start)
        return result(take, "undone", wrong + " It was taken away again.", clip.item, clip.stand.start)
    keep = takes.kept(takes.read(asking, clip.thing), told)
    journal.came(told["n"], "done", index=mine.index, kept=keep.content() if keep else None)
    return result(take, "done", _further(told), clip.item, clip.stand.start, mine.index)


def _further(told):
    """What is said where the list holds other frames of the same file."""
    if not told.get("beside"):
        return ""
    others = ", ".join("%s to %s" % (entry["start"], entry["end"]) for entry in told["beside"])
    return "The clip's take list has other frames of the take too (%s), which were not asked for now" % others


def _may(work, take, clip):
    """Raises Refused where this take must not go into this clip."""
    asking, bounds = work.asking, take["bounds"]
    if bounds[1] - bounds[0] != clip.stand.duration or bounds[0] < 0 or bounds[1] > take["frames"]:
        raise Refused("The take does not have the clip's length. Run Retake again on the cut as it is.")
    if not clip.stand.media:
        raise Refused("The clip has no media of its own. Render it in place, then run Retake on what comes of it.")
    if work.locked(clip.item.kind, clip.item.track):
        raise Refused("Track %s is locked. Unlock it, then apply again." % _track(clip.item))
    if not asking.has(clip.thing, "GetSourceEndFrame"):
        return
    # [source-getters-19-0-2] [source-start-slips] [source-end-mixed]: each may be one frame off, not more.
    first = numbers.frame(asking.ask(clip.thing, "GetSourceStartFrame"))[0]
    end = numbers.frame(asking.ask(clip.thing, "GetSourceEndFrame"))[0]
    if first is not None and end is not None and abs(end - first - clip.stand.duration) > 1:
        raise Refused("The clip's speed was changed. Render it in place, then run Retake on what comes of it.")


def _before(work, take, clip):
    """What the clip was before: the content that is seen, its number, whether that is the editor's own, whether the
    clip is plain; its original; what the list has of the take's file.
    """
    expects = take["expects"]
    offset = expects["left_offset"]
    original = {"media": expects["media"], "start": offset, "end": offset + expects["duration"]}
    known = original_of(work, take["item"], clip.takes) if clip.ours_seen else None
    if known is not None:
        original = known.content()
    seen = clip.takes.at(clip.takes.selected)
    stuck = seen is not None and work.journal.last("add take", path=seen.path, item=take["item"])
    chosen = original if seen is None or (stuck and stuck["came"] == "failed") else seen.content()
    plain = clip.takes.count == 0
    same = [entry.content() for entry in clip.takes.entries if same_take(entry.path, take["path"])]
    told = {"chosen": chosen, "original": original, "had_none": plain, "selected": clip.takes.selected}
    return dict(told, own=not clip.ours_seen, beside=same)


def _intend(work, take, clip, told):
    return work.journal.intend(
        "add take",
        revision=work.plan["revision"],
        ident=take["ident"],
        item=take["item"],
        expects=take["expects"],
        path=take["path"],
        **told,
    )


def _add(asking, thing, media, take, told):
    """AddTake with both bounds, and the entry that came of it, or None.

    [take-bounds-end-exclusive] [take-full-clip-default] [take-answers-unproven] [failed-add-may-leave-selector]
    """
    first, end = take["bounds"]
    return asking.write(thing, "AddTake", (media, first, end), lambda: _mine(takes.read(asking, thing), take, told))


def _mine(now, take, told):
    """Our entry: with the frames that were asked, or with others that came of asking for them; None without any."""
    return now.of_take(take["path"], take["bounds"]) or now.of_file(take["path"], told.get("beside") or ())


def _wrong(work, take, clip, told, around):
    """`(what does not read back as it must, in words; "" where all does, our entry)`.

    On the way it chooses what is to be seen: which take is seen after adding is not known [take-selection-after-add].
    """
    asking, thing = work.asking, clip.thing
    now = takes.read(asking, thing)
    mine, original = _mine(now, take, told), takes.kept(now, told)
    if mine is None or [mine.start, mine.end] != list(take["bounds"]):
        return "Resolve kept other frames of the take than it was given.", mine
    if original is None or original.index == mine.index:
        return "The original is not among the clip's takes.", mine
    if not takes.select(asking, thing, mine if work.plan.get("activate") else original):
        return "Resolve did not select the take that is to be seen.", mine
    lies = tracks.span(asking, clip.item)
    if lies != (clip.stand.start, clip.stand.duration):
        return "The clip did not keep its place and length.", mine
    if tracks.neighbours(asking, work.place.timeline, clip.item, clip.stand.start) != around:
        return "Clips beside it did not keep their places.", mine
    return "", mine


def _track(item):
    return "%s%d" % (item.kind[0].upper(), item.track)


def _and(why, left):
    return why if not left else "%s And %s." % (why, left)
