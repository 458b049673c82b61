"""Writes a movie: one picture stream, any sound, in step, and whole.

Encoders keep what a decoded frame carries (its type, its clock), so each frame is cleaned before it is encoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ..durable import explained
from ..errors import RetakeError
from .opening import AV_ERRORS, opened

AAC_FRAME = 1024


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns what FFmpeg raises while it writes into a message about the file that is written, not one that is read."""
    try:
        with explained(path):
            yield
    except RetakeError:
        raise
    except AV_ERRORS as error:
        reason = (getattr(error, "strerror", None) or type(error).__name__).lower()
        raise RetakeError(
            f"the file could not be written ({reason})",
            where=str(path),
            fix="check the disk, then run the command again",
        ) from None


def add_h264(
    container: OutputContainer, base: int, size: tuple[int, int], *, crf: int, preset: str, tags: tuple[int, int, int]
) -> VideoStream:
    """An 8-bit 4:2:0 H.264 stream at ``base`` whole frames a second, legal range, tagged with ``tags``."""
    stream = container.add_stream("libx264", rate=base)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, base)
    context.options = {"crf": str(crf), "preset": preset}
    # The default is slices: slower, and larger files.
    context.thread_type = "AUTO"
    context.color_primaries, context.color_trc, context.colorspace = tags
    context.color_range = 1
    return stream


def add_aac(container: OutputContainer, rate: int, channels: int = 2, bit_rate: int = 192_000) -> AudioStream:
    """An AAC-LC stream without noise substitution, so that what it holds can be compared."""
    stream = container.add_stream("aac", rate=rate, layout="stereo" if channels == 2 else "mono")
    stream.codec_context.options = {"aac_pns": "0"}
    stream.codec_context.bit_rate = bit_rate
    return stream


def clean(frame: VideoFrame, index: int, time_base: Fraction) -> VideoFrame:
    """The frame as number ``index`` of a stream whose clock ticks once a frame."""
    frame.pict_type = PictureType.NONE
    frame.time_base = time_base
    frame.pts = index
    return frame


class SoundTrack:
    """Feeds a sound stream with blocks of the size that its codec wants."""

    def __init__(self, container: OutputContainer, stream: AudioStream, format: str, block: int) -> None:
        self._container = container
        self._stream = stream
        self._format = format
        self._block = block
        self._kept: list[NDArray[np.generic]] = []
        self._have = 0
        self.written = 0

    def add(self, chunk: NDArray[np.generic]) -> None:
        """Takes (channels, samples) and encodes what makes whole blocks."""
        self._kept.append(chunk)
        self._have += chunk.shape[1]
        if self._have >= self._block:
            whole = np.concatenate(self._kept, axis=1)
            for at in range(0, self._have - self._block + 1, self._block):
                self._encode(whole[:, at : at + self._block])
            rest = self._have % self._block
            self._kept = [whole[:, self._have - rest :]]
            self._have = rest

    def end(self) -> None:
        """Encodes the rest and flushes the encoder."""
        if self._have:
            self._encode(np.concatenate(self._kept, axis=1))
            self._kept, self._have = [], 0
        self._container.mux(self._stream.encode(None))

    def _encode(self, chunk: NDArray[np.generic]) -> None:
        array = np.ascontiguousarray(chunk)
        if not self._format.endswith("p"):
            array = np.ascontiguousarray(array.T.reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(array, format=self._format, layout=self._stream.layout.name)
        frame.sample_rate = self._stream.rate
        frame.time_base = Fraction(1, self._stream.rate)
        frame.pts = self.written
        self.written += chunk.shape[1]
        self._container.mux(self._stream.encode(frame))


def count_packets(path: Path, demuxer: str = "mov") -> int:
    """Pictures in a file that we wrote, by its packets: one each. The file is opened anew, as a reader would."""
    with opened(path, demuxer) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def check_written(path: Path, frames: int) -> None:
    """Raises where the file at ``path`` does not hold ``frames`` pictures: half-written files look valid."""
    found = count_packets(path)
    if found != frames:
        raise RetakeError(
            f"the written file holds {found} frames, not {frames}", where=str(path), fix="run the command again"
        )


def paced(chunks: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Sound in pieces of at most a fifth of a second at 48 kHz, so that picture and sound advance together."""
    for chunk in chunks:
        for at in range(0, chunk.shape[1], 9600):
            yield chunk[:, at : at + 9600]
