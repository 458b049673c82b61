"""Cut files: one module for each form, each giving the same `Cut`."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from .cut import NOT_OURS, Cut, Editor, Losses, MarkState, Patched

__all__ = ["FORMS", "NOT_OURS", "Cut", "Editor", "Losses", "MarkState", "Patched", "calm", "open_cut"]

Maps = tuple[tuple[str, Path], ...]

FORMS: dict[str, tuple[str, str]] = {
    ".otio": ("otio_cut", "open_otio"),
    ".otioz": ("otio_bundle", "open_otioz"),
    ".otiod": ("otio_bundle", "open_otiod"),
    ".xml": ("xmeml_cut", "open_xml"),
    ".fcpxml": ("fcpxml_cut", "open_fcpxml"),
    ".fcpxmld": ("fcpxml_cut", "open_fcpxml"),
    ".aaf": ("aaf_cut", "open_aaf"),
    ".edl": ("edl_cut", "open_edl"),
    ".rtksnap": ("resolve_cut", "open_snapshot"),
}
"""How the name of a cut ends: the module of its form, and what opens it there."""

OPTIONS: dict[str, tuple[str, ...]] = {
    "edl_cut": ("edl_rate", "edl_rate_why"),
}
"""Settings that a form needs to be read, by its module."""


def open_cut(path: Path, maps: Maps = (), **options: str) -> Cut:
    """Opens the cut at ``path``. Raises ``CutError`` for what is no cut, or of a form that is not read.

    ``options`` are settings that only one form knows, such as ``edl_rate``; the others leave them alone.
    """
    found = FORMS.get(path.suffix.lower())
    module, name = found or FORMS[".otio"]
    opened: Callable[..., Cut] = getattr(import_module(f".{module}", __name__), name)
    known = {key: value for key, value in options.items() if key in OPTIONS.get(module, ())}
    with calm():
        return opened(path, maps, **known)


@contextmanager
def calm() -> Iterator[None]:
    """No garbage collection while a document's many small objects are made: none of them can be garbage yet."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
