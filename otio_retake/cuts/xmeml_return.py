"""The way back in FCP 7 XML: takes go into use or out of it, or are taken out; marks get the colour of their state.

https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/Elements/Elements.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import CutError
from .cut import TRACK_NAME, Losses, MarkState, Patched
from .model import Address, Clip, Marker
from .otio_markers import COLOURS
from .xmeml_clip import overlap
from .xmeml_markers import PPRO_COLOURS
from .xmeml_reader import Read
from .xmeml_sequence import items_of
from .xmeml_text import after, style_at, text_of, without
from .xml_document import Element, Splice, XmlDocument, set_text

_OURS = re.compile(rf"{TRACK_NAME}( \d+)?")


def drop_takes(document: XmlDocument, read: Read, idents: set[str]) -> Patched:
    """The document without the takes ``idents``; a track of ours goes with the last of them."""
    gone = [clip for clip in read.view.clips() if _ident(clip) in idents]
    removed = tuple((clip.address, clip.track_name, _ident(clip)) for clip in gone)
    by_track: dict[int, list[Clip]] = {}
    for clip in gone:
        by_track.setdefault(clip.address.track, []).append(clip)
    leaving: list[Element] = []
    for clips in by_track.values():
        found = [read.laid[clip.address].element for clip in clips]
        track = found[0].parent
        assert track is not None
        whole = _OURS.fullmatch(clips[0].track_name) and len(items_of(track)) == len(found)
        leaving += [track] if whole else found
    splices = [without(document, element) for element in leaving] + _kept_files(document, leaving)
    return Patched(document.spliced(splices), removed, Losses())


def _kept_files(document: XmlDocument, leaving: list[Element]) -> list[Splice]:
    """Files that are given in what leaves and named by what stays are given there."""
    spans = [(element.start, element.end) for element in leaving]
    given = {f.get("id"): f for element in leaving for f in element.every("file") if f.children}
    splices = []
    if given:
        for file in document.root.every("file"):
            stays = not any(start <= file.start < end for start, end in spans)
            if stays and file.get("id") in given and not file.children:
                moved = given.pop(file.get("id"))
                lead = style_at(document, moved).lead
                splices.append(
                    Splice(file.start, file.end, style_at(document, file).moved(text_of(document, moved), lead))
                )
            elif stays:
                given.pop(file.get("id"), None)
    return splices


def activate_take(document: XmlDocument, read: Read, address: Address, key: str) -> Patched:
    """The document with the take at ``address`` in use, or with no take over it for the original's own ``key``."""
    chosen = read.view.clip_at(address)
    if key != chosen.media.key:
        raise CutError(
            f"the clip has no media {key!r}", where=f"{document.path}, {chosen.name}", fix="`takes list` shows them"
        )
    from ..originals import plays_take

    splices: list[Splice] = []
    for clip in read.view.clips():
        if clip.kind == chosen.kind and plays_take(clip) and overlap(clip.record, chosen.record):
            # Both channels of a take of sound go together.
            same = clip.address == address or (bool(_ident(clip)) and _ident(clip) == _ident(chosen))
            splices += _switched(document, read, clip, on=same)
    return Patched(document.spliced(splices), (), Losses())


def _switched(document: XmlDocument, read: Read, clip: Clip, *, on: bool) -> list[Splice]:
    element = read.laid[clip.address].element
    said = element.first("enabled")
    value = "TRUE" if on else "FALSE"
    if said is None:
        if on:
            return []
        first = element.children[0]
        return [after(first, style_at(document, first).lead + f"<enabled>{value}</enabled>")]
    return [set_text(said, value)] if said.text.strip().upper() != value else []


def write_states(document: XmlDocument, read: Read, states: Mapping[Marker, MarkState]) -> Patched:
    """The document with the colour that each mark's state has; Premiere's green is a marker without one."""
    splices: dict[int, Splice] = {}
    losses = Losses()
    for marker, state in states.items():
        raw = read.markers.get(marker.at)
        if raw is None:
            losses.left_out.append(f"{marker.place}: the mark {marker.name or marker.note!r} is not in this document")
            continue
        splice = _coloured(document, raw, COLOURS[state])
        if splice is not None:
            splices[raw.start] = splice
    return Patched(document.spliced(splices.values()), (), losses)


def _coloured(document: XmlDocument, raw: Element, colour: str) -> Splice | None:
    said = raw.first("pproColor")
    value = PPRO_COLOURS.get(colour)
    if value is None:
        return without(document, said) if said is not None else None
    if said is not None:
        return set_text(said, str(value)) if said.text.strip() != str(value) else None
    text = f"<pproColor>{value}</pproColor>"
    if not raw.children:
        return None
    last = raw.children[-1]
    return after(last, style_at(document, last).lead + text)


def _ident(clip: Clip) -> str:
    return str((clip.placed or {}).get("take", ""))
