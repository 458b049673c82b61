"""What a timeline in Resolve tells the ledger: takes that an editor chose or took out, and what came of a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from ..choices import learn
from ..cuts.resolve_cut import ResolveCut
from ..cuts.resolve_exchange import Missed, Report, missed
from ..session import Session
from ..sync import Change, compare, missing
from ..takes import Target
from ..takes_store import takes, target
from ..turnover import mark_placed
from .history import history


def learn_from_snapshot(session: Session) -> list[str]:
    """Brings the ledger to what the snapshot says of the takes that are in it; what was changed, in words.

    A take that is not there any more was taken out by the editor where the scripts had left it in this very timeline,
    and by Revert where they say so.
    """
    cut = session.cut
    if not session.project.exists or not isinstance(cut, ResolveCut):
        return []
    ledger, done = session.ledger, history(session.cut_path, cut.snapshot)
    marks = {request.mark_id for request in session.requests.requests}
    known = takes(ledger)

    def made_for(ident: str) -> Target | None:
        return target(ledger, ident)

    said = compare(cut.view, session.view, known, marks, made_for)
    changes = [change for change in said.changes if change.now != "dropped"]
    gone = missing(session.view, known, said.found, marks, made_for, every=True)
    changes += [Change(take, "dropped", "it was taken out in Resolve") for take in gone if take.ident in done.lying]
    changes += _taken_back(session, done.taken_back - {t.take.ident for t in said.found if t.take is not None})
    learn(ledger, changes)
    return [f"{change.take.name}: {change.why}" for change in changes]


def learn_from_reverted(session: Session, idents: Collection[str]) -> list[str]:
    """Writes that takes are in the timeline no more, as Revert took them back; they may be placed again."""
    changes = _taken_back(session, idents)
    learn(session.ledger, changes)
    return [f"{change.take.name}: {change.why}" for change in changes]


def _taken_back(session: Session, idents: Collection[str]) -> list[Change]:
    placed = (take for take in takes(session.ledger) if take.state in ("placed", "picked"))
    return [Change(take, "made", "Revert took it back") for take in placed if take.ident in idents]


def learn_from_report(session: Session, report: Report) -> list[str]:
    """Writes which takes are in the timeline by now, and which of them are not in use though chosen; it in words."""
    ledger = session.ledger
    mark_placed(ledger, {result.ident for result in report.results if result.there})
    names = {take.ident: take.name for take in takes(ledger)}
    unmade = missed(session.cut_path.parent, report)
    _unchoose(session, report, unmade)
    counts = Counter("there already" if r.outcome == "already there" else r.outcome for r in report.results)
    head = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing to do"
    said = [f"applied in Resolve: {head}"]
    if report.duplicate is not None and report.duplicate.name:
        said.append(f"the timeline as it was is kept as {report.duplicate.name}")
    said += [f"{names.get(r.ident, r.ident)}: {r.why or r.outcome}" for r in report.results if not r.there]
    said += [words_of(each, names) for each in unmade]
    if not report.restored:
        said.append("Resolve's page, bin or playhead could not be put back where they were")
    return [*said, *report.said]


def words_of(missed: Missed, names: Mapping[str, str]) -> str:
    """A choice that was not carried out, for a person."""
    what = names.get(missed.wanted, missed.wanted) if missed.wanted else "the original"
    shown = "" if missed.shown is None else names.get(missed.shown, missed.shown) or "the original"
    seen = f"the clip shows {shown}" if shown else "what the clip shows is not known"
    why = f" ({missed.why.rstrip('.')})" if missed.why else ""
    return f"{what} was picked and is not in use: {seen}{why}; mend that in Resolve, then pick it again and apply"


def _unchoose(session: Session, report: Report, unmade: list[Missed]) -> None:
    """What Resolve shows counts: a take that no clip shows is not in use, whatever was chosen."""
    known = {take.ident: take for take in takes(session.ledger)}
    shown = {ident for ident in report.picks.values() if ident}
    changes = []
    for each in unmade:
        if (take := known.get(each.wanted)) is not None and each.wanted not in shown:
            changes.append(Change(take, "placed", "Resolve does not show it"))
        if each.shown and (take := known.get(each.shown)) is not None:
            changes.append(Change(take, "picked", "Resolve shows it"))
    learn(session.ledger, changes)
