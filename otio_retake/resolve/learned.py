"""What a timeline in Resolve tells the ledger: takes that an editor chose or took out, and what came of a plan."""

from __future__ import annotations

from collections import Counter

from ..choices import learn
from ..cuts.resolve_exchange import Report
from ..session import Session
from ..sync import compare
from ..takes_store import takes, target
from ..turnover import mark_placed


def learn_from_snapshot(session: Session) -> list[str]:
    """Brings the ledger to what the snapshot says of the takes that are in it; what was changed, in words."""
    if not session.project.exists:
        return []
    ledger = session.ledger
    marks = {request.mark_id for request in session.requests.requests}
    said = compare(session.cut.view, session.view, takes(ledger), marks, lambda ident: target(ledger, ident))
    learn(ledger, said.changes)
    return [f"{change.take.name}: {change.why}" for change in said.changes]


def learn_from_report(session: Session, report: Report) -> list[str]:
    """Writes which takes are in the timeline by now; what came of each, in words."""
    ledger = session.ledger
    mark_placed(ledger, {result.ident for result in report.results if result.there})
    names = {take.ident: take.name for take in takes(ledger)}
    counts = Counter("there already" if r.outcome == "already there" else r.outcome for r in report.results)
    head = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing to do"
    said = [f"applied in Resolve: {head}"]
    if report.duplicate is not None and report.duplicate.name:
        said.append(f"the timeline as it was is kept as {report.duplicate.name}")
    said += [f"{names.get(r.ident, r.ident)}: {r.why or r.outcome}" for r in report.results if not r.there]
    if not report.restored:
        said.append("Resolve's page, bin or playhead could not be put back where they were")
    return [*said, *report.said]
