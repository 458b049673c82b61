"""What a plan would order and somebody has paid for already, in another project or in this one before its ledger went.

It is told by the order's key, so frames have to be read for it: only of requests that cost something, and only where
the user's journal has a charge at their service that this project's ledger does not know of.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from . import budget
from .admission import spec_of
from .errors import MediaError, Problem
from .ledger import Ledger
from .media.packets import content_of
from .orders import order_key
from .planned import Plan, PlanItem
from .project import state_folder

_content = lru_cache(maxsize=4096)(content_of)


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge in the user's journal that was not given back: for which project, when, at which service."""

    project: str
    day: str
    service: str


Charges = Mapping[str, Charge]
"""By the key of the order."""

_ROWS = "SELECT order_key, project, day, service, amount FROM {journal}charges WHERE state != 'released'"


def charges_elsewhere(ledger: Ledger | None) -> Charges:
    """Every charge of the user that ``ledger`` has no attempt for; None is a project that has ordered nothing yet."""
    if ledger is not None:
        rows = ledger.read(
            _ROWS.format(journal="journal.") + " AND order_key NOT IN (SELECT order_key FROM main.attempts)"
        )
    else:
        rows = _read(state_folder() / "charges.sqlite")
    return {row[0]: Charge(*row[1:4]) for row in rows if budget.sound(row[4]) != 0}


def _read(journal: Path) -> list[tuple[str, str, str, str, str]]:
    """All charges of a journal; none where it cannot be read: before anything is paid for it is read again."""
    try:
        with closing(sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(_ROWS.format(journal="")).fetchall()
    except sqlite3.Error:
        return []


@dataclass(frozen=True, slots=True)
class _Looked:
    """A request without what was bought, and what is to be said of that."""

    item: PlanItem
    problems: tuple[Problem, ...] = ()


def without_bought(plan: Plan, charges: Charges, folder: Path, *, again: bool | frozenset[str], rehearses: str) -> Plan:
    """``plan`` without what was paid for before, each with a problem that says where.

    Of marks in ``again`` one more is wanted: they go on from the ordinals that were bought. ``folder`` is the
    project's.
    """
    if not charges:
        return plan
    services = {charge.service for charge in charges.values()}
    items, problems = [], list(plan.problems)
    for item in plan.items:
        if item.cost > 0 and item.service in services:
            more = again if isinstance(again, bool) else item.mark_id in again
            looked = _look(item, charges, folder, more, rehearses)
            item, problems = looked.item, [*problems, *looked.problems]
            if not (item.new or item.known or item.earlier):
                continue
        items.append(item)
    problems.sort(key=lambda row: row.timecode)
    return replace(plan, items=tuple(items), problems=tuple(problems))


def _look(item: PlanItem, charges: Charges, folder: Path, again: bool, rehearses: str) -> _Looked:
    try:
        content = _content(item.media, item.spans.pull, item.sound)
    except (MediaError, OSError):
        # Whoever orders it says what is wrong with the file.
        return _Looked(item)

    def charge(ordinal: int) -> Charge | None:
        return charges.get(order_key(spec_of(item, ordinal, rehearses), content))

    if again and item.new:
        free: list[int] = []
        ordinal = item.new[0]
        while len(free) < len(item.new):
            free += [ordinal] if charge(ordinal) is None else []
            ordinal += 1
        return _Looked(replace(item, new=tuple(free)))
    found = {ordinal: bought for ordinal in item.new if (bought := charge(ordinal)) is not None}
    unsent = [bought for order in item.known if order.unsent and (bought := charges.get(order.key)) is not None]
    rows = tuple(_problem(item, bought, folder) for bought in dict.fromkeys((*found.values(), *unsent)))
    return _Looked(replace(item, new=tuple(ordinal for ordinal in item.new if ordinal not in found)), rows)


def _problem(item: PlanItem, charge: Charge, folder: Path) -> Problem:
    if charge.project != str(folder):
        what, fix = "in another project", f"use --project {charge.project}"
    else:
        what, fix = "in this folder, and its ledger no longer knows of it", "bring the ledger back from a copy"
    return Problem(
        item.timecode,
        item.clip,
        f"this very order was bought on {charge.day} {what}",
        f"{fix}; or `--again --at {item.timecode}` for another",
        mark_id=item.mark_id,
    )
