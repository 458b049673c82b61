"""Changes an AAF in place with pyaaf2: tracks of takes, clips switched on and off or taken out, colours of markers.

Runs in the child of `aaf_cell`, on a copy. Avid's shapes, as its own files have them: a muted clip is a selector of
nothing with the clip as its alternate; a linked file is a master mob, a file mob with its timecode, and a locator.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from aaf2 import components, mobid, mobs
from aaf2.rational import AAFRational

from .aaf_dress import dressed
from .aaf_outline import opened, top_sequences

Edit = dict[str, Any]

_LISTS = {"tracks": "Slots", "inputs": "InputSegments"}

_RGB = {
    "Red": (41471, 12134, 6564),
    "Green": (13107, 52428, 13107),
    "Blue": (13107, 13107, 52428),
    "Cyan": (13107, 52428, 52428),
    "Magenta": (52428, 13107, 52428),
    "Yellow": (52428, 52428, 13107),
}
"""Colours of markers, as Avid's files have them."""


class CannotPatch(Exception):
    """An edit cannot be done; the text says why."""


def patch(path: Path, edits: Edit) -> list[str]:
    """Does ``edits`` to the file at ``path``; returns what could not be copied. Raises `CannotPatch`."""
    with opened(path, "rw") as file:
        return _Patch(file).run(edits)


def locate(mob: Any, slot: int, path: Iterable[tuple[str, int]]) -> Any:
    """The segment at the end of a path of steps, as `aaf_effects.Step` writes them."""
    here = mob.slot_at(slot).segment
    for name, number in path:
        here = here["Selected"].value if name == "selected" else here[_list_of(here, name)][number]
    return here


def _list_of(segment: Any, name: str) -> str:
    parts = {"Selector": "Alternates", "EssenceGroup": "Choices"}
    return _LISTS.get(name) or parts.get(type(segment).__name__, "Components")


class _Patch:
    def __init__(self, file: Any) -> None:
        self._file = file
        self._sequence = top_sequences(file)[0]
        self._lost: list[str] = []

    def run(self, edits: Edit) -> list[str]:
        for slot, path in edits.get("enable", ()):
            self._replace(slot, path, lambda old: old["Alternates"][0].copy())
        for slot, path in edits.get("disable", ()):
            self._replace(slot, path, lambda old: self._muted(old.copy()))
        for slot, path in edits.get("remove", ()):
            self._replace(slot, path, lambda old: self._filler(old.datadef, old.length))
        for slot, number, colour in edits.get("colours", ()):
            self._colour(slot, number, colour)
        for slot in edits.get("empty", ()):
            self._without(slot)
        self._forget(edits.get("forget", ()))
        made = [self._linked(mob) for mob in edits.get("mobs", ())]
        for slot in edits.get("slots", ()):
            self._track(slot, made)
        return self._lost

    # --- in place ---------------------------------------------------------------------------------------------------

    def _replace(self, slot: int, path: list[tuple[str, int]], made: Any) -> None:
        *way, (name, number) = path
        holder = locate(self._sequence, slot, [(str(a), int(b)) for a, b in way])
        list_ = holder[_list_of(holder, name)]
        list_[int(number)] = made(list_[int(number)])

    def _filler(self, datadef: Any, length: int) -> Any:
        filler = self._file.create.Filler(length=length)
        filler.datadef = datadef
        return filler

    def _muted(self, segment: Any) -> Any:
        """A clip as Media Composer mutes one."""
        create = self._file.create
        nothing = create.ScopeReference(length=segment.length)
        nothing.datadef = segment.datadef
        nothing["RelativeScope"].value = 0
        nothing["RelativeSlot"].value = 1
        nothing["Avid Scope"].value = 1
        selector = create.Selector(length=segment.length)
        selector.datadef = segment.datadef
        flags = (("_DISABLE_CLIP_FLAG", 1), ("_AAF_SELECTED", 0))
        selector["ComponentAttributeList"].value = [
            create.TaggedValue(name, value, "aafInt32") for name, value in flags
        ]
        selector["Alternates"].value = [segment]
        selector["Selected"].value = nothing
        return selector

    def _colour(self, slot: int, number: int, colour: str) -> None:
        segment = self._sequence.slot_at(slot).segment
        marker = segment["Components"][number] if isinstance(segment, components.Sequence) else segment
        for said in marker.getvalue("CommentMarkerAttributeList") or ():
            if said.name == "_ATN_CRM_COLOR":
                said.encode_value(colour, "aafString")
        red, green, blue = _RGB[colour]
        marker["CommentMarkerColor"].value = {"red": red, "green": green, "blue": blue}

    def _without(self, slot: int) -> None:
        slots = self._sequence.slots
        for index in range(len(slots)):
            if slots[index].slot_id == slot:
                slots.pop(index)
                return

    def _forget(self, idents: Iterable[str]) -> None:
        """Takes linked files out that nothing plays any more."""
        gone = {mobid.MobID(ident) for ident in idents}
        if not gone:
            return
        for mob in list(self._file.content.mobs):
            if isinstance(mob, mobs.CompositionMob):
                played = (ref for ref, _ in mob.walk_references())
                gone -= {ref.mob_id for ref in played if isinstance(ref, components.SourceReference)}
        for ident in sorted(gone, key=str):
            master = self._file.content.mobs.get(ident, None)
            if master is None:
                continue
            files = [slot.segment.mob_id for slot in master.slots]
            for one in (ident, *dict.fromkeys(files)):
                if self._file.content.mobs.get(one, None) is not None:
                    self._file.content.mobs.pop(one)

    # --- what is added ----------------------------------------------------------------------------------------------

    def _linked(self, edit: Edit) -> tuple[Any, int]:
        """The master mob of a take and the slot of it that plays; one that is there already is used as it is."""
        ident = _ident(edit["ident"], "master")
        there = self._file.content.mobs.get(ident, None)
        if there is not None:
            return there, 1
        create, rate = self._file.create, AAFRational(edit["rate"])
        file = create.SourceMob(edit["name"])
        file.mob_id = _ident(edit["ident"], "file")
        file.descriptor = self._descriptor(edit)
        slot = self._slot(file, 1, edit["media"], rate, self._end(edit))
        stamp = create.TimelineMobSlot(2, edit_rate=AAFRational(edit["timecode"]["rate"]))
        stamp["PhysicalTrackNumber"].value = 1
        timecode = create.Timecode(edit["timecode"]["fps"], edit["timecode"]["drop"], edit["timecode"]["length"])
        timecode.start = edit["timecode"]["start"]
        stamp.segment = timecode
        file.slots.append(stamp)
        master = create.MasterMob(edit["name"])
        master.mob_id = ident
        clip = self._end(edit)
        clip.mob_id, clip.slot_id, clip.start = file.mob_id, slot.slot_id, edit["skip"]
        clip.length = edit["length"] - edit["skip"]
        self._slot(master, 1, edit["media"], rate, clip)
        master.comments["Comments"] = edit["comment"]
        for mob in (file, master):
            # When the sequence was changed last: the same edits shall make the same file.
            for name in ("CreationTime", "LastModified"):
                mob[name].value = self._sequence[name].value or datetime.datetime(2000, 1, 1)
            self._file.content.mobs.append(mob)
        return master, 1

    def _end(self, edit: Edit) -> Any:
        return self._file.create.SourceClip(length=edit["length"], media_kind=edit["media"])

    def _slot(self, mob: Any, ident: int, media: str, rate: Any, segment: Any, name: str = "", number: int = 1) -> Any:
        slot = self._file.create.TimelineMobSlot(ident, name, edit_rate=rate)
        slot["PhysicalTrackNumber"].value = number
        slot.segment = segment
        mob.slots.append(slot)
        return slot

    def _descriptor(self, edit: Edit) -> Any:
        create = self._file.create
        if edit["media"] == "sound":
            made = create.PCMDescriptor()
            made["AudioSamplingRate"].value = AAFRational(edit["rate"])
            made["Channels"].value = edit["channels"]
            made["QuantizationBits"].value = 24
            made["BlockAlign"].value = 3 * edit["channels"]
            made["AverageBPS"].value = 3 * edit["channels"] * int(Fraction(edit["rate"]))
        else:
            width, height = edit["size"]
            made = create.CDCIDescriptor()
            made["StoredWidth"].value, made["StoredHeight"].value = width, height
            made["ImageAspectRatio"].value = f"{width}/{height}"
            made["FrameLayout"].value = "FullFrame"
            made["VideoLineMap"].value = [42, 0]
            made["ComponentWidth"].value = 10
            made["HorizontalSubsampling"].value = 2
            made["VerticalSubsampling"].value = 1
        made["SampleRate"].value = AAFRational(edit["rate"])
        made["Length"].value = edit["length"]
        locator = create.NetworkLocator()
        locator["URLString"].value = edit["url"]
        made["Locator"].append(locator)
        return made

    def _track(self, edit: Edit, made: list[tuple[Any, int]]) -> None:
        create = self._file.create
        sequence = create.Sequence(edit["media"], edit["length"])
        parts, at = [], 0
        for clip in edit["clips"]:
            if clip["first"] > at:
                parts.append(create.Filler(edit["media"], clip["first"] - at))
            parts.append(self._clip(edit, clip, *made[clip["mob"]]))
            at = clip["first"] + clip["length"]
        if edit["length"] > at:
            parts.append(create.Filler(edit["media"], edit["length"] - at))
        sequence.components.value = parts
        rate = AAFRational(edit["rate"])
        self._slot(self._sequence, edit["id"], edit["media"], rate, sequence, edit["name"], edit["number"])

    def _clip(self, track: Edit, edit: Edit, master: Any, slot: int) -> Any:
        like = edit["like"]
        component = locate(self._sequence, like["slot"], like["path"]) if like else None
        clip = dressed(self._file, component, edit, track["media"], master.mob_id, slot, self._lost)
        return clip if edit["enabled"] else self._muted(clip)


def _ident(take: str, what: str) -> Any:
    """The id of a mob of a take: the same each time, so that placing twice makes one."""
    made = mobid.MobID.new()
    made.material = _uuid(hashlib.sha256(f"otio-retake {what} {take}".encode()).digest())
    return made


def _uuid(digest: bytes) -> Any:
    import uuid

    return uuid.UUID(bytes=digest[:16], version=4)
