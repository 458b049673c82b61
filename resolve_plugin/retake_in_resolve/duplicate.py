"""A copy of the timeline before the first take of a session: the belt to all other braces."""

from . import bins, numbers, place
from .exchange import stamp

NAMES = 5
"""How many names are tried for the copy where one is taken."""


def ensure(work):
    """The copy `{"id", "name"}`, made if this session has none; None where Resolve did not make one.

    Resolve makes the copy the current timeline: that is put right here, and seen.
    [duplicate-becomes-current] [duplicate-name-taken]
    """
    asking, journal = work.asking, work.journal
    done = [entry["after"] for entry in journal.all("duplicate") if entry["came"] == "done"]
    there = done and place.timeline_of(asking, work.place.project, done[-1]["id"])
    if there:
        return {"id": done[-1]["id"], "name": numbers.text(asking.ask(there, "GetName")) or done[-1]["name"]}
    begun = journal.open("duplicate")
    found = _made(work, begun["name"], begun["before"]) if begun else None
    if begun and found:
        return _done(work, begun["n"], found, begun["name"])
    base = "%s - before retake %s" % (numbers.text(asking.ask(work.place.timeline, "GetName")), stamp())
    for turn in range(NAMES):
        name = base if not turn else "%s (%d)" % (base, turn + 1)
        before = _ids(work)
        number = journal.intend("duplicate", name=name, before=before)
        found = asking.write(
            work.place.timeline,
            "DuplicateTimeline",
            (name,),
            lambda name=name, before=before: _made(work, name, before),
        )
        if found:
            return _done(work, number, found, name)
        journal.came(number, "failed")
        if name not in _names(work):
            break
    _back(work, "")
    return None


def is_copy(asking, journal, timeline, ident):
    """Whether a timeline is the copy that this session made, or was making when its script was cut off."""
    told = journal.all("duplicate")
    if any(entry["came"] == "done" and entry["after"]["id"] == ident for entry in told):
        return True
    begun = [entry["name"] for entry in told if entry["came"] is None and ident not in entry["before"]]
    return bool(begun) and timeline is not None and asking.ask(timeline, "GetName") in begun


def _done(work, number, found, name):
    _back(work, found)
    _put_away(work, found)
    work.journal.came(number, "done", id=found, name=name)
    return {"id": found, "name": name}


def _put_away(work, ident):
    """Move the copy into our bin, where Resolve allows it; it may as well stay where it is."""
    asking, pool = work.asking, work.place.pool
    timeline = place.timeline_of(asking, work.place.project, ident)
    media = asking.ask(timeline, "GetMediaPoolItem") if asking.has(timeline, "GetMediaPoolItem") else None
    if media is None:
        return
    wanted = place.identity(asking, media)
    try:
        folder = bins.bin_of(work, work.plan["bin"])
    except bins.Refused:
        return

    def seen():
        clips = numbers.listed(asking.ask(folder, "GetClipList"))
        return any(place.identity(asking, clip) == wanted for clip in clips)

    if not seen():
        asking.write(pool, "MoveClips", ([media], folder), seen)


def _back(work, copy):
    """Make the timeline of the session the current one again, where its copy is. Raises Elsewhere at any other."""
    if place.identity(work.asking, work.asking.ask(work.place.project, "GetCurrentTimeline")) != copy:
        work.asking.still()
    current = place.make_current(work.asking, work.place.project, work.place.timeline, work.place.timeline_id)
    work.asking.still()
    work.place.timeline = current or work.place.timeline


def _made(work, name, before):
    """The id of a timeline with that name that was not there before; "" where there is none."""
    for timeline in place.timelines(work.asking, work.place.project):
        ident = place.identity(work.asking, timeline)
        if ident and ident not in before and work.asking.ask(timeline, "GetName") == name:
            return ident
    return ""


def _ids(work):
    return [place.identity(work.asking, timeline) for timeline in place.timelines(work.asking, work.place.project)]


def _names(work):
    return [work.asking.ask(timeline, "GetName") for timeline in place.timelines(work.asking, work.place.project)]
