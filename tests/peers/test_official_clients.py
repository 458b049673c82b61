"""The services' own clients as judges of the simulator: each completes the whole life of a job against it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from otio_retake.simulator import Simulator

pytestmark = pytest.mark.slow

Client = Callable[..., dict[str, Any]]

WINDOW = {"prompt": "rain", "start_time": 1.05, "duration": 2.0}
TASK = {
    "model": "lightricks:3@1",
    "positivePrompt": "rain",
    "providerSettings": {"lightricks": {"startTime": 1, "duration": 2, "mode": "replace_video"}},
    "includeCost": True,
}


def _movie(url: str) -> bytes:
    return httpx.get(url, trust_env=False).content


def _bill(sim: Simulator) -> list[tuple[str, str, str]]:
    return [(entry["service"], entry["state"], entry["amount"]) for entry in sim.bill()]


# --- fal ------------------------------------------------------------------------------------------------------------


def test_fal_client_uploads_submits_polls_and_gets_its_result(official: Client, sim: Simulator, clip: Path) -> None:
    said = official("fal", clip, arguments={**WINDOW, "retake_mode": "replace_video"}, steps=["uploads"], logs=True)
    assert said["states"][-1] == "Completed"
    assert set(said["states"][:-1]) <= {"Queued", "InProgress"}
    assert _movie(said["result"]["video"]["url"])[4:8] == b"ftyp"
    for name in ("upload", "initiate", "multipart"):
        assert _movie(said[name]) == clip.read_bytes()
    assert _bill(sim) == [("fal", "ready", "0.4042")]


def test_fal_client_runs_a_model_at_once(official: Client, sim: Simulator, clip: Path) -> None:
    said = official("fal", clip, arguments=WINDOW, steps=["run"])
    assert _movie(said["run"]["video"]["url"])[4:8] == b"ftyp"
    assert len(sim.bill()) == 2


def test_fal_client_cancels(official: Client, sim: Simulator, clip: Path) -> None:
    sim.change(latency=1.0)
    said = official("fal", clip, arguments=WINDOW, steps=["cancel"])
    sim.change(latency=0.2)
    assert said["cancelled"]
    assert said["error"]["type"] == "client_cancelled"
    assert _bill(sim) == [("fal", "cancelled", "0.4042")]


@pytest.mark.parametrize(
    ("changed", "status", "kind"),
    [
        ({"prompt": "[job-filtered]"}, 422, "content_policy_violation"),
        ({"prompt": "[job-failed]"}, 500, ""),
        ({"duration": 1}, 422, "greater_than_equal"),
    ],
)
def test_fal_client_understands_failures(
    changed: dict[str, Any], status: int, kind: str, official: Client, sim: Simulator, clip: Path
) -> None:
    said = official("fal", clip, arguments={**WINDOW, **changed})
    assert said["states"][-1] == "Completed"
    assert said["last"]["error"]
    assert said["error"]["status"] == status
    if kind:
        assert said["error"]["message"][0]["type"] == kind
    assert sim.bill() == []


# --- segmind --------------------------------------------------------------------------------------------------------


def test_segmind_uploads_submits_waits_and_looks_back(official: Client, sim: Simulator, clip: Path) -> None:
    said = official("segmind", clip, arguments={**WINDOW, "mode": "replace_video"}, at_once=True)
    assert _movie(said["upload"]["file_urls"][0]) == clip.read_bytes()
    assert said["result"]["status"] == "COMPLETED"
    assert _movie(said["result"]["output"])[4:8] == b"ftyp"
    assert said["record"]["request_id"] == said["id"]
    assert said["record"]["credits_deduction"] == 0.4042
    assert [row["request_id"] for row in said["history"]["data"]] == [said["id"]]
    assert said["at_once"]["type"] == "video/mp4"
    assert len(sim.bill()) == 2


def test_segmind_understands_a_failure(official: Client, sim: Simulator, clip: Path) -> None:
    said = official("segmind", clip, arguments={**WINDOW, "prompt": "[job-failed]"})
    assert said["error"]["body"]["status"] == said["error"]["result"]["status"] == "FAILED"
    assert said["error"]["detail"]
    assert said["record"]["model_status"] == "FAILED"
    assert sim.bill() == []


# --- runware --------------------------------------------------------------------------------------------------------


def test_runware_stores_submits_polls_and_deletes(official: Client, sim: Simulator, clip: Path) -> None:
    token = str(uuid.uuid4())
    said = official("runware", clip, arguments={**TASK, "numberResults": 2, "taskUUID": token})
    assert [_movie(item["videoURL"])[4:8] for item in said["result"]] == [b"ftyp", b"ftyp"]
    assert [item["cost"] for item in said["result"]] == [0.4042, 0.4042]
    assert said["get_response"] == said["result"]
    (details,) = said["get_task_details"]
    assert details["request"][0]["taskUUID"] == token
    assert details["response"]["data"] == said["result"]
    assert (said["again"]["status"], said["again"]["parameter"]) == (400, "taskUUID")
    assert said["delete"][0]["mediaUUID"] == said["upload"]["mediaUUID"]
    assert _bill(sim) == [("runware", "ready", "0.8084")]


@pytest.mark.parametrize(
    ("prompt", "code"),
    [("[job-failed]", "provider"), ("[job-filtered]", "safety"), ("[402]", "quota"), ("", "validation")],
)
def test_runware_understands_failures(prompt: str, code: str, official: Client, sim: Simulator, clip: Path) -> None:
    said = official("runware", clip, arguments={**TASK, "positivePrompt": prompt})
    assert said["error"]["code"] == code
    assert sim.bill() == []


def test_a_lost_answer_costs_once_at_runware_and_twice_at_fal(official: Client, sim: Simulator, clip: Path) -> None:
    """The official clients send a submit again: which of them may, the bill says."""
    arguments = {**WINDOW, "prompt": "rain [drop-after-accept]"}
    official("fal", clip, arguments=arguments)
    assert len(sim.bill()) == 2
    sim.reset()
    said = official("runware", clip, arguments={**TASK, "positivePrompt": "rain [drop-after-accept]"}, retries=3)
    assert said["error"]["status"] == 400
    assert len(sim.bill()) == 1
