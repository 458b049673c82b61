"""The ledger: orders, attempts, results, targets, takes, charges, overrides and leases, in one SQLite file.

Whatever may not be lost is written here before it is done. One connection, guarded by a lock, serves all threads of a
process; ``BEGIN IMMEDIATE`` keeps processes apart.
"""

from __future__ import annotations

import getpass
import json
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from . import budget
from .durable import explained, lasting
from .errors import JobTaken, NotConfirmed, OrderError
from .ledger_file import BUSY_SECONDS, prepare, said_of
from .orders import (
    AT_SERVICE,
    DEAD,
    UNSENT,
    Attempt,
    Order,
    OrderSpec,
    Result,
    State,
    asks,
    check_move,
    job_of,
    may_retry,
)
from .planned import KnownOrder, Override, Sent
from .project import Project, create_project, state_folder
from .spans import Span

_SPEC = TypeAdapter(OrderSpec)
_OVERRIDE = TypeAdapter(Override)


class Ledger:
    """The open ledger of a project."""

    def __init__(self, project: Project, db: sqlite3.Connection) -> None:
        self.project = project
        self._db = db
        self._lock = threading.RLock()
        self._depth = 0
        self._specs: dict[str, tuple[str, OrderSpec]] = {}
        self._asks: dict[str, tuple[str, str]] = {}

    @classmethod
    def open(cls, project: Project) -> Ledger:
        """Opens the ledger of ``project``, and makes it where there is none yet.

        Raises ``ProjectTooNew``, ``ProjectBusy``, or ``ProjectError`` for one that is damaged.
        """
        create_project(project)
        journal = state_folder() / "charges.sqlite"
        with explained(journal):
            journal.parent.mkdir(parents=True, exist_ok=True)
        with said_of(project.ledger):
            db = sqlite3.connect(project.ledger, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                prepare(db, project, journal)
            except BaseException:
                db.close()
                raise
        return cls(project, db)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- transactions -----------------------------------------------------------------------------------------------

    @contextmanager
    def write(self, what: str) -> Iterator[sqlite3.Connection]:
        """One transaction, called ``what`` in traces; whole or not at all."""
        with self._lock, said_of(self.project.ledger):
            if self._depth:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield self._db
                with lasting(f"ledger {what}"):
                    self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def read(self, query: str, *values: Any) -> list[Any]:
        """All rows of a query."""
        with self._lock, said_of(self.project.ledger):
            return self._db.execute(query, values).fetchall()

    def copy_to(self, other: sqlite3.Connection) -> None:
        """Copies the whole ledger into another database, as it is at this moment."""
        with self._lock, said_of(self.project.ledger):
            self._db.backup(other, name="main")

    @property
    def who(self) -> str:
        """Who writes: user and host."""
        return _who()

    # --- orders -----------------------------------------------------------------------------------------------------

    def admit(self, key: str, spec: OrderSpec, *, accepted: bool) -> bool:
        """Writes a new order as planned; False where the same order exists: it is never made twice.

        Only what is ``accepted``, cost and all, may be sent. One that exists and was not sent, or failed without a
        charge, then goes on at the price and under the name of ``spec``; one that was sent stays as it is. Where it is
        of another file that holds the same frames, both files are kept: each counts its frames in its own way.
        """
        with self.write("order planned") as db:
            told = self._told(spec)
            added = db.execute(
                "INSERT OR IGNORE INTO orders (spec, fingerprint, first, end, base_digest, digest, ordinal,"
                " key, state, accepted, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*told, key, State.PLANNED, int(accepted), self.who, time.time()),
            ).rowcount
            if added:
                self.event(key, State.PLANNED)
                return True
            order = self.order(key)
            superseded = order.state is State.SUPERSEDED
            elsewhere = order.spec.media.fingerprint != spec.media.fingerprint
            if not superseded and not (accepted and may_retry(order)):
                if elsewhere:
                    self._reuse(key, spec)
                return False
            if elsewhere:
                self._reuse(key, order.spec)
            db.execute(
                "UPDATE orders SET spec = ?, fingerprint = ?, first = ?, end = ?, base_digest = ?, digest = ?,"
                " ordinal = ?, accepted = ? WHERE key = ?",
                (*told, int(accepted), key),
            )
            if order.settled:
                self.move(key, State.PULLED if order.pull else State.PLANNED, "asked again")
            return False

    def _told(self, spec: OrderSpec) -> tuple[Any, ...]:
        """What the table of orders has of a spec, in columns."""
        return (
            self._pack(spec), spec.media.fingerprint, spec.region.first, spec.region.end, spec.base_digest,
            spec.digest, spec.ordinal,
        )  # fmt: skip

    def _reuse(self, key: str, spec: OrderSpec) -> None:
        """Writes how an order is asked for of another file than its own."""
        self._db.execute(
            "INSERT OR REPLACE INTO reuses (spec, fingerprint, first, end, base_digest, digest, ordinal, order_key)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*self._told(spec), key),
        )

    def supersede(self, keys: Iterable[str]) -> None:
        """Writes that orders which were never sent will not be: a plan that was accepted says otherwise.

        Raises ``NotConfirmed`` where one was sent meanwhile: what was accepted did not count with it.
        """
        with self.write("orders superseded"):
            for key in keys:
                order = self.order(key)
                if order.state in UNSENT:
                    self.move(key, State.SUPERSEDED, "superseded: the plan says otherwise")
                elif not may_retry(order) and order.state not in (State.CANCELLED, State.SUPERSEDED):
                    raise NotConfirmed(
                        f"an order of the plan became {order.state} while it was looked at, so nothing more was sent",
                        where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
                        fix="run the command again",
                    )

    def orders(self, where: str = "1", *values: Any) -> list[Order]:
        """Orders in the order in which they were made; ``where`` is a condition on the table."""
        rows = self.read(
            "SELECT key, spec, state, accepted, pull, upload, upload_expires FROM orders"
            f" WHERE {where} ORDER BY made_at, key",
            *values,
        )
        return [self._order(row) for row in rows]

    def order(self, key: str) -> Order:
        """The order with ``key``, or the only one whose key begins so. Raises ``OrderError``."""
        # Whole keys are found by the index, and are many; parts of one are what a person types.
        found = self.orders("key = ?", key) or (self.orders("substr(key, 1, length(?)) = ?", key, key) if key else [])
        if len(found) == 1:
            return found[0]
        what = f"there is no order {key!r}" if not found else f"{len(found)} orders begin with {key!r}"
        raise OrderError(what, where=str(self.project.folder), fix="`otio-retake status` lists them")

    def order_in(self, key: str, fingerprint: str) -> Order:
        """The order with ``key`` as it is asked for of the file with ``fingerprint``: its frames by that file's count.

        An order that is not known to be of that file is as it is.
        """
        order = self.order(key)
        if order.spec.media.fingerprint == fingerprint:
            return order
        rows = self.read("SELECT spec FROM reuses WHERE order_key = ? AND fingerprint = ?", key, fingerprint)
        return replace(order, spec=self._spec(f"{key} {fingerprint}", rows[0][0])) if rows else order

    def is_of_others(self, key: str, spec: OrderSpec) -> bool:
        """Whether an order with ``key`` exists for other frames of the very file of ``spec``, which look the same."""
        rows = self.read("SELECT spec FROM asked WHERE key = ? AND fingerprint = ?", key, spec.media.fingerprint)
        return any(
            self._spec(f"{key} {spec.media.fingerprint}", text).spans.pull.first != spec.spans.pull.first
            for (text,) in rows
        )

    def state_of(self, key: str) -> State:
        """Just the state of the order with ``key``."""
        return State(self.read("SELECT state FROM orders WHERE key = ?", key)[0][0])

    def _order(self, row: Any) -> Order:
        key, spec, state, accepted, pull, upload, expires = row
        attempts = self.read(
            "SELECT number, token, state, remote, kind, message, reserved, billed, charged, retry_at, expires_at,"
            " began_at FROM attempts WHERE order_key = ? ORDER BY number",
            key,
        )
        results = self.read(
            "SELECT number, path, sha256, size, state, verdict FROM results WHERE order_key = ? ORDER BY number", key
        )
        return Order(
            key=key,
            spec=self._spec(key, spec),
            state=State(state),
            accepted=bool(accepted),
            attempts=tuple(_attempt(a) for a in attempts),
            results=tuple(Result(*r) for r in results),
            pull=pull,
            upload=upload,
            upload_expires=expires,
        )

    def move(self, key: str, to: State, what: str = "", **columns: Any) -> None:
        """Moves an order on, with ``columns`` of its row; raises ``OrderError`` where it may not go there."""
        with self.write(f"order {to}") as db:
            check_move(self.order(key), to)
            columns["state"] = to
            names = ", ".join(f"{name} = ?" for name in columns)
            db.execute(f"UPDATE orders SET {names} WHERE key = ?", (*columns.values(), key))
            self.event(key, what or str(to))

    def event(self, key: str, what: str) -> None:
        """Keeps what happened to an order just now."""
        self._db.execute("INSERT INTO events (at, order_key, what) VALUES (?, ?, ?)", (time.time(), key, what))

    # --- attempts ---------------------------------------------------------------------------------------------------

    def begin_attempt(self, key: str, limits: budget.Limits, spent_by_run: Decimal) -> Attempt:
        """Writes that an order is being sent, with its reservation, before it is. Raises ``BudgetExceeded``."""
        with self.write("order submitting") as db:
            order = self.order(key)
            check_move(order, State.SUBMITTING)
            number = len(order.attempts) + 1
            token = str(uuid.uuid4())
            budget.reserve(
                db,
                token=token,
                order_key=key,
                project=str(self.project.folder),
                service=order.spec.service,
                amount=order.spec.cost,
                currency=order.spec.currency,
                limits=limits,
                spent_by_run=spent_by_run,
            )
            db.execute(
                "INSERT INTO attempts (order_key, number, token, state, reserved, began_at) VALUES (?, ?, ?, ?, ?, ?)",
                (key, number, token, State.SUBMITTING, str(order.spec.cost), time.time()),
            )
            db.execute("UPDATE orders SET state = ? WHERE key = ?", (State.SUBMITTING, key))
            self.event(key, f"submitting, attempt {number}")
            return Attempt(number, token, State.SUBMITTING, reserved=order.spec.cost)

    def end_attempt(self, key: str, to: State, what: str = "", *, attempt: int | None = None, **columns: Any) -> None:
        """Moves an order and its last attempt on together. ``columns`` are of the attempt.

        A refused attempt gives its reservation back; ``billed`` settles it. Raises ``OrderError`` where ``attempt``
        is no longer the last: a late answer says nothing about the one that followed.
        """
        with self.write(f"order {to}") as db:
            order = self.order(key)
            last = order.attempt
            if last is None:
                raise OrderError("the order was never sent", where=f"order {order.short}", fix="run it")
            if attempt is not None and attempt != last.number:
                raise OrderError(
                    f"an answer to attempt {attempt} came after attempt {last.number} had begun",
                    where=f"order {order.short}",
                    fix=f"look both up at {order.spec.service}, then `otio-retake ledger resolve {order.short}`",
                )
            check_move(order, to)
            if job := job_of(columns.get("remote", "")):
                self.check_job(order, last.number, job)
            columns["state"] = to
            if to is State.REFUSED or columns.get("charged") is False:
                budget.release(db, last.token)
            if columns.get("billed") is not None:
                budget.settle(db, last.token, columns["billed"])
                columns["billed"] = str(columns["billed"])
            names = ", ".join(f"{name} = ?" for name in columns)
            db.execute(
                f"UPDATE attempts SET {names} WHERE order_key = ? AND number = ?",
                (*columns.values(), key, last.number),
            )
            db.execute("UPDATE orders SET state = ? WHERE key = ?", (to, key))
            self.event(key, what or str(to))

    def check_job(self, order: Order, number: int, job: str) -> None:
        """Raises ``JobTaken`` where another attempt at the same service has ``job``: one charge, and one result."""
        rows = self.read("SELECT order_key, number, remote FROM attempts WHERE instr(remote, ?) > 0", job)
        for key, other, remote in rows:
            if (key, other) == (order.key, number) or job_of(remote) != job:
                continue
            found = self.order(key)
            if found.spec.service == order.spec.service:
                raise JobTaken(
                    f"{order.spec.service}'s job {job!r} belongs to attempt {other} of order {found.short}",
                    where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
                    fix=f"look both up at {order.spec.service}, then `otio-retake ledger resolve {order.short}`",
                )

    def note_attempt(self, key: str, **columns: Any) -> None:
        """Writes something about the last attempt that moves nothing: when to look again, what was said."""
        with self.write("attempt noted") as db:
            names = ", ".join(f"{name} = ?" for name in columns)
            db.execute(
                f"UPDATE attempts SET {names} WHERE order_key = ?"
                " AND number = (SELECT max(number) FROM attempts WHERE order_key = ?)",
                (*columns.values(), key, key),
            )

    def settle(self, key: str, billed: Decimal | None) -> None:
        """Writes what an ended order's last attempt was charged, None for nothing, where its service did not say.

        Raises ``OrderError`` where that is known already, or the order has not ended.
        """
        with self.write("attempt settled") as db:
            order = self.order(key)
            last = order.attempt
            if last is None or last.charged is not None or order.state not in (State.FAILED, State.CANCELLED):
                raise OrderError(
                    f"the order is {order.state}: what it was charged is known, or not to be said yet",
                    where=f"order {order.short}",
                    fix="`otio-retake status` shows what each order waits for",
                )
            if billed is None:
                budget.release(db, last.token)
            else:
                budget.settle(db, last.token, billed)
            db.execute(
                "UPDATE attempts SET charged = ?, billed = ? WHERE order_key = ? AND number = ?",
                (int(billed is not None), None if billed is None else str(billed), order.key, last.number),
            )
            self.event(order.key, "charge said by hand")

    # --- results ----------------------------------------------------------------------------------------------------

    def add_result(self, key: str, number: int, path: Path, sha256: str, size: int) -> None:
        """Writes that a result lies here."""
        with self.write("result fetched") as db:
            db.execute(
                "INSERT OR REPLACE INTO results (order_key, number, path, sha256, size, state)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (key, number, self.project.store(path), sha256, size, "fetched"),
            )

    def judge_result(self, key: str, number: int, state: Literal["verified", "rejected"], verdict: str) -> None:
        """Writes what verification found."""
        with self.write(f"result {state}") as db:
            db.execute(
                "UPDATE results SET state = ?, verdict = ? WHERE order_key = ? AND number = ?",
                (state, verdict, key, number),
            )

    # --- what a plan asks -------------------------------------------------------------------------------------------

    def matching(self, fingerprint: str, region: Span, base_digest: str) -> list[KnownOrder]:
        """Orders for the same media, an overlapping stretch and the same text and options, by ordinal."""
        return self._known(
            "fingerprint = ? AND base_digest = ? AND first < ? AND end > ? ORDER BY ordinal, key",
            fingerprint, base_digest, region.end, region.first,
        )  # fmt: skip

    def sent(self, fingerprint: str) -> list[KnownOrder]:
        """All orders for the same media that were sent, whatever they asked for, by ordinal."""
        found = self._known("fingerprint = ? ORDER BY ordinal, key", fingerprint)
        return [order for order in found if not order.unsent]

    def earlier(self, fingerprint: str, region: Span, mark_id: str) -> list[KnownOrder]:
        """Orders of the same mark and stretch that were sent, whatever they asked for, oldest first."""
        found = self._known(
            "fingerprint = ? AND first < ? AND end > ? AND json_extract(spec, '$.mark_id') = ? ORDER BY made_at, key",
            fingerprint, region.end, region.first, mark_id,
        )  # fmt: skip
        return [order for order in found if State(order.state) not in UNSENT]

    def _known(self, where: str, *values: Any) -> list[KnownOrder]:
        """Orders that were not superseded, as a plan knows them."""
        rows = self.read(
            "SELECT key, spec, first, end, ordinal, state, digest,"
            " (SELECT charged FROM attempts WHERE order_key = key"
            f" ORDER BY number DESC LIMIT 1), fingerprint FROM asked WHERE state != '{State.SUPERSEDED}' AND {where}",
            *values,
        )
        found = []
        for key, text, first, end, ordinal, state, digest, charged, fingerprint in rows:
            name = f"{key} {fingerprint}"
            spec, state = self._spec(name, text), State(state)
            unsent = state in UNSENT or (state is State.FAILED and charged == 0)
            found.append(
                KnownOrder(
                    key, spec.service, Span(first, end), ordinal, state, digest, unsent=unsent, dead=state in DEAD,
                    asks=self._asked(name, text), model=spec.model, sent=Sent(spec.spans, spec.fit, spec.cost),
                )
            )  # fmt: skip
        return found

    def _asked(self, name: str, text: str) -> str:
        """What an order asks of whom, made of its text once."""
        found = self._asks.get(name)
        if found is None or found[0] != text:
            spec = self._spec(name, text)
            found = self._asks[name] = (text, asks(spec, spec.recipe))
        return found[1]

    def overrides(self) -> dict[str, Override]:
        """What was changed by hand, by mark."""
        rows = self.read("SELECT mark_id, said FROM overrides")
        return {mark_id: _OVERRIDE.validate_json(said) for mark_id, said in rows}

    def override(self, mark_id: str, said: Override | None) -> None:
        """Keeps what was changed by hand about a mark; None takes it back."""
        with self.write("override") as db:
            if said is None:
                # What was ordered under it is still the mark's: then it is kept that there was something.
                nothing = json.dumps(asdict(Override()))
                db.execute("UPDATE overrides SET said = ? WHERE mark_id = ?", (nothing, mark_id))
                db.execute(
                    "DELETE FROM overrides WHERE mark_id = ? AND NOT EXISTS"
                    " (SELECT 1 FROM asked WHERE json_extract(spec, '$.mark_id') = ?)",
                    (mark_id, mark_id),
                )
            else:
                row = (mark_id, json.dumps(asdict(said)))
                db.execute("INSERT OR REPLACE INTO overrides VALUES (?, ?)", row)

    def written(self, path: Path) -> set[str]:
        """The digests under which we wrote, or were about to write, the cut at ``path``."""
        return {row[0] for row in self.read("SELECT sha256 FROM written WHERE path = ?", self.project.store(path))}

    def will_write(self, path: Path, sha256: str) -> None:
        """Keeps what the cut at ``path`` is about to be, so that it is known for ours whatever happens then."""
        with self.write("cut to be written") as db:
            db.execute("INSERT OR IGNORE INTO written VALUES (?, ?)", (self.project.store(path), sha256))

    def at_service(self) -> list[Order]:
        """Orders that a service is working on, or has results for."""
        marks = ", ".join("?" * len(AT_SERVICE))
        return self.orders(f"state IN ({marks})", *sorted(AT_SERVICE))

    def check_bought(self, order: Order) -> None:
        """Raises ``AlreadyBought`` where the user's journal has a charge for an order that is to be sent."""
        with self._lock:
            if order.spec.cost > 0:
                budget.check_twin(self._db, order.key, str(self.project.folder))

    def spent(self) -> budget.Spent:
        """What the project and the day have spent or reserved."""
        with self._lock:
            return budget.spent(self._db)

    def spent_on(self, tokens: Iterable[str]) -> Decimal:
        """What some attempts have spent, or reserved where it is not known what they were charged."""
        with self._lock:
            return budget.spent_on(self._db, tokens)

    # --- specs as text ----------------------------------------------------------------------------------------------

    def _pack(self, spec: OrderSpec) -> str:
        data = _SPEC.dump_python(spec, mode="json")
        for facts in _facts_in(data):
            facts["path"] = self.project.store(Path(facts["path"]))
        return json.dumps(data, sort_keys=True)

    def _spec(self, key: str, text: str) -> OrderSpec:
        """The spec of an order, made of its text once."""
        found = self._specs.get(key)
        if found is None or found[0] != text:
            found = self._specs[key] = (text, self._unpack(text))
        return found[1]

    def _unpack(self, text: str) -> OrderSpec:
        data = json.loads(text)
        for facts in _facts_in(data):
            facts["path"] = str(self.project.load(facts["path"]))
        return _SPEC.validate_python(data)


def _facts_in(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield data["media"]
    if data.get("sound"):
        yield data["sound"]["facts"]


def _attempt(row: Any) -> Attempt:
    number, token, state, remote, kind, message, reserved, billed, charged, retry_at, expires_at, began_at = row
    return Attempt(
        number=number,
        token=token,
        state=State(state),
        remote=remote,
        kind=kind,
        message=message,
        reserved=Decimal(reserved),
        billed=None if billed is None else budget.sound(billed),
        charged=None if charged is None else bool(charged),
        retry_at=retry_at,
        expires_at=expires_at,
        began_at=began_at,
    )


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "somebody"
    return f"{user}@{socket.gethostname()}"
