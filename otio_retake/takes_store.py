"""Targets and takes in the ledger."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from .ledger import Ledger
from .takes import TakeFile, TakeSpec, TakeState, Target

_TARGET = TypeAdapter(Target)
_TAKE = TypeAdapter(TakeSpec)


def add_target(ledger: Ledger, target: Target) -> None:
    """Writes a target that takes are to be made for; one that is there is opened again."""
    data = _TARGET.dump_python(target, mode="json")
    data["media"]["path"] = ledger.project.store(Path(data["media"]["path"]))
    with ledger.write("target") as db:
        db.execute(
            "INSERT INTO targets (id, spec, state) VALUES (?, ?, 'open') ON CONFLICT (id) DO UPDATE SET state = 'open'",
            (target.ident, json.dumps(data, sort_keys=True)),
        )


def open_targets(ledger: Ledger) -> list[Target]:
    """Targets whose takes are still to be made, in a fixed order."""
    rows = ledger.read("SELECT spec FROM targets WHERE state = 'open' ORDER BY id")
    return [_unpack(ledger, row[0]) for row in rows]


def close_target(ledger: Ledger, ident: str) -> None:
    """Writes that all takes of a target are made."""
    with ledger.write("target closed") as db:
        db.execute("UPDATE targets SET state = 'made' WHERE id = ?", (ident,))


def target(ledger: Ledger, ident: str) -> Target | None:
    """The target with an id."""
    rows = ledger.read("SELECT spec FROM targets WHERE id = ?", ident)
    return _unpack(ledger, rows[0][0]) if rows else None


def _unpack(ledger: Ledger, text: str) -> Target:
    data = json.loads(text)
    data["media"]["path"] = str(ledger.project.load(data["media"]["path"]))
    return _TARGET.validate_python(data)


def next_version(ledger: Ledger, mark: str) -> int:
    """The number of the next take for a mark; numbers are never used twice.

    Takes of a whole clip and of a region count on from each other: their files lie side by side.
    """
    kind, _, rest = mark.partition(":")
    kinds = ("sound",) if kind == "sound" else ("clip", "region")
    alike = [f"{each}:{rest}" for each in kinds]
    rows = ledger.read(f"SELECT max(version) FROM takes WHERE mark IN ({', '.join('?' * len(alike))})", *alike)
    return int(rows[0][0] or 0) + 1


def name_of(ledger: Ledger, ident: str) -> tuple[int, Path] | None:
    """The version and the file under which a take was about to be written, whatever came of that."""
    rows = ledger.read("SELECT version, file FROM names WHERE take = ? ORDER BY version DESC", ident)
    return (int(rows[0][0]), ledger.project.load(rows[0][1])) if rows else None


def is_free(ledger: Ledger, path: Path) -> bool:
    """Whether no take has a file's name, or is about to have it, and no such file lies there.

    A ledger that was brought back from a copy does not know of what was made since.
    """
    kept = ledger.project.store(path)
    known = ledger.read("SELECT 1 FROM takes WHERE file = ? UNION SELECT 1 FROM names WHERE file = ?", kept, kept)
    return not known and not path.exists()


def will_make(ledger: Ledger, ident: str, version: int, path: Path) -> None:
    """Keeps under which name a take is about to be written, so that it has the same one whatever happens then."""
    with ledger.write("take to be made") as db:
        db.execute(
            "INSERT INTO names (file, take, version) VALUES (?, ?, ?)", (ledger.project.store(path), ident, version)
        )


def add_take(ledger: Ledger, take: TakeFile, mark: str) -> None:
    """Writes that a take was made."""
    with ledger.write("take made") as db:
        row = (
            take.ident,
            take.target,
            mark,
            take.version,
            ledger.project.store(take.path),
            take.state,
            json.dumps(_TAKE.dump_python(take.spec, mode="json"), sort_keys=True),
        )
        db.execute("DELETE FROM takes WHERE id = ?", (take.ident,))
        db.execute("INSERT INTO takes VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def renew_take(ledger: Ledger, take: TakeFile) -> None:
    """Writes that a take which is known was made again."""
    with ledger.write("take made again") as db:
        text = json.dumps(_TAKE.dump_python(take.spec, mode="json"), sort_keys=True)
        db.execute("UPDATE takes SET spec = ? WHERE id = ?", (text, take.ident))


def takes(ledger: Ledger, where: str = "1", *values: Any) -> list[TakeFile]:
    """Takes, oldest version first; ``where`` is a condition on the table."""
    rows = ledger.read(
        f"SELECT id, target, version, file, state, spec FROM takes WHERE {where} ORDER BY mark, version, id", *values
    )
    return [
        TakeFile(ident, target_id, version, ledger.project.load(file), state, _TAKE.validate_json(spec))
        for ident, target_id, version, file, state, spec in rows
    ]


def mark_take(ledger: Ledger, ident: str, state: TakeState) -> None:
    """Writes what became of a take."""
    with ledger.write(f"take {state}") as db:
        db.execute("UPDATE takes SET state = ? WHERE id = ?", (state, ident))


def reject_take(ledger: Ledger, ident: str, reason: str) -> None:
    """Writes that a person does not want a take, and why: it is not placed any more."""
    with ledger.write("take rejected") as db:
        mark_take(ledger, ident, "dropped")
        row = (ident, reason, ledger.who, time.time())
        db.execute("INSERT OR REPLACE INTO reviews (take, reason, made_by, made_at) VALUES (?, ?, ?, ?)", row)


def restore_take(ledger: Ledger, ident: str) -> None:
    """Takes a rejection back: the take may be placed again."""
    with ledger.write("take restored") as db:
        mark_take(ledger, ident, "made")
        db.execute("DELETE FROM reviews WHERE take = ?", (ident,))


def reviews(ledger: Ledger) -> dict[str, str]:
    """Why takes were rejected, by their ids."""
    return dict(ledger.read("SELECT take, reason FROM reviews"))
