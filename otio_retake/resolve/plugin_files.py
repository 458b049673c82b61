"""The files that run in DaVinci Resolve: beside this module in an installed package, else in the source tree."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from ..errors import SettingsError

_HERE = Path(__file__).resolve().parent
PLACES = (_HERE / "scripts", _HERE.parents[1] / "resolve_plugin")
"""The wheel has them in the first, a checkout in the second."""

_LEFT = ("ruff.toml", "README.md", "mypy.ini", "pyproject.toml")
_LEFT_FOLDERS = ("__pycache__", "tests")


def plugin_files(places: tuple[Path, ...] = PLACES) -> dict[PurePosixPath, bytes]:
    """Every file by its path within the plugin. Raises ``SettingsError`` where the package is without them."""
    root = next((place for place in places if any(place.glob("Retake*.py"))), None)
    if root is None:
        raise SettingsError(
            "this copy of otio-retake comes without its scripts for Resolve",
            where=str(places[0]),
            fix="install it again, from a wheel or from the source tree",
        )
    found = {}
    for path in sorted(root.rglob("*")):
        inner = PurePosixPath(path.relative_to(root).as_posix())
        if not path.is_file() or path.suffix == ".pyc" or any(part.startswith(".") for part in inner.parts):
            continue
        if inner.name in _LEFT or any(part in _LEFT_FOLDERS for part in inner.parts):
            continue
        found[inner] = path.read_bytes()
    return found


def is_menu_entry(inner: PurePosixPath) -> bool:
    """Whether a file is an entry of Resolve's menu: every ``.py`` in its folder is listed, so no others go there."""
    return len(inner.parts) == 1 and inner.suffix == ".py" and inner.name.startswith("Retake")
