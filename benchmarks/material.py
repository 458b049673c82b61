"""Footage with the grain, rates and structure of a camera's, made once and kept in ``build/benchmarks``.

Ten seconds are encoded; longer files hold their packets again and again with later stamps, so that an hour takes
seconds to make. Every ten seconds begin with a key frame that nothing refers across.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from .measuring import FOLDER, Skipped

RATE = Fraction(24_000, 1001)
SAMPLE_RATE = 48_000
LOOP = 240
"""Frames of ten seconds at 24: as long as any pull here, so that no picture comes twice in one."""


@dataclass(frozen=True)
class Kind:
    """One kind of source: how its first frames are made, and how often they are repeated."""

    name: str
    size: tuple[int, int]
    megabits: int
    """Of the H.264 stream; 0 means ProRes 422 HQ, which is as large as it is."""
    loops: int
    loop: int = LOOP
    pcm: bool = False
    """Whether its sound is PCM, as ProRes always has; else AAC, of which an hour would take half a minute."""

    @property
    def prores(self) -> bool:
        """Whether it is ProRes; else H.264."""
        return not self.megabits

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return FOLDER / f"{self.name}{'.mov' if self.pcm else '.mp4'}"

    @property
    def frames(self) -> int:
        """Frames of the whole file."""
        return self.loops * self.loop


HD, UHD = (1920, 1080), (3840, 2160)
MINUTE = Kind("minute", HD, 40, 6)
LIGHT_MINUTE = Kind("light_minute", HD, 10, 6, pcm=True)
LIGHT_HOUR = Kind("light_hour", HD, 10, 360, pcm=True)
PRORES = Kind("prores", HD, 0, 2, pcm=True)
UHD_H264 = Kind("uhd", UHD, 100, 2, 96)
UHD_PRORES = Kind("uhd_prores", UHD, 0, 1, 96, pcm=True)


def made(kind: Kind) -> Path:
    """The source of a kind; made where it is not there. Raises `Skipped` where the disk has no room for it."""
    if not kind.path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        size = (kind.megabits or 270 * kind.size[0] ** 2 // HD[0] ** 2) * 125_000 * kind.frames / RATE
        free = shutil.disk_usage(FOLDER).free
        if free < 2 * size:
            raise Skipped(f"{kind.name} takes {float(size) / 1e9:.0f} GB; {free / 1e9:.0f} GB are free")
        part = kind.path.with_suffix(".part")
        _write(kind, part)
        part.replace(kind.path)
    return kind.path


def _write(kind: Kind, path: Path) -> None:
    with av.open(str(path), "w", format="mov" if kind.pcm else "mp4") as container:
        container.metadata["timecode"] = "01:00:00:00"
        video = _video(container, kind)
        sound = _Noise(container, kind)
        first: list[tuple[bytes, int, int, bool]] = []
        for packet in _encoded(video, kind):
            first.append((bytes(packet), packet.pts, packet.dts, packet.is_keyframe))
            container.mux(packet)
        for turn in range(1, kind.loops):
            for data, shown, decoded, key in first:
                copy: Any = av.Packet(data)
                copy.stream, copy.time_base, copy.duration, copy.is_keyframe = video, 1 / RATE, 1, key
                copy.pts, copy.dts = shown + turn * kind.loop, decoded + turn * kind.loop
                sound.up_to(copy.dts)
                container.mux(copy)
        sound.up_to(kind.frames)
        sound.end()


def _video(container: Any, kind: Kind) -> Any:
    video = container.add_stream("prores_aw" if kind.prores else "libx264", rate=RATE)
    video.width, video.height = kind.size
    video.pix_fmt = "yuv422p10le" if kind.prores else "yuv420p"
    context = video.codec_context
    context.time_base = 1 / RATE
    context.thread_type = "AUTO"
    context.color_primaries = context.color_trc = context.colorspace = context.color_range = 1
    rate = {"b": f"{kind.megabits}M", "maxrate": f"{kind.megabits}M", "bufsize": f"{kind.megabits}M"}
    camera = {"preset": "superfast", "bf": "3", "g": "48", "sc_threshold": "0", "flags": "+cgop", **rate}
    context.options = {"profile": "3"} if kind.prores else camera
    return video


def _encoded(video: Any, kind: Kind) -> Iterator[Any]:
    for index, frame in enumerate(_pictures(kind)):
        frame.pts, frame.time_base = index, 1 / RATE
        yield from video.encode(frame)
    yield from video.encode(None)


def _pictures(kind: Kind) -> Iterator[VideoFrame]:
    """A pan over a soft picture of patches, with other grain on every frame."""
    (width, height), step = kind.size, kind.size[0] // 640
    random = np.random.default_rng(1)
    patches = random.integers(30, 220, (height // 60 + 2, (width + step * kind.loop) // 60 + 2))
    scene = np.kron(patches, np.ones((60, 60), np.int16))
    for _ in range(3):
        scene = (scene + np.roll(scene, 8, 0) + np.roll(scene, 8, 1) + np.roll(scene, 13, 1)) // 4
    grain = random.normal(0, 4, (height + 64, width + 64)).round().astype(np.int16)
    for index in range(kind.loop):
        down, across = random.integers(0, 64, 2)
        seen = scene[:height, step * index : step * index + width]
        luma = seen + grain[down : down + height, across : across + width]
        planes = (luma, 64 + seen[::2, ::2] // 2, 192 - seen[::2, ::2] // 2)
        packed = np.concatenate([plane.astype(np.uint8).reshape(-1, width) for plane in planes])
        frame = VideoFrame.from_ndarray(packed, format="yuv420p")
        frame.colorspace = frame.color_range = 1
        yield frame.reformat(format="yuv422p10le") if kind.prores else frame


class _Noise:
    """Sound that is never the same for long: ten seconds of noise, with a period of its own."""

    def __init__(self, container: Any, kind: Kind) -> None:
        self._container = container
        self._stream = container.add_stream("pcm_s24le" if kind.pcm else "aac", rate=SAMPLE_RATE, layout="stereo")
        self._packed = kind.pcm
        self._noise = np.random.default_rng(2).normal(0, 0.05, (2, 10 * SAMPLE_RATE)).astype(np.float32)
        self._written = 0

    def up_to(self, frame: int) -> None:
        """Writes the sound of the frames before ``frame``."""
        end = int(frame * SAMPLE_RATE / RATE)
        while self._written < end:
            count = min(2048 if self._packed else 1024, end - self._written)
            at = self._written % (self._noise.shape[1] - 2048)
            block: NDArray[Any] = np.ascontiguousarray(self._noise[:, at : at + count])
            if self._packed:
                block = np.ascontiguousarray((block * (1 << 30)).astype(np.int32).T.reshape(1, -1))
            sound = av.AudioFrame.from_ndarray(block, format="s32" if self._packed else "fltp", layout="stereo")
            sound.sample_rate, sound.pts, sound.time_base = SAMPLE_RATE, self._written, Fraction(1, SAMPLE_RATE)
            self._container.mux(self._stream.encode(sound))
            self._written += count

    def end(self) -> None:
        """Writes what the encoder has kept."""
        self._container.mux(self._stream.encode(None))
