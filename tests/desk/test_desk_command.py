"""`desk`, and `run --desk`: served until they are asked to end, and what they do without a page."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from otio_retake.simulator import Simulator

from .conftest import token_in
from .driven import CutFolder, Driven, until

Cut = Callable[..., CutFolder]
Open = Callable[..., Driven]


class Command:
    """The command line at work, with what it says."""

    def __init__(self, place: CutFolder, *arguments: str) -> None:
        self.place = place
        self._said = (place.folder / "said.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "otio_retake", *arguments],
            env=place.env, cwd=place.folder, stdin=subprocess.DEVNULL, stdout=self._said, stderr=subprocess.STDOUT,
        )  # fmt: skip

    @property
    def said(self) -> str:
        return (self.place.folder / "said.txt").read_text()

    @property
    def links(self) -> list[Path]:
        return list((self.place.folder / "retakes" / "desk").glob("*.html"))

    def enter(self) -> httpx.Client:
        """A page that was let in by the link."""
        until(lambda: self.links or self.process.poll() is not None, 30)
        assert self.links, self.said
        (link,) = self.links
        found = re.search(r"http://127\.0\.0\.1:\d+/", link.read_text())
        assert found
        headers = {"Origin": found[0].rstrip("/")}
        answer = httpx.post(f"{found[0]}enter", json={"token": token_in(link)}, headers=headers, trust_env=False)
        assert answer.status_code == 200, answer.text
        room = f"{found[0]}d/{answer.json()['room']}/"
        return httpx.Client(base_url=room, headers=headers, cookies=answer.cookies, trust_env=False, timeout=30)

    def end(self, number: int = signal.SIGINT) -> int:
        """Asks it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._said.close()


@pytest.fixture
def start() -> Iterator[Callable[..., Command]]:
    """Starts commands, and sees to it that none is left."""
    made: list[Command] = []

    def started(place: CutFolder, *arguments: str) -> Command:
        made.append(Command(place, *arguments))
        return made[-1]

    yield started
    for each in made:
        each.close()


def in_three_parts(said: subprocess.CompletedProcess[str]) -> None:
    """A refusal, as people can use it."""
    assert said.returncode in (2, 3), said.stdout + said.stderr
    assert "Traceback" not in said.stdout + said.stderr
    assert "where:" in said.stderr
    assert "to do:" in said.stderr


# --- served ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_asked_to_end(cut_of: Cut, start: Callable[..., Command], number: int) -> None:
    place = cut_of("RETAKE: rain")
    command = start(place, "desk", "cut.otio", "--no-browser")
    with command.enter() as page:
        board = page.get("board").json()
    assert [request["prompt"] for request in board["requests"]] == ["rain"]
    assert board["cut"]["output"] == "cut-retakes.otio"
    assert str(command.links[0]) in command.said
    assert "#t=" not in command.said, "what lets in is in the file alone"
    assert command.end(number) == 0, command.said
    assert command.links == []
    assert "Traceback" not in command.said


@pytest.mark.slow
def test_a_desk_whose_orders_are_at_a_service_ends_at_once_and_the_next_one_brings_them_home(
    cut_of: Cut, start: Callable[..., Command], rendering: Simulator
) -> None:
    rendering.change(latency=4)
    place = cut_of("RETAKE: rain")
    command = start(place, "desk", "cut.otio", "--service", "runware", "--no-browser")
    with command.enter() as page:
        digest = page.get("board").json()["confirm"]["digest"]
        assert page.post("confirm", json={"digest": digest, "skip_problems": False}).status_code == 200
        until(lambda: rendering.bill())
        began = time.monotonic()
        assert command.end() == 0
        assert time.monotonic() - began < 30, "it waits for the service"
    again = start(place, "desk", "cut.otio", "--service", "runware", "--no-browser")
    with again.enter() as page:
        until(lambda: page.get("board").json()["requests"][0]["made"])
    assert len(rendering.bill()) == 1
    assert again.end() == 0


@pytest.mark.slow
def test_run_with_a_desk_runs_writes_the_cut_and_goes_on_serving(
    cut_of: Cut, start: Callable[..., Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = cut_of("RETAKE: rain")
    place.env["BROWSER"] = "true"
    command = start(place, "run", "cut.otio", "-o", "cut-retakes.otio", "--desk", "--yes")
    with command.enter() as page:
        until(lambda: place.out.exists())
        until(lambda: [take["state"] for take in page.get("board").json()["requests"][0]["made"]] == ["placed"])
        assert "retake.v001" in place.clip()["media_references"]
        assert command.process.poll() is None
        take = page.get("board").json()["requests"][0]["made"][0]["id"]
        mark = page.get("board").json()["requests"][0]["id"]
        assert page.post("pick", json={"request": mark, "take": take}).json()["requests"][0]["picked"] == take
        assert page.post("write", json={"editor": ""}).json()["added"] == 1
    assert place.clip()["active_media_reference_key"] == "retake.v001"
    assert command.end() == 0
    assert "Traceback" not in command.said


def test_run_with_a_desk_and_nobodys_yes_sends_nothing(
    cut_of: Cut, start: Callable[..., Command], sim: Simulator
) -> None:
    place = cut_of("RETAKE: rain")
    place.env["BROWSER"] = "true"
    command = start(place, "run", "cut.otio", "--service", "ltx", "--desk")
    with command.enter() as page:
        assert page.get("board").json()["confirm"]["sends"][0]["service"] == "ltx"
    assert command.end() == 0
    assert sim.requests() == []


@pytest.mark.slow
@pytest.mark.parametrize("more", [(), ("--yes",)], ids=["asked", "yes"])
def test_run_with_a_desk_refuses_what_run_refuses(cut_of: Cut, sim: Simulator, more: tuple[str, ...]) -> None:
    place = cut_of("RETAKE: rain")
    in_three_parts(place.run("run", "cut.otio", "-o", "cut.otio", "--desk", *more))
    if more:
        in_three_parts(place.run("run", "cut.otio", "--service", "ltx", "--desk", *more))
    assert sim.requests() == []


def test_once_more_of_everything_is_planned_on_the_desk(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes, again=True)
    board = desk.board()
    assert board["confirm"]["sends"][0]["takes"] == 1
    assert board["requests"][0]["again"]
    assert not desk.say("again", request=board["requests"][0]["id"], on=False)["confirm"]["sends"]


# --- without a page ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_page_is_written_as_one_file(two_takes: CutFolder) -> None:
    said = two_takes.run("desk", "cut.otio", "--export", "page.html")
    assert said.returncode == 0, said.stdout + said.stderr
    page = two_takes.folder / "page.html"
    assert b'id="board"' in page.read_bytes()
    assert "page.html" in said.stdout
    assert two_takes.run("desk", "cut.otio", "--export", "page.html").returncode == 0, "an old page is replaced"
    page.write_text("somebody else's")
    in_three_parts(two_takes.run("desk", "cut.otio", "--export", "page.html"))
    assert page.read_text() == "somebody else's"
    in_three_parts(two_takes.run("desk", "cut.otio", "--export", "page.txt"))
    in_three_parts(two_takes.run("desk", "cut.otio", "--export", "cut.otio/page.html"))
    assert two_takes.leftovers() == []


def test_picks_of_an_exported_page_are_taken_up(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    mark, first, second = desk.request()["id"], desk.take("v001"), desk.take("v002")
    picks: dict[str, Any] = {
        "otio_retake_picks": 1, "cut": "cut.otio",
        "picks": [
            {"mark": mark, "take": second["id"], "name": second["name"]},
            {"mark": "unheard-of", "take": None, "name": "original"},
        ],
        "rejected": [{"take": first["id"], "name": first["name"], "reason": "soft"}],
    }  # fmt: skip
    (two_takes.folder / "picks.json").write_text(json.dumps(picks))
    said = two_takes.run("desk", "cut.otio", "--picks", "picks.json")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "2 picks" in said.stdout
    assert "unheard" in said.stdout
    row = desk.request()
    assert row["picked"] == second["id"]
    assert [take["reason"] for take in row["made"]] == ["soft", ""]


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe\x00", b'{"otio_retake_picks": 1}', b"[" * 50_000])
def test_what_is_no_file_of_picks_is_refused(cut_of: Cut, content: bytes) -> None:
    place = cut_of("RETAKE: rain")
    (place.folder / "picks.json").write_bytes(content)
    in_three_parts(place.run("desk", "cut.otio", "--picks", "picks.json"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such.otio",), ("cut.otio", "--picks", "no-such.json"), ("cut.otio", "-o", "cut.otio"),
        ("cut.otio", "-o", "cut.txt"), ("cut.otio", "--service", "nobody", "--export", "p.txt"),
        ("cut.otio", "--budget", "lots"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_with_what_to_do(cut_of: Cut, arguments: tuple[str, ...]) -> None:
    place = cut_of("RETAKE: rain")
    before = place.cut.read_bytes()
    in_three_parts(place.run("desk", *arguments, "--no-browser", timeout=30))
    assert place.cut.read_bytes() == before


def test_a_port_that_is_taken_is_said(cut_of: Cut, sim: Simulator) -> None:
    place = cut_of("RETAKE: rain")
    in_three_parts(place.run("desk", "cut.otio", "--no-browser", "--port", str(sim.port), timeout=30))
