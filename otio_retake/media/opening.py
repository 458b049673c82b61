"""Opens a movie or a sound file, and says in plain words why one cannot be opened.

A file is known by its first bytes, never by its name: FFmpeg would follow a playlist to the network, read a script's
neighbours, or wait for a pipe. So only regular files with the signature of a container that we read are opened, and
with that container's demuxer alone.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import av.error
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from ..errors import MediaError, MediaOffline, MediaUnreadable, MediaUnsupported

MOST_PIXELS: Final = 13_000 * 8_000
"""Larger pictures than any camera makes are refused before their memory is asked for."""

MOST_THREADS: Final = 4
"""Decoder threads: more cost memory (373 MiB at 16 and 2160p) and win little."""

_DEMUXERS: Final[dict[bytes, str]] = {
    b"\x1a\x45\xdf\xa3": "matroska,webm",
    b"\x06\x0e\x2b\x34": "mxf",
    b"fLaC": "flac",
    b"caff": "caf",
    b"OggS": "ogg",
    b"\x00\x00\x01\xba": "mpeg",
}
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_STILLS: Final[dict[bytes, str]] = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"SDPX": "a DPX picture",
    b"XPDS": "a DPX picture",
    b"v/1\x01": "an EXR picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"GIF8": "a GIF picture",
}

AV_ERRORS: Final = (av.error.FFmpegError, OSError, ValueError, AssertionError)
"""What PyAV raises for a file that cannot be read; its errors share no single base class."""


def fraction(value: Any) -> Fraction | None:
    """A rational of PyAV, 18 or 19, as a ``Fraction``; None where it is not set (None, or a falsy 0/1)."""
    return Fraction(value.numerator, value.denominator) if value else None


def container_of(path: Path) -> str:
    """The demuxer for the file at ``path``, from its first bytes.

    Raises ``MediaOffline`` where there is no such file, ``MediaUnreadable`` for what is no regular file, empty or not
    known, ``MediaUnsupported`` for still pictures.
    """
    where = str(path)
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise MediaOffline(
            "the media is not there", where=where, fix="find it with --media-root FOLDER or --map FROM=TO"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaUnreadable(f"the media cannot be read: {reason}", where=where, fix="check the volume") from None
    if stat.S_ISDIR(status.st_mode):
        raise MediaUnreadable("this is a folder, not a movie", where=where, fix="link the clip to a movie file")
    if not stat.S_ISREG(status.st_mode):
        raise MediaUnreadable("this is a pipe or a device, not a file", where=where, fix="copy it to a regular file")
    if status.st_size == 0:
        raise MediaUnreadable("the file is empty", where=where, fix="copy it again from its source")
    try:
        with path.open("rb") as file:
            start = file.read(65_536)
    except OSError as error:
        raise MediaUnreadable(
            f"the media cannot be read: {error.strerror}", where=where, fix="check its permissions"
        ) from None
    return _known(start, where)


def _known(start: bytes, where: str) -> str:
    if start[4:8] in _BOXES:
        return "mov"
    for signature, demuxer in _DEMUXERS.items():
        if start.startswith(signature):
            return demuxer
    if start[:4] in (b"RIFF", b"RF64", b"BW64"):
        return {b"AVI ": "avi", b"WAVE": "wav"}.get(start[8:12]) or _refuse(start, where)
    if start[:4] == b"FORM" and start[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if start[:1] == b"\x47" and start[188:189] in (b"\x47", b""):
        return "mpegts"
    if start[4:5] == b"\x47" and start[196:197] == b"\x47":
        return "mpegts"
    if start[:3] == b"ID3" or (start[:1] == b"\xff" and len(start) > 1 and start[1] & 0xE6 == 0xE2):
        return "mp3"
    if b"\x06\x0e\x2b\x34\x02\x05\x01\x01" in start:
        return "mxf"
    for signature, name in _STILLS.items():
        if start.startswith(signature):
            raise MediaUnsupported(
                f"this is {name}; stills and image sequences are not taken yet",
                where=where,
                fix="render the shot as a movie and link the clip to that",
            )
    return _refuse(start, where)


def _refuse(start: bytes, where: str) -> str:
    raise MediaUnreadable(
        "this is not a movie that can be read (MOV, MP4, MXF, MKV, WebM, MPEG-TS, AVI, WAV)",
        where=where,
        fix="check that the download or copy is complete, then render or copy it again",
    )


def video_stream(container: InputContainer) -> VideoStream | None:
    """The picture stream that a player would show; None where there is none. A cover picture is no stream."""
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream) or stream.disposition & Disposition.attached_pic:
        return None
    return stream


@contextmanager
def opened(path: Path, demuxer: str | None = None) -> Iterator[InputContainer]:
    """The container at ``path``, closed at the end; every error of FFmpeg becomes a ``MediaError`` with the file."""
    demuxer = demuxer or container_of(path)
    with reading(path):
        container = av.open(f"file:{os.fspath(path)}", format=demuxer, timeout=(20, 20))
    try:
        with reading(path):
            yield container
    finally:
        container.close()


@contextmanager
def reading(path: Path, doing: str = "") -> Iterator[None]:
    """Turns what FFmpeg raises into a ``MediaUnreadable`` that names the file."""
    try:
        yield
    except MediaError:
        raise
    except GeneratorExit:
        raise
    except AV_ERRORS as error:
        if isinstance(error, (FileNotFoundError,)):
            raise MediaOffline("the media is not there any more", where=str(path), fix="bring it back") from None
        reason = (getattr(error, "strerror", None) or type(error).__name__).lower()
        raise MediaUnreadable(
            f"the media is damaged or cut short{' ' + doing if doing else ''} ({reason})",
            where=str(path),
            fix="copy it again from its source, or relink the clip",
        ) from None
