"""Movies for the self-check in a real Resolve: each frame says its number, to a person and to a program.

Numbers run along the lower edge as the strip of `media.slate`, and stand large in the picture.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ..durable import explained, write_text, written_beside
from ..media.slate import draw_strip
from ..media.writing import AAC_FRAME, SoundTrack, add_aac, check_written, clean, writing
from ..rates import NTSC, nominal, sample_at, timecode

SIZE = (1280, 720)
SOUND_RATE = 48_000
_HZ = 440
_LOUD = 0.1

Luma = NDArray[np.uint8]


@dataclass(frozen=True)
class CheckMovie:
    """What to make. ``first`` is the number of its first frame."""

    name: str
    rate: Fraction
    frames: int
    first: int = 0
    drop: bool = False
    tone: bool = False

    @property
    def timecode(self) -> str:
        """The label of its first frame: 01:00:00:00."""
        return "01:00:00;00" if self.drop else "01:00:00:00"

    def label(self, index: int) -> str:
        """The label of a frame."""
        hour = 3600 * nominal(self.rate)
        # Drop-frame leaves out 108 labels in an hour at 29.97.
        return timecode((hour - 108 if self.drop else hour) + index, self.rate, drop=self.drop)


MOVIES = tuple(
    CheckMovie(f"check_{name}_{part}.mov", rate, frames, first, drop, part == "a")
    for name, rate, drop in (("24", Fraction(24), False), ("23976", 24 * NTSC, False), ("2997", 30 * NTSC, True))
    for part, frames, first in (("a", 240, 0), ("b", 120, 10_000))
)

SEQUENCE = ("check_sequence", 1001, 48)
"""Folder, first number and length of an image sequence."""


def make_check_media(folder: Path, say: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Makes every file in ``folder``, which is created, and ``media.json`` that lists them. Raises ``RetakeError``."""
    made = []
    for movie in MOVIES:
        path = folder / movie.name
        with written_beside(path) as part:
            _write(movie, part)
            check_written(part, movie.frames)
        made.append(path)
        say(movie.name)
    made += _sequence(folder)
    rows = [
        {"name": m.name, "rate": f"{m.rate.numerator}/{m.rate.denominator}", "frames": m.frames,
         "first_number": m.first, "timecode": m.timecode}
        for m in MOVIES
    ]  # fmt: skip
    write_text(folder / "media.json", json.dumps({"otio_retake_check_media": 1, "files": rows}, indent=1) + "\n")
    return made


def _write(movie: CheckMovie, path: Path) -> None:
    options = {"movie_timescale": str(SOUND_RATE), "write_tmcd": "1"}
    with writing(path), av.open(str(path), "w", format="mov", options=options) as container:
        container.metadata["timecode"] = movie.timecode
        video = container.add_stream("libx264", rate=movie.rate)
        video.width, video.height = SIZE
        video.pix_fmt = "yuv420p"
        context = video.codec_context
        context.time_base = 1 / movie.rate
        context.options = {"crf": "18", "preset": "veryfast", "bf": "0", "g": "12"}
        context.color_primaries = context.color_trc = context.colorspace = context.color_range = 1
        track = SoundTrack(container, add_aac(container, SOUND_RATE), "fltp", AAC_FRAME) if movie.tone else None
        for index in range(movie.frames):
            frame = _frame(picture(movie.first + index, movie.label(index), light=movie.first > 0))
            container.mux(video.encode(clean(frame, index, 1 / movie.rate)))
            if track is not None:
                first, end = (sample_at(at, movie.rate, SOUND_RATE) for at in (index, index + 1))
                track.add(_tone(first, end))
        container.mux(video.encode(None))
        if track is not None:
            track.end()


def _tone(first: int, end: int) -> NDArray[np.float32]:
    wave = (np.sin(2 * np.pi * _HZ * np.arange(first, end) / SOUND_RATE) * _LOUD).astype(np.float32)
    return np.stack([wave, wave])


def picture(number: int, label: str, *, light: bool) -> Luma:
    """(720, 1280) legal-range luma with a number, a label, and the number's strip."""
    width, height = SIZE
    image = Image.new("L", SIZE, 150 if light else 60)
    draw = ImageDraw.Draw(image)
    ink = 30 if light else 220
    # A bar that wanders: what stands still could be any frame.
    left = number * 8 % width
    draw.rectangle((left, 0, left + 40, height), fill=110)
    draw.text((width // 2, height * 2 // 5), str(number), fill=ink, font=_font(240), anchor="mm")
    draw.text((width // 2, height * 7 // 10), label, fill=ink, font=_font(72), anchor="mm")
    luma: Luma = np.asarray(image, dtype=np.uint8).copy()
    draw_strip(luma, number)
    return luma


@lru_cache(maxsize=2)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _frame(luma: Luma) -> VideoFrame:
    grey = np.full((luma.shape[0] // 2, luma.shape[1]), 128, np.uint8)
    return VideoFrame.from_ndarray(np.concatenate([luma, grey]), format="yuv420p")


def _sequence(folder: Path) -> Iterator[Path]:
    name, first, count = SEQUENCE
    inner = folder / name
    with explained(inner):
        inner.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        path = inner / f"check.{number}.png"
        with written_beside(path) as part:
            Image.fromarray(picture(number, f"frame {number}", light=False)).save(part, format="PNG")
        yield path
