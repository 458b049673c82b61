"""A timeline of DaVinci Resolve, by a snapshot of it: what is written is a plan that the scripts in Resolve apply.

The timeline itself is not here. Nothing of it changes before somebody applies the plan in Resolve.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import CutError
from .cut import Cut, Editor, Losses, MarkState, Patched, Tell
from .model import Address, Marker, View
from .resolve_apply import PlanWriter, dumped
from .resolve_asked import FILE_NAME, Offer, offers_of, read_asked
from .resolve_exchange import before, next_revision
from .resolve_plays import CHOOSE, UNKNOWN
from .resolve_reader import read_view
from .resolve_snapshot import Snapshot, read_snapshot
from .view_timeline import timeline_of

if TYPE_CHECKING:
    from ..takes import Placement


def open_snapshot(path: Path, maps: tuple[tuple[str, Path], ...] = ()) -> ResolveCut:
    """Opens a snapshot, with what was asked on the desk beside it. Raises ``CutError``."""
    data, snapshot = read_snapshot(path)
    return ResolveCut(path, data, snapshot, maps)


class ResolveCut(Cut):
    """A timeline in Resolve, as a snapshot says."""

    endings: ClassVar[tuple[str, ...]] = (".rtkapply",)
    marks_apart: ClassVar[bool] = True
    placed_elsewhere: ClassVar[bool] = True

    def __init__(self, path: Path, data: bytes, snapshot: Snapshot, maps: tuple[tuple[str, Path], ...] = ()) -> None:
        super().__init__(path, maps)
        self._data = data
        self.snapshot = snapshot
        self.reading = read_view(path, snapshot, read_asked(path))

    @property
    def view(self) -> View:
        """What the timeline says."""
        return self.reading.view

    @property
    def original(self) -> bytes:
        """The snapshot as it was read."""
        return self._data

    @cached_property
    def timeline(self) -> Any:
        """The cut as an OpenTimelineIO timeline."""
        return timeline_of(self.view)

    @property
    def companions(self) -> tuple[Path, ...]:
        """Files beside the snapshot that are part of the cut."""
        return (self.path.with_name(FILE_NAME),)

    @property
    def offers(self) -> list[Offer]:
        """Regions that can be asked for without a marker: what was selected, in and out, the playhead's clip."""
        return offers_of(self.snapshot, self.view, self.reading.addresses)

    def apply(self, placements: Iterable[Placement], beside: Path, editor: Editor = "") -> Patched:
        """The plan that brings every take into the timeline; what could not be placed is named in its losses."""
        placements = list(placements)
        writer = PlanWriter(self.snapshot, self.sha256, self.reading, before(beside))
        return self.warned(writer.apply(placements), placements, beside)

    def drop(self, idents: set[str]) -> Patched:
        """A plan that puts the originals of these takes in use; only Resolve's own hands take a take out of a list."""
        chosen, losses = {}, Losses()
        writer = self._writer
        for clip in self.view.clips():
            for take in clip.takes:
                if str((take.ours or {}).get("take", "")) in idents or PlanWriter.ident_of(take.url) in idents:
                    if not writer.may_go_back(clip.address):
                        raise CutError(UNKNOWN, where=f"{self.view.timecode(clip.record[0])} {clip.name}", fix=CHOOSE)
                    chosen[self.reading.items[clip.address].id] = ""
                    what = "it stays in the take list, out of use; delete it there, or run Retake - Revert"
                    losses.left_out.append(f"{self.view.timecode(clip.record[0])} {take.name}: {what}")
        return replace(writer.patched(writer.plan([], chosen)), losses=losses)

    def activate(self, address: Address, key: str) -> Patched:
        """A plan that puts a take of an item in use, or its original."""
        clip = self.view.clip_at(address)
        if clip.placed is not None:
            raise CutError(
                "this take is a clip of its own in Resolve",
                where=f"{self.view.timecode(clip.record[0])} {clip.name}",
                fix="enable its clip on the track Retakes in Resolve, or pick it on the desk",
            )
        return self._writer.choose(address, key)

    def write_marks(self, states: Mapping[Marker, MarkState]) -> Patched:
        """A plan that writes the state of each mark into its custom data, where nobody else has written any."""
        writer = self._writer
        return writer.patched({**writer.plan(), "marks": self._marks(states)})

    def with_marks(self, patched: Patched, states: Mapping[Marker, MarkState]) -> Patched:
        """The same in a plan that holds takes."""
        return replace(patched, content=dumped({**json.loads(patched.content), "marks": self._marks(states)}))

    def _marks(self, states: Mapping[Marker, MarkState]) -> list[dict[str, Any]]:
        rows = []
        for marker, state in states.items():
            home = self.reading.homes[marker.at] if marker.at >= 0 else None
            if home is None or home.raw.custom:
                continue
            rows.append({
                "where": "item" if home.item else "timeline", "item": home.item, "frame": home.raw.frame,
                "duration": home.raw.duration, "color": home.raw.color, "name": home.raw.name,
                "custom": f"otio-retake:{state}",
            })  # fmt: skip
        return rows

    @property
    def _writer(self) -> PlanWriter:
        return PlanWriter(self.snapshot, self.sha256, self.reading, before(self.path.parent))

    def save(
        self,
        patched: Patched,
        path: Path,
        *,
        may_replace: Collection[str] = (),
        replace: bool = False,
        tell: Tell | None = None,
    ) -> None:
        """Writes the plan under the next revision of its folder: the script tells a new one by that."""
        plan = {**json.loads(patched.content), "revision": next_revision(path)}
        super().save(_with_content(patched, dumped(plan)), path, may_replace=may_replace, replace=replace, tell=tell)

    def left_behind(self, beside: Path) -> list[str]:
        """Nothing: Resolve names its media by whole paths."""
        return []


def _with_content(patched: Patched, content: bytes) -> Patched:
    return replace(patched, content=content)
