"""A mark that is done stays done, and keeps its takes, when only what is made of its results is asked for otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from otio_retake.media.facts import read_facts
from tests.paid_service.desk import Desk


def cut_of(desk: Desk, footage: Path, text: str, name: str = "cut.otio") -> Path:
    """A cut that shows the middle of the footage, with one mark."""
    media = desk.folder / footage.name
    if not media.exists():
        shutil.copy(footage, media)
    desk.write_cut(media, [(44, 8, text)], trim=36, name=name)
    return desk.folder / name


def run(desk: Desk, cut: Path, out: str, *more: str) -> str:
    said = desk.run("run", str(cut), "-o", str(desk.folder / out), "--service", "paid", "--yes", "--budget", "9", *more)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


def frames_of(desk: Desk) -> list[int]:
    """How long each take is, oldest first."""
    rows = desk.rows("SELECT file FROM takes ORDER BY version")
    return [read_facts(desk.folder / "retakes" / file.replace("project:", "")).video.frames for (file,) in rows]


@pytest.mark.parametrize("changed", ["RETAKE handles=30: rain", "RETAKE seam=mark: rain"])
def test_a_take_is_made_anew_of_what_is_here_and_nothing_is_ordered(desk: Desk, footage: Path, changed: str) -> None:
    run(desk, cut_of(desk, footage, "RETAKE handles=12: rain"), "out.otio")
    cut = cut_of(desk, footage, changed, "cut-2.otio")
    for number in (1, 2):
        assert "0 to send, 1 done" in run(desk, cut, f"out-{number}.otio"), "also when it is run again"
    assert len(desk.bill()) == 1
    assert len(frames_of(desk)) == 2, "one more take, once"
    assert "retake.v002" in (desk.folder / "out-2.otio").read_text()


def test_more_handles_make_a_longer_take_and_fewer_none(desk: Desk, footage: Path) -> None:
    run(desk, cut_of(desk, footage, "RETAKE handles=12: rain"), "out.otio")
    run(desk, cut_of(desk, footage, "RETAKE handles=30: rain"), "out.otio")
    assert frames_of(desk) == [24 + 2 * 12, 24 + 2 * 30]
    run(desk, cut_of(desk, footage, "RETAKE handles=20: rain"), "out.otio")
    assert len(frames_of(desk)) == 2


def test_every_export_keeps_its_takes_though_it_names_other_handles_or_the_service(desk: Desk, footage: Path) -> None:
    run(desk, cut_of(desk, footage, "RETAKE: rain"), "out.otio")
    for number, text in enumerate(["RETAKE handles=12: rain", "RETAKE @paid: rain", "RETAKE size=native: rain"]):
        cut, out = cut_of(desk, footage, text, f"cut-{number}.otio"), desk.folder / f"out-{number}.otio"
        said = desk.run("place", str(cut), "-o", str(out))
        assert said.returncode == 0, said.stdout + said.stderr
        assert "retake.v001" in out.read_text(), text
