"""The simulator's own address: what it cannot mean it refuses, and what was set can be taken back."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from otio_retake.errors import SettingsError
from otio_retake.simulator import Simulator

from .talk import Talk

Talks = Callable[[str], Talk]


def post(sim: Simulator, what: str, content: bytes) -> httpx.Response:
    with httpx.Client(trust_env=False) as http:
        return http.post(f"{sim.url}/_simulator/{what}", content=content)


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("options", b"garbage"), ("options", b"[1]"), ("options", b""), ("options", b'{"latencey": 1}'),
        ("options", b'{"latency": "1"}'), ("options", b'{"latency": -1}'), ("options", b'{"latency": Infinity}'),
        ("options", b'{"latency": NaN}'), ("options", b'{"latency": true}'), ("options", b'{"concurrency": 1.5}'),
        ("options", b'{"concurrency": -1}'), ("options", b'{"media": 3}'), ("options", b'{"media": "sharper"}'),
        ("faults", b"garbage"), ("faults", b'{"faults": [1]}'), ("faults", b'{"faults": {"503": 1}}'),
        ("faults", b'{"fault": ["503"]}'), ("faults", b'{"faults": ["503*0"]}'), ("faults", b'{"faults": ["5o3"]}'),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_changes_nothing(sim: Simulator, what: str, content: bytes) -> None:
    with httpx.Client(trust_env=False) as http:
        before = http.get(f"{sim.url}/_simulator/faults").json()
        answer = post(sim, what, content)
        assert answer.status_code == 400
        assert answer.json()["error"]
        assert answer.json()["fix"]
        assert http.get(f"{sim.url}/_simulator/faults").json() == before


def test_what_was_set_is_said(sim: Simulator) -> None:
    said = post(sim, "options", b'{"latency": 0.5, "concurrency": 3, "media": "int-fps"}').json()
    assert said == {"latency": 0.5, "concurrency": 3, "media": ["int-fps"]}


def test_a_fault_can_be_taken_back_and_jobs_stay(talks: Talks, sim: Simulator, clip: Path) -> None:
    talk = talks("ltx")
    talk.ordered(clip)
    sim.fault("503", "402@ltx*2")
    sim.lift("503")
    with httpx.Client(trust_env=False) as http:
        assert [rule["fault"] for rule in http.get(f"{sim.url}/_simulator/faults").json()["set"]] == ["402"]
        sim.lift()
        assert http.get(f"{sim.url}/_simulator/faults").json()["set"] == []
        assert http.delete(f"{sim.url}/_simulator/faults?fault=5o3").status_code == 400
    assert len(sim.bill()) == 1


@pytest.mark.parametrize("options", [{"latency": math.inf}, {"latency": math.nan}, {"latency": -1.0}])
def test_a_simulator_that_would_never_answer_is_none(options: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        Simulator(**options)


def test_every_job_is_answered_with_a_movie_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text("root:x:0:0")
    with pytest.raises(SettingsError) as raised:
        Simulator(canned=tmp_path / "passwd")
    assert raised.value.fix


def test_the_bill_is_what_the_results_tell(talks: Talks, sim: Simulator, clip: Path) -> None:
    runware = talks("runware")
    ident = runware.ordered(clip, "rain [one-of-two]", numberResults=2, includeCost=True)
    runware.ended(ident)
    (charged,) = sim.bill()
    told = runware.http.post(runware.base, json=[{"taskType": "getResponse", "taskUUID": ident}]).json()["data"]
    assert sum(item["cost"] for item in told if "cost" in item) == pytest.approx(float(charged["amount"]))
