"""One apply under way: the plan, the place, the journal; and the clip that a take of the plan belongs to."""

from . import numbers, takes, tracks
from .bins import Refused, path_of, same_file


class Work(object):
    """What everything that applies a plan needs. `items` is the timeline as it was last looked at."""

    def __init__(self, asking, place, journal, plan, say):
        self.asking = asking
        self.place = place
        self.journal = journal
        self.plan = plan
        self.say = say
        self.items = []
        told = [entry["path"] for what in ("add take", "put above") for entry in journal.all(what)]
        self.paths = [take["path"] for take in plan["takes"]] + told

    def look(self):
        """Read the timeline's items again."""
        self.items = tracks.all_items(self.asking, self.place.timeline)

    def ours(self, path):
        """Whether a file is one of the takes of this session."""
        return any(same_file(path, known) for known in self.paths)

    def locked(self, kind, track):
        """Whether a track is locked. Only true on the current timeline."""
        return bool(self.asking.ask(self.place.timeline, "GetIsTrackLocked", kind, track))


class Standing(object):
    """The clip that a take belongs to, as it is now: `moved` frames from where the plan saw it."""

    def __init__(self, item, stand, listed, ours_seen, moved):
        self.item = item
        self.thing = item.thing
        self.stand = stand
        self.takes = listed
        self.ours_seen = ours_seen
        self.moved = moved


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
    now = tracks.stand(asking, item)
    listed = takes.read(asking, item.thing)
    seen = listed.at(listed.selected)
    ours_seen = seen is not None and work.ours(seen.path)
    if now.duration != expects["duration"]:
        raise Refused(
            "The clip was trimmed: it has %d frames, the take was made for %d. Run Retake again on the cut as it is."
            % (now.duration, expects["duration"])
        )
    if not _shows(work, item, now, expects, listed):
        raise Refused("The clip shows another media or another part of it now. Run Retake again on the cut as it is.")
    return Standing(item, now, listed, ours_seen, now.start - expects["start"])


def _shows(work, item, now, expects, listed=None):
    """Whether a clip shows the media that is expected, from where it is expected; or one of our takes over it."""
    if now.media == expects["media"]:
        return now.offset == expects["left_offset"]
    listed = listed or takes.read(work.asking, item.thing)
    if not any(entry.media == expects["media"] for entry in listed.entries):
        return False
    media = work.asking.ask(item.thing, "GetMediaPoolItem")
    return work.ours(path_of(work.asking, media))


def key(take):
    """What the journal knows a take by: one file may serve several clips that play the same frames."""
    return {"ident": take["ident"], "item": take["item"]}


def result(take, outcome, why="", item=None, start=None, index=None):
    """One line of the report."""
    where = None
    if item is not None:
        where = {"track": [item.kind, item.track], "start": numbers.whole(start), "take": index}
    return {"ident": take["ident"], "item": take["item"], "outcome": outcome, "why": why, "where": where}
