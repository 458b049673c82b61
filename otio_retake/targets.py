"""From a plan to the targets that takes are made for.

One for each marked clip, or for each mark where takes stand on a track above; one for each sound that is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .cuts.model import Address
from .planned import PlanItem
from .settings import Settings
from .spans import Span
from .takes import Target, TargetPart


@dataclass(frozen=True, slots=True)
class Ordered:
    """The orders of one mark, and all that they change of what the clip shows."""

    keys: tuple[str, ...]
    changed: Span


def targets_for(
    items: Iterable[PlanItem], ordered: Mapping[str, Ordered], settings: Settings
) -> list[tuple[Target, list[PlanItem]]]:
    """The targets of a plan, each with its requests. ``ordered`` are the orders of each mark, by the mark's id."""
    by_clip: dict[Address, list[PlanItem]] = {}
    regions: list[tuple[Target, list[PlanItem]]] = []
    sounds: list[tuple[Target, list[PlanItem]]] = []
    for item in items:
        if item.mark_id not in ordered:
            continue
        if item.mode != "audio" and item.above:
            regions.append((_region_target(item, ordered[item.mark_id], settings), [item]))
        elif item.mode != "audio":
            by_clip.setdefault(item.address, []).append(item)
        if item.mode != "video":
            sounds.append((_sound_target(item, ordered[item.mark_id]), [item]))
    clips = []
    for group in by_clip.values():
        group.sort(key=lambda item: item.region)
        clips.append((_clip_target(group, ordered, settings), group))
    return clips + regions + sounds


def _clip_target(group: list[PlanItem], ordered: Mapping[str, Ordered], settings: Settings) -> Target:
    first = group[0]
    media = Span(0, first.media.video.frames)
    needed = first.needed.cut(media)
    return Target(
        kind="clip",
        media=first.media,
        written=first.written,
        span=needed.widen(max(item.handles for item in group)).cut(media),
        needed=needed,
        parts=tuple(_part(item, ordered[item.mark_id]) for item in group),
        codec=settings.codec,
        native=first.size == "native",
        color_match=settings.color_match,
    )


def _region_target(item: PlanItem, ordered: Ordered, settings: Settings) -> Target:
    """All that changes and handles on both sides, so that the seam can be rolled."""
    part = _part(item, ordered)
    replaced = part.replaced(ordered.changed)
    return Target(
        kind="region",
        media=item.media,
        written=item.written,
        span=ordered.changed.join(part.region).widen(item.handles).cut(Span(0, item.media.video.frames)),
        needed=replaced,
        parts=(part,),
        codec=settings.codec,
        native=item.size == "native",
        color_match=settings.color_match,
    )


def _sound_target(item: PlanItem, ordered: Ordered) -> Target:
    part = _part(item, ordered)
    replaced = part.replaced(ordered.changed)
    return Target(
        kind="sound",
        media=item.media,
        written=item.written,
        span=replaced.widen(item.handles).cut(Span(0, item.media.video.frames)),
        needed=replaced,
        parts=(part,),
        codec="auto",
        native=False,
        color_match=False,
    )


def _part(item: PlanItem, ordered: Ordered) -> TargetPart:
    return TargetPart(item.base_digest, ordered.keys, item.region, item.shown, item.seam)
