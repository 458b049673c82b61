"""A real file as the media pool knows it."""

from __future__ import annotations

from pathlib import Path

from otio_retake.errors import MediaError
from otio_retake.media.facts import read_facts

from .frames import RATES
from .state import Media


def measured(path: str) -> Media | None:
    """An entry for the file, ``None`` where there is none that can be read."""
    if not Path(path).is_file():
        return None
    try:
        facts = read_facts(Path(path))
    except MediaError:
        return None
    channels = sum(sound.channels for sound in facts.sounds)
    name = Path(path).name
    if facts.picture is None:
        return Media("", name, path, 0, RATES["24"], "Audio", channels=channels)
    picture = facts.picture
    rate = min(RATES.values(), key=lambda exact: abs(exact - picture.rate))
    return Media(
        "",
        name,
        path,
        picture.frames,
        rate,
        "Video + Audio" if channels else "Video",
        facts.timecode or "00:00:00:00",
        facts.drop,
        channels=channels,
        size=picture.upright,
        codec=picture.codec,
        reel=facts.reel,
    )
