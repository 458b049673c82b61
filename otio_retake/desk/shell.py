"""The page's own files, by name: what is in the package, and nothing else, whatever is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePath
from types import MappingProxyType

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class ShellFile:
    """A file of the page."""

    media_type: str
    content: bytes


def _shell() -> dict[str, ShellFile]:
    folder = files(__package__) / "static"
    if not folder.is_dir():
        return {}
    found = {entry.name: entry for entry in folder.iterdir() if entry.is_file()}
    return {
        name: ShellFile(_TYPES[PurePath(name).suffix], entry.read_bytes())
        for name, entry in sorted(found.items())
        if PurePath(name).suffix in _TYPES
    }


SHELL: Mapping[str, ShellFile] = MappingProxyType(_shell())
"""Read once, when the program starts."""
