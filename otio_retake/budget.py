"""Money: reserved in the transaction that lets an order be sent, settled when it is known what was charged.

Charges stand twice: in the project's ledger and in the user's own journal, so that a daily budget and the guard
against buying twice hold over all projects. Both are written in one transaction, or neither is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from .capabilities import money
from .errors import AlreadyBought, BudgetExceeded, OrderError, SettingsError

MOST_CHARGE = 10_000
"""What one order is charged at the most: more is a mistake, or no sum of money at all."""

MOST_MONEY = 1_000_000
"""A budget above this is a slip of the finger."""

JOURNAL = """
CREATE TABLE IF NOT EXISTS journal.charges (
    token TEXT PRIMARY KEY,
    order_key TEXT NOT NULL,
    project TEXT NOT NULL,
    service TEXT NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'released')),
    day TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that may be spent: by this run, by the project, in a day. None where there is no limit."""

    run: Decimal | None = None
    project: Decimal | None = None
    day: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What is spent or reserved."""

    project: Decimal
    day: Decimal


def today() -> str:
    """The day that a charge belongs to, in UTC."""
    return datetime.now(UTC).date().isoformat()


def spent(db: sqlite3.Connection) -> Spent:
    """What the project and the day have spent or reserved, by the ledger and the journal."""
    project = _sum(db, "SELECT amount FROM main.charges WHERE state != 'released'")
    day = _sum(db, "SELECT amount FROM journal.charges WHERE state != 'released' AND day = ?", today())
    return Spent(project, day)


def spent_on(db: sqlite3.Connection, tokens: Iterable[str]) -> Decimal:
    """What some attempts have spent, or reserved where it is not known what they were charged."""
    which = "token IN (SELECT value FROM json_each(?))"
    return _sum(db, f"SELECT amount FROM main.charges WHERE state != 'released' AND {which}", json.dumps(list(tokens)))


def _sum(db: sqlite3.Connection, query: str, *values: str) -> Decimal:
    return sum((sound(row[0]) or Decimal(0) for row in db.execute(query, values)), Decimal(0))


def sound(amount: object) -> Decimal | None:
    """A sum of money as one; None for what cannot be one: it is no number, negative, or beyond all reason."""
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int | float | str):
        return None
    try:
        found = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < MOST_CHARGE else None


def reserve(
    db: sqlite3.Connection,
    *,
    token: str,
    order_key: str,
    project: str,
    service: str,
    amount: Decimal,
    currency: str,
    limits: Limits,
    spent_by_run: Decimal,
) -> None:
    """Reserves ``amount`` for one attempt, inside the caller's transaction.

    Raises ``BudgetExceeded`` where a limit does not leave it, ``AlreadyBought`` where the same order has been paid for.
    """
    now = spent(db)
    for name, limit, used in (
        ("this run's budget", limits.run, spent_by_run),
        ("the project's budget", limits.project, now.project),
        ("today's budget", limits.day, now.day),
    ):
        if limit is not None and used + amount > limit:
            raise BudgetExceeded(
                f"{name} of {money(limit, currency)} does not leave {money(amount, currency)}: "
                f"{money(used, currency)} is spent or reserved",
                fix="raise it, or wait",
            )
    if amount > 0:
        check_twin(db, order_key, project)
    row = (token, order_key, project, service, str(amount), currency, "reserved", today())
    for schema in ("main", "journal"):
        db.execute(f"INSERT INTO {schema}.charges VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def check_twin(db: sqlite3.Connection, order_key: str, project: str) -> None:
    """Raises ``AlreadyBought`` where the user's journal has a charge for the order that was not given back.

    An order that may be sent again has given back whatever was reserved for it before. So a charge that stands is
    another project's, or was made in this folder before its ledger was deleted or replaced.
    """
    charges = db.execute(
        "SELECT project, day, amount FROM journal.charges WHERE order_key = ? AND state != 'released'", (order_key,)
    )
    twin = next((row for row in charges.fetchall() if sound(row[2]) != 0), None)
    if twin is None:
        return
    if twin[0] != project:
        raise AlreadyBought(
            f"this very order was bought on {twin[1]} in another project",
            where=str(twin[0]),
            fix="use --project with that folder; or"
            f" `otio-retake ledger cancel {order_key[:7]}`, and --again for another",
        )
    raise AlreadyBought(
        f"this very order was bought on {twin[1]} in this folder, and its ledger no longer knows of it",
        where=project,
        fix="bring the ledger back from a copy; or"
        f" `otio-retake ledger cancel {order_key[:7]}`, and --again for another",
    )


def settle(db: sqlite3.Connection, token: str, amount: Decimal) -> None:
    """Turns a reservation into what was charged; 0 where nothing was. Raises ``OrderError`` for what is no amount."""
    if sound(amount) is None:
        raise OrderError(
            f"{amount} is no sum of money that an order could be charged",
            where="the ledger",
            fix="look the charge up at the service; what was reserved stays reserved",
        )
    for schema in ("main", "journal"):
        db.execute(f"UPDATE {schema}.charges SET state = 'settled', amount = ? WHERE token = ?", (str(amount), token))


def release(db: sqlite3.Connection, token: str) -> None:
    """Gives a reservation back: the attempt is known not to have been accepted."""
    for schema in ("main", "journal"):
        db.execute(f"UPDATE {schema}.charges SET state = 'released' WHERE token = ?", (token,))


def reopen(db: sqlite3.Connection, token: str, amount: Decimal) -> None:
    """Makes a reservation of a charge again: what was taken for its end was another job's."""
    for schema in ("main", "journal"):
        db.execute(f"UPDATE {schema}.charges SET state = 'reserved', amount = ? WHERE token = ?", (str(amount), token))


def amount(text: str | None, where: str = "--budget") -> Decimal | None:
    """An amount of money that somebody typed. Raises ``SettingsError``."""
    if text is None:
        return None
    try:
        value = Decimal(text.lstrip("$"))
    except InvalidOperation:
        raise SettingsError(f"{text!r} is no amount of money", where=where, fix="write 12.50, for example") from None
    if not value.is_finite() or not 0 <= value <= MOST_MONEY:
        raise SettingsError(f"{text!r} is no amount of money", where=where, fix="write 12.50, for example")
    return value
