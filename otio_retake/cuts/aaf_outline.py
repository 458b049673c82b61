"""An AAF file as plain values: the sequence, and the media objects that it plays. Runs in the child of `aaf_cell`.

AAF object specification: https://www.amwa.tv/specifications (AMWA MS-01); Avid's additions as pyaaf2 names them:
https://github.com/markreidvfx/pyaaf2. Numbers stay exact: rates and points of curves are texts of fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aaf2
from aaf2 import components, essence, mobs, mobslots
from aaf2.cache import LRUCacheDict

DEEPEST = 60
"""Segments inside each other: Avid's own nests stay below 20."""

MOST_SEGMENTS = 500_000
"""Segments in all: a feature film with every track has some 50,000."""

MOST_BYTES = 256 << 20
"""Bytes of an outline: that of a feature film has some 20 MB."""

_LONGEST = 10_000
"""Characters of a name or a comment."""

_REMEMBERED = 50_000
"""Directories that are kept in mind: each object is one."""

Outline = dict[str, Any]

_KINDS = {
    components.SourceClip: "clip",
    components.Sequence: "sequence",
    components.Filler: "filler",
    components.ScopeReference: "below",
    components.Transition: "transition",
    components.OperationGroup: "effect",
    components.NestedScope: "scope",
    components.Selector: "selector",
    components.EssenceGroup: "choices",
    components.Pulldown: "pulldown",
    components.Timecode: "timecode",
}


_MISSING: Outline = {"is": "missing", "name": "", "comments": {}, "slots": []}


class Unreadable(Exception):
    """The file is no AAF that can be read; the text says why."""


def read_outline(path: Path) -> Outline:
    """The one sequence in the file at ``path`` with all that it leads to. Raises `Unreadable`."""
    with opened(path, "r") as file:
        return _Reader(file).outline()


@contextmanager
def opened(path: Path, mode: str) -> Iterator[Any]:
    """The file at ``path``, open in pyaaf2, which is given room to remember every directory of it.

    Without, it lists a track's thousands of components again for every few of them.
    """
    with aaf2.open(str(path), mode) as file:
        file.cfb.children_cache = LRUCacheDict(_REMEMBERED)
        yield file


def top_sequences(file: Any) -> list[Any]:
    """The sequences of a file that no other of its sequences plays."""
    found = [mob for mob in file.content.mobs if isinstance(mob, mobs.CompositionMob)]
    return [mob for mob in found if mob.usage == "Usage_TopLevel"] or found


class _Reader:
    def __init__(self, file: Any) -> None:
        self._file = file
        self._segments = 0
        self._found: dict[str, Outline] = {}
        self._open: list[Any] = []

    def outline(self) -> Outline:
        top = top_sequences(self._file)
        if not top:
            raise Unreadable("it holds no sequence")
        if len(top) > 1:
            names = ", ".join(repr(str(mob.name)) for mob in top[:5])
            raise Unreadable(f"it holds {len(top)} sequences ({names}), not one")
        sequence = str(top[0].mob_id)
        self._visit(top[0].mob_id)
        self._mob(self._open.pop())
        while self._open:
            mob = self._open.pop()
            try:
                self._mob(mob)
            except (Unreadable, MemoryError, RecursionError):
                raise
            except Exception:  # pyaaf2 raises anything at all over a damaged object: its clips have no media
                self._found[str(mob.mob_id)] = dict(_MISSING)
        return {"sequence": sequence, "mobs": self._found, "product": self._product()}

    def _product(self) -> str:
        listed = self._file.header.getvalue("IdentificationList") or []
        names = [_text(one.getvalue("ProductName")) for one in listed]
        return names[-1] if names else ""

    def _visit(self, ident: Any) -> str:
        """Notes a media object that something plays; the empty name where it plays nothing."""
        if ident is None or int(ident) == 0:
            return ""
        key = str(ident)
        if key not in self._found:
            mob = self._file.content.mobs.get(ident, None)
            self._found[key] = {}
            if mob is not None:
                self._open.append(mob)
            else:
                self._found[key] = dict(_MISSING)
        return key

    def _mob(self, mob: Any) -> None:
        is_ = next(
            (
                name
                for cls, name in (
                    (mobs.CompositionMob, "sequence"),
                    (mobs.MasterMob, "master"),
                    (mobs.SourceMob, "source"),
                )
                if isinstance(mob, cls)
            ),
            "other",
        )
        made: Outline = {
            "is": is_,
            "name": _text(mob.getvalue("Name")),
            "comments": dict(_tagged(mob.getvalue("UserComments"))),
            "slots": [self._slot(slot) for slot in mob.slots],
        }
        if is_ == "source":
            made |= self._descriptor(mob.getvalue("EssenceDescription"))
        self._found[str(mob.mob_id)] = made

    def _descriptor(self, descriptor: Any) -> Outline:
        if descriptor is None:
            return {"holds": "nothing", "urls": [], "length": None, "size": None}
        holds = "file"
        if isinstance(descriptor, essence.TapeDescriptor):
            holds = "tape"
        elif isinstance(descriptor, essence.PhysicalDescriptor):
            holds = "import"
        elif not isinstance(descriptor, essence.FileDescriptor):
            holds = "film"
        urls = [_text(one.getvalue("URLString")) for one in descriptor.getvalue("Locator") or []]
        parts = [descriptor, *(descriptor.getvalue("FileDescriptors") or [])]
        sizes = [(part.getvalue("StoredWidth"), part.getvalue("StoredHeight")) for part in parts]
        size = next(([w, h] for w, h in sizes if w and h), None)
        return {"holds": holds, "urls": [url for url in urls if url], "length": None, "size": size} | (
            {"length": int(descriptor.getvalue("Length") or 0)} if holds == "file" else {}
        )

    def _slot(self, slot: Any) -> Outline:
        rate = slot.getvalue("EditRate")
        made: Outline = {
            "id": int(slot.slot_id),
            "name": _text(slot.getvalue("SlotName")),
            "number": _whole(slot.getvalue("PhysicalTrackNumber")),
            "rate": _fraction(rate),
            "origin": int(slot.getvalue("Origin") or 0),
            "is": "event" if isinstance(slot, mobslots.EventMobSlot) else "track" if rate is not None else "other",
        }
        segment = slot.getvalue("Segment")
        if segment is None:
            return made | {"media": "", "segment": {"is": "nothing", "length": 0}}
        made["media"] = _media(segment)
        if made["is"] == "event":
            made["markers"] = [_marker(one) | {"at": number} for number, one in _events(segment)]
            return made | {"segment": {"is": "nothing", "length": 0}}
        return made | {"segment": self._segment(segment, 0)}

    def _segment(self, segment: Any, depth: int) -> Outline:
        self._segments += 1
        if depth > DEEPEST or self._segments > MOST_SEGMENTS:
            raise Unreadable("its segments are nested too deep" if depth > DEEPEST else "it has too many segments")
        kind = next((name for cls, name in _KINDS.items() if isinstance(segment, cls)), "other")
        made: Outline = {"is": kind, "length": int(segment.getvalue("Length") or 0)}

        def inner(name: str) -> list[Outline]:
            return [self._segment(one, depth + 1) for one in segment.getvalue(name) or []]

        if kind == "clip":
            made["mob"] = self._visit(segment.getvalue("SourceID"))
            made["slot"] = int(segment.getvalue("SourceMobSlotID") or 0)
            made["start"] = int(segment.getvalue("StartTime") or 0)
        elif kind == "sequence":
            made["parts"] = inner("Components")
        elif kind == "scope":
            made["tracks"] = inner("Slots")
        elif kind == "choices":
            made["parts"] = inner("Choices")
        elif kind == "selector":
            selected = segment.getvalue("Selected")
            made["selected"] = self._segment(selected, depth + 1) if selected is not None else None
            made["parts"] = inner("Alternates")
        elif kind == "pulldown":
            made["input"] = self._segment(segment["InputSegment"].value, depth + 1)
            made["to_tape"] = str(segment.getvalue("PulldownDirection") or "")
        elif kind == "timecode":
            made |= {"start": int(segment.start), "fps": int(segment.fps), "drop": bool(segment.drop)}
        elif kind == "transition":
            made["cut"] = int(segment.getvalue("CutPoint") or 0)
        elif kind == "effect":
            made |= _effect(segment)
            made["inputs"] = inner("InputSegments")
        else:
            made["class"] = type(segment).__name__ if kind == "other" else ""
        return made


def _effect(group: Any) -> Outline:
    operation = group.getvalue("Operation")
    parameters: Outline = {}
    for one in group.getvalue("Parameters") or []:
        try:
            name = str(one.name)
        except Exception:  # a parameter of a definition that the file does not hold
            name = str(one.getvalue("Definition"))
        points = one.getvalue("PointList")
        if points is None:
            parameters[name] = {"value": _plain(one.getvalue("Value"))}
        else:
            parameters[name] = {
                "points": [[_fraction(p.getvalue("Time")), _plain(p.getvalue("Value"))] for p in points]
            }
    return {
        "name": _text(operation.getvalue("Name")) if operation is not None else "",
        "warp": bool(operation.getvalue("IsTimeWarp")) if operation is not None else False,
        "parameters": parameters,
        "shift": _fraction(group.getvalue("OpGroupMotionCtlOffsetMapAdjust")),
    }


# --- markers --------------------------------------------------------------------------------------------------------


def _events(segment: Any) -> Iterator[tuple[int, Any]]:
    parts: Iterable[Any] = [segment]
    if isinstance(segment, components.Sequence):
        parts = segment.getvalue("Components") or []
    for number, part in enumerate(parts):
        if isinstance(part, components.CommentMarker):
            yield number, part


def _marker(event: Any) -> Outline:
    said = dict(_tagged(event.getvalue("CommentMarkerAttributeList")))
    colour = event.getvalue("CommentMarkerColor")
    described = event.getvalue("DescribedSlots") or ()
    return {
        "position": int(event.getvalue("Position") or 0),
        "length": _whole(event.getvalue("Length")),
        "comment": _text(event.getvalue("Comment") or said.get("_ATN_CRM_COM")),
        "user": _text(event.getvalue("CommentMarkerUSer") or said.get("_ATN_CRM_USER")),  # as Avid spells it
        "colour": said.get("_ATN_CRM_COLOR", ""),
        "rgb": [int(colour[part]) for part in ("red", "green", "blue")] if isinstance(colour, dict) else None,
        "ident": said.get("_ATN_CRM_ID", ""),
        "slots": sorted(int(slot) for slot in described),
    }


# --- values ---------------------------------------------------------------------------------------------------------


def _tagged(values: Any) -> Iterator[tuple[str, str]]:
    for one in values or ():
        name, value = one.getvalue("Name"), one.getvalue("Value")
        if name and isinstance(value, (str, int)):
            yield _text(name), _text(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:_LONGEST]


def _media(segment: Any) -> str:
    try:
        return str(segment.media_kind or "")
    except Exception:  # a kind that the file does not define
        return ""


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _fraction(value: Any) -> str:
    """A rational as ``n/d``; empty where there is none, or it is none."""
    if value is None:
        return ""
    try:
        over, under = int(value.numerator), int(value.denominator)
    except AttributeError:
        return ""
    return f"{over}/{under}" if under else ""


def _plain(value: Any) -> str:
    """A number as ``n/d``; anything else is left out: no curve of ours is made of it."""
    return _fraction(value) if isinstance(value, (int,)) or hasattr(value, "numerator") else ""
