"""Making room in a project, and keeping a copy of it. A take in use is never deleted."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

from .cuts import FORMS
from .cuts.otio_unpacking import CONTENT, Zipped
from .durable import explained, sha256_of, written_beside
from .errors import ProjectError, RetakeError
from .ledger import Ledger
from .orders import DEAD, State
from .takes_store import open_targets
from .takes_store import takes as all_takes

_OVER = DEAD | {State.VERIFIED, State.CONFORMED, State.PLACED}


def purgeable(ledger: Ledger, *, results: bool = False, takes: bool = False) -> list[Path]:
    """Files that can go: pulls of orders that are over; if asked, results of conformed ones and dropped takes."""
    project = ledger.project
    waiting = {key for target in open_targets(ledger) for part in target.parts for key in part.orders}
    files: list[Path] = []
    for order in ledger.orders():
        if order.state not in _OVER or order.key in waiting:
            continue
        files += [project.pull(order.key), project.pull(order.key).with_suffix(".json")]
        files += project.pull(order.key).parent.glob(f"{order.key}_*.answer")
        if results and order.state in (State.CONFORMED, State.PLACED):
            files += [project.load(result.path) for result in order.results]
    if takes:
        named = names_in_cuts(ledger)
        files += [take.path for take in all_takes(ledger, "state = 'dropped'") if take.name not in named]
    return [path for path in files if path.is_file()]


def names_in_cuts(ledger: Ledger) -> set[str]:
    """The takes that are named in any cut that we wrote, or that lies beside the project: those are in use."""
    project = ledger.project
    cuts = {project.load(row[0]) for row in ledger.read("SELECT DISTINCT path FROM written")}
    cuts |= {path for path in project.folder.parent.iterdir() if path.suffix.lower() in FORMS}
    found: set[str] = set()
    names = [take.name for take in all_takes(ledger)]
    for cut in cuts:
        inside = cut.rglob("*") if cut.is_dir() else (cut,)
        for file in (path for path in inside if path.suffix.lower() in FORMS):
            with contextlib.suppress(OSError, RetakeError):
                data = _said_in(file)
                found |= {name for name in names if name.encode() in data or name.encode("utf-16-le") in data}
    return found


def _said_in(cut: Path) -> bytes:
    """What a cut's file says; of a zipped bundle its timeline and the names of its media."""
    if cut.suffix.lower() != ".otioz":
        return cut.read_bytes()
    bundle = Zipped(cut)
    return bundle.read(CONTENT) + "\n".join(bundle.names).encode()


def archive_to(ledger: Ledger, into: Path) -> int:
    """Copies project file, ledger, takes and reports into ``into``; every copy is compared with its original.

    Raises ``ProjectError`` where the folder is not empty.
    """
    project = ledger.project
    with explained(into):
        into.mkdir(parents=True, exist_ok=True)
        if any(into.iterdir()):
            raise ProjectError("the folder is not empty", where=str(into), fix="name another one")
    # SQLite's own way to copy a database that others may be writing to.
    with written_beside(into / "ledger.sqlite") as part:
        copy = sqlite3.connect(part)
        try:
            ledger.copy_to(copy)
        finally:
            copy.close()
    count = 1
    for folder in ("takes", "reports"):
        for path in sorted((project.folder / folder).glob("*")):
            if path.is_file() and not path.name.startswith("."):
                _copy(path, into / folder / path.name)
                count += 1
    _copy(project.folder / "project.json", into / "project.json")
    return count + 1


def _copy(source: Path, target: Path) -> None:
    with written_beside(target) as part:
        shutil.copyfile(source, part)
        if sha256_of(part) != sha256_of(source):
            raise ProjectError(
                "the copy differs from its original", where=str(target), fix="check the disk, and try again"
            )
