"""Tracks of our own: found by their name, made on top where there is none with room, never used for anything else."""

import re

from . import numbers, tracks
from .bins import Refused, path_of, same_take

SOUNDS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
"""Resolve's names for audio tracks, by the channels of what is put on them."""


def room(work, take, kind, under, first, length, channels=0):
    """The number of an own track above `under` that is unlocked and empty in that range. Raises Refused.

    Sound may come as one item for each channel, on tracks side by side [audio-item-per-channel]: all of those that are
    there must be ours, and empty.
    """
    asking, timeline = work.asking, work.place.timeline
    count = tracks.count(asking, timeline, kind)

    def free(index):
        if not is_name(asking.ask(timeline, "GetTrackName", kind, index), take["track_name"]):
            return False
        if work.locked(kind, index):
            return False
        return tracks.empty(asking, tracks.items_of(asking, timeline, kind, index), first, length)

    wide = max(1, channels) if kind == "audio" else 1
    named_so = [asking.ask(timeline, "GetTrackName", kind, index + 1) == take["track_name"] for index in range(count)]
    for index in sorted(range(1, count + 1), key=lambda each: not named_so[each - 1]):
        if kind == "video" and index <= under:
            continue
        if kind == "audio" and asking.ask(timeline, "GetTrackSubType", kind, index) != _sound(channels):
            continue
        if all(free(each) for each in range(index, min(index + wide - 1, count) + 1)):
            return index
    return _make(work, take, kind, channels)


def adopt(work, path, name, kind, count):
    """Name the tracks above the first `count` that Resolve made by itself for further channels of the take at `path`.

    Known by what is on them: items of that file, and nothing else.
    """
    asking, timeline, journal = work.asking, work.place.timeline, work.journal
    for index in range(count + 1, tracks.count(asking, timeline, kind) + 1):
        called = asking.ask(timeline, "GetTrackName", kind, index)
        if not is_name(called, name) and holds_only(work, kind, index, path):
            number = _intend(work, name, kind, index - 1)
            journal.came(number, "made", index=index, name=numbers.text(called))
            journal.came(number, "done", index=index, name=_call(work, name, kind, index))


def holds_only(work, kind, index, path):
    """Whether a track holds items of that file and nothing else."""
    asking = work.asking
    found = tracks.items_of(asking, work.place.timeline, kind, index)
    media = [asking.ask(item.thing, "GetMediaPoolItem") for item in found]
    return bool(media) and all(same_take(path_of(asking, each), path) for each in media)


def of(work, take, kind, track, count):
    """The tracks on which a placing of a take may have left something: ours, that one, and those it made above."""
    own = set(named(work, take["track_name"], kind)) | {track}
    above = range(count + 1, tracks.count(work.asking, work.place.timeline, kind) + 1)
    return own | {index for index in above if holds_only(work, kind, index, take["path"])}


def named(work, name, kind):
    """The numbers of the tracks that bear our name, lowest first."""
    asking, timeline = work.asking, work.place.timeline
    count = tracks.count(asking, timeline, kind)
    return [index for index in range(1, count + 1) if is_name(asking.ask(timeline, "GetTrackName", kind, index), name)]


def is_name(found, name):
    """Whether a track's name is ours: the name itself, or with another number after it."""
    return base(numbers.text(found)) == base(name)


def base(name):
    """The name without its number: that of "Retakes 2" is "Retakes"."""
    return re.sub(r" \d+$", "", name)


def _sound(channels):
    return SOUNDS.get(channels, "adaptive%d" % channels if channels else "stereo")


def resume(work):
    """Take up tracks that were being added when a script died: give those their name that are known to be ours.

    Of one that was never seen nobody knows whether it came: an empty track there may be the editor's as well.
    """
    journal = work.journal
    for entry in journal.all("add track"):
        if entry["came"] == "made":
            index = found(work, entry)
            if index:
                journal.came(entry["n"], "done", index=index, name=_call(work, entry["name"], entry["kind"], index))
                continue
        elif entry["came"] is not None:
            continue
        else:
            doubt = doubtful(work, entry)
            if doubt:
                work.say(doubt)
        journal.came(entry["n"], "failed")


def found(work, entry):
    """The number of a track that the journal says we added; 0 where it is not to be told from the editor's own.

    It is where it was added and is called as it was then, or bears our name, wherever it lies now.
    """
    asking, timeline, kind = work.asking, work.place.timeline, entry["kind"]
    index, name = entry["after"].get("index"), entry["after"].get("name")
    if not index or not name:
        return 0
    count = tracks.count(asking, timeline, kind)
    names = [numbers.text(asking.ask(timeline, "GetTrackName", kind, each + 1)) for each in range(count)]
    if index <= count and (names[index - 1] == name or is_name(names[index - 1], entry["name"])):
        return index
    same = [place + 1 for place, each in enumerate(names) if each == name and is_name(name, entry["name"])]
    return same[0] if len(same) == 1 else 0


def doubtful(work, entry):
    """What is said of a track that may have been added just when a script died; "" where none can be that."""
    asking, timeline, kind, index = work.asking, work.place.timeline, entry["kind"], entry["count"] + 1
    if index != tracks.count(asking, timeline, kind) or tracks.items_of(asking, timeline, kind, index):
        return ""
    name = numbers.text(asking.ask(timeline, "GetTrackName", kind, index))
    if not name.endswith(str(index)):  # Resolve numbers its names: any other is somebody's
        return ""
    where = "%s%d" % (kind[0].upper(), index)
    return (
        "the empty track %s may be one that Retake was adding when it was cut off: delete it if it is not yours" % where
    )


def _make(work, take, kind, channels):
    """A new track with our name; on top, as one further down would renumber others [add-track-renumbers]."""
    asking, timeline = work.asking, work.place.timeline
    count = tracks.count(asking, timeline, kind)
    number = _intend(work, take["track_name"], kind, count)
    args = (kind,) if kind == "video" else (kind, _sound(channels))
    if not asking.write(timeline, "AddTrack", args, lambda: tracks.count(asking, timeline, kind) == count + 1):
        asking.still()
        work.journal.came(number, "failed")
        raise Refused("Resolve did not add a track for the takes. Add one named %s by hand." % take["track_name"])
    called = numbers.text(asking.ask(timeline, "GetTrackName", kind, count + 1))
    work.journal.came(number, "made", index=count + 1, name=called)
    work.journal.came(number, "done", index=count + 1, name=_call(work, take["track_name"], kind, count + 1))
    return count + 1


def _call(work, wanted, kind, index):
    """Give a track of ours its name. What it is called then."""
    asking, timeline = work.asking, work.place.timeline
    called = numbers.text(asking.ask(timeline, "GetTrackName", kind, index))
    if is_name(called, wanted):
        return called
    name = _name(work, wanted, kind, index)

    def seen():
        return asking.ask(timeline, "GetTrackName", kind, index) == name

    if not asking.write(timeline, "SetTrackName", (kind, index, name), seen):
        work.say("Track %s%d of the takes could not be named %s." % (kind[0].upper(), index, name))
    return numbers.text(asking.ask(timeline, "GetTrackName", kind, index))


def _intend(work, name, kind, count):
    told = {"kind": kind, "count": count, "name": name, "revision": work.plan["revision"]}
    return work.journal.intend("add track", **told)


def _name(work, wanted, kind, but):
    """Our name, with the first number that is free from the second track on."""
    asking, timeline = work.asking, work.place.timeline
    taken = {
        numbers.text(asking.ask(timeline, "GetTrackName", kind, index))
        for index in range(1, tracks.count(asking, timeline, kind) + 1)
        if index != but
    }
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = "%s %d" % (base(wanted), number)
    return name
