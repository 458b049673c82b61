"""Draws takes beside their source: the frame before a mark, its first, middle and last, and the one after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from otio_retake.durable import written_beside
from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.frames import read_frames
from otio_retake.rates import timecode
from otio_retake.spans import Span

_TILE = 320
_GAP, _MARGIN, _HEAD, _CAPTION, _ROW_LABEL = 12, 24, 84, 30, 84
_BACK, _INK, _FAINT, _ACCENT = (22, 23, 27), (236, 236, 232), (150, 152, 158), (255, 196, 84)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet shows. ``replaced`` are frames of the source; ``take_first`` is the one that the take begins at."""

    source: Path
    take: Path
    take_first: int
    replaced: Span
    title: str
    below: str


def draw_sheet(sheet: Sheet, path: Path) -> None:
    """Writes the sheet as a PNG to ``path``."""
    source, take = read_facts(sheet.source), read_facts(sheet.take)
    frames = _chosen(sheet, source, take)
    rows = [("source", source, 0), ("take", take, sheet.take_first)]
    tiles = [[_picture(facts, frame - first) for frame, _ in frames] for _, facts, first in rows]
    high = tiles[0][0].height
    width = _MARGIN * 2 + _ROW_LABEL + len(frames) * _TILE + (len(frames) - 1) * _GAP
    height = _MARGIN * 2 + _HEAD + 2 * high + _GAP + _CAPTION
    image = Image.new("RGB", (width, height), _BACK)
    draw = ImageDraw.Draw(image)
    draw.text((_MARGIN, _MARGIN), sheet.title, fill=_INK, font=_font(30))
    draw.text((_MARGIN, _MARGIN + 42), sheet.below, fill=_FAINT, font=_font(18))
    for row, (name, _, _) in enumerate(rows):
        top = _MARGIN + _HEAD + row * (high + _GAP)
        draw.text((_MARGIN, top + high // 2), name, fill=_FAINT, font=_font(20), anchor="lm")
        for column, (frame, _) in enumerate(frames):
            left = _MARGIN + _ROW_LABEL + column * (_TILE + _GAP)
            image.paste(tiles[row][column], (left, top))
            if row and frame in sheet.replaced:
                draw.rectangle((left - 3, top - 3, left + _TILE + 2, top + high + 2), outline=_ACCENT, width=3)
    for column, (frame, what) in enumerate(frames):
        left = _MARGIN + _ROW_LABEL + column * (_TILE + _GAP)
        label = timecode(source.start_frame + frame, source.video.rate, drop=source.drop)
        colour = _ACCENT if frame in sheet.replaced else _FAINT
        at = (left, _MARGIN + _HEAD + 2 * high + _GAP + 8)
        draw.text(at, f"{what}: frame {frame}, {label}", fill=colour, font=_font(16))
    with written_beside(path) as part:
        image.save(part)


def _chosen(sheet: Sheet, source: MediaFacts, take: MediaFacts) -> list[tuple[int, str]]:
    """Frames of the source that both files have, and what they are."""
    replaced = sheet.replaced
    both = Span(sheet.take_first, sheet.take_first + take.video.frames).cut(Span(0, source.video.frames))
    wanted = [
        (replaced.first - 1, "before"),
        (replaced.first, "first"),
        ((replaced.first + replaced.end) // 2, "middle"),
        (replaced.end - 1, "last"),
        (replaced.end, "after"),
    ]
    return [(frame, what) for frame, what in wanted if frame in both]


def _picture(facts: MediaFacts, index: int) -> Image.Image:
    """One frame, upright, as wide as a tile."""
    for _, frame in read_frames(facts, Span(index, index + 1)):
        array = np.rot90(frame.to_ndarray(format="rgb24"), facts.video.rotation // 90)
        image = Image.fromarray(np.ascontiguousarray(array))
        return image.resize((_TILE, image.height * _TILE // image.width), Image.Resampling.LANCZOS)
    raise AssertionError("read_frames yields every frame that it is asked for")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
