"""What a desk was opened over may be written anew while it is open: the cut, its list of markers, the settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..errors import SettingsError
from ..session import Session
from ..settings import nearest_file, user_file

Signature = tuple[tuple[str, int, int] | None, ...]
"""One entry for each file: its path, when it was written, and its size; None where there is none."""


def signature(session: Session) -> Signature:
    """What changes when the cut or something that is read with it is written anew; of a bundle, its folder."""
    cut = session.cut_path
    settings = nearest_file(cut.absolute().parent), user_file()
    return tuple(_of(path) for path in (cut, session.settings.markers, *settings, *session.cut.companions))


def _of(path: Path | None) -> tuple[str, int, int] | None:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        found = None
    return None if found is None else (str(path), found.st_mtime_ns, found.st_size)


def reopened(old: Session) -> Session:
    """The same cut and settings as they now are, with the ledger and the services of ``old``.

    Raises a ``RetakeError`` where they cannot be read, or name another project.
    """
    fresh = replace(old, _ledger=old.ledger)
    fresh.providers = old.providers
    if fresh.project != old.project:
        raise SettingsError(
            "the settings name another project", where="project", fix="open the desk again, or take that back"
        )
    _ = fresh.requests
    return fresh
