"""Makes small clips of any kind for tests: size, pixel aspect, rotation, range, bits, codec, sound."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Kind:
    """What to make. ``tags`` are primaries, transfer and matrix."""

    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    size: tuple[int, int] = (320, 180)
    rate: Fraction = Fraction(24)
    frames: int = 48
    pixel_aspect: Fraction = Fraction(1)
    rotation: int = 0
    full_range: bool = False
    tags: tuple[int, int, int] = (1, 1, 1)
    options: tuple[tuple[str, str], ...] = (("crf", "8"), ("preset", "ultrafast"))
    container: str = "mov"
    sounds: tuple[tuple[str, int, str], ...] = (("pcm_s24le", 48000, "stereo"),)
    timecode: str = "10:00:00:00"
    reel: str = ""
    static: bool = False


def picture(width: int, height: int, index: int, static: bool = False) -> NDArray[np.uint8]:
    """A smooth, colourful, moving RGB picture without fine detail, so that scaling does it no harm."""
    rows, columns = np.mgrid[0:height, 0:width]
    x, y = columns / width, rows / height
    t = 0 if static else index / 24
    red = 120 + 70 * np.sin(5 * x + 2 * t) * np.cos(3 * y)
    green = 120 + 60 * np.sin(4 * y - 3 * t)
    blue = 120 + 70 * np.cos(4 * (x - y) + t)
    image = np.stack([red, green, blue], axis=-1)
    corner = (x < 0.25) & (y < 0.25)
    image[corner] = (200, 60, 60)
    image[(x > 0.75) & (y > 0.75)] = (60, 60, 200)
    return np.asarray(image.clip(16, 235), dtype=np.uint8)


def make(path: Path, kind: Kind) -> Path:
    """Writes a clip of ``kind`` to ``path``."""
    width, height = kind.size
    with av.open(
        str(path),
        "w",
        format=kind.container,
        options={"movie_timescale": "48000"} if kind.container in ("mov", "mp4") else {},
    ) as out:
        if kind.timecode:
            out.metadata["timecode"] = kind.timecode
        video = out.add_stream(kind.codec, rate=kind.rate)
        video.width, video.height, video.pix_fmt = width, height, kind.pixel_format
        context = video.codec_context
        context.options = dict(kind.options)
        context.color_primaries, context.color_trc, context.colorspace = kind.tags
        context.color_range = 2 if kind.full_range else 1
        if kind.pixel_aspect != 1:
            context.sample_aspect_ratio = kind.pixel_aspect
        if kind.rotation:
            video.set_display_rotation(kind.rotation)
        if kind.reel:
            video.metadata["reel_name"] = kind.reel
        tracks = []
        for codec, rate, layout in kind.sounds:
            tracks.append(out.add_stream(codec, rate=rate, layout=layout))
        for index in range(kind.frames):
            frame = av.VideoFrame.from_ndarray(picture(width, height, index, kind.static), format="rgb24")
            frame = frame.reformat(
                format=kind.pixel_format, dst_colorspace="ITU709", dst_color_range=2 if kind.full_range else 1
            )
            frame.pts, frame.time_base = index, 1 / kind.rate
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for number, stream in enumerate(tracks):
            _sound(out, stream, kind, number)
    return path


def _sound(out: av.container.OutputContainer, stream: av.audio.AudioStream, kind: Kind, number: int) -> None:
    count = -(-kind.frames * stream.rate * kind.rate.denominator // kind.rate.numerator)
    rng = np.random.default_rng(100 + number)
    channels = stream.channels
    noise = (rng.normal(size=(channels, count)) * 0.08).astype(np.float32).clip(-1, 1)
    block = stream.codec_context.frame_size or 4800
    for at in range(0, count, block):
        chunk = np.ascontiguousarray(noise[:, at : at + block])
        frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout=stream.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = stream.rate, at, Fraction(1, stream.rate)
        wanted = stream.codec_context.format.name
        if wanted != "fltp":
            resampler = av.AudioResampler(format=wanted, layout=stream.layout.name, rate=stream.rate)
            for part in resampler.resample(frame):
                part.pts, part.time_base = at, Fraction(1, stream.rate)
                out.mux(stream.encode(part))
        else:
            out.mux(stream.encode(frame))
    out.mux(stream.encode(None))
