"""Writes the marks of what was read into its metadata: what the hook does, where anything can be marked at all."""

from __future__ import annotations

import re
from typing import Any

from ..cuts.model import NAMESPACE, Address

VERSION = 1
"""Of what stands under ``otio_retake`` in the metadata of timelines and clips."""

_HINT = re.compile(r"retake", re.IGNORECASE)
"""What every text of a mark holds, and every trace of an earlier reading: the rest is not looked at."""


def write_marks(read: Any, colour: str = "") -> None:
    """Puts the marks of every cut in ``read`` into its metadata, in place of those that were read from it before."""
    from .objects import cuts_in, text_of

    for cut in cuts_in(read):
        text = text_of(cut)
        if _HINT.search(text) or (colour and f'"{colour}"'.lower() in text.lower()):
            from ..cuts import calm

            with calm():
                _mark(cut, text, colour)


def _mark(cut: Any, text: str, colour: str) -> None:
    # Loaded only where there is something to be read: programs that read timelines all day should not notice.
    from ..providers.base import Providers
    from ..vocabulary import vocabulary
    from .listing import Entry, listing
    from .objects import item_at
    from .reading import view_of

    words = vocabulary(Providers(), colour)
    found = listing(view_of(text, cut.name, words), words)
    by_clip: dict[Address, list[Entry]] = {}
    for entry in found.items:
        by_clip.setdefault(Address(*entry["address"]), []).append(entry)
    if '"version_of_marks"' in text:
        _forget(cut)
    for address, entries in by_clip.items():
        _put(item_at(cut, address), marks=entries)
    if cut.schema_name() != "Clip" and (found.items or found.problems or found.suspects):
        _put(cut, marks=list(found.items), problems=list(found.problems), suspects=list(found.suspects))


def _put(item: Any, **said: Any) -> None:
    item.metadata[NAMESPACE] = {**_kept(item), "version_of_marks": VERSION, **said}


def _kept(item: Any) -> dict[str, Any]:
    """What else of ours stands in the metadata of ``item``."""
    there = item.metadata.get(NAMESPACE)
    if there is None or not hasattr(there, "items"):
        return {}
    ours = ("version_of_marks", "marks", "problems", "suspects")
    return {key: value for key, value in there.items() if key not in ours}


def _forget(cut: Any) -> None:
    """Takes out what an earlier reading wrote: the editor may have changed the marks since."""
    inner = list(cut.find_children()) if hasattr(cut, "find_children") else []
    for item in (cut, *inner):
        there = item.metadata.get(NAMESPACE)
        if there is None or not hasattr(there, "items") or "version_of_marks" not in there:
            continue
        kept = _kept(item)
        if kept:
            item.metadata[NAMESPACE] = kept
        else:
            del item.metadata[NAMESPACE]
