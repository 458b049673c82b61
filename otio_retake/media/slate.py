"""Answers a pull as a service would: the whole of it again, re-encoded, with a slate where a retake would be.

The slate says prompt, mode, take and a running frame number over the moving picture, large enough for a phone, and
carries the frame number as a strip of light and dark cells along its lower edge, for programs to read. Where sound
would be replaced there is a quiet tone.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ..capabilities import Mode
from ..durable import written_beside
from ..spans import Span
from .facts import MediaFacts, read_facts
from .frames import read_frames
from .sound import PULL_RATE, SoundSource, own_sound, read_channels
from .writing import AAC_FRAME, SoundTrack, add_aac, add_h264, check_written, clean, writing

Luma = NDArray[np.uint8]

CELLS = 28
"""The strip: light, dark, light, dark; 16 bits of the frame number, highest first; 8 bits of its CRC-32."""

_SYNC = (1, 0, 1, 0)
_LIGHT, _DARK = 200, 40
_STRIP = 0.03
"""Height of the strip, as a part of the picture."""

_TONE_HZ = 440
_TONE = 10 ** (-30 / 20)
"""-30 dBFS: to be heard, not to startle."""

_RAMP = PULL_RATE // 100


@dataclass(frozen=True, slots=True)
class Slate:
    """What a slate says. ``changed`` are the frames of the pull that it replaces."""

    changed: Span
    mode: Mode
    prompt: str
    take: int
    service: str = "rehearsal"


def answer(
    pull: Path,
    slate: Slate,
    path: Path,
    *,
    crf: int = 20,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes the answer to ``pull`` to ``path``: 1920x1080 or 1080x1920 H.264 with AAC, frame for frame."""
    facts = read_facts(pull)
    picture = facts.video
    base = int(picture.rate)
    size = (1920, 1080) if picture.width >= picture.height else (1080, 1920)
    clock = Fraction(1, base)
    with written_beside(path) as part:
        with writing(part), av.open(str(part), "w", format="mp4", options=_OPTIONS) as container:
            video = add_h264(container, base, size, crf=crf, preset="superfast", tags=(1, 1, 1))
            track = SoundTrack(container, add_aac(container, PULL_RATE), "fltp", AAC_FRAME)
            sound = _sound(facts, slate, base)
            for index, frame in _pictures(facts, slate, size):
                container.mux(video.encode(clean(frame, index, clock)))
                while track.written * base < index * PULL_RATE and (chunk := next(sound, None)) is not None:
                    track.add(chunk)
                if progress:
                    progress(index + 1, picture.frames)
            container.mux(video.encode(None))
            for chunk in sound:
                track.add(chunk)
            track.end()
        check_written(part, picture.frames)


_OPTIONS = {"movflags": "+faststart", "movie_timescale": str(PULL_RATE)}


def _pictures(facts: MediaFacts, slate: Slate, size: tuple[int, int]) -> Iterator[tuple[int, VideoFrame]]:
    panel = _Panel(slate, size) if slate.mode != "audio" else None
    for index, frame in read_frames(facts, Span(0, facts.video.frames)):
        scaled = frame.reformat(*size, format="yuv420p", interpolation="BICUBIC")
        if panel is not None and index in slate.changed:
            scaled = panel.over(scaled, index)
        yield index, scaled


def _sound(facts: MediaFacts, slate: Slate, base: int) -> Iterator[NDArray[np.float32]]:
    """The pull's sound, with a tone where it is replaced."""
    source = own_sound(facts, facts.video)
    count = -(-facts.video.frames * PULL_RATE // base)
    first, end = (-(-frame * PULL_RATE // base) for frame in (slate.changed.first, slate.changed.end))
    at = 0
    for chunk in _stereo(source, count):
        if slate.mode != "video":
            inside = np.arange(max(first - at, 0), max(min(end - at, chunk.shape[1]), 0))
            if len(inside):
                chunk = chunk.copy()
                chunk[:, inside] = _tone(inside + at, first, end)
        yield chunk
        at += chunk.shape[1]


def _stereo(source: SoundSource | None, count: int) -> Iterator[NDArray[np.float32]]:
    if source is None:
        yield np.zeros((2, count), np.float32)
        return
    for chunk in read_channels(source, 0, count):
        yield np.repeat(chunk, 2, axis=0) if chunk.shape[0] == 1 else chunk


def _tone(samples: NDArray[np.int64], first: int, end: int) -> NDArray[np.float32]:
    edge = np.clip(np.minimum(samples - first, end - samples) / _RAMP, 0, 1)
    wave = np.sin(2 * np.pi * _TONE_HZ * samples / PULL_RATE) * _TONE * edge
    return np.asarray(wave, dtype=np.float32)


# --- the picture ----------------------------------------------------------------------------------------------------


class _Panel:
    """The slate's lettering, drawn once; each frame adds its number, a moving bar and the strip."""

    def __init__(self, slate: Slate, size: tuple[int, int]) -> None:
        self._slate = slate
        width, height = size
        self._left, self._right = width // 24 // 2 * 2, (width - width // 24) // 2 * 2
        self._top, self._bottom = int(height * 0.42) // 2 * 2, int(height * 0.90) // 2 * 2
        self._letter = min(width // 9, height // 9)
        self._board = _board(slate, self._right - self._left, self._bottom - self._top, self._letter)
        self._dim = (16 + (np.arange(256) - 16).clip(0) * 0.45).astype(np.uint8)
        self._pale = (128 + (np.arange(256) - 128) * 0.4).astype(np.uint8)

    def over(self, frame: VideoFrame, index: int) -> VideoFrame:
        """The frame behind the slate."""
        array: Luma = np.asarray(frame.to_ndarray(format="yuv420p"), dtype=np.uint8)
        height = frame.height
        luma, chroma = array[:height], array[height:]
        luma[:] = self._dim[luma]
        chroma[:] = self._pale[chroma]
        left, right, top, bottom = self._left, self._right, self._top, self._bottom
        luma[top:bottom, left:right] = self._board
        for plane in np.split(array[height:].reshape(-1), 2):
            grey = plane.reshape(height // 2, frame.width // 2)
            grey[top // 2 : bottom // 2, left // 2 : right // 2] = 128
        self._number(luma, index)
        self._bar(luma, index)
        draw_strip(luma, index)
        return VideoFrame.from_ndarray(array, format="yuv420p")

    def _number(self, luma: Luma, index: int) -> None:
        at = self._left + self._letter // 4
        for digit in f"{index - self._slate.changed.first + 1:03}":
            glyph = _glyph(digit, self._letter * 2)
            rows = luma[self._top + self._letter // 8 :, at:]
            np.copyto(rows[: glyph.shape[0], : glyph.shape[1]], glyph)
            at += glyph.shape[1]

    def _bar(self, luma: Luma, index: int) -> None:
        """A bar that fills as the slate runs: movement that is seen at once."""
        changed = self._slate.changed
        done = (index - changed.first + 1) * (self._right - self._left) // max(len(changed), 1)
        luma[self._bottom - self._letter // 8 : self._bottom, self._left : self._left + done] = 180


def _board(slate: Slate, width: int, height: int, letter: int) -> Luma:
    """The lettering that does not move, as legal-range luma."""
    image = Image.new("L", (width, height), 24)
    draw = ImageDraw.Draw(image)
    across = letter * 4
    head = _font(letter // 2)
    says = [f"TAKE {slate.take}", f"{slate.mode}, {slate.service}", f"{len(slate.changed)} frames"]
    for row, text in enumerate(says):
        draw.text((across, letter // 6 + row * letter * 5 // 8), text, fill=200, font=head)
    top = letter * 9 // 4
    text = slate.prompt or "(no prompt)"
    font, size, rows = _set(text, width - letter // 2, height - top - letter // 4, letter)
    for row, line in enumerate(rows):
        draw.text((letter // 4, top + row * size * 6 // 5), line, fill=235, font=font)
    return np.asarray(image, dtype=np.uint8)


_SIZES = (10, 8, 7, 6)
"""Heights of the prompt's letters to try, in sixteenths of the number's; the last is the least that a phone shows."""


def _set(text: str, width: int, height: int, letter: int) -> tuple[ImageFont.FreeTypeFont, int, list[str]]:
    """The prompt in the largest letters in which all of it fits, else in the smallest, cut with an ellipsis."""
    name = next((n for n in ("", *_WIDE_FONTS) if _draws(n, text)), None)
    if name is None:
        kept = "".join(character if _draws("", character) else " " for character in text)
        name, text = "", f"{' '.join(kept.split())} (and letters that no font here draws)".strip()
    for part in _SIZES:
        size = letter * part // 16
        font = _font(size, name)
        rows = _wrapped(text, font, width)
        lines = max(height // (size * 6 // 5), 1)
        if len(rows) <= lines:
            return font, size, rows
    return font, size, [*rows[: lines - 1], _shortened(f"{rows[lines - 1]} ...", font, width)]


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` pixels; words longer than a line are parted, as Chinese always is."""
    rows: list[str] = []
    row = ""
    for word in text.split():
        longer = f"{row} {word}".strip()
        if font.getlength(longer) <= width:
            row = longer
            continue
        if row:
            rows.append(row)
        row = ""
        for character in word:
            if row and font.getlength(row + character) > width:
                rows.append(row)
                row = ""
            row += character
    return [*rows, row]


def _shortened(row: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    while font.getlength(row) > width and len(row) > 4:
        row = f"{row[:-4].rstrip()}..."
    return row


_WIDE_FONTS = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf",
    "Arial Unicode.ttf", "PingFang.ttc", "Hiragino Sans GB.ttc", "msyh.ttc", "YuGothM.ttc", "msgothic.ttc",
    "NotoSans-Regular.ttf", "DejaVuSans.ttf",
)  # fmt: skip
"""Fonts with more than Latin letters, as systems name them."""


def _draws(name: str, text: str) -> bool:
    """Whether the font ``name`` is here and has every letter of ``text``: one that it lacks looks like no letter."""
    try:
        font = _font(20, name)
    except OSError:
        return False
    nothing = bytes(font.getmask("\U0010ffff"))
    return not any(bytes(font.getmask(letter)) == nothing for letter in set(text) if not letter.isspace())


@lru_cache(maxsize=16)
def _font(size: int, name: str = "") -> ImageFont.FreeTypeFont:
    """A font by its file's name, or Pillow's own. Raises ``OSError`` where the system has none of that name."""
    if name:
        return ImageFont.truetype(name, size)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font


@lru_cache(maxsize=64)
def _glyph(text: str, size: int) -> Luma:
    font = _font(size)
    width = int(font.getlength("0"))
    image = Image.new("L", (width, size), 24)
    ImageDraw.Draw(image).text((width // 2, size // 2), text, fill=235, font=font, anchor="mm")
    return np.asarray(image, dtype=np.uint8)


# --- the strip ------------------------------------------------------------------------------------------------------


def _bits(number: int) -> list[int]:
    check = zlib.crc32(number.to_bytes(2, "big")) & 0xFF
    word = number << 8 | check
    return [*_SYNC, *((word >> (23 - i)) & 1 for i in range(24))]


def _rows(height: int) -> tuple[int, int]:
    thick = max(int(height * _STRIP), 6)
    return height - thick, height


def draw_strip(luma: Luma, number: int) -> None:
    """Draws ``number`` along the lower edge of a picture of (height, width) luma, in place."""
    height, width = luma.shape
    top, bottom = _rows(height)
    for cell, bit in enumerate(_bits(number & 0xFFFF)):
        luma[top:bottom, cell * width // CELLS : (cell + 1) * width // CELLS] = _LIGHT if bit else _DARK


def read_strip(luma: Luma) -> int | None:
    """The number along the lower edge of (height, width) luma; None where there is no slate."""
    height, width = luma.shape
    top, bottom = _rows(height)
    quarter = max((bottom - top) // 4, 1)
    row = luma[top + quarter : bottom - quarter].astype(np.float32).mean(axis=0)
    edges = np.linspace(0, width, CELLS + 1)
    margin = width / CELLS / 4
    values = [
        float(row[int(a + margin) : max(int(b - margin), int(a + margin) + 1)].mean()) for a, b in pairwise(edges)
    ]
    light, dark = (values[0] + values[2]) / 2, (values[1] + values[3]) / 2
    if light - dark < 40:
        return None
    threshold = (light + dark) / 2
    word = 0
    for value in values[4:]:
        word = word << 1 | (value > threshold)
    number = word >> 8
    return number if _bits(number)[4 + 16 :] == [(word >> (7 - i)) & 1 for i in range(8)] else None
