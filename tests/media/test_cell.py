"""Results that nobody should trust end in a message, within bounds."""

from __future__ import annotations

import os
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest

from otio_retake.errors import ResultUnread, ResultUnusable
from otio_retake.media.cell import SPARE_FRAMES, looked_at
from tests.media.footage import Kind, make


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make(
        tmp_path_factory.mktemp("good") / "good.mp4", Kind(container="mp4", timecode="", frames=24)
    ).read_bytes()


def huge_picture(path: Path, _: bytes) -> None:
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=24)
        stream.width, stream.height, stream.pix_fmt = 8000, 128, "yuv420p"
        for _index in range(2):
            out.mux(stream.encode(av.VideoFrame(8000, 128, "yuv420p")))
        out.mux(stream.encode(None))


HOSTILE: dict[str, Callable[[Path, bytes], object]] = {
    "empty": lambda p, _: p.write_bytes(b""),
    "a web page": lambda p, _: p.write_bytes(b"<!DOCTYPE html><title>Not found</title>"),
    "a playlist": lambda p, _: p.write_bytes(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"),
    "a movie of other files": lambda p, _: p.write_bytes(b"ffconcat version 1.0\nfile /etc/passwd\n"),
    "noise behind a good beginning": lambda p, good: p.write_bytes(good[:64] + os.urandom(100_000)),
    "a box longer than the world": lambda p, good: p.write_bytes(good[:32] + struct.pack(">I4sQ", 1, b"moov", 1 << 62)),
    "a picture larger than any": huge_picture,
    "sound alone": lambda p, _: p.write_bytes(b"RIFF\x24\0\0\0WAVEfmt "),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_movie_within_bounds_is_refused(tmp_path: Path, movie: bytes, kind: str) -> None:
    path = tmp_path / "result.mp4"
    HOSTILE[kind](path, movie)
    began = time.monotonic()
    with pytest.raises(ResultUnusable) as raised, looked_at(path, expected=24, seconds=20):
        pass
    assert raised.value.what
    assert raised.value.fix
    assert time.monotonic() - began < 30


def test_far_more_frames_than_were_sent_are_read_to_a_bound(tmp_path: Path) -> None:
    path = make(tmp_path / "long.mp4", Kind(container="mp4", timecode="", sounds=(), frames=120, static=True))
    with looked_at(path, expected=24, seconds=20) as seen:
        assert 24 < seen.frames <= 24 + SPARE_FRAMES + 1


def test_a_good_movie_is_looked_at_whole(tmp_path: Path, movie: bytes) -> None:
    (tmp_path / "result.mp4").write_bytes(movie)
    with looked_at(tmp_path / "result.mp4", expected=24, seconds=20) as seen:
        assert seen.frames == 24


def test_one_that_never_ends_is_stopped_at_its_deadline(tmp_path: Path, movie: bytes) -> None:
    path = tmp_path / "result.mp4"
    path.write_bytes(movie)
    began = time.monotonic()
    with pytest.raises(ResultUnread), looked_at(path, expected=24, seconds=0.05):
        pass
    assert time.monotonic() - began < 15


@contextmanager
def no_room(_: Path) -> Iterator[None]:
    """A disk that takes no more than a kilobyte of a file."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def no_place(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder / "away"))
        yield


@contextmanager
def no_child(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(folder / "away"))
        yield


@contextmanager
def a_killed_child(folder: Path) -> Iterator[None]:
    program = folder / "python"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(program))
        yield


@contextmanager
def a_child_that_breaks(folder: Path) -> Iterator[None]:
    program = folder / "python"
    program.write_text("#!/bin/sh\necho 'No module named av' >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(program))
        yield


@pytest.mark.skipif(os.name != "posix", reason="shell scripts and limits")
@pytest.mark.parametrize("trouble", [no_room, no_place, no_child, a_killed_child, a_child_that_breaks])
def test_trouble_of_this_machine_says_nothing_of_the_movie(tmp_path: Path, movie: bytes, trouble: Callable) -> None:
    path = tmp_path / "result.mp4"
    path.write_bytes(movie)
    with trouble(tmp_path), pytest.raises(ResultUnread) as raised, looked_at(path, expected=24, seconds=20):
        pass
    assert raised.value.what
    assert raised.value.where == str(path)
    assert "run it again" in raised.value.fix
    with looked_at(path, expected=24, seconds=20) as seen:
        assert seen.frames == 24
