"""Adds takes to FCP 7 XML: clips on new tracks above the picture, or below the sound, and nothing else is touched.

https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/Elements/Elements.html
A take is written as the clip below it is: its children in their order, with the same filters. It is off unless asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from .cut import Losses, Patched
from .model import Address, Clip
from .paths import file_name
from .rows import free_name, rows
from .xmeml_clip import Placing, file_id, overlap, sound_clips, take_clip
from .xmeml_reader import Read
from .xmeml_sequence import tracks_of
from .xmeml_text import Style, after, style_at
from .xml_document import Element, Splice, XmlDocument, set_text

if TYPE_CHECKING:
    from ..takes import Placement, TakeFile

Spell = Callable[[Path, str], str]
"""How the path of a take is written, given how its clip's own media is."""


def add_takes(document: XmlDocument, read: Read, placements: Iterable[Placement], spell: Spell) -> Patched:
    """The document with ``placements`` added; those that are in it already are left as they are."""
    return _Writer(document, read, spell).run(list(placements))


class _Writer:
    def __init__(self, document: XmlDocument, read: Read, spell: Spell) -> None:
        self._document = document
        self._read = read
        self._spell = spell
        self._losses = Losses()
        self._splices: list[Splice] = []
        self._added: list[tuple[Address, str, str]] = []
        self._files: set[str] = set()
        self._names: dict[str, set[str]] = {}
        self._uses: dict[str, int] = {}
        self._taken = {laid.element.get("id") for laid in read.laid.values()}
        self._placed = [clip for clip in read.view.clips() if clip.placed is not None]

    def run(self, placements: list[Placement]) -> Patched:
        for placement in placements:
            if placement.kind == "reference":
                what = "FCP 7 XML has no place for a take at its clip"
                self._losses.left_out.append(f"{self._name(placement)}: {what}; place it again on a track above")
        for kind, media in (("above", "video"), ("sound", "audio")):
            wanted = [p for p in placements if p.kind == kind and p.record[1] > p.record[0]]
            for row in rows(self._fresh(wanted)):
                self._track(media, row)
        return Patched(self._document.spliced(self._splices), tuple(self._added), self._losses)

    def _name(self, placement: Placement) -> str:
        return f"{placement.take.name} at {self._read.view.timecode(placement.record[0])}"

    # --- what is there already --------------------------------------------------------------------------------------

    def _fresh(self, wanted: list[Placement]) -> list[Placement]:
        """Those that are not in the document, nor somewhere else in it where an editor has moved them."""
        laid: dict[str, list[Clip]] = {}
        for placement in wanted:
            laid.setdefault(placement.take.ident, [])
        names = {p.take.path.name: p.take.ident for p in wanted}
        by_url: dict[str, str] = {}
        for clip in self._read.view.clips():
            url = clip.media.url
            if url not in by_url:
                by_url[url] = names.get(file_name(url), "")
            ident = str((clip.placed or {}).get("take") or by_url[url])
            if ident in laid:
                laid[ident].append(clip)
        left: list[Placement] = []
        for placement in wanted:
            here = next((c for c in laid[placement.take.ident] if overlap(c.record, placement.record)), None)
            if here is None:
                left.append(placement)
                continue
            laid[placement.take.ident] = [c for c in laid[placement.take.ident] if c.record != here.record]
            if placement.activate:
                self._switch(here, on=True)
        fresh = []
        for placement in left:
            if laid[placement.take.ident]:
                moved = laid[placement.take.ident].pop(0)
                where = self._read.view.timecode(moved.record[0])
                self._losses.warnings.append(f"{self._name(placement)}: it lies at {where} now, and is left there")
            else:
                fresh.append(placement)
        for placement in wanted:
            if placement.activate and placement.kind == "above":
                self._rest(placement)
        return fresh

    def _switch(self, clip: Clip, *, on: bool) -> None:
        element = self._read.laid[clip.address].element
        said = element.first("enabled")
        if said is not None and (said.text.strip().upper() != "FALSE") is not on:
            self._splices.append(set_text(said, "TRUE" if on else "FALSE"))

    def _rest(self, placement: Placement) -> None:
        """The other takes over the same range go out of use."""
        for clip in self._placed:
            other = str((clip.placed or {}).get("take")) != placement.take.ident
            if other and clip.kind == "Video" and overlap(clip.record, placement.record):
                self._switch(clip, on=False)

    # --- tracks -----------------------------------------------------------------------------------------------------

    def _track(self, media: str, row: list[Placement]) -> None:
        holder = self._read.sequence.first("media", media)
        tracks = tracks_of(self._read.sequence, media)
        if not tracks and media == "video":
            self._losses.left_out.extend(f"{self._name(p)}: the sequence has no picture track" for p in row)
            return
        name = self._free_name(media)
        style = self._style(media, tracks)
        channels: list[list[str]] = [[]]
        for placement in row:
            for channel, text in enumerate(self._clips(placement, media, name, style.inner)):
                if channel == len(channels):
                    channels.append([])
                channels[channel].append(text)
        texts = [self._whole_track(style, name, media, clips) for clips in channels]
        inserted = "".join(style.lead + text for text in texts)
        if tracks:
            self._splices.append(after(tracks[-1], inserted))
        else:
            self._splices.append(self._first_track(holder, inserted, style))

    def _style(self, media: str, tracks: list[Element]) -> Style:
        if not tracks:
            tracks = tracks_of(self._read.sequence, "video")
        return style_at(self._document, tracks[-1])

    def _first_track(self, holder: Element | None, inserted: str, style: Style) -> Splice:
        """The change that gives a sequence without sound its first track of it."""
        outer = style.lead[: len(style.lead) - len(style.step)] if style.step else ""
        if holder is None:
            picture = self._read.sequence.first("media", "video")
            assert picture is not None
            return after(picture, f"{outer}<audio>{inserted}{outer}</audio>")
        if holder.empty:
            return Splice(holder.start, holder.end, f"<audio>{inserted}{outer}</audio>")
        at = holder.children[-1].end if holder.children else holder.inside
        return Splice(at, at, inserted)

    def _free_name(self, media: str) -> str:
        taken = self._names.setdefault(
            media, {t.name for t in self._read.view.tracks if (t.kind == "Video") == (media == "video")}
        )
        name = free_name(taken)
        taken.add(name)
        return name

    def _whole_track(self, style: Style, name: str, media: str, clips: list[str]) -> str:
        inner = style.inner
        # Hiero names its tracks by an element, Premiere by an attribute that others do not mind.
        named = any(t.first("name") is not None for t in tracks_of(self._read.sequence, media))
        head = [inner.tag("name", name)] if named else []
        tail = [inner.tag("enabled", "TRUE"), inner.tag("locked", "FALSE")]
        attributes = {} if named else {"MZ.TrackTargeted": "0", "MZ.TrackName": name}
        if media == "audio":
            tail.append(inner.tag("outputchannelindex", 1))
        return style.block("track", [*head, *clips, *tail], attributes)

    # --- clips ------------------------------------------------------------------------------------------------------

    def _clips(self, placement: Placement, media: str, name: str, style: Style) -> list[str]:
        """The clip of a take; for sound one for each channel."""
        view, take = self._read.view, placement.take
        defines = take.ident not in self._files and not self._read.definitions.has("file", file_id(take))
        self._files.add(take.ident)
        count = self._uses[take.ident] = self._uses.get(take.ident, 0) + 1
        placing = Placing(
            placement=placement,
            lower=view.clip_at(placement.address),
            laid=self._read.laid[placement.address],
            rate=view.rate,
            url=self._spell(take.path, placement.written),
            ident=self._ident(take, count),
            defines=defines,
            premiere=view.writer == "premiere",
        )
        self._added.append((placement.address, name, take.ident))
        if media == "audio":
            if placement.activate:
                what = "the sound stays off, as the original would play with it; switch them by hand"
                self._losses.warnings.append(f"{self._name(placement)}: {what}")
            return sound_clips(style, placing)
        text, warnings, left_out = take_clip(self._document, style, placing)
        self._losses.warnings.extend(f"{self._name(placement)}: {what}" for what in warnings)
        self._losses.left_out.extend(f"{self._name(placement)}: {what}" for what in left_out)
        return [text]

    def _ident(self, take: TakeFile, count: int) -> str:
        while (ident := f"retake-{take.ident}-{count}") in self._taken:
            count += 1
        return ident
