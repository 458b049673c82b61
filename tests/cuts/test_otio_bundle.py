"""Bundles: the media inside are used, takes go in beside them, and what was there stays as it was."""

from __future__ import annotations

import json
import stat
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from otio_retake.cuts import Cut, open_cut
from otio_retake.cuts.model import Clip
from otio_retake.cuts.paths import Places
from otio_retake.errors import CutError
from otio_retake.takes import Placement
from tests.cuts.placements import above, reference
from tests.cutting import clip, track

FOOTAGE = {"A.mov": b"A" * 5000 + bytes(range(256)), "B.mov": b"B" * 3000}


@pytest.fixture(params=[".otioz", ".otiod"])
def bundle(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A cut of two clips with its media, bundled by OpenTimelineIO itself."""
    timeline = otio.schema.Timeline("cut")
    lane = otio.schema.Track("V1", kind="Video")
    (tmp_path / "shoot").mkdir()
    for name, content in FOOTAGE.items():
        (tmp_path / "shoot" / name).write_bytes(content)
        whole = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(100, 24))
        media = otio.schema.ExternalReference((tmp_path / "shoot" / name).as_uri(), whole)
        part = otio.opentime.TimeRange(otio.opentime.RationalTime(30, 24), otio.opentime.RationalTime(40, 24))
        lane.append(otio.schema.Clip(name[0], media, part))
    timeline.tracks.append(lane)
    path = tmp_path / f"cut{request.param}"
    otio.adapters.write_to_file(timeline, str(path))
    for name in FOOTAGE:
        (tmp_path / "shoot" / name).unlink()
    return path


def pictures(cut: Cut) -> list[Clip]:
    return [c for c in cut.view.clips() if c.placed is None]


def with_file(placement: Placement, folder: Path) -> Placement:
    """With a file that is there."""
    folder.mkdir(exist_ok=True)
    path = folder / f"A001_rtkabcdef0_v{placement.take.version:03}.mov"
    path.write_bytes(b"take %d" % placement.take.version)
    return replace(placement, take=replace(placement.take, path=path))


def entries(path: Path) -> dict[str, bytes]:
    """Every file in a bundle, but for the timeline."""
    if path.is_dir():
        files = {f.relative_to(path).as_posix(): f.read_bytes() for f in path.rglob("*") if f.is_file()}
    else:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    return {name: content for name, content in files.items() if name != "content.otio"}


def test_the_media_inside_are_used(bundle: Path, tmp_path: Path) -> None:
    cut = open_cut(bundle)
    cut.keep_in(tmp_path / "retakes")
    places = Places(cut.media_folder)
    for one in pictures(cut):
        found = places.find(one.media.url)
        assert found is not None
        assert found.read_bytes() == FOOTAGE[f"{one.name}.mov"]
    # Once: what was unpacked is not written again, by whichever cut.
    again = open_cut(bundle)
    again.keep_in(tmp_path / "retakes")
    before = {f: f.stat().st_mtime_ns for f in cut.media_folder.rglob("*.mov")}
    assert again.media_folder == cut.media_folder
    assert {f: f.stat().st_mtime_ns for f in again.media_folder.rglob("*.mov")} == before


@pytest.mark.parametrize("ending", [".otioz", ".otiod"])
def test_takes_go_into_the_bundle_and_all_else_stays(bundle: Path, tmp_path: Path, ending: str) -> None:
    cut = open_cut(bundle)
    before = entries(bundle)
    first, second = pictures(cut)
    takes = tmp_path / "takes"
    placements = [
        with_file(reference(first, 1), takes), with_file(reference(first, 2, activate=True), takes),
        with_file(above(second, 3), takes),
    ]  # fmt: skip
    out = tmp_path / f"out{ending}"
    cut.save(cut.apply(placements, tmp_path), out)
    after = entries(out)
    added = {f"media/A001_rtkabcdef0_v00{k}.mov": b"take %d" % k for k in (1, 2, 3)}
    assert {k: v for k, v in after.items() if k in before} == before
    assert {k: v for k, v in after.items() if k not in before and k != "version.txt"} == added
    read = open_cut(out)
    assert {m.url for c in pictures(read) for m in c.takes} == {"media/A001_rtkabcdef0_v001.mov",
                                                                "media/A001_rtkabcdef0_v002.mov"}  # fmt: skip
    # OpenTimelineIO reads it, and finds every file that the timeline names.
    timeline = otio.adapters.read_from_file(str(out))
    for one in timeline.find_clips():
        for media in one.media_references().values():
            assert media.target_url in after
    gone = read.drop({"clip001", "clip002", "region003"})
    assert json.loads(gone.content) == json.loads(cut.original)


def test_written_as_otio_its_paths_lead_to_the_media(bundle: Path, tmp_path: Path) -> None:
    cut = open_cut(bundle)
    cut.keep_in(tmp_path / "retakes")
    one = with_file(reference(pictures(cut)[0], 1), tmp_path / "takes")
    cut.save(cut.apply([one], tmp_path), tmp_path / "out.otio")
    plain = open_cut(tmp_path / "out.otio")
    for clip_ in pictures(plain):
        assert Path(clip_.media.url).read_bytes() == FOOTAGE[f"{clip_.name}.mov"]
    assert Path(pictures(plain)[0].takes[0].url).read_bytes() == b"take 1"


def test_only_our_own_output_is_replaced(bundle: Path, tmp_path: Path) -> None:
    cut = open_cut(bundle)
    told: dict[Path, str] = {}
    for ending in (".otioz", ".otiod"):
        out = tmp_path / f"out{ending}"
        cut.save(cut.apply([], tmp_path), out, tell=told.__setitem__)
        with pytest.raises(CutError, match="not one that otio-retake wrote"):
            cut.save(cut.apply([], tmp_path), out)
        cut.save(cut.apply([], tmp_path), out, may_replace={told[out]})
        cut.save(cut.apply([], tmp_path), out, replace=True)
        with pytest.raises(CutError, match="never written to"):
            cut.save(cut.apply([], tmp_path), bundle, replace=True)
    assert not list(tmp_path.glob(".*")), "nothing half-written is left"
    (tmp_path / "mine.otiod").mkdir()
    with pytest.raises(CutError, match="no bundle"):
        cut.save(cut.apply([], tmp_path), tmp_path / "mine.otiod", replace=True)


# --- hostile ------------------------------------------------------------------------------------------------------


def content() -> str:
    lane = track(clip("A", 10, 40, media="media/A.mov"), name="V1")
    stack = {"OTIO_SCHEMA": "Stack.1", "children": [lane], "markers": []}
    return json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "cut", "metadata": {}, "tracks": stack})


def packed(path: Path, *files: tuple[Any, bytes], timeline: str | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.otio", timeline or content())
        for name, data in files:
            archive.writestr(name, data)
    return path


def link(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = (stat.S_IFLNK | 0o777) << 16
    return made


@pytest.mark.parametrize(
    "name", ["../../outside.mov", "/etc/outside.mov", "media/../../outside.mov", "C:\\outside.mov", "media\\..\\x.mov",
             "C:/outside.mov"]
)  # fmt: skip
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "evil.otioz", (name, b"x"))
    with pytest.raises(CutError, match="not safe to open") as caught:
        open_cut(path)
    assert caught.value.where == str(path)
    assert caught.value.fix


def test_links_bombs_twins_and_locked_files_are_refused(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.otioz", ("media/A.mov", b"\0" * (200 << 20)))
    assert bomb.stat().st_size < 1 << 20
    linked = packed(tmp_path / "linked.otioz", (link("media/A.mov"), b"/etc/passwd"))
    with pytest.warns(UserWarning, match="Duplicate"):
        twins = packed(tmp_path / "twins.otioz", ("media/A.mov", b"1"), ("media/A.mov", b"2"))
    locked = packed(tmp_path / "locked.otioz", ("media/A.mov", b"1"))
    data = bytearray(locked.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(bytes(data))
    for path in (bomb, linked, twins, locked):
        with pytest.raises(CutError, match="not safe to open"):
            open_cut(path)


def test_what_is_no_bundle_is_said(tmp_path: Path) -> None:
    (tmp_path / "text.otioz").write_text("no zip")
    (tmp_path / "file.otiod").write_text("no folder")
    (tmp_path / "empty.otiod").mkdir()
    with zipfile.ZipFile(tmp_path / "bare.otioz", "w") as archive:
        archive.writestr("media/A.mov", b"")
    cutoff = packed(tmp_path / "cutoff.otioz")
    cutoff.write_bytes(cutoff.read_bytes()[:100])
    packed(tmp_path / "broken.otioz", timeline='{"OTIO_SCHEMA": "Timeline.1", "tracks": ')
    bad = packed(tmp_path / "crc.otioz", ("media/A.mov", b"frames " * 100))
    data = bytearray(bad.read_bytes())
    data[60] ^= 0xFF
    bad.write_bytes(bytes(data))
    for name in ("text.otioz", "file.otiod", "empty.otiod", "bare.otioz", "cutoff.otioz", "broken.otioz", "crc.otioz",
                 "absent.otioz", "absent.otiod"):  # fmt: skip
        with pytest.raises(CutError) as caught:
            open_cut(tmp_path / name)
        assert name in caught.value.where
        assert caught.value.what
        assert caught.value.fix


def test_links_out_of_a_folder_are_no_part_of_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.mov"
    secret.write_bytes(b"not yours")
    inside = tmp_path / "cut.otiod"
    (inside / "media").mkdir(parents=True)
    (inside / "content.otio").write_text(content())
    (inside / "media" / "A.mov").symlink_to(secret)
    cut = open_cut(inside)
    for ending in (".otioz", ".otiod"):
        cut.save(cut.apply([], tmp_path), tmp_path / f"out{ending}")
        assert b"not yours" not in entries(tmp_path / f"out{ending}").values()
