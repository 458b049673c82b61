"""How faults are chosen: rules, prompts, scripts; and what those of a submit, a job and a poll do at every service."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from otio_retake.errors import SettingsError
from otio_retake.simulator import Simulator
from otio_retake.simulator.faults import FAULTS, SERVICES, Faults, in_prompt, parse_rule, read_script

from .talk import Talk

Talks = Callable[[str], Talk]

AT_SUBMIT = [f.name for f in FAULTS.values() if f.stage == "submit"]
AFTER_IT = [f.name for f in FAULTS.values() if f.stage == "accepted" and f.name not in ("hang", "slow-answer")]


# --- how they are chosen --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "service", "left"),
    [("503", "503", "", None), ("503@fal", "503", "fal", None), ("empty*always", "empty", "", None),
     ("drop-after-accept@ltx*2", "drop-after-accept", "ltx", 2)],
)  # fmt: skip
def test_a_rule_is_read(text: str, name: str, service: str, left: int | None) -> None:
    rule = parse_rule(text)
    assert (rule.fault.name, rule.service, rule.left) == (name, service, left)


@pytest.mark.parametrize("text", ["", "504x", "503@nobody", "503*", "503 fal", "[503]"])
def test_what_is_no_rule_says_so(text: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse_rule(text)
    assert raised.value.where
    assert raised.value.fix


def test_brackets_in_a_prompt_may_be_faults_or_words() -> None:
    assert [(c.fault.name, c.left) for c in in_prompt("rain [429] [503*2, slow]")] == [
        ("429", 1), ("503", 2), ("slow", None),
    ]  # fmt: skip
    assert in_prompt("[laughs] no boom mic [take two]") == []
    with pytest.raises(SettingsError, match="drop-after-acept"):
        in_prompt("rain [drop-after-acept]")


def test_a_fault_in_a_prompt_strikes_each_request_once() -> None:
    faults = Faults()
    strikes = [faults.asked("ltx", "[503]", request).first("submit") for request in ("a", "a", "b", "b")]
    assert [bool(strike) for strike in strikes] == [True, False, True, False]


def test_faults_of_one_prompt_come_one_after_the_other() -> None:
    faults = Faults()
    found = [faults.asked("ltx", "[429] [503]", "a").first("submit") for _ in range(3)]
    assert [fault.name if fault else None for fault in found] == ["429", "503", None]


def test_a_script_has_a_line_for_each_submit(tmp_path: Path) -> None:
    script = tmp_path / "faults.txt"
    script.write_text("# the first passes\nok\nfal: 503\n429 slow\n", encoding="utf-8")
    faults = Faults(script=read_script(script))

    def struck(service: str) -> str:
        found = faults.asked(service, "", str(len(faults.script))).first("submit")
        return found.name if found else ""

    assert [struck("ltx"), struck("ltx"), struck("fal"), struck("fal")] == ["", "429", "503", ""]


@pytest.mark.parametrize("text", ["nobody: 503\n", "504x\n", "503*x\n"])
def test_a_script_that_cannot_be_read_names_its_line(text: str, tmp_path: Path) -> None:
    script = tmp_path / "faults.txt"
    script.write_text("ok\n" + text)
    with pytest.raises(SettingsError) as raised:
        read_script(script)
    assert "line 2" in raised.value.where


def test_a_misspelt_fault_in_a_prompt_is_refused_and_not_ignored(talk: Talk, sim: Simulator, clip: Path) -> None:
    answer = talk.submit(talk.upload(clip), "rain [drop-after-acept]")
    assert answer.status_code == 400
    assert "drop-after-accept" in talk.error(answer)
    assert sim.bill() == []


# --- at a submit ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", AT_SUBMIT)
def test_what_strikes_before_accepting_is_not_charged(name: str, talk: Talk, sim: Simulator, clip: Path) -> None:
    fault, video, prompt = FAULTS[name], talk.upload(clip), f"rain [{name}]"
    if name.startswith("drop"):
        with pytest.raises(httpx.RemoteProtocolError):
            talk.submit(video, prompt)
    else:
        answer = talk.submit(video, prompt)
        if answer.status_code < 400:
            # Services that look at the video later fail the job for it, at no charge.
            assert name == "upload-expired"
            assert talk.ended(talk.ident(answer) or "") == "failed"
        elif fault.bare:
            assert "html" in answer.text
        else:
            assert talk.error(answer)
        assert ("retry-after" in answer.headers) is (name == "429")
    assert sim.bill() == []
    again = talk.submit(video, prompt)
    assert (again.status_code < 400) is (fault.times == 1)
    assert len(sim.bill()) == (fault.times == 1)


@pytest.mark.parametrize("name", AFTER_IT)
def test_what_strikes_after_accepting_is_charged(name: str, talk: Talk, sim: Simulator, clip: Path) -> None:
    video, prompt = talk.upload(clip), f"rain [{name}]"
    if name.startswith("drop"):
        with pytest.raises(httpx.RemoteProtocolError):
            talk.submit(video, prompt)
    else:
        answer = talk.submit(video, prompt)
        if name == "garbled":
            assert answer.text == '{"id": "cut-'
        else:
            assert answer.status_code == int(name[:3])
    (entry,) = sim.bill()
    assert talk.ended(entry["id"]) == "ready", "the job runs, whatever the client heard"
    assert talk.submit(video, prompt).status_code < 400
    assert len(sim.bill()) == 2


def test_an_answer_that_never_comes(talk: Talk, sim: Simulator, clip: Path) -> None:
    video = talk.upload(clip)
    talk.http.timeout = httpx.Timeout(0.3)
    with pytest.raises(httpx.ReadTimeout):
        talk.submit(video, "rain [hang]")
    assert len(sim.bill()) == 1


def test_a_rule_strikes_its_service_as_often_as_it_says(talks: Talks, sim: Simulator, clip: Path) -> None:
    sim.fault("503@ltx*2")
    ltx, gmi = talks("ltx"), talks("gmi")
    video = ltx.upload(clip)
    assert gmi.submit(gmi.upload(clip)).status_code == 200
    assert [ltx.submit(video).status_code for _ in range(3)] == [503, 503, 202]
    with pytest.raises(SettingsError):
        sim.fault("5o3")


# --- while a job runs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["job-failed", "job-filtered", "job-rate-limited", "job-failed-charged"])
def test_a_failed_job_is_charged_only_where_its_name_says_so(name: str, talk: Talk, sim: Simulator, clip: Path) -> None:
    ident = talk.ordered(clip, f"rain [{name}]")
    assert talk.ended(ident) == "failed"
    charged = name.endswith("charged")
    assert (len(sim.bill()), len(sim.free())) == (charged, not charged)


def test_the_shapes_of_a_failed_job(talks: Talks, clip: Path) -> None:
    fails = {name: talks(name) for name in SERVICES}
    idents = {name: talk.ordered(clip, "rain [job-failed]") for name, talk in fails.items()}
    for name, ident in idents.items():
        fails[name].ended(ident)
    told = {name: fails[name].look(ident) for name, ident in idents.items()}
    assert told["ltx"].json()["error"]["type"] == "api_error"
    assert told["fal"].json()["status"] == "COMPLETED"
    assert told["fal"].json()["error_type"]
    assert (told["segmind"].status_code, told["segmind"].json()["status"]) == (422, "FAILED")
    assert told["gmi"].json()["outcome"]["error"]
    assert told["runware"].json()["errors"][0]["taskUUID"] == idents["runware"]


def test_fal_gives_an_error_in_place_of_a_failed_result(talks: Talks, clip: Path) -> None:
    fal = talks("fal")
    ident = fal.ordered(clip, "rain [job-filtered]")
    fal.ended(ident)
    answer = fal.outcome(ident)  # type: ignore[attr-defined]
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == "content_policy_violation"


@pytest.mark.parametrize("name", [f.name for f in FAULTS.values() if f.stage == "poll"])
def test_a_poll_fails_once(name: str, talk: Talk, clip: Path) -> None:
    ident = talk.ordered(clip, f"rain [{name}]")
    if name == "poll-drop":
        with pytest.raises(httpx.RemoteProtocolError):
            talk.look(ident)
    else:
        answer = talk.look(ident)
        assert answer.status_code == (int(name.split("-")[1]) if name != "poll-garbled" else 200)
    assert talk.ended(ident) == "ready"


@pytest.mark.parametrize("name", [f.name for f in FAULTS.values() if f.stage == "upload"])
def test_an_upload_fails_as_often_as_its_rule_says(name: str, talks: Talks, sim: Simulator, clip: Path) -> None:
    for service in ("ltx", "fal", "segmind", "runware"):
        sim.reset()
        sim.fault(f"{name}@{service}*1")
        talk = talks(service)
        with pytest.raises((httpx.RemoteProtocolError, KeyError, IndexError, ValueError)):
            talk.upload(clip)
        assert talk.ended(talk.ordered(clip)) == "ready"


def test_a_slow_job_takes_two_seconds(talks: Talks, clip: Path) -> None:
    gmi = talks("gmi")
    began = time.monotonic()
    gmi.ended(gmi.ordered(clip, "rain [slow]"))
    assert 1.9 < time.monotonic() - began < 4


def test_of_several_results_one_may_fail(talks: Talks, clip: Path) -> None:
    runware = talks("runware")
    ident = runware.ordered(clip, "rain [one-of-two]", numberResults=2)
    runware.ended(ident)
    body = runware.look(ident).json()
    assert [item["status"] for item in body["data"]] == ["success"]
    assert [error["taskUUID"] for error in body["errors"]] == [ident]
