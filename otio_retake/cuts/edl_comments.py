"""What stands below an event of an edit list: clip names, files, locators, speeds; and what its clip's media is.

The keywords are those that Avid, Resolve, Premiere, Final Cut 7 and OpenTimelineIO write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..legible import legible, one_line
from .edl_lines import Event
from .model import NAMESPACE, TAKE_KEY, Media, MediaKind
from .paths import file_name
from .signature import signed

_LOCATOR = re.compile(r"(?P<at>[\d:;.,]{8,})\s*(?P<text>.*)", re.DOTALL)
_COLOURS = frozenset(
    (
        "RED", "GREEN", "BLUE", "CYAN", "MAGENTA", "YELLOW", "BLACK", "WHITE", "PINK", "ORANGE", "PURPLE", "VIOLET",
        "FOREST", "DENIM", "MAROON", "GOLD", "BROWN", "GREY",
    )
)  # fmt: skip
"""Colours of Avid's markers, and of lists that OpenTimelineIO wrote; another word begins the text."""

BLACK = frozenset(("BL", "BLK", "BLACK"))
"""Reels that are nothing at all."""

NO_REEL = frozenset(("", "AX", "UNKNOWN", "NONE", "NOREEL", "UNREADAB"))
"""Reels that name no source."""

_GENERATORS = frozenset(("BARS", "TONE", "GEN", "COLOR", "COLOUR", "SLUG", "TITLE", "CG"))
_KEY = re.compile(
    r"(?P<key>FROM CLIP NAME|TO CLIP NAME|KEY CLIP NAME|SOURCE FILE|FROM CLIP|FROM FILE|TO CLIP|TO FILE|LOC)"
    r"\s*:\s*(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
_IS_CLIP = re.compile(r"REEL (?P<reel>\S+) IS CLIP:?\s*(?P<name>.+)", re.IGNORECASE)
_EFFECT = re.compile(r"(?:AVX\d? EFFECT,\s*|EFFECTS? NAME(?: IS)?\s*:?\s*)(?P<name>.+)", re.IGNORECASE)
_MOVIE = re.compile(
    r"\.(mov|mp4|mxf|m4v|avi|mkv|mts|m2ts|mpe?g|webm|wav|aiff?|bwf|r3d|braw|ari|crm|dv)$", re.IGNORECASE
)
_SEQUENCE = re.compile(
    r"(\[\d+-\d+\]|%0?\d*d|#+)[^/\\]*\.\w+$|\.\d{3,}\.\w+$|\.(exr|dpx|tiff?|cin|jpe?g|png|tga)$", re.IGNORECASE
)
_TAKE = re.compile(r"_rtk[0-9a-f]{7}_v(?P<version>\d{3,})(?P<ending>\.(?:mov|wav))?$", re.IGNORECASE)


def read_locator(text: str) -> tuple[str, str, str] | None:
    """Timecode, colour and text of a locator; None where it has no timecode."""
    found = _LOCATOR.fullmatch(text)
    if found is None:
        return None
    first, _, rest = found["text"].partition(" ")
    if first in _COLOURS:
        return found["at"], first, rest.strip()
    return found["at"], "", found["text"].strip()


@dataclass(slots=True)
class Said:
    """What the comments of one event say of one clip."""

    name: str = ""
    file: str = ""
    path: str = ""
    ours: Mapping[str, Any] | None = None
    freeze: bool = False


@dataclass(slots=True)
class Below:
    """What stands below an event, or below both lines of a transition: ``to`` is of the clip that comes in."""

    source: Said = field(default_factory=Said)
    to: Said = field(default_factory=Said)
    locators: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    grades: list[str] = field(default_factory=list)


def read_below(events: Iterable[Event]) -> Below:
    """The comments of one event, or of the lines of one transition."""
    events = list(events)
    below = Below()
    pair = len(events) > 1
    last: Said | None = None
    files: list[tuple[Said | None, str]] = []
    names = [text for event in events for text in event.comments]
    names_to = pair and any(text.upper().startswith("TO CLIP") for text in names)
    starts_black = pair and events[0].reel.upper() in BLACK
    for text in names:
        found = _KEY.match(text)
        if found is None:
            _other(text, below, below.to if pair else below.source)
            continue
        key, value = found["key"].upper(), legible(found["value"].strip())
        if key == "LOC":
            below.locators.append(value)
            continue
        # A fade from black names the one clip that there is.
        if pair and (key.startswith("TO ") or (starts_black and not names_to)):
            last = below.to
        elif key.startswith(("FROM ", "TO ")):
            last = below.source
        if key.endswith("NAME"):
            if key != "KEY CLIP NAME" and last is not None and not last.name:
                last.name = one_line(value)
        elif key == "SOURCE FILE":
            files.append((last, value))
        elif last is not None and not last.path:
            last.path = value
    _share_files(below, files, pair)
    return below


def _share_files(below: Below, files: list[tuple[Said | None, str]], pair: bool) -> None:
    """Source files belong to the clip that was named before them; two below a transition are its two clips in turn."""
    if pair and len(files) == 2:
        below.source.file, below.to.file = files[0][1], files[1][1]
        return
    for said, value in files:
        owner = said or (below.to if pair else below.source)
        owner.file = owner.file or value


def _other(text: str, below: Below, said: Said) -> None:
    ours = signed(text)
    if ours is not None:
        said.ours = ours
    elif "FREEZE FRAME" in text.upper()[:24]:
        said.freeze = True
    elif found := _IS_CLIP.match(text):
        said.name = said.name or one_line(found["name"].strip())
    elif found := _EFFECT.match(text):
        below.effects.append(one_line(found["name"].strip()))
    elif text.upper().startswith("ASC_"):
        below.grades.append(text)


def media_of(reel: str, said: Said, *, sound: bool = False) -> Media:
    """The media of an event: its file by a path, else a source file, a clip name that is a file's, the reel, a name."""
    plain = reel.strip()
    word = plain.upper()
    if word in _GENERATORS and not (said.file or said.path or _MOVIE.search(said.name)):
        return Media("original", "generator", said.name or plain, "", None, None, {})
    named = [said.path, said.file, said.name if _MOVIE.search(said.name) else ""]
    named += [plain if word not in NO_REEL | BLACK else "", said.name]
    names = list(dict.fromkeys(name for name in named if name))
    take = next((found for name in names if (found := _TAKE.search(name))), None)
    if take is not None or said.ours is not None:
        return _take(names, take, said, sound)
    kind: MediaKind = "file" if names else "missing"
    if names and _SEQUENCE.search(names[0]) and not _MOVIE.search(names[0]):
        kind = "sequence"
    return Media("original", kind, said.name or plain, names[0] if names else "", None, None, {}, tuple(names[1:]))


def _take(names: list[str], take: re.Match[str] | None, said: Said, sound: bool) -> Media:
    """A take of ours, by the line that we wrote below it, or by its file's name."""
    url = next((name for name in names if _TAKE.search(name)), names[0] if names else "")
    if take is not None:
        url = url.removesuffix(take["ending"] or "") + (take["ending"] or (".wav" if sound else ".mov")).lower()
    version = int(take["version"]) if take is not None else int((said.ours or {}).get("version", 0))
    metadata = {NAMESPACE: said.ours} if said.ours is not None else {}
    return Media(f"{TAKE_KEY}{version:03}", "file", said.name or file_name(url), url, None, None, metadata)
