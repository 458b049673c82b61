"""What a take above takes over of how the clip below looks: transform, crop, opacity, blend, scaling, constant speed.

Effects stand in their own editor's words, and only that editor reads them. Resolve's key frames count from the
clip's first record frame, so they move with a take that begins later; Premiere's stand in the time of the source,
which a take shares. What cannot be taken over is named.
"""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

from .cut import Editor
from .otio_editors import Raw, list_of, schema_of, section_of

_OWN = {"Resolve_OTIO": "resolve", "PremierePro_OTIO": "premiere"}
"""The editor that a section of an effect's metadata belongs to."""

_READS_NO_EFFECTS = ("kdenlive", "flame")
"""Editors that leave out every effect but their own, and write none that could be copied."""

_USUAL: dict[str, tuple[Any, ...]] = {
    "Opacity": (100.0,), "Blend Mode": (0, 18), "Position": ({"X": 0.5, "Y": 0.5},), "Scale": (100.0,),
    "Scale Width": (100.0,), " ": (True,), "Rotation": (0.0,), "Anchor Point": ({"X": 0.5, "Y": 0.5},),
    "Anti-flicker Filter": (0.0,), "Crop Left": (0.0,), "Crop Top": (0.0,), "Crop Right": (0.0,),
    "Crop Bottom": (0.0,),
}  # fmt: skip
"""What the parameters of Premiere's intrinsic effects are in a clip that nobody has changed."""

_KEYS = ("Key Frames", "Keyframes", "keyframes", "key_frames")


def effects_above(clip: Raw, editor: Editor, offset: Fraction, *, whole: bool) -> tuple[list[Raw], list[str]]:
    """The effects for a take that begins ``offset`` record frames into ``clip``, and the names of what is left out.

    ``whole`` is whether it lasts as long as the clip: then what spans the clip can be copied as it is.
    """
    kept: list[Raw] = []
    lost: list[str] = []
    for effect in list_of(clip.get("effects")):
        if not isinstance(effect, dict):
            continue
        made = _one(effect, editor, round(offset), whole, lost)
        if made is not None:
            kept.append(made)
    return kept, lost


def lost_of_track(effects: Any) -> list[str]:
    """The effects of a whole track that a take on another track does not have."""
    return [name_of(effect) for effect in list_of(effects) if isinstance(effect, dict) and not _neutral(effect)]


def name_of(effect: Raw) -> str:
    """What an effect is called where a person sees it."""
    about = section_of(effect, "metadata", "Resolve_OTIO") or section_of(effect, "metadata", "PremierePro_OTIO")
    names = (about.get("Effect Name"), effect.get("name"), effect.get("effect_name"), about.get("MatchName"))
    return next((str(name) for name in names if name), schema_of(effect) or "an effect")


def _one(effect: Raw, editor: Editor, offset: int, whole: bool, lost: list[str]) -> Raw | None:
    schema = schema_of(effect)
    if schema == "LinearTimeWarp":
        # Premiere drops the intrinsic effects of a clip that has a speed of one.
        scalar = effect.get("time_scalar", 1.0)
        if scalar == 1 or editor == "kdenlive":
            lost += [] if scalar == 1 else [f"speed of {float(scalar) * 100:g} %"]
            return None
        return copy.deepcopy(effect)
    if schema in ("FreezeFrame", "TimeEffect", "TimeWarp"):
        lost.append(name_of(effect))
        return None
    owner = next((whose for key, whose in _OWN.items() if section_of(effect, "metadata", key)), "")
    foreign = owner not in ("", editor) if editor in ("resolve", "premiere", "hiero") else False
    if foreign or editor in _READS_NO_EFFECTS or (not owner and editor in ("resolve", "premiere")):
        if not _neutral(effect):
            lost.append(name_of(effect))
        return None
    if owner == "resolve":
        return _resolve(copy.deepcopy(effect), offset, whole, lost)
    if not owner and not whole and _keyed(effect.get("metadata")):
        lost.append(f"{name_of(effect)} (key frames)")
        return None
    return copy.deepcopy(effect)


def _resolve(effect: Raw, offset: int, whole: bool, lost: list[str]) -> Raw:
    about = effect["metadata"]["Resolve_OTIO"]
    kind = about.get("Effect Name")
    if kind == "Video Faders" and not whole and not _neutral(effect):
        # A fade belongs to the ends of its clip; a take in the middle would fade where nothing should.
        about["Parameters"] = []
        lost.append("Video Faders")
    elif kind == "Dynamic Zoom" and about.get("Enabled") and not whole:
        about["Enabled"] = False
        lost.append("Dynamic Zoom, which spans its whole clip")
    for parameter in list_of(about.get("Parameters")):
        keys = section_of(parameter).get("Key Frames")
        if isinstance(keys, dict) and keys and offset:
            parameter["Key Frames"] = {_later(key, offset): value for key, value in keys.items()}
    return effect


def _later(key: str, offset: int) -> str:
    """A key frame's place in a clip that begins ``offset`` frames later."""
    try:
        return str(int(key) - offset)
    except ValueError:
        return key


def _neutral(effect: Raw) -> bool:
    """Whether an effect does nothing to the picture, as the row of effects that every clip has."""
    resolve = section_of(effect, "metadata", "Resolve_OTIO")
    if resolve:
        return resolve.get("Enabled") is False or all(_at_default(p) for p in list_of(resolve.get("Parameters")))
    premiere = section_of(effect, "metadata", "PremierePro_OTIO")
    if premiere:
        intrinsic = premiere.get("IsIntrinsic") is True
        return effect.get("enabled") is False or (intrinsic and all(map(_usual, list_of(premiere.get("Parameters")))))
    return schema_of(effect) == "LinearTimeWarp" and effect.get("time_scalar") == 1


def _at_default(parameter: Any) -> bool:
    about = section_of(parameter)
    return not about.get("Key Frames") and about.get("Parameter Value") == about.get("Default Parameter Value")


def _usual(parameter: Any) -> bool:
    about = section_of(parameter)
    if about.get("Keyframes"):
        return False
    return section_of(about.get("StartValue")).get("Value") in _USUAL.get(str(about.get("DisplayName")), ())


def _keyed(value: Any) -> bool:
    if isinstance(value, dict):
        return any((key in _KEYS and inner) or _keyed(inner) for key, inner in value.items())
    return isinstance(value, list) and any(_keyed(inner) for inner in value)
