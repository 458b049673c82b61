"""What a take is made of: its codec, pixel format and tags, as near to the source's as an intermediate can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .facts import MediaFacts, Picture

CodecChoice = Literal["auto", "prores", "h264"]

_PRORES_PROFILES = {"proxy": 0, "lt": 1, "standard": 2, "hq": 3, "4444": 4, "xq": 5}
"""ProRes profiles by the last word of the name that FFmpeg gives them."""


@dataclass(frozen=True, slots=True)
class TakeCodec:
    """How a take is encoded. ``copies`` is whether the source's packets can stand in it as they are."""

    encoder: str
    pixel_format: str
    options: tuple[tuple[str, str], ...]
    copies: bool
    full_range: bool
    name: str


def codec_for(facts: MediaFacts, choice: CodecChoice = "auto", *, scaled: bool = False) -> TakeCodec:
    """The codec of takes of the file in ``facts``.

    ProRes sources keep their own profile, so that frames which are not replaced are copied; everything else becomes
    ProRes 422 HQ, or 4444 where there is more chroma or alpha to keep. ``scaled`` is whether the take's size is not
    the source's.
    """
    picture = facts.video
    if choice == "h264":
        return _h264(picture)
    rich = picture.chroma in ("444", "rgb") or picture.alpha
    profile = _prores_profile(picture) if picture.codec == "prores" else None
    same = profile is not None and not scaled
    if profile is None:
        profile = 4 if rich else 3
    plain = "yuv444p10le" if profile >= 4 else "yuv422p10le"
    pixel_format = "yuva444p10le" if picture.alpha else plain
    name = ["Proxy", "LT", "422", "422 HQ", "4444", "4444 XQ"][profile]
    return TakeCodec("prores_aw", pixel_format, (("profile", str(profile)),), same, False, f"ProRes {name}")


def _prores_profile(picture: Picture) -> int | None:
    word = picture.profile.lower().split()[-1] if picture.profile else ""
    return _PRORES_PROFILES.get(word)


def _h264(picture: Picture) -> TakeCodec:
    deep = picture.bits > 8
    chroma = picture.chroma if picture.chroma in ("420", "422", "444") else "444"
    pixel_format = f"yuv{chroma}p{'10le' if deep else ''}"
    options = (("crf", "12"), ("preset", "veryfast"))
    return TakeCodec("libx264", pixel_format, options, False, picture.colour.full_range, "H.264")


def sound_codec(sample_format: str, codec: str) -> tuple[str, str]:
    """The PCM codec for a sound stream, and the sample format that its encoder takes: nothing is lost in it."""
    if codec.startswith("pcm_s16") or codec in ("pcm_u8", "pcm_s8") or sample_format in ("s16", "s16p", "u8"):
        return "pcm_s16le", "s16"
    if codec.startswith(("pcm_f32", "pcm_f64")):
        return "pcm_f32le", "flt"
    if codec.startswith("pcm_s32"):
        return "pcm_s32le", "s32"
    return "pcm_s24le", "s32"
