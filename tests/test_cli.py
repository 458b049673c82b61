"""The command line itself: quick, quiet, and honest about its end."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

import otio_retake
from tests.paid_service.desk import Desk

HEAVY = ("av", "numpy", "opentimelineio", "PIL", "pydantic", "httpx")


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "otio_retake", *arguments], capture_output=True, text=True, check=False,
        env={**os.environ, **more}, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['otio-retake', '--help']\n"
        "from otio_retake.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print('HEAVY', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.endswith("HEAVY []\n"), said.stdout[-200:]


COMMANDS = [
    "marks", "plan", "pull", "submit", "fetch", "verify", "conform", "place", "run", "status", "override", "takes list",
    "takes pick", "takes drop", "takes compose", "ledger show", "ledger resolve", "ledger cancel", "settings show",
    "project purge", "project archive", "report",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    said = run(*command.split(), "--help", COLUMNS="80")
    assert said.returncode == 0
    assert all(len(line) <= 80 for line in said.stdout.splitlines())
    assert "Usage:" in said.stdout


def test_version() -> None:
    assert run("--version").stdout.strip() == f"otio-retake {otio_retake.__version__}"


def test_completion_is_offered() -> None:
    said = run("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert "_OTIO_RETAKE_COMPLETE" in said.stdout, said.stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    cut = Path(__file__).resolve().parents[1] / "sample_timelines" / "resolve_24.otio"
    said = subprocess.run(
        f"{sys.executable} -m otio_retake marks {cut} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in said.stderr
    assert "error" not in said.stderr


def test_no_project_folder_is_made_by_looking(tmp_path: Path) -> None:
    import shutil

    cut = shutil.copy(Path(__file__).resolve().parents[1] / "sample_timelines" / "with_problems.otio", tmp_path)
    for command in (("marks", cut), ("plan", cut), ("status", cut), ("takes", "list", cut)):
        run(*command, OTIO_RETAKE_STATE=str(tmp_path / "state"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["with_problems.otio"]


def test_the_public_names_are_what_they_say() -> None:
    for name in otio_retake.__all__:
        assert hasattr(otio_retake, name)


def _every(command: object, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], object]]:
    below = getattr(command, "commands", {})
    return [(path, command), *(found for name, c in below.items() for found in _every(c, (*path, name)))]


def test_help_loses_no_words_in_brackets() -> None:
    """Brackets are markup to whoever prints help: a word in them is swallowed unless it is told apart."""
    import typer
    from typer.testing import CliRunner

    from otio_retake.cli import app

    marked = 0
    for path, command in _every(typer.main.get_command(app)):
        texts = [getattr(command, "help", ""), getattr(command, "epilog", "")]
        for parameter in getattr(command, "params", []):
            texts += [getattr(parameter, "help", ""), getattr(parameter, "metavar", "")]
        said = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"}).output
        for word in re.findall(r"\[[^\]]+\]", " ".join(text or "" for text in texts)):
            if word not in ("[bold]", "[/bold]"):
                marked += 1
                assert word in said, f"{' '.join(path)} lost {word}"
    assert marked, "the help of simulate has some"


@pytest.mark.slow
def test_what_changes_something_can_tell_a_machine(desk: Desk, footage: Path) -> None:
    media = desk.folder / footage.name
    shutil.copy(footage, media)
    desk.write_cut(media, [(20, 8, "RETAKE x2: rain")])

    def told(*arguments: str) -> dict[str, Any]:
        said = desk.run(*arguments, "--json")
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout)

    (mark,) = told("marks", str(desk.cut))["marks"]
    changed = told("override", str(desk.cut), mark["mark"], "--prompt", "snow")
    assert changed["override"]["prompt"] == "snow"
    assert told("override", str(desk.cut), mark["mark"], "--clear")["override"] is None
    assert desk.run("run", str(desk.cut), "-o", str(desk.out), "--yes").returncode == 0
    picked = told("takes", "pick", str(desk.out), "v002", "-o", str(desk.folder / "picked.otio"))
    assert picked["written"].endswith("picked.otio")
    assert picked["picked"].endswith("v002")
    cut = str(desk.folder / "picked.otio")
    dropped = told("takes", "drop", cut, "v001", "-o", str(desk.folder / "dropped.otio"))["dropped"]
    assert told("takes", "restore", str(desk.folder / "dropped.otio"), dropped)["restored"] == dropped
    assert told("project", "archive", str(desk.folder / "kept"))["files"] >= 4
    listed = told("project", "purge")
    assert (len(listed["files"]), listed["deleted"]) == (4, False)
    assert told("project", "purge", "--yes")["files"] == listed["files"]
    assert told("project", "purge")["files"] == []


@pytest.mark.slow
def test_picture_and_sound_of_one_name_are_told_apart(tmp_path: Path) -> None:
    from tests.plugin.objects import clip, movie, span, timeline

    name = "A001_rtk0000001_v001"
    cut = timeline(clip())
    for kind, ending in (("Video", "mov"), ("Audio", "wav")):
        laid = otio.schema.Clip(name, movie(f"{name}.{ending}", 86400, 240, take=ending, version=1), span(86410, 40))
        track = otio.schema.Track("Retakes", kind=kind)
        track.append(laid)
        cut.tracks.append(track)
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(cut, str(path))

    def said(*arguments: str) -> str:
        made = subprocess.run(
            [sys.executable, "-m", "otio_retake", *arguments, str(path)], cwd=tmp_path, capture_output=True, text=True,
            check=True, env={**os.environ, "OTIO_RETAKE_STATE": str(tmp_path / "state")},
        )  # fmt: skip
        return made.stdout

    assert [row["kind"] for row in json.loads(said("takes", "list", "--json"))] == ["picture", "sound"]
    assert said("takes", "list").count("sound, in use") == 1
    assert [row["Tracks"] for row in json.loads(said("report", "changes", "--json"))["rows"]] == ["V", "A1"]
    assert said("report", "changes").count(" A1 ") == 1


@pytest.mark.parametrize(
    ("service", "key", "lacks"),
    [("ltx", "", "no key for ltx"), ("gmi", "k", "OTIO_RETAKE_UPLOADER"), ("rehearsal", "", "")],
)
def test_a_plan_says_what_is_lacking_before_it_can_be_sent(
    service: str, key: str, lacks: str, desk: Desk, footage: Path
) -> None:
    """A key, or an uploader: before anybody waits for a run to tell."""
    desk.write_cut(footage, [(30, 24, "RETAKE: rain")])
    names = ("LTXV_API_KEY", "LTX_API_KEY", "GMI_API_KEY", "GMI_CLOUD_API_KEY")
    desk.env = {name: value for name, value in desk.env.items() if name not in names}
    desk.env |= {"GMI_API_KEY": key} if key else {}
    said = desk.run("plan", "cut.otio", "--service", service)
    assert said.returncode == 0, said.stdout + said.stderr
    flat = " ".join(said.stdout.split())
    assert ("before it can be sent" in flat) == bool(lacks)
    assert lacks in flat
    listed = json.loads(desk.run("plan", "cut.otio", "--service", service, "--json").stdout)["lacking"]
    assert bool(listed) == bool(lacks)
    assert all(row["what"] and row["fix"] for row in listed)
    assert not desk.requests()
