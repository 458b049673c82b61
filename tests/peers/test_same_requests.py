"""Our requests beside those of the services' own clients: the same method, path, query, authority, type and body.

Ours come from the command line, which orders a take of a marked cut; then each official client is given the same pull
and the same window. LTX has no client of its own, so its requests are held against its OpenAPI document.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from otio_retake.simulator import Simulator
from tests.peers.recording import kinds
from tests.services.desk import SimulatedDesk

pytestmark = pytest.mark.slow

Client = Callable[..., dict[str, Any]]


@pytest.fixture
def ordered(tmp_path: Path, footage: Path, sim: Simulator) -> Callable[..., tuple[list[dict[str, Any]], Path]]:
    """Orders a take; returns our requests and the pull."""

    def order(service: str, mode: str = "video") -> tuple[list[dict[str, Any]], Path]:
        sim.reset()
        desk = SimulatedDesk(tmp_path, sim)
        desk.mark(footage, f"RETAKE {mode}: rain on the window")
        said = desk.spend(service)
        assert len(sim.bill()) == 1, said.stdout + said.stderr
        (pull,) = (tmp_path / "retakes" / "pulls").glob("*.mp4")
        return sim.requests(service), pull

    return order


def _submit(records: list[dict[str, Any]], path: str) -> dict[str, Any]:
    return next(dict(r["json"]) for r in records if r["method"] == "POST" and r["path"].endswith(path))


def test_fals_requests(ordered: Any, official: Client, sim: Simulator) -> None:
    ours, pull = ordered("fal")
    arguments = _submit(ours, "/retake-video")
    del arguments["video_url"]
    lifecycle = _lifecycle(ours)
    sim.reset()
    official("fal", pull, arguments=arguments, expires_in=lifecycle["expiration_duration_seconds"])
    assert _lifecycle(sim.requests("fal")) == lifecycle
    mine, theirs = kinds(ours), kinds(sim.requests("fal"))
    assert _steps(mine) == _steps(theirs)
    assert len(_steps(theirs)) == 5, "token, upload, submit, status, result"
    for kind in _steps(theirs):
        assert mine[kind] == theirs[kind]


def _lifecycle(records: list[dict[str, Any]]) -> dict[str, Any]:
    """How long an upload shall be kept: that stands in a header."""
    upload = next(record for record in records if record["path"] == "/fal/cdn/files/upload")
    return dict(json.loads(upload["headers"]["x-fal-object-lifecycle"]))


def test_fals_requests_for_cancelling(official: Client, sim: Simulator, clip: Path) -> None:
    from otio_retake.providers.fal import Fal

    sim.change(latency=1.0)
    official("fal", clip, arguments={"prompt": "rain"}, steps=["cancel"])
    theirs = next(r for r in kinds(sim.requests("fal")).values() if r["path"].endswith("/cancel"))
    ident = sim.bill()[0]["id"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sim.environment().items():
            patch.setenv(name, value)
        sim_requests = len(sim.requests("fal"))
        provider = Fal()
        root = f"/fal-ai/ltx-2.3/requests/{ident}"
        provider.cancel(f'{{"id":"{ident}","s":"{root}/status","r":"{root}","c":"{root}/cancel","u":null}}')
        provider.close()
    sim.change(latency=0.2)
    (ours,) = kinds(sim.requests("fal")[sim_requests:]).values()
    assert ours == theirs


def test_segminds_requests(ordered: Any, official: Client, sim: Simulator) -> None:
    ours, pull = ordered("segmind")
    arguments = _submit(ours, "/v2/ltx-retake-video")
    del arguments["video_uri"]
    sim.reset()
    official("segmind", pull, arguments=arguments)
    mine, theirs = kinds(ours), kinds(sim.requests("segmind"))
    wanted = {kind for kind in _steps(theirs) if "history" not in kind[1]}
    assert len(wanted) == 4, "upload, submit, status, result"
    assert wanted <= set(mine)
    for kind in wanted:
        assert mine[kind] == theirs[kind]


def test_runwares_requests(ordered: Any, official: Client, sim: Simulator) -> None:
    ours, pull = ordered("runware")
    task = next(r["json"][0] for r in ours if r["json"] and r["json"][0]["taskType"] == "videoInference")
    arguments = {name: value for name, value in task.items() if name not in ("inputs", "deliveryMethod")}
    sim.reset()
    official("runware", pull, arguments={**arguments, "taskUUID": "2eb310fd-c023-46a5-a0fa-5e977ff54bce"})
    mine, theirs = kinds(ours), kinds(sim.requests("runware"))
    for kind in ("mediaStorage", "videoInference", "getResponse"):
        (our,) = (record for key, record in mine.items() if key[2:] == (kind,))
        (their,) = (record for key, record in theirs.items() if key[2:] == (kind,))
        assert our == their


def _steps(found: dict[tuple[str, ...], dict[str, Any]]) -> set[tuple[str, ...]]:
    """All but the downloads of results, which are a browser's business and no client's."""
    return {kind for kind in found if "/results/" not in kind[1]}


# --- LTX against its document ---------------------------------------------------------------------------------------

EDIT_VIDEO_REQUEST: dict[str, Any] = {
    "type": "object",
    "required": ["video_uri", "start_time", "duration"],
    "properties": {
        "video_uri": {"type": "string"},
        "prompt": {"type": "string", "maxLength": 5000},
        "start_time": {"type": "number", "minimum": 0},
        "duration": {"type": "number", "minimum": 2},
        "mode": {"type": "string", "enum": ["replace_audio", "replace_video", "replace_audio_and_video"]},
        "resolution": {"type": "string", "enum": ["1920x1080", "1080x1920"]},
        "model": {"type": "string", "enum": ["ltx-2-pro", "ltx-2-3-pro"]},
    },
}
"""``EditVideoRequest``; the bounds stand on its page."""

_TYPES = {"object": dict, "string": str, "number": (int, float)}


def broken(value: Any, schema: dict[str, Any], where: str = "body") -> list[str]:
    """What of ``value`` is not as ``schema`` says; names that it does not know count too."""
    if not isinstance(value, _TYPES[schema["type"]]) or isinstance(value, bool):
        return [f"{where} is no {schema['type']}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} is none of {schema['enum']}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{where} is below {schema['minimum']}")
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        found.append(f"{where} is too long")
    if schema["type"] == "object":
        found += [f"{where}.{name} is missing" for name in schema["required"] if name not in value]
        for name, inner in value.items():
            known = schema["properties"].get(name)
            found += broken(inner, known, f"{where}.{name}") if known else [f"{where}.{name} is not known"]
    return found


@pytest.mark.parametrize("mode", ["video", "audio", "both"])
def test_ltxs_requests_are_as_its_document_says(mode: str, ordered: Any) -> None:
    ours, _ = ordered("ltx", mode)
    (submit,) = (record for record in ours if record["path"] == "/ltx/v2/retake")
    assert (submit["method"], submit["auth"], submit["content_type"]) == ("POST", "Bearer", "application/json")
    assert submit["query"] == {}
    assert broken(submit["json"], EDIT_VIDEO_REQUEST) == []
    words = {"video": "replace_video", "audio": "replace_audio", "both": "replace_audio_and_video"}
    assert submit["json"]["mode"] == words[mode]
    (upload,) = (record for record in ours if record["path"] == "/ltx/v1/upload")
    assert (upload["method"], upload["auth"], upload["bytes"], upload["content_type"]) == ("POST", "Bearer", 0, "")
    (put,) = (record for record in ours if record["method"] == "PUT")
    assert put["auth"] is None
    assert put["content_type"] == "video/mp4"
    assert put["headers"]["x-goog-content-length-range"] == "0,104857600"
    polls = [record for record in ours if record["method"] == "GET" and record["path"].startswith("/ltx/v2/retake/")]
    assert polls
    assert {record["auth"] for record in polls} == {"Bearer"}


def test_the_restated_schema_can_fail() -> None:
    right = {"video_uri": "ltx://uploads/a", "start_time": 0, "duration": 2.0}
    assert broken(right, EDIT_VIDEO_REQUEST) == []
    for wrong in ({"duration": 1.9}, {"start_time": "0"}, {"mode": "replace_all"}, {"seed": 1}, {"prompt": None}):
        assert len(broken({**right, **wrong}, EDIT_VIDEO_REQUEST)) == 1
    assert broken({}, EDIT_VIDEO_REQUEST) == [f"body.{name} is missing" for name in EDIT_VIDEO_REQUEST["required"]]
