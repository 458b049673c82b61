"""Which sound is sent with a picture: what the cut plays with it, by file, place and channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from .capabilities import Mode
from .cuts.model import Clip
from .errors import MediaError, MediaUnsupported
from .media.facts import MediaFacts
from .media.library import Found
from .media.sound import SoundSource, own_sound
from .rates import exact_rate
from .requests import RetakeRequest, SoundClip
from .resemblance import another_sound
from .sources import SourceMap

MOST_CHANNELS = 2
"""A pull is stereo."""


class MediaSource(Protocol):
    """Where facts of sound files come from."""

    def found(self, written: str, fits: Callable[[MediaFacts], bool]) -> Found:
        """The media that a cut's path means, among files of its name the one that ``fits``; or a ``MediaError``."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The sound that is sent, None for silence, and what should be known about it."""

    source: SoundSource | None
    remarks: tuple[str, ...] = ()


def sound_of(request: RetakeRequest, picture: SourceMap, media: MediaSource, wish: str, mode: Mode) -> Listening:
    """The sound for ``request``. ``wish`` is ``cut``, ``own`` or ``none``.

    Raises ``MediaError`` where sound is to be replaced and it cannot be told which.
    """
    replaces = mode != "video"
    if wish == "none" and not replaces:
        return Listening(None, ("no sound is sent, as asked",))
    own = own_sound(picture.facts, picture.facts.video)
    if wish == "cut" and request.sounds:
        try:
            return _played(request, picture, media, replaces)
        except MediaError as error:
            if replaces:
                raise
            return Listening(own, (f"{error.what}: the picture file's own sound is sent",))
    if own is None and replaces:
        raise MediaUnsupported(
            "there is no sound to replace: the cut links none to the clip and its file has none",
            fix="write RETAKE video: or link the sound to the picture",
        )
    if own is None:
        return Listening(None, ("the media has no sound; silence is sent",))
    remark = f"sound: {own.name}" + ("" if wish == "own" else " (the cut links none to the clip)")
    return Listening(own, (remark,))


def _played(request: RetakeRequest, picture: SourceMap, media: MediaSource, replaces: bool) -> Listening:
    files: dict[str, list[Clip]] = {}
    for sound in _nearest_first(request.sounds):
        files.setdefault(sound.clip.media.url, []).append(sound.clip)
    written, clips = next(iter(files.items()))
    remarks = []
    if len(files) > 1:
        names = ", ".join(clip.name for (clip, *_) in files.values())
        if replaces:
            raise MediaUnsupported(
                f"the cut plays {len(files)} sound files with the clip ({names})",
                fix="unlink all but the one to be replaced, or write sound=own",
            )
        remarks.append(f"the cut plays {len(files)} sound files with the clip; {clips[0].name} is sent")
    clip = clips[0]
    found = media.found(written, lambda facts: not another_sound(clip.media, facts, clip.rate))
    facts = found.facts
    if found.by_name and (why := another_sound(clip.media, facts, clip.rate)):
        raise MediaUnsupported(
            f"another file has the name of the linked sound: {why}",
            where=written,
            fix="say with --map FROM=TO where the right one is, or that it is this one",
        )
    if clip.speed.refused:
        raise MediaUnsupported(clip.speed.refused, fix="write sound=own, or unlink it")
    if clip.speed.scalar != request.clip.speed.scalar:
        raise MediaUnsupported("the sound runs at another speed than the picture", fix="write sound=own, or match them")
    channels = _channels(facts, clips)
    if not channels:
        raise MediaUnsupported("the linked sound file holds no sound", fix="relink the sound clip")
    numbers = "+".join(str(number + 1) for _, number in channels)
    name = f"{facts.path.name}, channels {numbers}, track {clip.track_name}"
    source = SoundSource(facts, channels, _offset(request.clip, picture, clip, facts), name)
    return Listening(source, (*remarks, f"sound: {name}"))


def _nearest_first(sounds: Sequence[SoundClip]) -> list[SoundClip]:
    """The picture's own file first, then by track."""
    return sorted(sounds, key=lambda sound: (not sound.same_file, sound.clip.address))


def _channels(facts: MediaFacts, clips: list[Clip]) -> tuple[tuple[int, int], ...]:
    """The channels that clips of one file play, as (stream, channel); all of them where the editor does not say."""
    if not facts.sounds:
        return ()
    rate = facts.sounds[0].rate
    every = [
        (sound.index, channel) for sound in facts.sounds if sound.rate == rate for channel in range(sound.channels)
    ]
    wanted = [number for clip in clips for number in clip.channels if number < len(every)]
    chosen = [every[number] for number in dict.fromkeys(wanted)] or every
    return tuple(chosen[:MOST_CHANNELS])


def _offset(picture_clip: Clip, picture: SourceMap, sound_clip: Clip, facts: MediaFacts) -> Fraction:
    """The sound file's clock, in seconds, when its picture's frame 0 would play."""
    at = max(picture_clip.record[0], sound_clip.record[0])
    frame, _ = picture.frames(picture_clip.source_of(at, at))
    heard = sound_clip.source_of(at, at)
    rate = exact_rate(heard.rate)
    start = sound_clip.media.start
    zero = start.at(rate) if start else _zero(heard.first, rate, facts)
    clock = facts.picture.start if facts.picture else Fraction(0)
    return (heard.first - zero) / rate - frame / picture.facts.video.rate + clock


def _zero(first: Fraction, rate: Fraction, facts: MediaFacts) -> Fraction:
    """Where a sound file begins when the cut does not say: by its label if the clip lies behind it, else 0."""
    stamped = facts.start_seconds * rate
    return stamped if stamped and first >= stamped else Fraction(0)
