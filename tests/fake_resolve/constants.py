"""The numbers that Resolve's handle names: they can be had from there only. fact: export-constants-from-handle.

Their values here are made up, but for those that Blackmagic's documents give.
"""

from __future__ import annotations

from .profiles import Profile

EXPORTS = [
    "EXPORT_AAF",
    "EXPORT_DRT",
    "EXPORT_EDL",
    "EXPORT_FCP_7_XML",
    "EXPORT_FCPXML_1_8",
    "EXPORT_FCPXML_1_9",
    "EXPORT_FCPXML_1_10",
    "EXPORT_HDR_10_PROFILE_A",
    "EXPORT_HDR_10_PROFILE_B",
    "EXPORT_TEXT_CSV",
    "EXPORT_TEXT_TAB",
    "EXPORT_DOLBY_VISION_VER_2_9",
    "EXPORT_DOLBY_VISION_VER_4_0",
    "EXPORT_DOLBY_VISION_VER_5_1",
    "EXPORT_OTIO",
]

SUBTYPES = ["EXPORT_NONE", "EXPORT_AAF_NEW", "EXPORT_AAF_EXISTING", "EXPORT_CDL", "EXPORT_SDL", "EXPORT_MISSING_CLIPS"]

CACHES = {"CACHE_AUTO_ENABLED": -1, "CACHE_DISABLED": 0, "CACHE_ENABLED": 1}

KEYFRAMES = {"KEYFRAME_MODE_ALL": 0, "KEYFRAME_MODE_COLOR": 1, "KEYFRAME_MODE_SIZING": 2}

VALUES: dict[str, int] = {
    **{name: value for value, name in enumerate(EXPORTS)},
    **{name: value for value, name in enumerate(SUBTYPES)},
    **CACHES,
    **KEYFRAMES,
}


def constant(name: str, profile: Profile, as_float: bool) -> int | float | None:
    """The number, or ``None`` for a name that this version does not have. fact: export-otio-18-5."""
    if name not in VALUES or (name == "EXPORT_OTIO" and profile.version < (18, 5, 0)):
        return None
    return float(VALUES[name]) if as_float else VALUES[name]


def export_named(value: object) -> str | None:
    """The form of export that a number stands for; a string stands for none. fact: export-string-refused."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        return None
    return EXPORTS[int(value)] if 0 <= value < len(EXPORTS) else None
