"""Retake - Collect: apply whatever was finished while nobody was looking, and go on where something was cut off."""

from typing import Dict

from . import exchange, place
from .applying import apply
from .asking import Away


def collect(asking, state, saying):
    """Apply every plan that has no report and belongs to the open project. The reports that were made.

    Raises Taken while another script of ours applies, Away where Resolve does not answer.
    """
    here = place.here(asking)
    reports, elsewhere = [], []
    with exchange.alone(state):
        for session in exchange.sessions(state):
            plan = session.pending()
            if plan is None:
                continue
            if plan.get("project") != here.project_id:
                elsewhere.append(session)
                continue
            reports.append(one(asking, session, plan, saying))
    for session in elsewhere:
        name = (session.read(exchange.SNAPSHOT) or {}).get("project", {}).get("name", "")
        saying.say("Takes are waiting for the project %s. Open it and run Retake - Collect." % name)
    if not reports:
        saying.say("Nothing is waiting to be put into this project.")
    return reports


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
