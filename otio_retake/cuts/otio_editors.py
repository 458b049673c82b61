"""Where each editor writes what, in an .otio file: notes, ids, links, channels, titles, retime processes.

Read in real files and in sources: Resolve 18.5+, Premiere 25.6+, Hiero and Nuke Studio 13.2+, Kdenlive 25.04+, Flame,
and OpenTimelineIO itself.
"""

from __future__ import annotations

import re
from typing import Any

from ..legible import legible
from .model import NAMESPACE, Media
from .otio_document import Document

Raw = dict[str, Any]

_SIGNS = tuple(
    (re.compile(sign), writer)
    for sign, writer in (
        (r'"PremierePro_OTIO"\s*:\s*\{', "premiere"),
        (r'"Resolve_OTIO"\s*:\s*\{', "resolve"),
        (r'"foundry\.timeline[.\w]*"\s*:', "hiero"),
        (r'"hiero_source_type"\s*:', "hiero"),
        (r'"kdenlive"\s*:\s*\{', "kdenlive"),
    )
)
"""Keys that only one editor writes; a quote inside a text of the file would be escaped."""

_ADJUSTMENT = re.compile(r"adjustment (clip|layer)|adjustmentclip", re.IGNORECASE)
_TITLE = re.compile(r"(fusion )?(title|text\+?|solid color|generator)\b", re.IGNORECASE)


def schema_of(raw: Any) -> str:
    """The kind of a JSON object, without its version; empty for what is none."""
    return str(raw.get("OTIO_SCHEMA", "")).partition(".")[0] if isinstance(raw, dict) else ""


def section_of(raw: Any, *keys: str) -> Raw:
    """The object under ``keys`` in turn; empty where any of them is missing or is no object."""
    for key in keys:
        raw = raw.get(key) if isinstance(raw, dict) else None
    return raw if isinstance(raw, dict) else {}


def list_of(raw: Any) -> list[Any]:
    """``raw`` where it is a list; an empty one for anything else."""
    return raw if isinstance(raw, list) else []


def take_of(reference: Any) -> str:
    """The id of the take that a media reference of ours is; empty for any other."""
    return str(section_of(reference, "metadata", NAMESPACE).get("take", ""))


def original_key(references: Raw, active: str) -> str:
    """The key of the media that was in use before any take of ours: the active one, else what our takes say."""
    said = [section_of(ref, "metadata", NAMESPACE).get("beside") for ref in references.values() if take_of(ref)]
    known = (active, *said, *references)
    return next((str(key) for key in known if key in references and not take_of(references[key])), active)


def writer_of(document: Document, metadata: Raw) -> str:
    """The editor that wrote the file, by what only it writes.

    Takes may have been laid in another editor's shape, which is no sign of that editor: their tracks say whose the
    cut was.
    """
    if "Resolve_OTIO" in metadata:
        return "resolve"
    if "PremierePro_OTIO" in metadata:
        return "premiere"
    if any(key.startswith("foundry.timeline") for key in metadata):
        return "hiero"
    tracks = (section_of(track.get("metadata"), NAMESPACE) for track in document.tracks)
    said = next((str(about["of"]) for about in tracks if about.get("of")), "")
    if said:
        return said
    return next((writer for sign, writer in _SIGNS if sign.search(document.text)), "otio")


def note_of(raw: Raw, metadata: Raw) -> str:
    """Every text of a marker but its name, in the order of the editors' fields, each once."""
    texts = [raw.get("comment"), section_of(metadata, "Resolve_OTIO").get("Note"), metadata.get("note")]
    texts.append(section_of(metadata, "fcp_xml").get("comment"))
    found: list[str] = []
    for text in texts:
        if isinstance(text, str) and text.strip() and text.strip() not in found:
            found.append(text.strip())
    return legible("\n".join(found))


def ident_of(metadata: Raw) -> str:
    """An id of the marker's own, where its editor gives one."""
    for holder, key in ((metadata, "id"), (metadata, "guid"), (section_of(metadata, "PremierePro_OTIO"), "GUID")):
        value = holder.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def colour_of(raw: Any) -> str:
    """A colour's name: a word before Marker.3, an object with a name since."""
    if isinstance(raw, dict):
        raw = raw.get("name")
    return raw.upper() if isinstance(raw, str) else ""


def link_of(metadata: Raw) -> str:
    """What picture and sound that belong together share; empty where the editor does not say."""
    for editor, key in (("Resolve_OTIO", "Link Group ID"), ("PremierePro_OTIO", "LinkID")):
        value = section_of(metadata, editor).get(key)
        if value not in (None, "", 0):
            return f"{editor}:{value}"
    return ""


def channels_of(metadata: Raw) -> tuple[int, ...]:
    """The channels of its file that a sound clip plays, from 0; empty where the editor does not say."""
    listed = section_of(metadata, "Resolve_OTIO").get("Channels")
    found = []
    for channel in listed if isinstance(listed, list) else ():
        number = channel.get("Source Channel ID") if isinstance(channel, dict) else None
        if isinstance(number, int) and number >= 0:
            found.append(number)
    return tuple(found)


def see_through(name: str, media: Media, metadata: Raw) -> str:
    """What a clip is that has no picture of its own to retake: looked through where it lies above one that has."""
    if media.kind == "generator":
        return "a generator or title"
    if media.kind == "missing" and _ADJUSTMENT.search(name):
        return "an adjustment layer"
    if media.kind == "missing" and _TITLE.match(name):
        return "a generator or title"
    return ""


def blends(effect: Any) -> bool:
    """Whether a Resolve or Premiere effect asks for frame blending or optical flow."""
    resolve = section_of(effect, "metadata", "Resolve_OTIO")
    if resolve.get("Effect Name") == "Retime and Scaling":
        for parameter in resolve.get("Parameters") or ():
            if section_of(parameter).get("Parameter ID") in ("retimeProcess", "motionEstimationMode"):
                return section_of(parameter).get("Parameter Value") not in (0, 1, "", None)
    premiere = section_of(effect, "metadata", "PremierePro_OTIO")
    return premiere.get("FrameBlending") in (True, 1, "OpticalFlow", "FrameBlending")
