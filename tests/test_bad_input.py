"""Bad input ends in a message with what, where and what to do: no traceback, no hang, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from tests.forked import command_line
from tests.paid_service.media import make

Corrupt = Callable[[Path, bytes], None]


def run(folder: Path, *arguments: str, timeout: float = 60, **env: str) -> subprocess.CompletedProcess[str]:
    return command_line(folder, *arguments, timeout=timeout, **env)


def explained(said: subprocess.CompletedProcess[str], *words: str, code: int = 2) -> None:
    text = said.stdout + said.stderr
    assert said.returncode == code, text
    assert "Traceback" not in text
    assert "fault of the program" not in text
    flat = " ".join(text.split())
    for word in words:
        assert word in flat, f"{word!r} is not in: {text}"
    if said.stderr.startswith("error:"):
        assert "where:" in said.stderr
        assert "to do:" in said.stderr


def write_cut(folder: Path, media: str, name: str = "cut.otio", clip_name: str = "", **clip: Any) -> Path:
    reference = otio.schema.ExternalReference(media, TimeRange(RationalTime(0, 24), RationalTime(96, 24)))
    made = otio.schema.Clip("A001", reference, TimeRange(RationalTime(10, 24), RationalTime(60, 24)))
    made.markers.append(otio.schema.Marker("RETAKE: rain", TimeRange(RationalTime(30, 24), RationalTime(8, 24))))
    timeline = otio.schema.Timeline("cut")
    track = otio.schema.Track("V1", kind="Video")
    track.append(made)
    timeline.tracks.append(track)
    path = folder / name
    otio.adapters.write_to_file(timeline, str(path))
    if clip_name:
        clip["name"] = clip_name
    if clip:
        data = json.loads(path.read_text())
        data["tracks"]["children"][0]["children"][0].update(clip)
        path.write_text(json.dumps(data))
    return path


@pytest.fixture(scope="session")
def good_movie(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make(tmp_path_factory.mktemp("good") / "A001.mov").read_bytes()


# --- media ----------------------------------------------------------------------------------------------------------

MEDIA: dict[str, tuple[Corrupt, str]] = {
    "empty": (lambda p, _: p.write_bytes(b"") and None, "empty"),
    "a web page": (lambda p, _: p.write_bytes(b"<!DOCTYPE html><html>Not found</html>") and None, "not a movie"),
    "a playlist": (
        lambda p, _: p.write_bytes(b"#EXTM3U\n#EXTINF:10,\nhttp://192.0.2.1/segment.ts\n") and None, "not a movie"
    ),
    "a script": (lambda p, _: p.write_bytes(b"ffconcat version 1.0\nfile other.mov\n") and None, "not a movie"),
    "a pipe": (lambda p, _: os.mkfifo(p), "pipe"),
    "a folder": (lambda p, _: p.mkdir(), "folder"),
    "a picture": (lambda p, _: p.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64) and None, "PNG picture"),
    "its head alone": (lambda p, good: p.write_bytes(good[:1000]) and None, "damaged"),
    "noise": (lambda p, _: p.write_bytes(os.urandom(5000)) and None, ""),
    "a huge header": (
        lambda p, _: p.write_bytes(b"\xff\xff\xff\xf0ftypqt  " + b"\xff\xff\xff\xffmoov" * 20) and None, "damaged"
    ),
    "not there": (lambda p, _: None, "offline"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MEDIA)
def test_media_that_cannot_be_used_is_a_problem_by_name(tmp_path: Path, good_movie: bytes, kind: str) -> None:
    corrupt, words = MEDIA[kind]
    corrupt(tmp_path / "A001.mov", good_movie)
    write_cut(tmp_path, str(tmp_path / "A001.mov"))
    said = run(tmp_path, "run", "cut.otio", "-o", "out.otio", "--yes")
    explained(said, words, "A001.mov")
    assert not (tmp_path / "out.otio").exists()
    plan = run(tmp_path, "plan", "cut.otio", COLUMNS="200")
    explained(plan, words, "→")


@pytest.mark.slow
@pytest.mark.parametrize("part", [0.3, 0.6, 0.97])
def test_media_that_is_cut_short_is_said_before_anything_is_sent(
    tmp_path: Path, good_movie: bytes, part: float
) -> None:
    # The index stands at the end of this file; moved to the front, the file opens and seems whole.
    from tests.media.footage import Kind
    from tests.media.footage import make as clip

    path = clip(tmp_path / "whole.mp4", Kind(container="mp4", sounds=(), timecode="", frames=96))
    faststart = tmp_path / "A001.mov"
    import av

    with (
        av.open(str(path)) as source,
        av.open(str(faststart), "w", format="mp4", options={"movflags": "+faststart"}) as out,
    ):
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    data = faststart.read_bytes()
    faststart.write_bytes(data[: int(len(data) * part)])
    write_cut(tmp_path, str(faststart))
    said = run(tmp_path, "run", "cut.otio", "-o", "out.otio", "--yes")
    text = said.stdout + said.stderr
    assert "Traceback" not in text
    if said.returncode:
        assert "damaged" in text or "missing" in text
        assert not list(tmp_path.rglob("*.mov*part*"))


def test_media_that_may_not_be_read(tmp_path: Path, good_movie: bytes) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (tmp_path / "A001.mov").write_bytes(good_movie)
    (tmp_path / "A001.mov").chmod(0)
    write_cut(tmp_path, str(tmp_path / "A001.mov"))
    explained(run(tmp_path, "plan", "cut.otio"), "cannot be read")


# --- cuts -----------------------------------------------------------------------------------------------------------

CLIP_RANGE = {"OTIO_SCHEMA": "TimeRange.1"}


def time(value: Any, rate: Any = 24.0) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}


def span(start: Any, duration: Any, rate: Any = 24.0) -> dict[str, Any]:
    return {**CLIP_RANGE, "start_time": time(start, rate), "duration": time(duration, rate)}


TEXTS = {
    "empty": ("", "empty"),
    "spaces": ("  \n ", "empty"),
    "broken": ('{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": [', "line 1"),
    "a list": ("[1, 2]", "an object was expected"),
    "a number": ("12", "an object was expected"),
    "a web page": ("<html></html>", "an object was expected"),
    "no schema": ('{"tracks": []}', "no timeline"),
    "another schema": ('{"OTIO_SCHEMA": "Marker.2", "name": "x"}', "no timeline"),
    "a collection": ('{"OTIO_SCHEMA": "SerializableCollection.1", "children": []}', "collection"),
    "no tracks": ('{"OTIO_SCHEMA": "Timeline.1", "name": "x"}', "no tracks"),
    "tracks of another kind": (
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Track.1", "children": []}}', "not tracks"
    ),
    "two documents": ('{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1"}} {}', "follows the end"),
    "an unknown item": (
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": [{"OTIO_SCHEMA": "Track.1",'
        ' "children": [{"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "Timeline-1"}]}]}}',
        "SerializableObjectRef",
    ),
    "deep": ('{"OTIO_SCHEMA": "Timeline.1", "metadata": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS)
def test_what_is_no_timeline_is_said_with_its_place(tmp_path: Path, kind: str) -> None:
    text, words = TEXTS[kind]
    (tmp_path / "cut.otio").write_text(text)
    for command in ("marks", "plan"):
        explained(run(tmp_path, command, "cut.otio"), words, "cut.otio")


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "cut.otio").write_bytes(b'{"OTIO_SCHEMA": "Timeline.1", "name": "\xff\xfe"}')
    explained(run(tmp_path, "marks", "cut.otio"), "UTF-8", "byte")
    explained(run(tmp_path, "marks", "."), "folder")
    explained(run(tmp_path, "marks", "nowhere.otio"), "not there")
    os.mkfifo(tmp_path / "pipe.otio")
    explained(run(tmp_path, "marks", "pipe.otio"), "regular file")
    (tmp_path / "cut.prproj").write_bytes(b"\x1f\x8b")
    explained(run(tmp_path, "marks", "cut.prproj"), "cut.prproj", "to do")


RANGES = {
    "NaN": (span(float("nan"), 10), "not a position"),
    "infinite": (span(0, float("inf")), "not a position"),
    "negative length": (span(0, -5), "less than nothing"),
    "absurd length": (span(0, 1e300), "not a position"),
    "no rate": (span(0, 10, 0), "not a position"),
    "a text": (span("ten", 10), "not a number"),
    "negative rate": (span(0, 10, -24), "not a position"),
}


@pytest.mark.parametrize("kind", RANGES)
def test_ranges_that_make_no_sense_name_their_clip(tmp_path: Path, good_movie: bytes, kind: str) -> None:
    (tmp_path / "A001.mov").write_bytes(good_movie)
    bad, words = RANGES[kind]
    write_cut(tmp_path, str(tmp_path / "A001.mov"), source_range=bad)
    explained(run(tmp_path, "plan", "cut.otio"), words, "A001", "item 1")


def test_a_clip_before_its_media_is_a_problem(tmp_path: Path, good_movie: bytes) -> None:
    (tmp_path / "A001.mov").write_bytes(good_movie)
    write_cut(
        tmp_path, str(tmp_path / "A001.mov"), source_range=span(-40, 60),
        markers=[{"OTIO_SCHEMA": "Marker.2", "name": "RETAKE: rain", "marked_range": span(-30, 10)}],
    )  # fmt: skip
    explained(run(tmp_path, "plan", "cut.otio"), "relink it")


@pytest.mark.slow
def test_markers_of_newer_versions_are_read(tmp_path: Path, good_movie: bytes) -> None:
    (tmp_path / "A001.mov").write_bytes(good_movie)
    newer = {
        "OTIO_SCHEMA": "Marker.3",
        "name": "RETAKE: rain",
        "color": {"OTIO_SCHEMA": "Color.1", "name": "Purple", "r": 0.5, "g": 0, "b": 0.5, "a": 1},
        "marked_range": span(30, 8),
        "metadata": {},
        "comment": "",
        "something_new": [1],
    }
    cut = write_cut(tmp_path, str(tmp_path / "A001.mov"), markers=[newer])
    said = run(tmp_path, "run", "cut.otio", "-o", "out.otio", "--yes")
    assert said.returncode == 0, said.stderr
    assert '"Marker.3"' in (tmp_path / "out.otio").read_text(), "untouched nodes keep their schema"
    assert '"Marker.3"' in cut.read_text()


@pytest.mark.slow
def test_a_hundred_megabytes_of_markers_end_in_good_time(tmp_path: Path, good_movie: bytes) -> None:
    (tmp_path / "A001.mov").write_bytes(good_movie)
    cut = write_cut(tmp_path, str(tmp_path / "A001.mov"))
    text = cut.read_text()
    marker = json.dumps({"OTIO_SCHEMA": "Marker.2", "name": "note " + "x" * 200, "marked_range": span(30, 8)})
    count = 100_000_000 // len(marker)
    at = text.index('"markers": [', text.index('"Clip.2"')) + len('"markers": [')
    cut.write_text(text[:at] + ",".join([marker] * count) + "," + text[at:])
    assert cut.stat().st_size > 100_000_000
    said = run(tmp_path, "marks", "cut.otio", timeout=300)
    assert said.returncode == 0, said.stderr
    assert "1 marks" in said.stdout


# --- places to write ------------------------------------------------------------------------------------------------


@pytest.fixture
def cut(tmp_path: Path, good_movie: bytes) -> Path:
    (tmp_path / "A001.mov").write_bytes(good_movie)
    return write_cut(tmp_path, str(tmp_path / "A001.mov"))


def test_the_input_is_never_written_to(cut: Path) -> None:
    before = cut.read_bytes()
    explained(run(cut.parent, "run", "cut.otio", "-o", "cut.otio", "--yes"), "never written to")
    (cut.parent / "link.otio").symlink_to(cut)
    explained(run(cut.parent, "run", "cut.otio", "-o", "link.otio", "--yes"), "never written to")
    assert cut.read_bytes() == before


@pytest.mark.slow
def test_an_output_that_somebody_changed_is_not_replaced(cut: Path) -> None:
    folder = cut.parent
    assert run(folder, "run", "cut.otio", "-o", "out.otio", "--yes").returncode == 0
    assert run(folder, "place", "cut.otio", "-o", "out.otio").returncode == 0, "our own may be"
    (folder / "out.otio").write_text("the editor's work")
    explained(run(folder, "place", "cut.otio", "-o", "out.otio"), "nobody changed", "--overwrite")
    assert (folder / "out.otio").read_text() == "the editor's work"
    assert run(folder, "place", "cut.otio", "-o", "out.otio", "--overwrite").returncode == 0


def test_an_output_that_is_no_otio_or_a_folder(cut: Path) -> None:
    explained(run(cut.parent, "run", "cut.otio", "-o", "out.xml", "--yes"), ".otio")
    (cut.parent / "folder.otio").mkdir()
    explained(run(cut.parent, "run", "cut.otio", "-o", "folder.otio", "--yes"), "folder")


def test_a_folder_that_may_not_be_written(cut: Path) -> None:
    if os.geteuid() == 0:
        explained(run(cut.parent, "run", "cut.otio", "--yes", "--project", "/proc/retakes"), "cannot be")
        explained(run(cut.parent, "run", "cut.otio", "-o", "/proc/out.otio", "--yes"), "/proc")
    else:
        (cut.parent / "closed").mkdir(mode=0o500)
        explained(run(cut.parent, "run", "cut.otio", "--yes", "--project", "closed/retakes"), "cannot be written")
        explained(run(cut.parent, "run", "cut.otio", "-o", "closed/out.otio", "--yes"), "cannot be written")


@pytest.mark.parametrize("size", ["64k", "300k", "3m"])
def test_a_full_disk_leaves_nothing_half_written(cut: Path, size: str) -> None:
    """A small file system of our own, filled by the ledger, the pull, the result or the take."""
    mount = cut.parent / "small"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mount)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        if size == "3m":
            (mount / "ballast").write_bytes(b"\0" * 2_000_000)
        said = run(cut.parent, "run", "cut.otio", "-o", "out.otio", "--yes", "--project", str(mount / "retakes"))
        text = said.stdout + said.stderr
        assert said.returncode in (1, 2), text
        assert "full" in text, text
        assert "Traceback" not in text
        assert not [p for p in mount.rglob("*") if ".part" in p.name]
        for path in mount.rglob("*.mov"):
            from otio_retake.media.facts import read_facts

            assert read_facts(path).video.frames == 96
    finally:
        subprocess.run(["umount", str(mount)], check=True)


# --- projects -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_project_of_a_newer_version_is_refused(cut: Path) -> None:
    folder = cut.parent
    assert run(folder, "run", "cut.otio", "-o", "out.otio", "--yes").returncode == 0
    (folder / "retakes" / "project.json").write_text('{"version": 99}')
    explained(run(folder, "plan", "cut.otio"), "newer version", "update")
    (folder / "retakes" / "project.json").write_text('{"version": 1}')
    db = sqlite3.connect(folder / "retakes" / "ledger.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.close()
    explained(run(folder, "plan", "cut.otio"), "newer version", "update")
    explained(run(folder, "run", "cut.otio", "-o", "out.otio", "--yes"), "newer version")


def test_a_damaged_ledger_is_not_thrown_away(cut: Path) -> None:
    folder = cut.parent
    assert run(folder, "run", "cut.otio", "-o", "out.otio", "--yes").returncode == 0
    (folder / "retakes" / "ledger.sqlite").write_bytes(b"this is no database, it is a text" * 100)
    explained(run(folder, "run", "cut.otio", "-o", "out.otio", "--yes"), "damaged", "paid")
    assert (folder / "retakes" / "ledger.sqlite").read_bytes().startswith(b"this is no database")


def test_a_project_file_that_is_no_json(cut: Path) -> None:
    (cut.parent / "retakes").mkdir()
    (cut.parent / "retakes" / "project.json").write_text("{")
    explained(run(cut.parent, "plan", "cut.otio"), "project")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("servce = 'ltx'", "did you mean service"),
        ("takes = 'many'", "takes"),
        ("takes = ", "TOML"),
        ("budget = -5", "budget"),
        ("map = ['nonsense']", "FROM=TO"),
        ("service = 'nobody'", "nobody"),
    ],
)
def test_settings_that_are_wrong_name_their_file(cut: Path, text: str, words: str) -> None:
    (cut.parent / "retake.toml").write_text(text)
    explained(run(cut.parent, "plan", "cut.otio"), words)


@pytest.mark.slow
def test_options_that_are_wrong(cut: Path) -> None:
    explained(run(cut.parent, "run", "cut.otio", "--budget", "lots", "--yes"), "no amount of money")
    explained(run(cut.parent, "plan", "cut.otio", "--seam", "edge"), "seam")
    explained(run(cut.parent, "plan", "cut.otio", "--service", "lxt"), "did you mean ltx")
    explained(run(cut.parent, "run", "cut.otio", "--service", "ltx", "--yes", "--budget", "9"), "no key for ltx")
    assert run(cut.parent, "plan", "cut.otio", "--nonsense").returncode == 2


def test_a_saved_list_that_is_none(cut: Path) -> None:
    (cut.parent / "list.json").write_text('{"hello": 1}')
    explained(run(cut.parent, "run", "list.json", "--yes"), "no list of retakes")


def test_a_list_that_was_tampered_with(cut: Path) -> None:
    assert run(cut.parent, "plan", "cut.otio", "--save", "list.json").returncode == 0
    listed = cut.parent / "list.json"
    for slip in ('"takes": -5', '"takes": 100000000'):
        (cut.parent / "other.json").write_text(listed.read_text().replace('"takes": 1', slip))
        explained(run(cut.parent, "run", "other.json", "--yes"), "no list of retakes")


@pytest.mark.parametrize("name", ["cut.otio", "A001.mov", "notes.json"])
def test_a_list_replaces_nothing_but_a_list(cut: Path, name: str) -> None:
    (cut.parent / "notes.json").write_text("{}")
    before = (cut.parent / name).read_bytes()
    explained(run(cut.parent, "plan", "cut.otio", "--save", name), "list", name)
    assert (cut.parent / name).read_bytes() == before
    assert run(cut.parent, "plan", "cut.otio", "--save", "list.json").returncode == 0
    assert run(cut.parent, "plan", "cut.otio", "--save", "list.json").returncode == 0, "an earlier list may go"


@pytest.mark.parametrize("amount", ["1e400", "nan", "-1", "lots"])
def test_budgets_that_are_none(cut: Path, amount: str) -> None:
    explained(run(cut.parent, "run", "cut.otio", "--yes", "--budget", amount), "no amount of money")


@pytest.mark.slow
def test_a_terminal_that_speaks_less_than_unicode(tmp_path: Path, good_movie: bytes) -> None:
    (tmp_path / "A001.mov").write_bytes(good_movie)
    write_cut(tmp_path, str(tmp_path / "A001.mov"), clip_name="Überblende \ud800")
    for arguments in (("plan", "cut.otio"), ("plan", "cut.otio", "--json"), ("marks", "cut.otio")):
        said = run(tmp_path, *arguments, PYTHONIOENCODING="ascii")
        assert said.returncode == 0, said.stderr
        if "--json" in arguments:
            assert json.loads(said.stdout)["items"][0]["clip"] == "Überblende \ufffd"
    assert run(tmp_path, "run", "cut.otio", "-o", "out.otio", "--yes", PYTHONIOENCODING="ascii").returncode == 0
    closed = subprocess.run(
        f"{sys.executable} -m otio_retake plan cut.otio --json >&-",
        shell=True, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert closed.returncode == 0, closed.stderr


def test_looking_makes_no_project(cut: Path) -> None:
    for command in (["ledger", "show", "abc", "--in", "cut.otio"], ["project", "purge", "cut.otio"]):
        explained(run(cut.parent, *command), "nothing was ordered")
    run(cut.parent, "verify", "cut.otio")
    assert not (cut.parent / "retakes").exists()


@pytest.mark.parametrize("name", ["", "%", "_______"])
def test_orders_are_named_by_their_letters_alone(cut: Path, name: str) -> None:
    assert run(cut.parent, "run", "cut.otio", "-o", "out.otio", "--yes").returncode == 0
    explained(run(cut.parent, "ledger", "show", name, "--in", "cut.otio"), "there is no order")


@pytest.mark.slow
def test_an_output_elsewhere_says_what_will_not_be_found_from_there(tmp_path: Path, good_movie: bytes) -> None:
    (tmp_path / "A001.mov").write_bytes(good_movie)
    write_cut(tmp_path, "A001.mov")
    said = run(tmp_path, "run", "cut.otio", "-o", "below/out.otio", "--yes")
    assert said.returncode == 0, said.stderr
    assert "named relative to its folder" in " ".join(said.stdout.split())


def test_errors_are_told_to_machines_too(tmp_path: Path) -> None:
    said = run(tmp_path, "plan", "nothing.otio", "--json")
    assert said.returncode == 2
    assert set(json.loads(said.stdout)["error"]) == {"what", "where", "fix", "exit_code"}


def test_media_that_changed_between_plan_and_run(cut: Path, good_movie: bytes) -> None:
    folder = cut.parent
    assert run(folder, "plan", "cut.otio", "--save", "list.json").returncode == 0
    make(folder / "other.mov", 80)
    shutil.copy(folder / "other.mov", folder / "A001.mov")
    said = run(folder, "run", "list.json", "--yes")
    explained(said, "changed since it was planned", code=2 if said.returncode == 2 else 1)
