"""The file that the ledger is: its tables, its version, its settings, and what its failures mean to a person.

The user's journal of charges is attached to the connection, so that both are written in one transaction (atomic over
both files with a rollback journal: https://www.sqlite.org/atomiccommit.html).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import budget
from .durable import lasting
from .errors import ProjectBusy, ProjectError, ProjectTooNew
from .project import VERSION, Project

SCHEMA = """
CREATE TABLE orders (
    key TEXT PRIMARY KEY, state TEXT NOT NULL, accepted INTEGER NOT NULL, spec TEXT NOT NULL,
    fingerprint TEXT NOT NULL, first INTEGER NOT NULL, end INTEGER NOT NULL,
    base_digest TEXT NOT NULL, digest TEXT NOT NULL, ordinal INTEGER NOT NULL,
    pull TEXT NOT NULL DEFAULT '', upload TEXT NOT NULL DEFAULT '', upload_expires REAL,
    made_by TEXT NOT NULL, made_at REAL NOT NULL
);
CREATE INDEX orders_by_media ON orders (fingerprint, base_digest);
CREATE TABLE attempts (
    order_key TEXT NOT NULL REFERENCES orders, number INTEGER NOT NULL, token TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL, remote TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '', reserved TEXT NOT NULL, billed TEXT, charged INTEGER,
    retry_at REAL NOT NULL DEFAULT 0, expires_at REAL, began_at REAL NOT NULL, PRIMARY KEY (order_key, number)
);
CREATE TABLE results (
    order_key TEXT NOT NULL REFERENCES orders, number INTEGER NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, state TEXT NOT NULL, verdict TEXT NOT NULL DEFAULT '', PRIMARY KEY (order_key, number)
);
CREATE TABLE targets (id TEXT PRIMARY KEY, spec TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE takes (
    id TEXT PRIMARY KEY, target TEXT NOT NULL REFERENCES targets, mark TEXT NOT NULL, version INTEGER NOT NULL,
    file TEXT NOT NULL UNIQUE, state TEXT NOT NULL, spec TEXT NOT NULL
);
CREATE TABLE charges (
    token TEXT PRIMARY KEY, order_key TEXT NOT NULL, project TEXT NOT NULL, service TEXT NOT NULL,
    amount TEXT NOT NULL, currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'released')), day TEXT NOT NULL
);
CREATE TABLE overrides (mark_id TEXT PRIMARY KEY, said TEXT NOT NULL);
CREATE TABLE written (path TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (path, sha256));
CREATE TABLE intents (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, order_key TEXT NOT NULL);
CREATE TABLE leases (
    name TEXT PRIMARY KEY, token TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,
    beat REAL NOT NULL
);
CREATE TABLE events (id INTEGER PRIMARY KEY, at REAL NOT NULL, order_key TEXT NOT NULL, what TEXT NOT NULL);
"""

LATER = (
    "CREATE TABLE IF NOT EXISTS main.reviews ("
    " take TEXT PRIMARY KEY, reason TEXT NOT NULL, made_by TEXT NOT NULL, made_at REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS main.choices (mark_id TEXT PRIMARY KEY, said TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS main.names (file TEXT PRIMARY KEY, take TEXT NOT NULL, version INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS main.reuses ("
    " order_key TEXT NOT NULL REFERENCES orders, spec TEXT NOT NULL, fingerprint TEXT NOT NULL,"
    " first INTEGER NOT NULL, end INTEGER NOT NULL, base_digest TEXT NOT NULL, digest TEXT NOT NULL,"
    " ordinal INTEGER NOT NULL, PRIMARY KEY (order_key, fingerprint))",
    "CREATE INDEX IF NOT EXISTS main.reuses_by_media ON reuses (fingerprint, base_digest)",
    "CREATE VIEW IF NOT EXISTS main.asked AS"
    " SELECT key, spec, fingerprint, first, end, base_digest, digest, ordinal, state, made_at FROM orders"
    " UNION ALL SELECT r.order_key, r.spec, r.fingerprint, r.first, r.end, r.base_digest, r.digest, r.ordinal,"
    " o.state, o.made_at FROM reuses r JOIN orders o ON o.key = r.order_key AND o.fingerprint != r.fingerprint",
    "CREATE TABLE IF NOT EXISTS main.placings ("
    " path TEXT NOT NULL, take TEXT NOT NULL, cut TEXT NOT NULL, at REAL NOT NULL, here INTEGER NOT NULL,"
    " PRIMARY KEY (path, take))",
)
"""Why people rejected takes, what they chose for each mark, the names that takes are about to be written under, which
takes were written into which cut, and which other files hold the very frames of an order: ``asked`` has an order once
for each of its files. These came later; a program that does not know them leaves them alone."""

BUSY_SECONDS = 30.0
"""How long a write waits for another process's; each lasts milliseconds."""


def prepare(db: sqlite3.Connection, project: Project, journal: Path) -> None:
    """Settings, schema and version of a connection."""
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("ATTACH DATABASE ? AS journal", (str(journal),))
    db.execute("PRAGMA journal.journal_mode = DELETE")
    db.execute("PRAGMA journal.synchronous = FULL")
    db.execute("BEGIN IMMEDIATE")
    version = db.execute("PRAGMA main.user_version").fetchone()[0]
    if version > VERSION:
        db.execute("ROLLBACK")
        raise ProjectTooNew(
            f"the ledger was written by a newer version (ledger version {version}, this program knows {VERSION})",
            where=str(project.ledger),
            fix="update otio-retake",
        )
    if version == 0:
        for statement in SCHEMA.split(";\n"):
            if statement.strip():
                db.execute(statement)
        db.execute(f"PRAGMA main.user_version = {VERSION}")
    for statement in LATER:
        db.execute(statement)
    db.execute(budget.JOURNAL)
    with lasting("ledger made"):
        db.execute("COMMIT")


@contextmanager
def said_of(path: Path) -> Iterator[None]:
    """Turns what SQLite raises about the file at ``path`` into a message with what, where and what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorname", "") or ""
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise ProjectBusy(
                "another process is writing to the ledger and does not end",
                where=str(path),
                fix="wait for it, or end it, then run the command again",
            ) from None
        if code.startswith("SQLITE_FULL"):
            raise ProjectError(
                "the disk is full", where=str(path.parent), fix="make room, then run the same command again"
            ) from None
        if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
            raise ProjectError(
                f"the ledger cannot be written ({error})", where=str(path), fix="check the folder and its permissions"
            ) from None
        if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise ProjectError(
                "the ledger is damaged",
                where=str(path),
                fix="bring it back from a copy; do not delete it: it knows what was paid",
            ) from None
        raise
