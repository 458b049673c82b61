"""The page about providers: what it shows is installed as it stands, and makes takes for a cut."""

from __future__ import annotations

import json
import math
import os
import re
import shlex
import sys
import threading
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from otio_retake.media.facts import read_facts
from otio_retake.media.slate import Slate, answer
from otio_retake.providers.base import Provider
from otio_retake.spans import Span
from tests.paid_service.desk import ROOT, Desk

PAGE = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")


def shown(language: str) -> str:
    """The only piece of that kind on the page."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


class HouseService:
    """The service that the page's provider is for, with its four addresses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pulls: dict[str, Path] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.submits: list[str] = []
        self.keys: set[str] = set()
        self.drop_answers = False
        house = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments: object) -> None:
                pass

            def _say(self, status: int, said: object = None, body: bytes | None = None) -> None:
                body = json.dumps(said).encode() if body is None else body
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _body(self) -> bytes:
                house.keys.add(self.headers.get("Authorization", ""))
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))

            def do_PUT(self) -> None:
                name = self.path.rpartition("/")[2]
                path = house.folder / f"{name}.mp4"
                path.write_bytes(self._body())
                house.pulls[name] = path
                self._say(201)

            def do_POST(self) -> None:
                said = json.loads(self._body())
                house.submits.append(said["id"])
                if "[refuse]" in said["prompt"]:
                    return self._say(402, {"error": "no funds"})
                house.jobs[said["id"]] = said
                if house.drop_answers:
                    self.close_connection = True
                    return self.connection.close()
                return self._say(202, {})

            def do_GET(self) -> None:
                parts = self.path.strip("/").split("/")
                job = house.jobs.get(parts[1])
                if job is None:
                    return self._say(404, {"error": "no such job"})
                if len(parts) == 3:
                    return self._say(200, body=house.result(job).read_bytes())
                return self._say(200, {"state": "done", "cost": "0.07"})

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def result(self, job: dict[str, Any]) -> Path:
        """The whole pull back, with a slate in the window."""
        path = self.folder / f"{job['id']}.result.mp4"
        if not path.exists():
            pull = self.pulls[job["pull"]]
            picture = read_facts(pull).video
            start, rate = Fraction(job["start"]), picture.rate
            end = start + Fraction(job["duration"])
            changed = Span(math.floor(start * rate), math.ceil(end * rate))
            answer(pull, Slate(changed, job["replace"], job["prompt"], 1), path, crf=26)
        return path

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class PluginDesk(Desk):
    """A cut's folder, with the page's plug-in installed for the command line."""

    def __init__(self, folder: Path, house: HouseService) -> None:
        self.folder = folder
        self.cut = folder / "cut.otio"
        self.out = folder / "cut-retakes.otio"
        site = folder / "site"
        install(site)
        self.env = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(site)]),
            "OTIO_RETAKE_STATE": str(folder / "state"),
            "OTIO_RETAKE_HOUSE_URL": house.url,
            "HOUSE_API_KEY": "sesame-of-the-house",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "COLUMNS": "80",
        }


def install(site: Path) -> None:
    """Puts the page's files where Python finds an installed package."""
    project = tomllib.loads(shown("toml"))["project"]
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )  # fmt: skip
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {where}\n" for name, where in points.items())
        for group, points in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))
    (module,) = {where.partition(":")[0] for points in project["entry-points"].values() for where in points.values()}
    (site / f"{module}.py").write_text(shown("python"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[HouseService]:
    (tmp_path / "house").mkdir()
    made = HouseService(tmp_path / "house")
    yield made
    made.close()


@pytest.fixture
def plugged(tmp_path: Path, house: HouseService) -> PluginDesk:
    return PluginDesk(tmp_path, house)


def test_the_class_is_a_whole_provider_in_some_sixty_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = shown("python")
    lines = [line for line in code.partition("class House:")[2].splitlines() if line.strip()]
    assert len(lines) <= 60
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "page_provider.py").write_text(code)
    import page_provider  # type: ignore[import-not-found]

    made = page_provider.House()
    assert isinstance(made, Provider)
    made.close()
    sys.modules.pop("page_provider")


def test_the_commands_shown_make_takes(plugged: PluginDesk, house: HouseService, footage: Path) -> None:
    plugged.write_cut(footage, [(30, 24, "RETAKE: rain on the window")])
    commands = [shlex.split(line)[1:] for line in shown("sh").splitlines()]
    assert [command[0] for command in commands] == ["providers", "plan", "run"]
    for command in commands:
        said = plugged.run(*command)
        assert said.returncode == 0, said.stdout + said.stderr
        assert "house" in said.stdout
    assert plugged.states() == ["placed"]
    (take,) = plugged.takes()
    assert take.endswith(".mov")
    (clip,) = plugged.timeline()["tracks"]["children"][0]["children"]
    assert "retake.v001" in clip["media_references"]
    assert len(house.submits) == 1
    assert house.keys == {"Bearer sesame-of-the-house"}
    ((billed,),) = plugged.rows("SELECT billed FROM attempts")
    assert billed == "0.07"


def test_a_refusal_is_said_and_costs_nothing(plugged: PluginDesk, house: HouseService, footage: Path) -> None:
    plugged.write_cut(footage, [(30, 24, "RETAKE: rain [refuse]")])
    said = plugged.spend("house")
    assert said.returncode == 1
    assert "funds" in said.stdout + said.stderr
    assert plugged.states() == ["refused"]


@pytest.mark.slow
def test_a_lost_answer_is_looked_up(plugged: PluginDesk, house: HouseService, footage: Path) -> None:
    house.drop_answers = True
    plugged.write_cut(footage, [(30, 24, "RETAKE: rain")])
    for _ in range(2):
        said = plugged.spend("house")
    assert said.returncode == 0, said.stdout + said.stderr
    assert plugged.states() == ["placed"]
    assert len(house.submits) == 1


@pytest.mark.slow
def test_a_plug_in_that_cannot_be_used_is_in_nobodys_way(plugged: PluginDesk, footage: Path) -> None:
    (points,) = (plugged.folder / "site").glob("*.dist-info/entry_points.txt")
    points.write_text(points.read_text() + "broken = otio_retake_no_such_thing:Broken\n")
    plugged.write_cut(footage, [(30, 24, "RETAKE: rain")])
    for command in (["marks", str(plugged.cut)], ["plan", str(plugged.cut), "--service", "house"], ["providers"]):
        said = plugged.run(*command)
        assert said.returncode == 0, said.stdout + said.stderr
        assert "otio_retake_no_such_thing" in said.stderr
        assert "to do:" in said.stderr
    said = plugged.run("plan", str(plugged.cut), "--service", "broken")
    assert said.returncode == 2
    assert "cannot be used" in " ".join((said.stdout + said.stderr).split())
    assert "Traceback" not in said.stderr
