"""What was bought for some frames stands at the same pictures in a trimmed copy, and at no others that look alike."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import av
import numpy as np
import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.slate import read_strip
from otio_retake.media.sound import as_float, read_sound
from otio_retake.spans import Span
from tests.desk.numbered import Numbered, make_numbered, number_in
from tests.forked import command_line
from tests.media.truth import luma

TRIMMED = 10
"""Frames that the copy begins later."""

Mark = tuple[int, int, str]


@pytest.fixture(scope="module")
def shot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 frames of ProRes without sound, each of which says its number."""
    kind = Numbered(frames=120, codec="prores_aw", pixel_format="yuv422p10le", options=(), timecode="01:00:00:00")
    return make_numbered(tmp_path_factory.mktemp("shot") / "A001C003.mov", kind)


def rewrapped(source: Path, path: Path, order: Callable[[list[Any]], list[Any]]) -> Path:
    """The coded pictures of ``source`` in another order, or fewer of them, in a file of its own."""
    with av.open(str(source)) as old, av.open(str(path), "w", format="mov", options={"movflags": "write_colr"}) as new:
        picture = old.streams.video[0]
        video = new.add_stream_from_template(picture)
        step = round(1 / (picture.average_rate * picture.time_base))
        packets = [bytes(packet) for packet in old.demux(picture) if packet.size]
        for index, data in enumerate(order(packets)):
            packet = av.Packet(data)
            packet.pts = packet.dts = index * step
            packet.time_base, packet.stream, packet.is_keyframe = picture.time_base, video, True
            packet.duration = step
            new.mux(packet)
    return path


@pytest.fixture
def folder(tmp_path: Path, shot: Path) -> Path:
    """The shot as ``long.mov``, and what media management made of it: ``short.mov``, without its first frames."""
    rewrapped(shot, tmp_path / "long.mov", lambda packets: packets)
    rewrapped(shot, tmp_path / "short.mov", lambda packets: packets[TRIMMED:])
    return tmp_path


def write_cut(path: Path, *clips: tuple[str, list[Mark]]) -> None:
    """A cut of whole files one after the other, each with its marks: (first frame of the file, frames, text)."""
    track = otio.schema.Track("V1", kind="Video")
    for name, marks in clips:
        facts = read_facts(path.with_name(name))
        rate, start = float(facts.video.rate), facts.start_frame
        whole = TimeRange(RationalTime(start, rate), RationalTime(facts.video.frames, rate))
        clip = otio.schema.Clip(name, otio.schema.ExternalReference(str(path.with_name(name)), whole), whole)
        for first, length, text in marks:
            at = TimeRange(RationalTime(start + first, rate), RationalTime(length, rate))
            clip.markers.append(otio.schema.Marker(text, at))
        track.append(clip)
    timeline = otio.schema.Timeline(path.stem)
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(path))


def retake(folder: Path, *words: str) -> CompletedProcess[str]:
    return command_line(folder, *words, OTIO_RETAKE_COLOR="709")


def run(folder: Path, cut: str, *words: str) -> str:
    said = retake(folder, "run", cut, "-o", f"{Path(cut).stem}-out.otio", "--yes", *words)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


def rows(folder: Path, query: str) -> list[Any]:
    with sqlite3.connect(folder / "retakes" / "ledger.sqlite") as db:
        return db.execute(query).fetchall()


def asked(folder: Path) -> list[Any]:
    """What was ordered, once for each file that it was asked for of."""
    return [json.loads(spec) for (spec,) in rows(folder, "SELECT spec FROM asked ORDER BY made_at, fingerprint")]


def takes_in(cut: Path) -> list[list[dict[str, Any]]]:
    """The takes beside each clip of a written cut, as it names them."""
    track = json.loads(cut.read_text())["tracks"]["children"][0]
    found = []
    for clip in track["children"]:
        beside = clip.get("media_references", {})
        found.append([take for key, take in beside.items() if key.startswith("retake.")])
    return found


def told_by(folder: Path, take: dict[str, Any]) -> tuple[list[int | None], list[int]]:
    """Of each picture of a take the number of the shot's frame that it is, and at which of them a result stands.

    A slate says which picture of its pull it stands for; the first order's pull says which frame of the shot that is.
    """
    facts = read_facts(Path(take["target_url"]))
    ((text,),) = rows(folder, "SELECT spec FROM orders ORDER BY made_at LIMIT 1")
    spec = json.loads(text)
    shift = TRIMMED if spec["media"]["path"].endswith("short.mov") else 0
    first = spec["spans"]["pull"]["first"] - spec["spans"]["pad_head"] + shift
    numbers: list[int | None] = []
    slated = []
    for k, frame in read_frames(facts, Span(0, facts.video.frames)):
        slate = read_strip(luma(frame))
        numbers.append(number_in(luma(frame)) if slate is None else first + slate)
        slated += [] if slate is None else [k]
    return numbers, slated


def test_a_take_for_a_trimmed_copy_stands_at_the_same_pictures(folder: Path) -> None:
    write_cut(folder / "one.otio", ("long.mov", [(60, 8, "RETAKE: rain")]))
    write_cut(folder / "two.otio", ("short.mov", [(60 - TRIMMED, 8, "RETAKE: rain")]))
    run(folder, "one.otio")
    run(folder, "two.otio")
    assert len(rows(folder, "SELECT key FROM orders")) == 1
    ((long,),) = takes_in(folder / "one-out.otio")
    ((short,),) = takes_in(folder / "two-out.otio")
    assert told_by(folder, long) == (list(range(120)), list(range(60, 68)))
    assert told_by(folder, short) == (list(range(TRIMMED, 120)), list(range(60 - TRIMMED, 68 - TRIMMED)))
    told = short["metadata"]["otio_retake"]["orders"][0]
    assert (told["region"], told["replaced"]) == ([50, 58], [50, 58])


def test_what_a_trimmed_copy_was_given_is_known_for_its_own(folder: Path) -> None:
    write_cut(folder / "one.otio", ("long.mov", [(60, 8, "RETAKE: rain")]))
    write_cut(folder / "two.otio", ("short.mov", [(60 - TRIMMED, 8, "RETAKE: rain")]))
    run(folder, "one.otio")
    run(folder, "two.otio")
    said = retake(folder, "plan", "two.otio")
    assert "0 to send, 1 done" in said.stdout, said.stdout
    placed = retake(folder, "place", "two.otio", "-o", "placed.otio")
    assert placed.returncode == 0, placed.stderr
    ((take,),) = takes_in(folder / "placed.otio")
    assert told_by(folder, take)[0] == list(range(TRIMMED, 120))
    # Made anew with other settings, it is at its own frames again.
    retake(folder, "conform", "two.otio", "--handles", "3", "--codec", "h264")
    retake(folder, "place", "two.otio", "-o", "again.otio")
    ((_, anew),) = takes_in(folder / "again.otio")
    assert told_by(folder, anew) == told_by(folder, take)


def test_both_files_in_one_cut_have_takes_at_their_own_frames(folder: Path) -> None:
    marked = [("long.mov", [(60, 8, "RETAKE: rain")]), ("short.mov", [(60 - TRIMMED, 8, "RETAKE: rain")])]
    for number, clips in enumerate((marked, marked[::-1])):
        project = folder / str(number)
        project.mkdir()
        for name in ("long.mov", "short.mov"):
            (project / name).hardlink_to(folder / name)
        write_cut(project / "cut.otio", *clips)
        run(project, "cut.otio")
        assert len(rows(project, "SELECT key FROM orders")) == 1
        placed = {clip[0]: takes for clip, takes in zip(clips, takes_in(project / "cut-out.otio"), strict=True)}
        (long,), (short,) = placed["long.mov"], placed["short.mov"]
        assert told_by(project, long) == (list(range(120)), list(range(60, 68)))
        assert told_by(project, short) == (list(range(TRIMMED, 120)), list(range(60 - TRIMMED, 68 - TRIMMED)))
        said = retake(project, "plan", "cut.otio")
        assert "0 to send, 2 done" in said.stdout, said.stdout


def test_a_choice_for_one_of_two_files_is_none_for_the_other(folder: Path) -> None:
    write_cut(
        folder / "cut.otio",
        ("long.mov", [(60, 8, "RETAKE: rain")]),
        ("short.mov", [(60 - TRIMMED, 8, "RETAKE: rain")]),
    )
    run(folder, "cut.otio")
    names = [Path(take["target_url"]).stem for (take,) in takes_in(folder / "cut-out.otio")]
    said = retake(folder, "takes", "pick", "cut-out.otio", names[1], "-o", "picked.otio")
    assert said.returncode == 0, said.stdout + said.stderr
    assert sorted(rows(folder, "SELECT file, state FROM takes")) == sorted(
        [(f"project:takes/{names[0]}.mov", "placed"), (f"project:takes/{names[1]}.mov", "picked")]
    )
    marks = [mark for (mark,) in rows(folder, "SELECT mark_id FROM choices")]
    assert marks == [spec["mark_id"] for spec in asked(folder) if spec["media"]["path"].endswith("short.mov")]


def test_marks_over_frames_that_look_alike_are_retaken_each_in_its_place(tmp_path: Path, shot: Path) -> None:
    """The same 40 frames three times over: the second and the third time are marked."""
    rewrapped(shot, tmp_path / "card.mov", lambda packets: packets[:40] * 3)
    write_cut(tmp_path / "cut.otio", ("card.mov", [(56, 8, "RETAKE: rain"), (96, 8, "RETAKE: rain")]))
    run(tmp_path, "cut.otio")
    ((take,),) = takes_in(tmp_path / "cut-out.otio")
    numbers, slated = told_by(tmp_path, take)
    assert slated == [*range(56, 64), *range(96, 104)]
    assert [n % 40 for n in numbers if n is not None] == [k % 40 for k in range(120)]
    assert len({order["order"] for order in take["metadata"]["otio_retake"]["orders"]}) == 2
    said = retake(tmp_path, "plan", "cut.otio")
    assert "0 to send, 2 done" in said.stdout, said.stdout
    # A cut that marks the second place alone finds what was made for that.
    write_cut(tmp_path / "late.otio", ("card.mov", [(96, 8, "RETAKE: rain")]))
    run(tmp_path, "late.otio")
    (late,) = takes_in(tmp_path / "late-out.otio")
    assert [told_by(tmp_path, each)[1] for each in late] == [list(range(96, 104))]


def sound_of(facts: MediaFacts) -> np.ndarray:
    (sound,) = facts.sounds
    return np.concatenate([as_float(chunk) for chunk in read_sound(facts, sound, 0, sound.samples)], axis=1)


def test_the_sound_of_a_take_for_a_copy_is_that_copys(tmp_path: Path, footage: Path) -> None:
    """The copy has lost its timecode, so it is another file, of the same pictures and sound."""
    (tmp_path / "long.mov").hardlink_to(footage)
    with av.open(str(footage)) as old, av.open(str(tmp_path / "copy.mov"), "w", format="mov") as new:
        streams = {each.index: new.add_stream_from_template(each) for each in (*old.streams.video, *old.streams.audio)}
        for packet in old.demux(*old.streams.video, *old.streams.audio):
            if packet.size:
                packet.stream = streams[packet.stream.index]
                new.mux(packet)
    for name, media in (("one", "long.mov"), ("two", "copy.mov")):
        write_cut(tmp_path / f"{name}.otio", (media, [(40, 8, "RETAKE both: rain")]))
        run(tmp_path, f"{name}.otio")
    assert len(rows(tmp_path, "SELECT key FROM orders")) == 1
    waves = {}
    for file, spec in rows(tmp_path, "SELECT file, spec FROM takes WHERE file LIKE '%.wav'"):
        told = json.loads(spec)
        waves[told["fingerprint"]] = tmp_path / "retakes" / file.removeprefix("project:")
    one, two = (read_facts(waves[read_facts(tmp_path / name).fingerprint]) for name in ("long.mov", "copy.mov"))
    assert np.array_equal(sound_of(one), sound_of(two))
    hour = 3600 * 48000 * 1001 // 1000
    assert two.time_reference is not None
    assert one.time_reference is not None
    assert one.time_reference - two.time_reference == hour
