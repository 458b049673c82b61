"""A take on a track of our own: above the clip (or beside its sound), on an empty range, switched off."""

from . import numbers, own_tracks, tracks, undoing
from .asking import Elsewhere
from .bins import Refused, bring_in, path_of, same_take
from .place import identity, open_page
from .work import key, result, standing

VIDEO, AUDIO = 1, 2
"""AppendToTimeline's mediaType. Without it a clip that names a track is dropped without a word."""


def put(work, take):
    """Put one take on an own track. The line for the report; raises Refused before the timeline is changed."""
    asking, journal = work.asking, work.journal
    clip = standing(work, take)
    kind = "audio" if take["kind"] == "sound" else "video"
    first, length = take["record"][0] + clip.moved, take["record"][1]
    begun = journal.unsettled("put above", **key(take))
    if begun is not None:
        own_tracks.adopt(work, take["path"], take["track_name"], kind, begun["count"])
    mine, elsewhere = lies(work, take, kind, first)
    if mine and begun is None:
        return result(take, "already there", _too(asking, elsewhere), mine[0], first)
    if length < 1 or not 0 <= take["bounds"][0] < take["bounds"][1] <= take["frames"]:
        raise Refused("The take has no frames for its place. Run Retake again on the cut as it is.")
    if begun is not None and not mine:
        _strays(work, take, begun)
    number, count = (begun["n"], begun["count"]) if begun else (None, 0)
    if not mine:
        media = bring_in(work, take, clip.like)
        channels = numbers.whole(numbers.text(asking.ask(media, "GetClipProperty", "Audio Ch")), 0)
        track = own_tracks.room(work, take, kind, clip.item.track, first, length, channels)
        before = tracks.footprint(asking, tracks.all_items(asking, work.place.timeline, (kind,)))
        count = tracks.count(asking, work.place.timeline, kind)
        if begun is None:
            number = _intend(work, take, track, kind, (first, length), before, count)
        mine = _append(work, take, media, kind, track, (first, length))
        if not mine:
            asking.still()
            left = undoing.strays(work, take["path"], kind, before, own_tracks.of(work, take, kind, track, count))
            journal.came(number, "failed", left=left)
            why = "Resolve did not put it where it belongs. Apply again; if it fails again, place %s by hand."
            return result(take, "failed", _and(why % take["path"], left))
    own_tracks.adopt(work, take["path"], take["track_name"], kind, count)
    wrong, lost = _dressed(work, take, clip, mine)
    if wrong:
        asking.still()
        left = undoing.items(work, take["path"], mine)
        journal.came(number, "failed" if left else "undone", left=left)
        return result(take, "failed" if left else "undone", _and(wrong, left or "it was taken away again"))
    offset = tracks.stand(asking, mine[0]).offset
    placed = {"placed": [item.ident for item in mine], "track": mine[0].track, "start": first, "offset": offset}
    journal.came(number, "done", **placed)
    why = "Not copied from the clip: %s." % ", ".join(lost) if lost else ""
    return result(take, "done", " ".join(filter(None, [why, _too(asking, elsewhere)])), mine[0], first)


def _too(asking, elsewhere):
    """What is said where the take lies in other places as well."""
    if not elsewhere:
        return ""
    where = ", ".join("%s%d" % (each.kind[0].upper(), each.track) for each in elsewhere)
    frames = ", ".join(str((tracks.span(asking, each) or ("?",))[0]) for each in elsewhere)
    return "It lies elsewhere too (%s, frame %s): delete it there if you do not want it" % (where, frames)


def _intend(work, take, track, kind, record, before, count):
    return work.journal.intend(
        "put above",
        revision=work.plan["revision"],
        ident=take["ident"],
        item=take["item"],
        kind=kind,
        record=list(record),
        path=take["path"],
        bounds=take["bounds"],
        name=take["track_name"],
        track=track,
        before=[list(key) for key in before],
        count=count,
    )


def lies(work, take, kind, first):
    """Our items with this take's file, and no others: `(those that lie where they belong, those that lie elsewhere)`.

    Where it belongs is: from frame `first` on, with the plan's length and the plan's frames of the file. Ours are those
    that a journal placed, and what lies on our tracks; but not what lies where another take of the plan belongs.
    """
    asking, timeline = work.asking, work.place.timeline
    own = set(own_tracks.named(work, take["track_name"], kind))
    told = [each for each in work.told("put above", came="done") if same_take(each["path"], take["path"])]
    placed = {ident: each for each in told for ident in each["after"].get("placed") or ()}
    others = {
        other["record"][0]
        for other in work.plan["takes"]
        if other["item"] != take["item"] and same_take(other["path"], take["path"])
    }
    others |= {each["after"].get("start") for each in told if each["item"] != take["item"]}
    right, elsewhere = [], []
    for item in tracks.all_items(asking, timeline, (kind,)):
        if item.track not in own and item.ident not in placed:
            continue
        if not same_take(path_of(asking, asking.ask(item.thing, "GetMediaPoolItem")), take["path"]):
            continue
        now = tracks.stand(asking, item)
        if (now.start, now.duration) == (first, take["record"][1]) and _plays(work, item, now, take, placed):
            right.append(item)
        elif now.start not in others:
            elsewhere.append(item)
    return right, elsewhere


def _plays(work, item, now, take, placed):
    """Whether an item shows the plan's frames of the take from the first on.

    What its left offset counts where the file has another rate is not known for certain: it may have what it had when
    it was placed with the same bounds, or what either way of counting makes of them. [left-offset-mixed-rate]
    """
    told = placed.get(item.ident)
    if told is not None and told.get("bounds") == take["bounds"] and told["after"].get("offset") == now.offset:
        return True
    first = take["bounds"][0]
    if now.offset is None or now.offset == first:
        return True
    media = work.asking.ask(item.thing, "GetMediaPoolItem")
    rate = numbers.rate(work.asking.ask(media, "GetClipProperty", "FPS"))
    mine = numbers.rate(work.plan["rate"])
    return (
        take["kind"] != "sound" and bool(rate and mine) and rate != mine and abs(first * mine / rate - now.offset) < 1
    )


def _append(work, take, media, kind, track, record):
    """Append to the track at that frame, and see it there with its start, length and media; [] where it is not.

    Bounds count frames of the file, which may run at another rate than the timeline: what lies there in the end must
    have the length that was asked [append-mixed-rate-floors].

    [append-end-exclusive] [append-track-needs-media-type] [append-overlap] [append-locked-track]
    """
    asking, timeline = work.asking, work.place.timeline
    clip = {
        "mediaPoolItem": media,
        "startFrame": take["bounds"][0],
        "endFrame": take["bounds"][1],
        "mediaType": AUDIO if kind == "audio" else VIDEO,
        "trackIndex": track,
        "recordFrame": record[0],
    }

    def seen():
        _astray(work, take)
        found = []
        for index in range(track, (tracks.count(asking, timeline, kind) if kind == "audio" else track) + 1):
            item = tracks.at(asking, tracks.items_of(asking, timeline, kind, index), record[0])
            if item is None or tracks.span(asking, item) != tuple(record):
                continue
            if same_take(path_of(asking, asking.ask(item.thing, "GetMediaPoolItem")), take["path"]):
                found.append(item)
        return found if found and found[0].track == track else []

    asking.still()
    return asking.write(work.place.pool, "AppendToTimeline", ([clip],), seen)


def _astray(work, take):
    """Take away again what Resolve put on another timeline that came to the front just then. Raises Elsewhere if so.

    [append-current-timeline]
    """
    asking = work.asking
    made = numbers.listed(asking.answered)
    try:
        return asking.still()
    except Elsewhere:
        ours = {item.ident for item in tracks.all_items(asking, work.place.timeline)}
        other = asking.ask(work.place.project, "GetCurrentTimeline")
        lies = [thing for thing in made if identity(asking, thing) and identity(asking, thing) not in ours]
        lies = [each for each in lies if same_take(path_of(asking, asking.ask(each, "GetMediaPoolItem")), take["path"])]
        if lies:
            open_page(asking, "edit")
            asking.tell(other, "DeleteClips", lies, False)
            left = [each for each in lies if identity(asking, each)]
            work.say(
                "Resolve put %s on the timeline %s, which was opened just then%s. A new track at its top is from that."
                % (take["path"], _name(asking, other), ": delete it there" if left else "; it was taken away again")
            )
        raise


def _name(asking, timeline):
    return numbers.text(asking.ask(timeline, "GetName"))


def _strays(work, take, begun):
    """Before a placing that was under way is made again: take away what it may have put elsewhere."""
    before = {tuple(key) for key in begun["before"]}
    own = own_tracks.of(work, take, begun["kind"], begun.get("track"), begun["count"])
    left = undoing.strays(work, begun["path"], begun["kind"], before, own)
    if left:
        work.say("%s: %s." % (begun["ident"], left))


def _dressed(work, take, clip, mine):
    """Switch it off, then give it the look of the clip below. `(what is wrong, what was not copied)`.

    [copy-grades-wholesale]
    """
    asking = work.asking
    wanted = bool(take.get("enabled"))
    for item in mine:
        if switch(asking, item, wanted) and not wanted:
            return "Resolve did not switch the take off, so it would cover the original.", []
    if mine[0].kind == "audio":
        return "", []
    lost = _properties(asking, take.get("properties") or {}, mine[0])
    if take.get("copy_grade") and not asking.tell(clip.thing, "CopyGrades", [mine[0].thing]):
        lost.append("grade")
    return "", lost


def switch(asking, item, on):
    """Switch an item of ours on or off. Whether it is on then."""

    def enabled():
        return asking.ask(item.thing, "GetClipEnabled") is True

    if enabled() != on:
        asking.write(item.thing, "SetClipEnabled", (on,), lambda: enabled() == on)
    return enabled()


def _properties(asking, wanted, mine):
    """Set what differs; the names of what does not read back."""
    now = asking.ask(mine.thing, "GetProperty")
    now = now if isinstance(now, dict) else {}
    differs = [name for name in sorted(wanted) if name not in now or not numbers.alike(now[name], wanted[name])]
    lost = []
    for name in differs:

        def seen(name=name):
            return numbers.alike(asking.ask(mine.thing, "GetProperty", name), wanted[name])

        if not seen() and not asking.write(mine.thing, "SetProperty", (name, wanted[name]), seen):
            lost.append(name)
    return lost


def _and(why, left):
    return why if not left else "%s And %s." % (why, left)
