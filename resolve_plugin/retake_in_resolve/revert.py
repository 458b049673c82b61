"""Retake - Revert: take back everything that was added to the current timeline, and nothing else.

The journals are read backwards, newest session first. What is not to be found any more was taken away by the editor.
Imported movies stay in their bin and copies of the timeline stay in the project: no cut is changed by them, and a
movie may be in use elsewhere.
"""

from . import FORMAT, exchange, place
from .applying import came_from, go
from .asking import Away, Unreadable
from .taking_back import BACK
from .work import Work


def revert(asking, state, saying):
    """Take back all sessions of the current timeline. Their reports. Raises Taken and Away."""
    here = place.here(asking)
    reports = []
    with exchange.alone(state):
        for session in reversed(exchange.sessions(state)):
            project, timeline = session.timeline()
            if project != here.project_id or not _open(session):
                continue
            was = (session.journal().open("begin") or {}).get("was")
            if timeline == (was["timeline"] if was else here.timeline_id) or timeline == here.timeline_id:
                reports.append(one(asking, session, saying))
    if not reports:
        saying.say("Nothing of ours is in this timeline.")
    return reports


def one(asking, session, saying):
    """Take back one session. Its report, written into its folder too."""
    journal = session.journal()
    asking.journal = journal
    try:
        return _revert(asking, session, saying, journal)
    except Unreadable as fault:
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
    go(asking, here, timeline, "Retake - Revert")
    work = Work(asking, here, journal, plan, say, [each.journal() for each in exchange.others_of(session)])
    work.look()
    results = []
    for entry in _backwards(journal):
        asking.still()
        results.append(_line(entry, *_one(work, entry, BACK[entry["what"]])))
    place.restore(asking, here, was)
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
