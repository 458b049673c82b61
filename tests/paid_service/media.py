"""A little footage for tests of money: a moving picture with a tone, 23.976, ProRes so that takes are exact."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from otio_retake.durable import written_beside

FRAMES = 96
RATE = Fraction(24000, 1001)


def make(path: Path, frames: int = FRAMES) -> Path:
    """Writes the footage to ``path`` where it is not there yet."""
    if path.exists():
        return path
    with written_beside(path) as part, av.open(str(part), "w", format="mov") as container:
        container.metadata["timecode"] = "01:00:00:00"
        video = container.add_stream("prores_aw", rate=RATE)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv422p10le"
        context = video.codec_context
        context.color_primaries = context.color_trc = context.colorspace = context.color_range = 1
        audio = container.add_stream("pcm_s16le", rate=48000, layout="stereo")
        rows, columns = np.mgrid[0:180, 0:320]
        rng = np.random.default_rng(5)
        for index in range(frames):
            luma = (110 + 60 * np.sin((columns + 3 * index) / 17) + 30 * np.cos((rows - 2 * index) / 11)).astype(
                np.uint8
            )
            luma[60:120, (4 * index) % 280 : (4 * index) % 280 + 40] = 220
            array = np.concatenate([luma.reshape(-1), np.full(160 * 90 * 2, 128, np.uint8)]).reshape(270, 320)
            frame = av.VideoFrame.from_ndarray(array, format="yuv420p").reformat(format="yuv422p10le")
            frame.pts, frame.time_base = index, 1 / RATE
            container.mux(video.encode(frame))
            samples = (rng.normal(size=(2002, 2)) * 2000).astype(np.int16)
            block = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
            block.sample_rate, block.pts, block.time_base = 48000, index * 2002, Fraction(1, 48000)
            container.mux(audio.encode(block))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return path
