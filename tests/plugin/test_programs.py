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


@pytest.mark.slow
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


@pytest.mark.parametrize("name", ["demo", "premiere_2997df"])
def test_by_way_of_another_adapter_the_same_frames_are_meant(name: str, tmp_path: Path) -> None:
    """What the xmeml adapter keeps of the marks, it keeps at the same frames of the same media."""
    pytest.importorskip("otio_fcp_adapter")
    shutil.copy(SAMPLES / f"{name}.otio", tmp_path / "cut.otio")
    assert run(tmp_path, "otioconvert -i cut.otio -o cut.xml").returncode == 0
    frames = []
    for line in ("otioconvert -i cut.otio -o straight.retakelist", "otioconvert -i cut.xml -o way.retakelist"):
        said = run(tmp_path, line)
        assert said.returncode == 0, said.stderr
        items = json.loads((tmp_path / line.split()[-1]).read_text())["items"]
        frames.append({(i["clip"], i["clock"], i["zero"], *i["region"].values()) for i in items})
    assert len(frames[1]) >= 3
    assert frames[1] <= frames[0]


def test_a_plugin_that_cannot_be_loaded_does_not_keep_anything_from_being_read(tmp_path: Path) -> None:
    """As where the manifest is named, but the package or what it needs is not installed."""
    (tmp_path / "otio_retake").mkdir()
    (tmp_path / "otio_retake" / "__init__.py").write_text("raise ImportError('not installed')")
    code = f"import opentimelineio as otio; print(otio.adapters.read_from_file({str(SAMPLES / 'demo.otio')!r}).name)"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "OTIO_PLUGIN_MANIFEST_PATH": str(MANIFEST), "PYTHONPATH": str(tmp_path),
             "OTIO_DISABLE_ENTRYPOINTS_PLUGINS": "1"},
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip()
    assert [line.rpartition("retake marks")[2] for line in said.stderr.splitlines()] == [
        " were not read: not installed"
    ]
