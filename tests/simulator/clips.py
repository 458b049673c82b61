"""Small clips for tests of the simulator: each frame tells its number, the sound is a tone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from otio_retake.media.slate import draw_strip


def make_clip(
    path: Path, frames: int = 73, rate: Fraction | int = 24, size: tuple[int, int] = (160, 90), sound: bool = True
) -> Path:
    """Writes H.264 and AAC, as a pull is: moving stripes with the frame's number along the lower edge."""
    width, height = size
    with av.open(str(path), "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=rate, options={"crf": "10", "preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio = container.add_stream("aac", rate=48000, layout="stereo") if sound else None
        columns = np.arange(width)
        for index in range(frames):
            picture = np.full((height * 3 // 2, width), 128, np.uint8)
            picture[:height] = 60 + (columns * 3 + index * 5) % 120
            draw_strip(picture[:height], index)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        container.mux(video.encode(None))
        for at in range(0, int(48000 * frames / rate), 1024) if audio else ():
            wave = (0.2 * np.sin(2 * np.pi * 200 * np.arange(at, at + 1024) / 48000)).astype(np.float32)
            block = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
            block.sample_rate, block.pts, block.time_base = 48000, at, Fraction(1, 48000)
            container.mux(audio.encode(block))
        if audio:
            container.mux(audio.encode(None))
    return path
