"""Puts the scripts into Resolve's menu, and takes them out again: for this user alone, and nothing that is not ours.

Menu entries go where Resolve lists them, their modules into our own folder, and a pointer file beside the entries says
where that is and which Python runs this program. What was written is kept in a list, each file with its digest.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..durable import explained, sha256_of, write_text, written_beside
from ..errors import SettingsError
from .folders import Machine, own_folder
from .plugin_files import is_menu_entry, plugin_files

POINTER = "otio-retake.json"
LIST = "installed.json"
PACKAGE = "plugin"


@dataclass(frozen=True)
class Installed:
    """What was done, or would be: files that are new or other than before, those left as they were, those taken out."""

    menu: Path
    package: Path
    written: tuple[Path, ...] = ()
    same: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    """Files of ours that somebody has changed: they are left."""


def wanted_files(machine: Machine, state: Path, python: str, files: Mapping[PurePosixPath, bytes]) -> dict[Path, bytes]:
    """What is to lie where."""
    package = state / PACKAGE
    found = {(machine.menu if is_menu_entry(inner) else package) / inner: data for inner, data in files.items()}
    pointer = {"otio_retake_pointer": 1, "python": python, "package": str(package), "state": str(state)}
    found[machine.menu / POINTER] = (json.dumps(pointer, ensure_ascii=False, indent=1) + "\n").encode()
    return found


def install(
    machine: Machine,
    state: Path,
    *,
    python: str = sys.executable,
    dry_run: bool = False,
    files: Mapping[PurePosixPath, bytes] | None = None,
) -> Installed:
    """Puts everything in its place; again it changes only what is other. Nothing is written where a file is in the way.

    Raises ``SettingsError`` for a file that is not ours, or one of ours that was changed.
    """
    wanted = wanted_files(machine, state, python, plugin_files() if files is None else files)
    ours = _listed(state)
    written, same = [], []
    for path, data in wanted.items():
        if not os.path.lexists(path):
            written.append(path)
        elif _digest(path) == hashlib.sha256(data).hexdigest():
            same.append(path)
        elif _is_ours(path, ours):
            written.append(path)
        else:
            raise SettingsError(
                "there is a file already, and it is not one that otio-retake wrote",
                where=str(path),
                fix="move it away, then install again",
            )
    stale = [path for path in ours if path not in wanted and _is_ours(path, ours)]
    if not dry_run:
        own_folder(state)
        digests = {**ours, **{path: hashlib.sha256(data).hexdigest() for path, data in wanted.items()}}
        # The list first: a file that is written and not in it could never be taken out again.
        _keep(state, digests)
        for path in written:
            with written_beside(path) as part:
                part.write_bytes(wanted[path])
        for path in stale:
            with explained(path):
                path.unlink()
        _keep(state, {path: digests[path] for path in wanted})
    return Installed(machine.menu, state / PACKAGE, tuple(written), tuple(same), tuple(stale))


def unlike(machine: Machine, state: Path, python: str, files: Mapping[PurePosixPath, bytes]) -> list[Path]:
    """The files that are not as `install` puts them: gone, changed, or those of another version."""
    wanted = wanted_files(machine, state, python, files)
    return [path for path, data in wanted.items() if _digest(path) != hashlib.sha256(data).hexdigest()]


def uninstall(machine: Machine, state: Path, *, dry_run: bool = False) -> Installed:
    """Takes out what was put there and nobody has changed, and what Python has made of it; takes and orders stay."""
    ours = _listed(state)
    there = [path for path in ours if os.path.lexists(path)]
    removed = [path for path in there if _is_ours(path, ours)]
    kept = [path for path in there if path not in removed]
    if not dry_run:
        for path in removed:
            with explained(path):
                path.unlink()
        _clear(state / PACKAGE)
        with explained(state / LIST):
            (state / LIST).unlink(missing_ok=True)
    return Installed(machine.menu, state / PACKAGE, removed=tuple(removed), kept=tuple(kept))


def read_pointer(machine: Machine) -> Mapping[str, str] | None:
    """What the pointer file says; None where there is none that can be read."""
    try:
        told = json.loads((machine.menu / POINTER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict) or told.get("otio_retake_pointer") != 1:
        return None
    return {name: str(told.get(name, "")) for name in ("python", "package", "state")}


def _listed(state: Path) -> dict[Path, str]:
    """What was written before, by the list of it."""
    try:
        told = json.loads((state / LIST).read_text(encoding="utf-8"))
        files = told["files"]
        return {Path(path): str(digest) for path, digest in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _keep(state: Path, digests: Mapping[Path, str]) -> None:
    rows = {str(path): digest for path, digest in digests.items()}
    write_text(
        state / LIST, json.dumps({"otio_retake_installed": 1, "files": rows}, ensure_ascii=False, indent=1) + "\n"
    )


def _is_ours(path: Path, ours: Mapping[Path, str]) -> bool:
    if path.is_symlink():
        # No link was ever written: wherever it leads, and if nowhere, somebody has put it there.
        return False
    if path.name == POINTER:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            return bool(json.loads(path.read_text(encoding="utf-8")).get("otio_retake_pointer") == 1)
        return False
    return ours.get(path) == _digest(path)


def _digest(path: Path) -> str:
    with contextlib.suppress(OSError):
        return sha256_of(path)
    return ""


def _clear(package: Path) -> None:
    """Removes what Python made of our modules, and folders that are then empty."""
    for cache in package.rglob("__pycache__"):
        for path in cache.glob("*.pyc"):
            with contextlib.suppress(OSError):
                path.unlink()
    folders = sorted((p for p in package.rglob("*") if p.is_dir()), key=lambda p: len(p.parts), reverse=True)
    for folder in (*folders, package):
        with contextlib.suppress(OSError):
            folder.rmdir()
