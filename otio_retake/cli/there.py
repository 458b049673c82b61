"""What a cut has where somebody looked for a take in vain: which takes, and where they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..cuts.model import View
    from ..readback import TakeInCut

MOST_NAMED = 6
"""Clips that an error names."""


def takes_there(view: View, takes: Iterable[TakeInCut]) -> str:
    """The clips with takes, by timecode and name, each with its versions: what ``--at`` can name, and TAKE with it."""
    clips: dict[tuple[str, str], dict[str, None]] = {}
    listed = list(takes)
    # The sound of a retake has its picture's version.
    for take in [take for take in listed if take.clip.kind == "Video"] or listed:
        where = view.timecode(take.clip.record[0]), take.clip.name
        clips.setdefault(where, {})[take.label] = None
    if not clips:
        return "the cut has no takes; `otio-retake place` puts them there"
    rows = [f"{timecode} {name} ({', '.join(labels)})" for (timecode, name), labels in sorted(clips.items())]
    more = f" and {len(rows) - MOST_NAMED} more, see `takes list`" if len(rows) > MOST_NAMED else ""
    return f"takes are at {'; '.join(rows[:MOST_NAMED])}{more}"
