"""One apply under way: the plan, the place, the journal; and the clip that a take of the plan belongs to."""

from . import numbers, takes, tracks
from .asking import Unreadable
from .bins import NAMED, Refused, path_of, same_take


class Work(object):
    """What everything that applies a plan needs. `items` is the timeline as it was last looked at."""

    def __init__(self, asking, place, journal, plan, say, earlier=()):
        """`earlier` are the journals of the other sessions of the same timeline."""
        self.asking = asking
        self.place = place
        self.journal = journal
        self.plan = plan
        self.say = say
        self.items = []
        self.journals = [*earlier, journal]
        self.paths = [take["path"] for take in plan["takes"]]
        self.paths += [entry["path"] for entry in self.told("add take", "put above")]
        self._lists = None

    def look(self):
        """Read the timeline's items again."""
        self.items = tracks.all_items(self.asking, self.place.timeline)
        self._lists = None

    def told(self, *kinds, **same):
        """The intents of these kinds of all sessions of the timeline, oldest first."""
        found = [entry for journal in self.journals for what in kinds for entry in journal.all(what, **same)]
        return sorted(found, key=lambda entry: entry["at"])

    def lists(self):
        """The items that have a take list, each with that; read once for each look at the timeline."""
        if self._lists is None:
            read = [(item, takes.read(self.asking, item.thing)) for item in self.items if item.kind == "video"]
            self._lists = [(item, now) for item, now in read if now.count]
        return self._lists

    def ours(self, path):
        """Whether a file is one of our takes: one that plan or journals speak of, or one that is called like one."""
        return any(same_take(path, known) for known in self.paths) or NAMED.search(path) is not None

    def locked(self, kind, track):
        """Whether a track is locked. Only true on the current timeline."""
        return bool(self.asking.ask(self.place.timeline, "GetIsTrackLocked", kind, track))


class Standing(object):
    """The clip that a take belongs to, as it is now: `moved` frames from where the plan saw it.

    `like` is the media that the take stands in for, though one of ours may be seen in its place.
    """

    def __init__(self, item, stand, listed, ours_seen, moved, like):
        self.item = item
        self.thing = item.thing
        self.stand = stand
        self.takes = listed
        self.ours_seen = ours_seen
        self.moved = moved
        self.like = like


def standing(work, take):
    """Find the clip again and compare it with what the plan expects. Raises Refused where the cut changed.

    A clip that was only moved is followed. One that was trimmed, slipped or replaced is not guessed at.
    """
    asking, expects = work.asking, take["expects"]
    item = tracks.find(asking, work.items, take["item"], expects, lambda item, now: _shows(work, item, now, expects))
    if item is None:
        raise Refused(
            "The clip of this take is not in the timeline any more. Bring it back, or run Retake again on the cut."
        )
    if expects["left_offset"] is None:
        raise Refused(
            "Resolve did not tell which part of its media the clip shows. Run Retake again on the cut as it is."
        )
    now = tracks.stand(asking, item)
    listed = takes.read(asking, item.thing)
    if len(listed.entries) != listed.count:
        raise Unreadable("Resolve did not tell all takes")
    seen = listed.at(listed.selected)
    ours_seen = seen is not None and work.ours(seen.path)
    if now.duration != expects["duration"]:
        raise Refused(
            "The clip was trimmed: it has %d frames, the take was made for %d. Run Retake again on the cut as it is."
            % (now.duration, expects["duration"])
        )
    if not _shows(work, item, now, expects, listed):
        raise Refused("The clip shows another media or another part of it now. Run Retake again on the cut as it is.")
    originals = [entry.thing for entry in listed.entries if entry.media == expects["media"]]
    like = originals[0] if originals else asking.ask(item.thing, "GetMediaPoolItem")
    return Standing(item, now, listed, ours_seen, now.start - expects["start"], like)


def _shows(work, item, now, expects, listed=None):
    """Whether a clip shows the media that is expected, from where it is expected; or one of our takes over it."""
    if now.media == expects["media"]:
        return now.offset == expects["left_offset"]
    listed = listed or takes.read(work.asking, item.thing)
    originals = [entry for entry in listed.entries if entry.media == expects["media"]]
    media = work.asking.ask(item.thing, "GetMediaPoolItem")
    if not originals or not work.ours(path_of(work.asking, media)):
        return False
    return any(_begins(work, item, entry, expects["left_offset"]) for entry in originals)


def _begins(work, item, entry, offset):
    """Whether an original that is not seen begins at that offset of its media, as far as its list tells.

    A list counts from the head of the media, or from the number of a sequence's first file [sequence-bounds]; or it has
    what it had when a take was put beside it.
    """
    if entry.start is None or offset is None or entry.start == offset:
        return True
    first = numbers.whole(numbers.text(work.asking.ask(entry.thing, "GetClipProperty", "Start")), 0)
    if entry.start - first == offset:
        return True
    told = work.told("add take", item=item.ident, came="done")
    return any(
        each["expects"]["left_offset"] == offset and each["after"].get("kept") == entry.content() for each in told
    )


def original_of(work, item, now):
    """The entry of a clip's take list that was seen last before one of ours was; None where it is not known, or gone.

    `item` is the clip's id, `now` its list. What was seen is told by the journals of all sessions of the timeline.
    """
    for told in reversed(work.told("add take", "pick", item=item)):
        picked = told["what"] == "pick"
        seen, own = (told.get("seen"), True) if picked else (told["chosen"], told.get("own"))
        entry = now.of_content(seen, told.get("selected") or 0) if seen else None
        if entry is not None and not work.ours(entry.path):
            return entry
        if entry is None and seen and own:
            return None
    return None


def key(take):
    """What the journal knows a take by: one file may serve several clips that play the same frames."""
    return {"ident": take["ident"], "item": take["item"]}


def result(take, outcome, why="", item=None, start=None, index=None):
    """One line of the report."""
    where = None
    if item is not None:
        where = {"track": [item.kind, item.track], "start": numbers.whole(start), "take": index}
    return {"ident": take["ident"], "item": take["item"], "outcome": outcome, "why": why, "where": where}
