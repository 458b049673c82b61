"""The desk over a timeline of Resolve is a program of its own: it starts, says where it is, ends, and says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from otio_retake.resolve.session import project_folder
from tests.resolve.timelines import Timeline, marker

pytestmark = pytest.mark.slow


def exchange(folder: Path) -> Path:
    """A folder that a script has handed over."""
    made = Timeline()
    made.file("m", "/media/A.mov")
    made.track(made.item("i", 0, 60, 20, "m", markers=[marker(30, duration=5)]))
    place = folder / "state" / "resolve" / "sessions" / "20260131-140502-0123abcd"
    place.mkdir(parents=True)
    made.write(place)
    return place


def start(folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "otio_retake", "resolve", "session", str(folder), "--no-browser", *more]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, start_new_session=True,
        env={**os.environ, "OTIO_RETAKE_STATE": str(folder.parents[2])},
    )  # fmt: skip


def until(path: Path) -> Any:
    end = time.monotonic() + 30
    while not path.is_file():
        assert time.monotonic() < end, f"{path.name} did not come"
        time.sleep(0.02)
    return json.loads(path.read_text())


def ended(process: subprocess.Popen[str]) -> str:
    said = process.communicate(timeout=30)[0]
    assert "Traceback" not in said
    return said


def test_it_starts_serves_and_ends(tmp_path: Path) -> None:
    folder = exchange(tmp_path)
    process = start(folder)
    try:
        assert until(folder / "started.json")["pid"] == process.pid
        link = Path(until(folder / "desk.json")["link"])
        address = link.read_text().partition("url=")[2].partition('"')[0]
        url, _, token = address.partition("#t=")
        with httpx.Client(base_url=url, trust_env=False, headers={"Origin": url.rstrip("/")}) as page:
            room = page.post("enter", json={"token": token}).json()["room"]
            board = page.get(f"d/{room}/board").json()
            assert (board["cut"]["form"], board["cut"]["applies"]) == ("rtkapply", True)
            assert board["applying"] is None
            # Media that is not there is a problem of the plan, not of the desk.
            assert ["offline" in row["what"] for row in board["problems"]] == [True]
            assert page.post(f"d/{room}/ask", json={"offer": "in-out", "prompt": "x"}).status_code == 404
        second = start(folder)
        assert "open already" in ended(second)
        assert second.returncode == 2
        assert not (folder / "ended.json").exists(), "the first one goes on"
    finally:
        process.send_signal(signal.SIGTERM)
    said = ended(process)
    assert "open the desk with" in said
    assert until(folder / "ended.json")["why"] == "it was asked to end"
    assert not (folder / "desk.json").exists()
    assert not link.exists()
    # The script may start it again on the same folder.
    again = start(folder)
    try:
        until(folder / "desk.json")
        assert not (folder / "ended.json").exists()
    finally:
        again.send_signal(signal.SIGTERM)
        ended(again)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a user's folders by other means")
@pytest.mark.parametrize("shared", [False, True])
def test_what_lies_in_our_own_folders_is_this_users_alone(tmp_path: Path, shared: bool) -> None:
    """Footage, prompts and the ledger; a project that was named is a team's, and is written as they write."""
    folder = exchange(tmp_path)
    project = tmp_path / "team" / "retakes" if shared else tmp_path / "state" / "resolve" / "projects" / "project-1"
    before = os.umask(0o022)
    try:
        process = start(folder, *(("--project", str(project)) if shared else ()))
    finally:
        os.umask(before)
    try:
        link = Path(until(folder / "desk.json")["link"])
        url, _, token = link.read_text().partition("url=")[2].partition('"')[0].partition("#t=")
        with httpx.Client(base_url=url, trust_env=False, headers={"Origin": url.rstrip("/")}) as page:
            room = page.post("enter", json={"token": token}).json()["room"]
            (row,) = page.get(f"d/{room}/board").json()["requests"]
            told = {"request": row["id"], "prompt": "she smiles"}
            assert page.post(f"d/{room}/override", json=told).status_code == 200
        until(project / "project.json")
        made = [project, *project.rglob("*")]
        modes = {path.name: path.stat().st_mode & 0o077 for path in made}
        assert "ledger.sqlite" in modes
        assert any(modes.values()) is shared, modes
        assert not shared or modes["ledger.sqlite"] == 0o044
        if not shared:
            assert project.parent.stat().st_mode & 0o077 == 0
    finally:
        process.send_signal(signal.SIGTERM)
        ended(process)


def test_a_report_is_said_on_the_desk(tmp_path: Path) -> None:
    folder = exchange(tmp_path)
    process = start(folder)
    try:
        until(folder / "desk.json")
        report = {
            "otio_retake_applied": 1, "revision": 1, "at": "now", "picks": {}, "restored": True, "said": ["by hand"],
            "results": [{"ident": "gone", "outcome": "refused", "why": "The clip was trimmed.", "where": None}],
            "duplicate": {"id": "d", "name": "Reel 1 - before retake"},
        }  # fmt: skip
        part = folder / "applied-1.json.part"
        part.write_text(json.dumps(report))
        part.rename(folder / "applied-1.json")
        link = Path(json.loads((folder / "desk.json").read_text())["link"])
        url, _, token = link.read_text().partition("url=")[2].partition('"')[0].partition("#t=")
        with httpx.Client(base_url=url, trust_env=False, headers={"Origin": url.rstrip("/")}) as page:
            room = page.post("enter", json={"token": token}).json()["room"]
            end = time.monotonic() + 20
            while "applied in Resolve: 1 refused" not in (board := page.get(f"d/{room}/board").json())["said"]:
                assert time.monotonic() < end
                time.sleep(0.1)
        assert "gone: The clip was trimmed." in board["said"]
        assert board["applying"]["results"] == [
            {"take": "gone", "name": "gone", "outcome": "refused", "why": "The clip was trimmed."}
        ]
        assert board["applying"]["duplicate"] == "Reel 1 - before retake"
    finally:
        process.send_signal(signal.SIGTERM)
        ended(process)


def test_what_cannot_be_read_ends_at_once_and_is_said(tmp_path: Path) -> None:
    folder = exchange(tmp_path)
    (folder / "snapshot.rtksnap").write_text("{}")
    process = start(folder)
    assert "no snapshot of a timeline" in ended(process)
    assert process.returncode == 2
    assert "no snapshot" in until(folder / "ended.json")["why"]
    (folder / "snapshot.rtksnap").unlink()
    assert "run Retake in Resolve" in ended(start(folder))


def test_a_project_of_resolve_has_one_of_ours(tmp_path: Path) -> None:
    folder = exchange(tmp_path)
    path = folder / "snapshot.rtksnap"
    state = tmp_path / "state" / "resolve"
    assert project_folder(path, {}) == state / "projects" / "project-1"
    assert project_folder(path, {"project": tmp_path / "retakes"}) == tmp_path / "retakes"
    document = json.loads(path.read_text())
    document["project"]["id"] = "../../é"
    path.write_text(json.dumps(document))
    found = project_folder(path, {})
    assert found.parent == state / "projects"
    assert found.name.isascii()
