"""What a desk over a timeline in DaVinci Resolve has beyond others: regions that are offered, and what was applied."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from ..cuts.resolve_asked import ask as keep
from ..cuts.resolve_asked import asked_id
from ..cuts.resolve_asked import unask as forget
from ..cuts.resolve_cut import ResolveCut
from ..cuts.resolve_exchange import Report, missed, reports, waiting, waits_for
from ..errors import CutError
from ..requests import RetakeRequest
from ..resolve.learned import words_of
from ..session import Session
from ..takes_store import takes

if TYPE_CHECKING:
    from .desk import Desk


def applies(session: Session) -> bool:
    """Whether what is written is carried out in Resolve."""
    return isinstance(session.cut, ResolveCut)


def offers_rows(session: Session) -> list[dict[str, Any]]:
    """The regions that can be asked for without a marker."""
    cut = session.cut
    if not isinstance(cut, ResolveCut):
        return []
    return [
        {
            "offer": offer.name, "what": offer.what, "timecode": cut.view.timecode(offer.record[0]),
            "until": cut.view.timecode(offer.record[1]), "frames": offer.record[1] - offer.record[0],
            "whole": offer.whole, "clips": list(offer.clips),
        }
        for offer in cut.offers
    ]  # fmt: skip


def asked_of(request: RetakeRequest) -> str | None:
    """The id of what was asked on the desk that a request comes from; None where it comes from a marker."""
    return asked_id(request.mark.marker) or None


def applying_row(session: Session) -> dict[str, Any] | None:
    """What became of the plan that was written last: waited for, or reported. None where none was."""
    if not isinstance(session.cut, ResolveCut):
        return None
    folder = session.cut_path.parent
    awaited, told = waiting(folder), reports(folder)
    if awaited is None and not told:
        return None
    last = told[-1] if told else None
    return {
        "revision": awaited if awaited is not None else last.revision if last else 0,
        "waiting": awaited is not None,
        "why": waits_for(folder),
        "results": _results(session, last) if last else [],
        "duplicate": last.duplicate.name if last and last.duplicate else "",
        "restored": last.restored if last else True,
        "said": [*_missed(session, last), *last.said] if last else [],
    }


def _missed(session: Session, report: Report) -> list[str]:
    """The choices that were not carried out, in words."""
    names = {take.ident: take.name for take in takes(session.ledger)} if session.project.exists else {}
    return [words_of(each, names) for each in missed(session.cut_path.parent, report)]


def _results(session: Session, report: Report) -> list[dict[str, Any]]:
    known = {take.ident: take for take in takes(session.ledger)} if session.project.exists else {}
    return [
        {
            "take": row.ident, "name": known[row.ident].name if row.ident in known else row.ident,
            "outcome": row.outcome, "why": row.why,
        }
        for row in report.results
    ]  # fmt: skip


def state_of(session: Session) -> Hashable:
    """What changes when a plan is written, or a report comes."""
    if not applies(session):
        return None
    folder = session.cut_path.parent
    return waiting(folder), waits_for(folder), tuple(report.revision for report in reports(folder))


def ask(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Asks for a region that is offered; it is a mark of the cut from then on, and nothing is sent by that."""
    with desk.lock:
        cut = _cut(desk)
        offer = next((offer for offer in cut.offers if offer.name == body["offer"]), None)
        if offer is None:
            raise KeyError(body["offer"])
        keep(cut.path, offer, body["prompt"].strip(), body.get("mode", ""))
        desk.reread()
        return desk.board()


def unask(desk: Desk, body: Mapping[str, Any]) -> dict[str, Any]:
    """Takes back what was asked for so; orders that were made for it stay in the ledger."""
    with desk.lock:
        forget(_cut(desk).path, body["asked"])
        desk.reread()
        return desk.board()


def _cut(desk: Desk) -> ResolveCut:
    cut = desk.sight().session.cut
    if not isinstance(cut, ResolveCut):
        raise CutError(
            "only a timeline in Resolve says what is selected", where=cut.path.name, fix="put a mark into the cut"
        )
    return cut
