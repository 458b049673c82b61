"""Opens a file from a service in a child process, with a deadline and a limit of memory.

A result is not trusted: its container may lie, hang or crash a decoder. The child reads it to its end with a pinned
demuxer and leaves thumbnails and sound as plain arrays; only then does the program itself open the file.
"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..child import SAID, environment, last_words, limit_memory, stop
from ..errors import ResultUnread, ResultUnusable

MOST_MEMORY = 4 << 30
"""Address space of the child: FFmpeg's libraries and numpy map 1.5 GiB before anything is read."""

SPARE_FRAMES = 24
"""Frames beyond what was sent that are still read: enough to see how many too many there are."""

MOST_SIDE = 4096
"""Longest side of a result: services answer in 1080 lines; 2160 is the most that any takes."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

_NOT_OF_THE_BYTES = (*_NO_ROOM, errno.ENOENT, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ESTALE)
"""What reading may come to whatever is in a file. Input/output errors are not among them: decoders name theirs so."""

_SIGNATURES = {b"\x1a\x45\xdf\xa3": "matroska,webm"}
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


@dataclass(frozen=True, slots=True)
class Looked:
    """What the child found. ``thumbs`` and ``sound`` are raw files: uint8 frames of 3 planes, float32 stereo."""

    frames: int
    width: int
    height: int
    rate: Fraction
    thumb_size: tuple[int, int]
    sound_rate: int
    sound_channels: int
    samples: int
    thumbs: Path
    sound: Path


@contextmanager
def looked_at(path: Path, *, expected: int, seconds: float) -> Iterator[Looked]:
    """Reads the file at ``path`` in a child; ``expected`` frames were sent, and it may take ``seconds``.

    Raises ``ResultUnusable`` for what is known not to be a sound movie within bounds, which only the child can tell;
    ``ResultUnread`` where something else came in between: no room, no memory, a child that was stopped.
    """
    with unread(path):
        _check(path)
        scratch = tempfile.TemporaryDirectory(prefix="otio-retake-", ignore_cleanup_errors=True)
    with scratch as folder:
        command = [sys.executable, "-m", "otio_retake.media.cell", str(path), folder, str(expected + SPARE_FRAMES)]
        with unread(path):
            try:
                done = subprocess.run(command, capture_output=True, timeout=seconds, env=environment(), check=False)
            except subprocess.TimeoutExpired:
                raise _unread(f"its reader did not end within {seconds:.0f} s", path) from None
            report = Path(folder, "report.json")
            if done.returncode == SAID and (why := last_words(done.stderr)):
                raise _unusable(why, path)
            if done.returncode != 0:
                raise _unread(_stopped(done.returncode, done.stderr), path)
            said = json.loads(report.read_text())
        yield Looked(
            frames=said["frames"],
            width=said["width"],
            height=said["height"],
            rate=Fraction(said["rate"]),
            thumb_size=tuple(said["thumb_size"]),
            sound_rate=said["sound_rate"],
            sound_channels=said["sound_channels"],
            samples=said["samples"],
            thumbs=Path(folder, "thumbs"),
            sound=Path(folder, "sound"),
        )


def demuxer_of(path: Path) -> str | None:
    """The pinned demuxer for a result: MOV/MP4 or Matroska/WebM; None for anything else."""
    with path.open("rb") as file:
        start = file.read(16)
    if start[4:8] in _BOXES:
        return "mov"
    return next((name for sign, name in _SIGNATURES.items() if start.startswith(sign)), None)


def _check(path: Path) -> None:
    if not path.is_file() or path.stat().st_size == 0:
        raise _unusable("it is empty", path)
    if demuxer_of(path) is None:
        raise _unusable("it is neither MP4, MOV nor WebM", path)


def _unusable(why: str, path: Path) -> ResultUnusable:
    return ResultUnusable(
        f"the result cannot be used: {why}",
        where=str(path),
        fix="it is kept; ask again with --again, or ask the service",
    )


@contextmanager
def unread(path: Path) -> Iterator[None]:
    """Turns an operating system's refusal into ``ResultUnread``: it says nothing of what is in the file."""
    try:
        yield
    except (OSError, MemoryError) as error:
        why = (getattr(error, "strerror", None) or type(error).__name__).lower()
        where = f" at {tempfile.gettempdir()}" if getattr(error, "errno", None) in _NO_ROOM else ""
        raise _unread(f"this machine does not let it ({why}{where})", path) from None


def _unread(why: str, path: Path) -> ResultUnread:
    return ResultUnread(
        f"the result could not be looked at: {why}",
        where=str(path),
        fix="see to this machine's room, memory and drives and run it again: the result is kept, and may be good",
    )


def _stopped(code: int, stderr: bytes) -> str:
    """How the child ended, where it said nothing of the file."""
    if code < 0:
        return f"its reader was stopped by signal {-code}"
    lines = stderr.decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f"its reader failed{f' ({last[:200]})' if last else ''}"


# --- in the child ---------------------------------------------------------------------------------------------------


def _of_the_machine(error: BaseException) -> bool:
    """Whether an error of reading says nothing of the bytes that were read."""
    import av

    if isinstance(error, av.error.FFmpegError):
        # ExitError is our own bound on how long a read may take.
        return isinstance(error, av.error.ExitError) or error.errno in _NOT_OF_THE_BYTES
    return isinstance(error, OSError)


def _main(path: Path, folder: Path, most: int) -> None:
    limited = limit_memory(MOST_MEMORY)
    import av
    import numpy as np

    from .opening import AV_ERRORS, fraction, video_stream
    from .sound import as_float
    from .verify.thumbnails import size_for, write_thumbnails

    try:
        with av.open(f"file:{path}", format=demuxer_of(path), timeout=(20, 20)) as container:
            stream = video_stream(container)
            if stream is None or not stream.codec_context.width:
                stop("it has no picture")
            context = stream.codec_context
            width, height = context.width, context.height
            if max(width, height) > MOST_SIDE:
                stop(f"its picture of {width}x{height} is absurd")
            # A picture can be larger in its stream than in its header; in av.open() this option has no effect.
            context.options = {"max_pixels": str(MOST_SIDE * MOST_SIDE)}
            stream.thread_type = "AUTO"
            context.thread_count = 2
            rate = fraction(stream.average_rate) or fraction(stream.guessed_rate) or Fraction(0)
            size = size_for(width, height)
            frames = write_thumbnails(container.decode(stream), size, folder / "thumbs", most)
        sound_rate = channels = samples = 0
        with (
            av.open(f"file:{path}", format=demuxer_of(path), timeout=(20, 20)) as container,
            (folder / "sound").open("wb") as out,
        ):
            if container.streams.audio:
                audio = container.streams.audio[0]
                sound_rate, channels = audio.rate, audio.channels
                time_base = fraction(audio.time_base) or Fraction(1, sound_rate)
                end = round(audio.duration * time_base * sound_rate) if audio.duration else None
                limit = (most + 48) * sound_rate // 10
                for frame in container.decode(audio):
                    chunk = frame.to_ndarray()
                    if not frame.format.is_planar:
                        chunk = chunk.reshape(-1, channels).T
                    values = as_float(chunk)[:2]
                    at = round((frame.pts or 0) * time_base * sound_rate)
                    if at > samples:
                        np.zeros((at - samples, 2), np.float32)[: max(limit - samples, 0)].tofile(out)
                        samples = min(at, limit)
                    values = np.repeat(values, 2, axis=0) if values.shape[0] == 1 else values
                    late = max(samples - at, 0)
                    values = values[:, late : None if end is None else max(end - at, 0)]
                    np.ascontiguousarray(values.T).tofile(out)
                    samples += values.shape[1]
                    if samples >= limit:
                        break
    except MemoryError:
        if not limited:
            raise
        stop("it needs more memory than a movie should")
    except AV_ERRORS as error:
        if _of_the_machine(error):
            raise
        stop(f"it is damaged ({(getattr(error, 'strerror', None) or type(error).__name__).lower()})")
    report = {
        "frames": frames,
        "width": width,
        "height": height,
        "rate": str(rate),
        "thumb_size": size,
        "sound_rate": sound_rate,
        "sound_channels": channels,
        "samples": samples,
    }
    (folder / "report.json").write_text(json.dumps(report))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
