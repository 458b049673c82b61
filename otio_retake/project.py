"""The project folder: ``retakes/``, found upwards from the cut, shared by all versions of a cut.

::

    retakes/  project.json  ledger.sqlite  facts.json  pulls/  results/  takes/  reports/
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from .durable import explained, write_text
from .errors import ProjectError, ProjectTooNew, SettingsError

FOLDER = "retakes"
VERSION = 1
"""Version of the folder and of its ledger. A newer one is refused, an older one migrated after a backup."""

STATE_VARIABLE = "OTIO_RETAKE_STATE"
"""Names another folder for the user's journal of charges."""


@dataclass(frozen=True)
class Project:
    """A project folder and what lies in it. The folders are made when something is written into them."""

    folder: Path

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / "ledger.sqlite"

    @property
    def facts(self) -> Path:
        """What is known of media, so that it is not looked at again."""
        return self.folder / "facts.json"

    def pull(self, key: str) -> Path:
        """Where the pull of an order lies."""
        return self.folder / "pulls" / f"{key}.mp4"

    def result(self, key: str, number: int) -> Path:
        """Where a result of an order lies."""
        return self.folder / "results" / f"{key}_{number}.mp4"

    def take(self, name: str) -> Path:
        """Where a take lies."""
        return self.folder / "takes" / name

    @property
    def exists(self) -> bool:
        """Whether anything was ever written here."""
        return (self.folder / "project.json").is_file()

    # Paths in the ledger are kept relative, so that a project can be moved and shared.

    def store(self, path: Path) -> str:
        """``path`` as the ledger keeps it: below the project or its cut's folder by name, else as it is."""
        path = path.absolute()
        for name, root in (("project", self.folder), ("cut", self.folder.parent)):
            if path.is_relative_to(root.absolute()):
                return f"{name}:{path.relative_to(root.absolute()).as_posix()}"
        return path.as_posix()

    def load(self, kept: str, maps: tuple[tuple[str, Path], ...] = ()) -> Path:
        """The path that ``store`` kept; ``maps`` says where else absolute ones may be on this machine."""
        name, colon, rest = kept.partition(":")
        if colon and name in ("project", "cut"):
            return (self.folder if name == "project" else self.folder.parent) / rest
        path = Path(kept)
        if not path.exists():
            for old, new in maps:
                base = old.replace("\\", "/").rstrip("/")
                if kept.lower().startswith(base.lower() + "/") and (new / kept[len(base) + 1 :]).exists():
                    return new / kept[len(base) + 1 :]
        return path


def find_project(cut: Path, wanted: Path | None = None) -> Project:
    """The project for ``cut``: ``wanted``, else the nearest ``retakes`` from the cut's folder up, else a new one there.

    Raises ``ProjectTooNew`` for a folder of a newer version, ``ProjectError`` where it is damaged.
    """
    start = cut.absolute().parent
    if wanted is not None:
        project = Project(wanted.expanduser().absolute())
    else:
        folders = (folder / FOLDER for folder in (start, *start.parents))
        found = next((folder for folder in folders if (folder / "project.json").is_file()), None)
        project = Project(found or start / FOLDER)
    if project.exists:
        _check(project)
    elif project.folder.exists() and not project.folder.is_dir():
        raise ProjectError("the project folder is a file", where=str(project.folder), fix="name another with --project")
    return project


def _check(project: Project) -> None:
    path = project.folder / "project.json"
    try:
        version = json.loads(path.read_text(encoding="utf-8"))["version"]
        if not isinstance(version, int):
            raise TypeError
    except (ValueError, KeyError, TypeError, OSError, RecursionError):
        raise ProjectError(
            "the project's own file cannot be read", where=str(path), fix="bring it back from a copy"
        ) from None
    if version > VERSION:
        raise ProjectTooNew(
            f"the project was written by a newer version (folder version {version}, this program knows {VERSION})",
            where=str(project.folder),
            fix="update otio-retake",
        )


def create_project(project: Project) -> None:
    """Makes the folder where it is not there yet."""
    if not project.exists:
        with explained(project.folder):
            project.folder.mkdir(parents=True, exist_ok=True)
        write_text(project.folder / "project.json", json.dumps({"version": VERSION}) + "\n")


def state_folder() -> Path:
    """Where the user's journal of charges lies, over all projects.

    Raises ``SettingsError`` for a place that depends on where a command is run: there would be many journals, and
    none would hold what a day has spent.
    """
    from platformdirs import user_state_path

    named = os.environ.get(STATE_VARIABLE)
    if not named:
        return user_state_path("otio-retake")
    try:
        folder = Path(named).expanduser()
    except RuntimeError:
        folder = Path(named)
    if not folder.is_absolute():
        raise SettingsError(
            f"{named!r} means another folder wherever a command is run",
            where=STATE_VARIABLE,
            fix="name it from the root on, or with ~/",
        )
    return folder
