"""Retake - Revert: take back everything that was added to the current timeline, and nothing else.

The journals are read backwards, newest session first. What is not to be found any more was taken away by the editor.
Imported movies stay in their bin and copies of the timeline stay in the project: no cut is changed by them, and a
movie may be in use elsewhere.
"""

from . import FORMAT, exchange, place
from .applying import came_from, go, went
from .asking import Away, Elsewhere, Unreadable
from .collect import cannot
from .duplicate import is_copy
from .taking_back import BACK
from .work import Work


def revert(asking, state, saying, stuck=None):
    """Take back all sessions of the current timeline. Their reports.

    A session that cannot be taken back is said, into the list `stuck` too, and does not keep the others from it. Raises
    Taken while another script of ours works, Away where Resolve does not answer or the editor went elsewhere.
    """
    here = place.here(asking)
    was = place.whereabouts(asking, here)
    reports, stuck = [], [] if stuck is None else stuck
    with exchange.alone(state):
        for session in reversed(exchange.sessions(state)):
            try:
                if not _of_here(asking, session, here) or not _open(session):
                    continue
                broken = session.journal().broken
                reports.append(one(asking, session, saying))
                why = "%d lines of its journal cannot be read: what they tell of is left" % broken if broken else ""
            except Exception as fault:
                why = cannot(asking, fault)
                place.restore(asking, place.here(asking), was)
            if why:
                stuck.append("%s are not all taken back: %s." % (session.named(), why))
                saying.say(stuck[-1])
    if not reports and not stuck:
        saying.say("Nothing of ours is in this timeline.")
    return reports


def told(reports, stuck):
    """What came of it all, for a window: `(in one or two sentences, what is left and why)`."""
    lines = [line for report in reports for line in report["results"]]
    taken = len([line for line in lines if line["outcome"] == "taken back"])
    left = [line for line in lines if line["outcome"] in ("failed", "left")]
    said = ["%d things that Retake had added to this timeline were taken back." % taken]
    if left:
        said.append("%d could not be, or are left." % len(left))
    if stuck:
        said.append("%d sessions need a look." % len(stuck))
    return " ".join(said), ["%s: %s" % (line["ident"], line["why"]) for line in lines if line["why"]] + stuck


def _of_here(asking, session, here):
    """Whether a session is of the current timeline, or was cut off while its copy was the current one."""
    project, timeline = session.timeline()
    if project != here.project_id or not timeline:
        return False
    if timeline == here.timeline_id:
        return True
    journal = session.journal()
    return journal.open("begin") is not None and is_copy(asking, journal, here.timeline, here.timeline_id)


def one(asking, session, saying):
    """Take back one session. Its report, written into its folder too."""
    journal = session.journal()
    asking.journal = journal
    try:
        return _revert(asking, session, saying, journal)
    except Unreadable as fault:
        asking.still()
        raise Away("%s. Look whether the project is still open, then run Retake - Revert." % fault) from None
    finally:
        asking.journal = None
        asking.leave()


def _revert(asking, session, saying, journal):
    said = []

    def say(line):
        said.append(line)
        saying.say(line)

    here = place.here(asking)
    timeline = session.timeline()[1]
    under_way = journal.open("revert") or journal.open("begin")
    was = came_from(asking, here, journal, under_way, timeline) or place.whereabouts(asking, here, timeline)
    plan = session.plan() or {"revision": 0, "takes": [], "bin": []}
    told = journal.open("revert")
    number = told["n"] if told else journal.intend("revert", upto=plan["revision"], was=was)
    results = []
    try:
        go(asking, here, timeline, "Retake - Revert")
        work = Work(asking, here, journal, plan, say, [each.journal() for each in exchange.others_of(session)])
        work.look()
        for entry in _backwards(journal):
            asking.still()
            results.append(_line(entry, *_one(work, entry, BACK[entry["what"]])))
        place.restore(asking, here, was)
    except Elsewhere:
        went(asking, here, journal, number, was)
        raise
    good = all(line["outcome"] != "failed" for line in results)
    report = {"otio_retake_reverted": FORMAT, "at": exchange.now(), "results": results, "said": said}
    for begun in journal.all("begin"):
        if begun["came"] is None:
            journal.came(begun["n"], "reverted")
    journal.came(number, "done" if good else "partly")
    session.write(_name(session), report)
    session.remove(exchange.WAITING)
    for line in results:
        if line["why"]:
            say("%s: %s." % (line["ident"], line["why"]))
    taken = len([line for line in results if line["outcome"] == "taken back"])
    say("%d things were taken back. Movies stay in the bin, copies of the timeline in the project." % taken)
    return report


def _backwards(journal):
    """What is to be taken back, newest first; tracks last, when they are empty."""
    entries = [each for each in reversed(journal.intents) if each["what"] in BACK and each["n"] > _settled(journal)]
    return sorted(entries, key=lambda each: each["what"] == "add track")


def _line(entry, outcome, why):
    return {
        "ident": entry.get("ident") or entry.get("name") or "",
        "what": entry["what"],
        "outcome": outcome,
        "why": why,
    }


def _one(work, entry, back):
    try:
        outcome, why = back(work, entry)
    except Unreadable as fault:
        outcome, why = "failed", str(fault)
    if outcome != "taken back":
        work.asking.still()
    return outcome, why


def _open(session):
    """Whether a session has something that was not yet taken back, or a plan that waits to be applied."""
    journal = session.journal()
    kinds = (*BACK, "begin")
    done = any(entry["n"] > _settled(journal) for entry in journal.intents if entry["what"] in kinds)
    return done or session.pending() is not None


def _settled(journal):
    """The number of the last intent that took everything back; 0 where there is none."""
    return max([entry["n"] for entry in journal.all("revert") if entry["came"] == "done"] or [0])


def _name(session):
    """The next free name of a report."""
    number = 1
    while session.there("reverted-%d.json" % number):
        number += 1
    return "reverted-%d.json" % number
