"""Where DaVinci Resolve keeps its scripts and itself on each system, and where what is ours lies.

The folders are those of Blackmagic's scripting README, but for this user's on Windows, which it spells wrongly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..durable import explained
from ..errors import SettingsError
from ..project import state_folder

System = Literal["darwin", "win32", "linux"]

_SCRIPTS = ("Fusion", "Scripts", "Utility")
"""Scripts in this folder are listed on every page of Resolve."""


def this_system() -> System:
    """The system that runs this program. Raises ``SettingsError`` where there is no Resolve for it."""
    if sys.platform in ("darwin", "win32"):
        return "darwin" if sys.platform == "darwin" else "win32"
    if sys.platform.startswith("linux"):
        return "linux"
    raise SettingsError(
        "there is no DaVinci Resolve for this system", where=sys.platform, fix="export the timeline as .otio instead"
    )


@dataclass(frozen=True)
class Machine:
    """A machine, as far as its folders go. ``root`` is where its file system begins."""

    system: System = field(default_factory=this_system)
    home: Path = field(default_factory=Path.home)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    root: Path = Path("/")

    @property
    def menu(self) -> Path:
        """Where this user's menu scripts lie. Raises ``SettingsError`` where Windows does not say."""
        inner = Path("Blackmagic Design", "DaVinci Resolve")
        if self.system == "darwin":
            return self.home / "Library" / "Application Support" / inner / Path(*_SCRIPTS)
        if self.system == "linux":
            return self.home / ".local" / "share" / "DaVinciResolve" / Path(*_SCRIPTS)
        return self._variable("APPDATA") / inner / "Support" / Path(*_SCRIPTS)

    @property
    def shared_menu(self) -> Path:
        """Where the scripts for all users of the machine lie; nothing of ours is put there."""
        inner = Path("Blackmagic Design", "DaVinci Resolve", *_SCRIPTS)
        if self.system == "darwin":
            return self.root / "Library" / "Application Support" / inner
        if self.system == "linux":
            return self.root / "opt" / "resolve" / Path(*_SCRIPTS)
        return self._variable("PROGRAMDATA") / inner

    @property
    def programs(self) -> list[Path]:
        """Where Resolve itself is put by its installer."""
        if self.system == "darwin":
            apps = self.root / "Applications"
            return [apps / "DaVinci Resolve" / "DaVinci Resolve.app", apps / "DaVinci Resolve.app",
                    apps / "DaVinci Resolve Studio.app"]  # fmt: skip
        if self.system == "linux":
            return [self.root / "opt" / "resolve", self.root / "home" / "resolve"]
        base = self.environ.get("PROGRAMFILES", "C:\\Program Files")
        return [Path(base) / "Blackmagic Design" / "DaVinci Resolve"]

    def _variable(self, name: str) -> Path:
        found = self.environ.get(name)
        if not found:
            raise SettingsError(
                f"Windows does not say where {name} is",
                where=name,
                fix="run the command in a terminal of your own user",
            )
        return Path(found)


def resolve_state() -> Path:
    """Where what belongs to Resolve is kept for this user: the scripts' own modules, handovers, projects."""
    return state_folder() / "resolve"


def own_folder(folder: Path) -> None:
    """Makes a folder of ours that this user alone can enter: footage and prompts lie in there."""
    with explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A disk that knows no permissions has none to change.
    with suppress(OSError):
        folder.chmod(0o700)


@contextmanager
def private() -> Iterator[None]:
    """What is made in here, by this process or one that it starts, no other user can read."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
