"""Which take a clip shows: switched in OpenTimelineIO objects, for programs that only play what is active."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..cuts.cut import TRACK_NAME
from ..cuts.model import NAMESPACE, TAKE_KEY
from ..cuts.paths import spellings

_LOG = logging.getLogger("otio_retake")
_WORDS = ("latest", "picked", "original")


@dataclass(frozen=True)
class _Take:
    """A take of ours in a timeline: under which key of which clip, its id and its version."""

    clip: Any
    key: str
    ident: str
    version: int


def choose(clip: Any, said: str) -> None:
    """Switches ``clip`` to the take that ``said`` names. Raises ``OTIOError`` for what names none at all."""
    wanted = _wanted(said)
    if not hasattr(clip, "media_references"):
        return
    if _stands_alone(clip):
        _choose_above(clip, wanted)
    else:
        _choose_beside(clip, wanted)


def _wanted(said: str) -> str | int:
    word = said.strip().lower().removeprefix(TAKE_KEY).removeprefix("v")
    if word in _WORDS:
        return word
    if word.isdigit() and int(word) > 0:
        return int(word)
    import opentimelineio as otio

    raise otio.exceptions.OTIOError(
        f"take={said} names no take\n  where: the media linker otio_retake\n"
        "  to do: write take=latest, take=picked, take=original, or a version: take=2"
    )


# --- beside the clip's own media ------------------------------------------------------------------------------------


def _choose_beside(clip: Any, wanted: str | int) -> None:
    references = clip.media_references()
    takes = [_Take(clip, key, *_about(ref)) for key, ref in references.items() if _ours(ref)]
    if not takes:
        return
    active = clip.active_media_reference_key
    original = _original(references, active)
    if wanted == "original":
        key = original
    else:
        take = _named(takes, wanted)
        key = take.key if take is not None else active
    if key not in references or key == active:
        return
    if key != original and (lacks := _lacks(clip, references[key])):
        _LOG.warning("%s: take %s stays beside it: %s", clip.name, key, lacks)
        return
    clip.active_media_reference_key = key


def _original(references: Any, active: str) -> str:
    """The key of the media that is not ours: the active one, else what our takes say, else the first."""
    said = [_metadata(ref).get("beside") for ref in references.values() if _ours(ref)]
    known = (active, *said, *references)
    return next((key for key in known if key in references and not _ours(references[key])), active)


def _lacks(clip: Any, reference: Any) -> str:
    """Why the clip would run past a take; empty where it does not, or where nobody can tell."""
    available = reference.available_range
    if available is None or any(hasattr(effect, "time_scalar") for effect in clip.effects):
        return ""
    try:
        needed = clip.visible_range()
    except Exception:  # a clip outside of a track, or with transitions that cannot be worked out
        needed = clip.trimmed_range()
    rate = available.start_time.rate
    first, end = needed.start_time.rescaled_to(rate).value, needed.end_time_exclusive().rescaled_to(rate).value
    missing = max(available.start_time.value - first, 0) + max(end - available.end_time_exclusive().value, 0)
    return f"it lacks {missing:g} frames that the cut needs" if missing > 0.01 else ""


# --- on tracks above ------------------------------------------------------------------------------------------------


def _stands_alone(clip: Any) -> bool:
    """Whether a clip is itself a take of ours, laid on a track."""
    return "take" in _section(clip.metadata)


def _choose_above(clip: Any, wanted: str | int) -> None:
    track = clip.parent()
    if wanted == "original" or track is None:
        clip.enabled = False
        return
    if track.kind == "Audio":
        return  # switched on it would play together with the original
    takes = [_Take(other, "", *_about(other)) for other in _over(clip, track)]
    take = _named(takes, wanted)
    if take is None:
        if isinstance(wanted, int):
            clip.enabled = False
        return
    clip.enabled = take.clip is clip or take.clip.is_equivalent_to(clip)
    if clip.enabled and hasattr(track, "enabled"):
        track.enabled = True


def _over(clip: Any, track: Any) -> Iterator[Any]:
    """The takes on tracks of ours that share frames with ``clip``, itself included."""
    stack = track.parent()
    first, end = next((begins, ends) for item, begins, ends in _laid(track) if item is clip)
    for other in stack if stack is not None else (track,):
        if not hasattr(other, "kind") or other.kind != track.kind:
            continue
        if other is not track and not (other.name.startswith(TRACK_NAME) or _section(other.metadata)):
            continue
        for item, begins, ends in _laid(other):
            if begins < end and first < ends and "take" in _section(item.metadata):
                yield item


def _laid(track: Any) -> Iterator[tuple[Any, float, float]]:
    """Every item of a track that takes time, and where it lies, in seconds."""
    at = 0.0
    for item in track:
        if item.schema_name() == "Transition":
            continue
        end = at + item.duration().to_seconds()
        yield item, at, end - 1e-6
        at = end


# --- which one ------------------------------------------------------------------------------------------------------


def _named(takes: list[_Take], wanted: str | int) -> _Take | None:
    if wanted == "latest":
        return max(takes, key=lambda take: take.version)
    if wanted == "picked":
        return next((take for take in takes if _is_picked(take)), None)
    return next((take for take in takes if take.version == wanted), None)


def _is_picked(take: _Take) -> bool:
    """Whether the ledger of the project that the take lies in has it as picked."""
    reference = take.clip.media_references()[take.key or take.clip.active_media_reference_key]
    for spelled in spellings(str(getattr(reference, "target_url", "") or "")):
        ledger = Path(spelled).parent.parent / "ledger.sqlite"
        if ledger.is_file():
            return take.ident in _picked_in(str(ledger), ledger.stat().st_mtime_ns)
    return False


@lru_cache(maxsize=8)
def _picked_in(ledger: str, _changed: int) -> frozenset[str]:
    """The takes that a ledger has as picked; it is only read. None where it cannot be."""
    try:
        with closing(sqlite3.connect(f"{Path(ledger).as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            return frozenset(row[0] for row in db.execute("SELECT id FROM takes WHERE state = 'picked'"))
    except sqlite3.Error as error:
        _LOG.warning("what was picked is not known: %s (%s)", error, ledger)
        return frozenset()


# --- metadata of ours -----------------------------------------------------------------------------------------------


def _section(metadata: Any) -> Any:
    found = metadata.get(NAMESPACE)
    return found if found is not None and hasattr(found, "items") else {}


def _metadata(reference: Any) -> Any:
    return _section(reference.metadata) if reference is not None else {}


def _ours(reference: Any) -> bool:
    return "take" in _metadata(reference)


def _about(item: Any) -> tuple[str, int]:
    said = _section(item.metadata)
    version = said.get("version", 0)
    return str(said.get("take", "")), int(version) if isinstance(version, int | float) else 0
