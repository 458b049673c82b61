"""The self-check runs to its end, touches nothing of anybody's, and its transcript says what was asked and answered."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from retake_in_resolve.asking import Asking
from retake_in_resolve.finding import NotFound
from retake_in_resolve.saying import Saying
from retake_in_resolve.self_check import checking

from tests.fake_resolve import FakeResolve
from tests.resolve_plugin import PLUGIN

FACTS = {fact["id"]: fact for fact in json.loads(Path(PLUGIN, "api_facts.json").read_text())}

CORE = """#!{python}
import json, os, sys
assert sys.argv[1:5] == ["-m", "otio_retake", "resolve", "self-check-media"], sys.argv
for name in {names!r}:
    os.symlink(os.path.join({folder!r}, name), os.path.join(sys.argv[5], name))
rows = [{{"name": name, "frames": frames}} for name, frames in {names!r}.items()]
with open(os.path.join(sys.argv[5], "media.json"), "w") as file:
    json.dump({{"otio_retake_check_media": 1, "files": rows}}, file)
"""


class Machine:
    """A Resolve with nothing open but the project it starts with, and a core that only says where movies are."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, profile: str = "21.0.4 Studio", **knobs: Any):
        self.folder = folder
        self.fake = FakeResolve(profile, **knobs)
        monkeypatch.setattr("retake_in_resolve.exchange.stamp", lambda: "now")
        made = folder / "state" / "self-check" / "now"
        names: dict[str, int] = {}
        for rate in ("24", "23.976", "29.97"):
            for part, frames, channels in (("a", 240, 2), ("b", 120, 0)):
                name = f"check_{rate.replace('.', '')}_{part}.mov"
                self.fake.setup.known(made / name, frames, rate, channels=channels, start_timecode="01:00:00:00")
                names[name] = frames
        self.fake.setup.known(made / "check_sequence" / "check.%04d.png", 48, "24", first=1001, kind="Video")
        core = folder / "core"
        core.write_text(CORE.format(python=sys.executable, names=names, folder=str(folder)))
        core.chmod(core.stat().st_mode | stat.S_IXUSR)
        self.pointer = {"python": str(core), "state": str(folder / "state"), "package": PLUGIN}
        self.said: list[str] = []

    def check(self) -> list[dict[str, Any]]:
        """The lines of the transcript."""
        saying = Saying(self.fake.menu(), write=self.said.append)
        try:
            assert checking.check(Asking(self.fake.resolve, pause=lambda seconds: None), self.pointer, saying) == 0
        finally:
            for beat in self.folder.glob("state/self-check/*/heartbeat*"):
                beat.with_name("heartbeat.stop").touch()
        found = next(self.folder.glob("state/self-check/*/transcript.jsonl"))
        return [json.loads(line) for line in found.read_text().splitlines()]


@pytest.mark.parametrize("profile", ["18.6 Studio", "19.1 free", "21.0.4 Studio", "21.1 Studio"])
def test_everything_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str) -> None:
    machine = Machine(tmp_path, monkeypatch, profile)
    lines = machine.check()
    found = [line for line in lines if "found" in line]
    assert not [line for line in found if "fault" in line["found"]]
    for rate in checking.RATES:
        for measure in checking.EVERY_RATE:
            assert any(line["step"] == f"{measure.__name__} {rate}" for line in found)
    for measure in checking.ONCE + checking.BY_HAND:
        assert any(line["step"].split()[0] == measure.__name__ for line in found), measure.__name__
    assert {fact for line in found for fact in line["facts"]} <= set(FACTS)
    assert not [line for line in found if line["agrees"] is False], "the fake behaves as is known of Resolve"


def test_every_call_is_in_the_transcript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch)
    lines = machine.check()
    head, calls = lines[0], [line for line in lines if "n" in line and not line.get("constant")]
    assert head["otio_retake_transcript"] == 1
    assert head["product"] == "DaVinci Resolve Studio"
    asked = [line["name"] for line in calls if not line.get("missing")]
    logged = [call.name for call in machine.fake.log]
    assert " ".join(asked) in " ".join(logged)
    known = {0}
    for line in calls:
        assert line["on"]["object"] in known, "an object is used only after it was given"
        known |= set(objects(line.get("result"))) | set(objects(line["args"]))


def test_a_resolve_that_behaves_otherwise_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch, clip_marker_space="item", getters_need_current=False)
    machine.check()
    assert any("clip-markers-source-space" in line for line in machine.said)
    assert any("getters-need-current" in line for line in machine.said)


def test_only_its_own_projects_are_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch)
    before = [project.name for project in machine.fake.world.projects]
    machine.check()
    assert [project.name for project in machine.fake.world.projects] == before


def test_it_does_not_begin_where_a_project_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch)
    machine.fake.setup.project("Feature")
    with pytest.raises(NotFound, match="New Project"):
        machine.check()
    assert machine.fake.world.project is not None
    assert machine.fake.world.project.name == "Feature"
    assert not (tmp_path / "state").exists()


@pytest.mark.slow
def test_the_core_makes_the_movies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path, monkeypatch)
    machine.fake.world.known.clear()
    machine.pointer["python"] = sys.executable
    found = [line for line in machine.check() if "found" in line]
    assert not [line for line in found if "fault" in line["found"] or line["agrees"] is False]
    assert len(list((tmp_path / "state/self-check/now").glob("check_*.mov"))) == 6


def objects(value: Any) -> list[int]:
    if isinstance(value, list):
        return [number for each in value for number in objects(each)]
    if isinstance(value, dict) and "map" in value:
        return [number for _, each in value["map"] for number in objects(each)]
    return [value["object"]] if isinstance(value, dict) else []
