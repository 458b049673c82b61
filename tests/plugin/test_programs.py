"""OpenTimelineIO's own programs, with the other adapters there, do what the page says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import opentimelineio as otio
import pytest

from otio_retake.cuts import open_cut
from tests.cuts.placements import reference
from tests.plugin.objects import MANIFEST, ROOT, SAMPLES

PAGE = (ROOT / "docs" / "plugin.md").read_text()
LINES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
OTIO = ("otioconvert", "otiotool", "otiopluginfo")


def run(folder: Path, line: str, **more: str) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(line)
    module = f"opentimelineio.console.{program}" if program in OTIO else "otio_retake"
    environment = {"OTIO_PLUGIN_MANIFEST_PATH": str(MANIFEST), "OTIO_RETAKE_STATE": str(folder / "state"), **more}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=folder, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's cut, its media, and a cut with two takes made up for each of its clips."""
    from sample_timelines.make_media import make_media

    make_media(SAMPLES / "media")
    shutil.copytree(SAMPLES / "media", tmp_path / "media")
    shutil.copy(SAMPLES / "demo.otio", tmp_path / "cut.otio")
    cut = open_cut(tmp_path / "cut.otio")
    clips = [clip for clip in cut.view.clips() if clip.kind == "Video" and clip.media.kind == "file"]
    cut.save(cut.apply([reference(c, k) for c in clips for k in (1, 2)], tmp_path), tmp_path / "cut-retakes.otio")
    return tmp_path


def active(path: Path) -> set[str]:
    return {c.active_media_reference_key for c in otio.adapters.read_from_file(str(path)).find_clips() if _has_takes(c)}


def _has_takes(clip: otio.schema.Clip) -> bool:
    return len(clip.media_references()) > 1


def test_every_command_of_the_page_works_in_its_order(folder: Path) -> None:
    assert len(LINES) >= 8
    for line in LINES:
        said = run(folder, line)
        assert said.returncode == 0, f"{line}\n{said.stdout}{said.stderr}"
        assert "Traceback" not in said.stderr
        if line.startswith("otiopluginfo"):
            for name in ("otio_retake_list", "otio_retake_marks", "media_linkers"):
                assert name in said.stdout
            assert "ERROR" not in said.stdout
        if "--verify-ranges" in line:
            assert "OUT OF BOUNDS" not in said.stdout
    assert active(folder / "cut-retakes.otio") == {"DEFAULT_MEDIA"}
    assert active(folder / "newest.otio") == {"retake.v002"}
    assert active(folder / "originals.otio") == {"DEFAULT_MEDIA"}
    marked = json.loads((folder / "marked.otio").read_text())
    assert marked["metadata"]["otio_retake"]["marks"]
    listed = json.loads((folder / "cut.retakelist").read_text())
    assert listed["items"]
    assert all(len(item["made"]) == 2 for item in listed["items"])
    assert isinstance(listed["warnings"], list)
    strung = otio.adapters.read_from_file(str(folder / "stringout.otio"))
    assert [len(c.media_references()) for c in strung.find_clips()] == [3] * len(listed["items"])


def test_the_variables_say_the_same_where_a_program_has_no_option(folder: Path) -> None:
    line = "otiotool -i cut-retakes.otio -o newest.otio"
    said = run(folder, line, OTIO_DEFAULT_MEDIA_LINKER="otio_retake", OTIO_RETAKE_TAKE="latest")
    assert said.returncode == 0, said.stderr
    assert active(folder / "newest.otio") == {"retake.v002"}


def test_the_package_says_where_its_plugin_is(tmp_path: Path) -> None:
    """The entry point of `pyproject.toml`, as a package of another name would have it: found, and found once."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["opentimelineio.plugins"]
    about = tmp_path / "site" / "plugin_test-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin-test\nVersion: 1.0\n")
    rows = "".join(f"{name} = {value}\n" for name, value in points.items())
    (about / "entry_points.txt").write_text(f"[opentimelineio.plugins]\n{rows}")
    path = os.pathsep.join([str(tmp_path / "site"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    for manifest in ("", str(MANIFEST)):
        said = run(tmp_path, "otiopluginfo", PYTHONPATH=path, OTIO_PLUGIN_MANIFEST_PATH=manifest)
        assert said.returncode == 0, said.stderr
        assert "Traceback" not in said.stderr
        assert said.stdout.count(str(MANIFEST) + "\n") >= 1
        hooks = said.stdout.rpartition("post_adapter_read")[2].partition("post_")[0]
        assert hooks.count("otio_retake_marks") == 1


def test_other_adapters_go_on_working(folder: Path) -> None:
    pytest.importorskip("otio_fcp_adapter")
    assert run(folder, "otioconvert -i cut.otio -o cut.xml").returncode == 0
    said = run(folder, "otioconvert -i cut.xml -o back.otio")
    assert said.returncode == 0, said.stderr
    marks = json.loads((folder / "back.otio").read_text())["metadata"]["otio_retake"]["marks"]
    straight = json.loads(_listed(folder, "cut.otio"))["items"]
    assert {m["prompt"] for m in marks} <= {m["prompt"] for m in straight} | {""}


def _listed(folder: Path, name: str) -> str:
    assert run(folder, f"otioconvert -i {name} -o {name}.retakelist").returncode == 0
    return (folder / f"{name}.retakelist").read_text()
