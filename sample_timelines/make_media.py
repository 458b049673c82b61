"""Makes the media that the sample timelines play, in a few seconds and without any other program.

    python sample_timelines/make_media.py             into sample_timelines/media
    python sample_timelines/make_media.py --force     again, whatever is there

Every frame says its number twice: burned in for people, and as a strip for `read_number`. What a clip is stands in
`clips.py`, how it looks in `pictures.py`, how it sounds in `sounds.py`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from otio_retake.durable import sha256_of, write_text, written_beside
from otio_retake.media.writing import AAC_FRAME, SoundTrack, add_aac, check_written, clean
from sample_timelines.clips import CLIPS, CLOCK_SOUND, SAMPLE_RATE, Clip, Recording
from sample_timelines.pictures import picture
from sample_timelines.sounds import Sound, blocks
from sample_timelines.strip import read_number

__all__ = ["MEDIA", "make_media", "read_number"]

HERE = Path(__file__).resolve().parent
MEDIA = HERE / "media"

_RECIPE = ".recipe"
"""Holds a digest of the scripts that made the folder: media of older scripts is made again."""

_SCRIPTS = ("clips.py", "make_media.py", "pictures.py", "sounds.py", "strip.py")

_CODECS = {
    "h264": ("libx264", "yuv420p", {"crf": "20", "preset": "veryfast", "g": "48", "bf": "3"}),
    "prores": ("prores_aw", "yuv422p10le", {"profile": "2"}),
    "dnxhr": ("dnxhd", "yuv422p", {"profile": "dnxhr_sq"}),
}
"""Encoder, pixel format and options."""

_REC_709 = 1
_LEGAL = 1

_WORKERS = 2


def make_media(folder: Path, force: bool = False, say: Callable[[str], None] | None = None) -> dict[str, Path]:
    """Makes what is missing in ``folder``; returns every file by its name. ``say`` is told of each one made.

    A file is whole or not there, so that one that is there is complete; one of an older script is made again.
    """
    recipe = _recipe()
    kept = folder / _RECIPE
    stale = force or not kept.is_file() or kept.read_text() != recipe
    writers: dict[str, Callable[[Path], None]] = {c.file: _movie_writer(c) for c in CLIPS}
    writers[CLOCK_SOUND.file] = _wave_writer(CLOCK_SOUND)
    paths = {name: folder / name for name in writers}
    wanted = [name for name, path in paths.items() if stale or not path.is_file()]
    with ThreadPoolExecutor(_WORKERS) as pool:
        made = {pool.submit(writers[name], paths[name]): name for name in wanted}
        for future in as_completed(made):
            future.result()
            if say:
                size = paths[made[future]].stat().st_size
                say(f"{made[future]} ({size / 1e6:.1f} MB)")
    if stale:
        write_text(kept, recipe)
    return paths


def _recipe() -> str:
    return hashlib.sha256("".join(sha256_of(HERE / name) for name in _SCRIPTS).encode()).hexdigest()


# --- movies ---------------------------------------------------------------------------------------------------------


def _movie_writer(clip: Clip) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with written_beside(path) as part:
            _write_movie(clip, part)
            check_written(part, clip.frames)

    return write


def _write_movie(clip: Clip, path: Path) -> None:
    # With the default movie clock of a millisecond, the length of sound would be rounded in the edit list.
    options = {"movie_timescale": str(SAMPLE_RATE), "write_tmcd": "1"}
    form = "mp4" if path.suffix == ".mp4" else "mov"
    with av.open(str(path), "w", format=form, options=options) as container:
        if clip.timecode:
            container.metadata["timecode"] = clip.timecode
        video = _video(container, clip)
        track = _sound_track(container, clip) if clip.tone else None
        sound = blocks(clip.file, clip.tone, clip.samples)
        reformatter = VideoReformatter()
        for index in range(clip.frames):
            container.mux(video.encode(clean(_frame(clip, index, reformatter), index, 1 / clip.rate)))
            # Picture and sound in step, so that a player reads both in one go.
            while track and track.written * clip.rate <= index * SAMPLE_RATE:
                if (chunk := next(sound, None)) is None:
                    break
                track.add(_samples(chunk, clip))
        container.mux(video.encode(None))
        if track:
            for chunk in sound:
                track.add(_samples(chunk, clip))
            track.end()


def _video(container: OutputContainer, clip: Clip) -> VideoStream:
    encoder, pixels, options = _CODECS[clip.codec]
    stream = container.add_stream(encoder, rate=clip.rate)
    assert isinstance(stream, VideoStream)
    width, height = clip.size
    stream.width, stream.height = (height, width) if clip.rotation % 180 else (width, height)
    stream.pix_fmt = pixels
    stream.time_base = 1 / clip.rate
    context = stream.codec_context
    context.time_base = 1 / clip.rate
    context.options = dict(options)
    context.thread_type = "AUTO"
    context.thread_count = _WORKERS
    context.color_primaries = context.color_trc = context.colorspace = _REC_709
    context.color_range = _LEGAL
    if clip.rotation:
        stream.set_display_rotation(clip.rotation)
    if clip.reel:
        stream.metadata["reel_name"] = clip.reel
    return stream


def _frame(clip: Clip, index: int, reformatter: VideoReformatter) -> VideoFrame:
    """Frame ``index`` as the encoder takes it. One reformatter for all frames of a clip is five times as fast."""
    coded = np.ascontiguousarray(np.rot90(picture(clip, index), -clip.rotation // 90))
    frame = VideoFrame.from_ndarray(coded, format="rgb24")
    pixels = _CODECS[clip.codec][1]
    return reformatter.reformat(frame, format=pixels, dst_colorspace=Colorspace.ITU709, dst_color_range=_LEGAL)


# --- sound ----------------------------------------------------------------------------------------------------------


def _sound_track(container: OutputContainer, clip: Clip) -> SoundTrack:
    if clip.codec == "h264":
        return SoundTrack(container, add_aac(container, SAMPLE_RATE), "fltp", AAC_FRAME)
    stream = container.add_stream("pcm_s24le", rate=SAMPLE_RATE, layout="stereo")
    assert isinstance(stream, AudioStream)
    return SoundTrack(container, stream, "s32", SAMPLE_RATE // 10)


def _samples(chunk: Sound, clip: Clip) -> NDArray[Any]:
    return chunk if clip.codec == "h264" else _integers(chunk)


def _integers(chunk: Sound) -> NDArray[np.int32]:
    """Samples as the 24 bits that a file keeps, at the top of int32."""
    return np.asarray(np.round(chunk.astype(np.float64) * (1 << 23)).astype(np.int32) << 8, dtype=np.int32)


def _wave_writer(recording: Recording) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with written_beside(path) as part, av.open(str(part), "w", format="wav", options={"write_bext": "1"}) as wave:
            wave.metadata["time_reference"] = str(recording.since_midnight)
            wave.metadata["originator"] = "sample_timelines"
            stream = wave.add_stream("pcm_s24le", rate=SAMPLE_RATE, layout="stereo")
            assert isinstance(stream, AudioStream)
            track = SoundTrack(wave, stream, "s32", SAMPLE_RATE)
            for chunk in blocks(recording.file, recording.tone, recording.samples):
                track.add(_integers(chunk))
            track.end()

    return write


if __name__ == "__main__":
    made = make_media(MEDIA, force="--force" in sys.argv[1:], say=print)
    print(f"{len(made)} files in {MEDIA}")
