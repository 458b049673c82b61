"""Retake - Collect: apply whatever was finished while nobody was looking, and go on where something was cut off."""

from typing import Dict

from . import exchange, place
from .applying import apply
from .asking import Away, Elsewhere


def collect(asking, state, saying, stuck=None):
    """Apply every plan that has no report and belongs to the open project. The reports that were made.

    A session that cannot go on is said, into the list `stuck` too, and does not keep the others waiting. Raises Taken
    while another script of ours applies, Away where Resolve does not answer or the editor went elsewhere.
    """
    here = place.here(asking)
    was = place.whereabouts(asking, here)
    reports, elsewhere, stuck = [], [], [] if stuck is None else stuck
    with exchange.alone(state):
        for session in exchange.sessions(state):
            why = session.damage()
            try:
                plan = None if why else session.pending()
                if plan is not None and plan["project"] != here.project_id:
                    elsewhere.append(session)
                elif plan is not None:
                    reports.append(one(asking, session, plan, saying))
            except Exception as fault:
                why = cannot(asking, fault)
                place.restore(asking, place.here(asking), was)
            if why:
                way = "To give them up, delete %s in that folder" % exchange.PLAN
                stuck.append("%s wait: %s. %s." % (session.named(), why, way))
                saying.say(stuck[-1])
    for session in elsewhere:
        saying.say("Takes are waiting for the project %s. Open it and run Retake - Collect." % session.project_name())
    if not reports and not stuck:
        saying.say("Nothing is waiting to be put into this project.")
    return reports


def cannot(asking, fault):
    """Why one session cannot go on, in words. Raises the fault again where no other can either."""
    if isinstance(fault, Elsewhere) or not asking.awake():
        raise fault
    if isinstance(fault, OSError):
        return "its folder cannot be used (%s): look whether its disk is there and has room" % (fault.strerror or fault)
    if isinstance(fault, Away):
        return str(fault).rstrip(".")
    return "its files are damaged, or this script has a fault (%s: %s)" % (type(fault).__name__, fault)


def one(asking, session, plan, saying):
    """Apply one plan and say what came of it. Where it must wait, the core is told why, and Away raised."""
    try:
        report = apply(asking, session, plan, saying)
    except Away as fault:
        waiting = {"revision": plan["revision"], "at": exchange.now(), "why": str(fault)}
        session.write(exchange.WAITING, waiting)
        raise
    say_report(report, saying)
    return report


def say_report(report, saying):
    """What came of a plan, in a few lines."""
    counted: Dict[str, int] = {}
    for line in report["results"]:
        counted[line["outcome"]] = counted.get(line["outcome"], 0) + 1
    told = ", ".join("%d %s" % (counted[outcome], outcome) for outcome in sorted(counted))
    saying.say("%d takes: %s." % (len(report["results"]), told or "none"))
    for line in report["results"]:
        if line["why"]:
            saying.say("%s: %s (%s)" % (line["ident"], line["why"], line["outcome"]))
    if report["duplicate"]:
        saying.say("The timeline as it was is kept as %s." % report["duplicate"]["name"])


def told(reports, stuck):
    """What came of it all, for a window: `(in one or two sentences, why for each that went wrong)`."""
    lines = [line for report in reports for line in report["results"]]
    new = len([line for line in lines if line["outcome"] == "done"])
    there = len([line for line in lines if line["outcome"] == "already there"])
    wrong = [line for line in lines if line["outcome"] not in ("done", "already there")]
    picks = [line for report in reports for line in report["picked"] if line["outcome"] != "done"]
    said = ["%d takes were put into the project, %d were there already." % (new, there)]
    if wrong:
        said.append("%d were not put in." % len(wrong))
    if picks:
        said.append("%d choices were not carried out." % len(picks))
    if stuck:
        said.append("%d sessions need a look." % len(stuck))
    if new or there:
        said.append("Save the project to keep them.")
    details = ["%s: %s" % (line["ident"] or "the original", line["why"]) for line in wrong + picks]
    return " ".join(said), details + stuck
