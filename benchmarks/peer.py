"""The ffmpeg program doing the same work, and whether it did: the other side of the media benchmarks."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from .material import RATE, SAMPLE_RATE
from .measuring import Cost, Skipped, cost_of


def ffmpeg() -> str:
    """Where the program is. Raises `Skipped` where there is none with x264."""
    found = shutil.which("ffmpeg")
    if found is None:
        raise Skipped("there is no ffmpeg program on this machine")
    listed = subprocess.run([found, "-hide_banner", "-encoders"], capture_output=True, text=True, check=False).stdout
    missing = [name for name in ("libx264", "prores_ks") if name not in listed]
    if missing:
        raise Skipped(f"this ffmpeg program has no {' and no '.join(missing)}")
    return found


def version() -> str:
    """The program's own first line; empty where there is none."""
    found = shutil.which("ffmpeg")
    if found is None:
        return ""
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split()[:3])


def _at(frame: int, rate: Fraction = RATE) -> str:
    """A position to seek to: half a frame early, so that rounding cannot skip a frame."""
    return f"{max(float((frame - Fraction(1, 2)) / rate), 0):.6f}"


def _samples(frames: int) -> int:
    return int(frames * SAMPLE_RATE / RATE)


def cut(source: Path, first: int, frames: int, base: int, out: Path) -> Cost:
    """The cost of a pull's cut: frames at the whole rate ``base``, x264 and AAC as `media.pull` sets them."""
    sound = f"atrim=end_sample={_samples(frames)},asetrate={round(SAMPLE_RATE * base / RATE)},aresample={SAMPLE_RATE}"
    return cost_of([
        ffmpeg(), "-nostdin", "-v", "error", "-y", "-ss", _at(first), "-i", source, "-map", "0:v:0", "-map", "0:a:0",
        "-vf", f"setpts=N/({base}*TB)", "-r", str(base), "-frames:v", str(frames), "-c:v", "libx264",
        "-preset", "superfast", "-crf", "16", "-pix_fmt", "yuv420p", "-af", sound, "-c:a", "aac", "-b:a", "192k",
        "-aac_pns", "0", "-map_metadata", "-1", "-movflags", "+faststart", out,
    ])  # fmt: skip


def splice(
    source: Path, result: Path, span: tuple[int, int], region: tuple[int, int], in_result: int, out: Path
) -> Cost:
    """The cost of a take: source, result scaled to its size, source again, as ProRes 422 HQ with PCM."""
    (first, end), (begin, stop) = span, region
    head, body, tail = begin - first, stop - begin, end - stop
    result_rate = Fraction(round(RATE))
    inputs = [
        *("-ss", _at(first), "-t", f"{float((head + 1) / RATE):.6f}", "-an", "-i", source),
        *("-ss", _at(in_result, result_rate), "-t", f"{float((body + 1) / result_rate):.6f}", "-an", "-i", result),
        *("-ss", _at(stop), "-t", f"{float((tail + 1) / RATE):.6f}", "-an", "-i", source),
        *("-ss", f"{float(first / RATE):.6f}", "-t", f"{float((end - first) / RATE):.6f}", "-vn", "-i", source),
    ]
    graph = (
        f"[0:v]trim=end_frame={head},format=yuv422p10le,setpts=N/({RATE}*TB)[a];"
        f"[1:v]trim=end_frame={body},scale=1920:1080:flags=bicubic+accurate_rnd,format=yuv422p10le,"
        f"setpts=N/({RATE}*TB)[b];"
        f"[2:v]trim=end_frame={tail},format=yuv422p10le,setpts=N/({RATE}*TB)[c];"
        f"[a][b][c]concat=n=3,setpts=N/({RATE}*TB)[v];"
        f"[3:a]apad=whole_len={_samples(end - first)},atrim=end_sample={_samples(end - first)}[s]"
    )
    return cost_of([
        ffmpeg(), "-nostdin", "-v", "error", "-y", *inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[s]",
        "-r", str(RATE), "-c:v", "prores_ks", "-profile:v", "3", "-c:a", "pcm_s24le", "-timecode", "01:00:00:00", out,
    ])  # fmt: skip


def check_alike(ours: Path, theirs: Path, most: float = 1.0) -> None:
    """Raises where the two sides did not write the same pictures: as many, each nearest to its own number."""
    mine, other = _small(ours), _small(theirs)
    if len(mine) != len(other):
        raise RuntimeError(f"not the same work: {ours.name} has {len(mine)} frames, {theirs.name} {len(other)}")
    for index, picture in enumerate(mine):
        near = {
            k: float(np.abs(picture - other[k]).mean()) for k in range(max(index - 1, 0), index + 2) if k < len(other)
        }
        if min(near, key=near.__getitem__) != index or near[index] > most:
            raise RuntimeError(f"not the same work: frame {index} differs ({near})")


def _small(path: Path) -> NDArray[np.int16]:
    """Luma of every frame, small; no conversion of colour is in it."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        frames = (f.reformat(160, 90, "yuv444p", interpolation="AREA") for f in container.decode(video=0))
        return np.stack([frame.to_ndarray()[0] for frame in frames]).astype(np.int16)
