"""Runware: what its answers are taken to mean."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from otio_retake.errors import ResultExpired, RetakeError, ServiceError, ServiceRefused, ServiceTrouble
from otio_retake.orders import job_of
from otio_retake.providers.absences import PATIENCE, SAME_MACHINE, Absences
from otio_retake.providers.base import Found, Provider
from otio_retake.providers.runware import Runware
from otio_retake.providers.runware_answers import FAMILIES, REFUSALS, kind_of
from tests.providers.loopback import Answer, Server, drop, http
from tests.providers.submissions import TOKEN, submission

ACK = {"taskType": "videoInference", "taskUUID": TOKEN}


def said(status: int = 200, **body: Any) -> bytes:
    return http(f"{status} Said", json.dumps(body).encode())


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "message": f"because of {code}", "taskUUID": TOKEN, "taskType": "videoInference", **more}


def item(number: int, **more: Any) -> dict[str, Any]:
    return {**ACK, "status": "success", "videoUUID": str(number), "videoURL": f"/r{number}", "cost": 0.605, **more}


MISSING = said(404, errors=[error("taskNotFound", taskType="getResponse")])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Server, Runware]]]:
    """A provider whose service gives certain answers."""
    monkeypatch.setenv("RUNWARE_API_KEY", "sesame-of-runware")
    opened: list[tuple[Server, Runware]] = []

    def make(*answers: Answer) -> tuple[Server, Runware]:
        server = Server(list(answers)).__enter__()
        monkeypatch.setenv("OTIO_RETAKE_RUNWARE_URL", f"{server.url}/v1")
        opened.append((server, Runware()))
        return opened[-1]

    yield make
    for server, provider in opened:
        provider.close()
        server.__exit__()


@pytest.fixture
def pull(tmp_path: Path) -> Path:
    path = tmp_path / "Client.mp4"
    path.write_bytes(bytes(range(256)) * 300)
    return path


def asked(server: Server) -> list[dict[str, Any]]:
    return [task for one in server.asked for task in json.loads(one.body)]


def test_it_is_a_provider_that_can_be_made_without_a_key(monkeypatch):
    monkeypatch.delenv("RUNWARE_API_KEY", raising=False)
    made = Runware()
    assert isinstance(made, Provider)
    made.close()


def test_an_upload_is_one_task_with_the_file_in_it(told, pull):
    server, provider = told(
        drop, said(data=[{"taskType": "mediaStorage", "mediaUUID": "m-1", "mediaURL": "https://x"}])
    )
    order = submission("runware", "", pull).order
    assert provider.upload(pull, order, lambda *_: None).reference == "m-1"
    first, second = asked(server)
    assert second["taskType"] == "mediaStorage"
    assert second["operation"] == "upload"
    assert base64.b64decode(second["media"].removeprefix("data:video/mp4;base64,")) == pull.read_bytes()
    assert first["taskUUID"] != second["taskUUID"]
    assert "Client" not in str(server.asked)


@pytest.mark.parametrize("answer", [said(401, errors=[error("invalidApiKey")]), said(data=[]), said(400, errors=["?"])])
def test_an_upload_that_is_not_taken_is_said(told, pull, answer):
    _, provider = told(answer)
    with pytest.raises(ServiceError) as raised:
        provider.upload(pull, submission("runware", "", pull).order, lambda *_: None)
    assert raised.value.where
    assert raised.value.fix


def test_a_task_says_all_that_is_asked(told, pull):
    server, provider = told(said(data=[ACK]))
    options = (("number_results", "2"), ("output_quality", "80"), ("ttl", "600"), ("safety", "fast"))
    assert provider.submit(submission("runware", "m-1", pull, options=options, mode="both")) == TOKEN
    assert asked(server) == [
        {
            **ACK, "model": "lightricks:3@1", "positivePrompt": "rain", "deliveryMethod": "async", "outputType": "URL",
            "inputs": {"video": "m-1"}, "includeCost": True, "numberResults": 2, "outputQuality": 80, "ttl": 600,
            "safety": {"checkContent": True, "mode": "fast"},
            "providerSettings": {"lightricks": {"startTime": 2, "duration": 3, "mode": "replace_audio_and_video"}},
        }
    ]  # fmt: skip
    settings = asked(server)[0]["providerSettings"]["lightricks"]
    assert type(settings["startTime"]) is type(settings["duration"]) is int
    assert server.asked[0].line == "POST /v1 HTTP/1.1"
    assert server.asked[0].headers["authorization"] == "Bearer sesame-of-runware"


@pytest.mark.parametrize(
    "answer",
    [
        said(data=[ACK]),
        said(400, errors=[error("conflictTaskUUID")]),
        said(400, errors=[error("ConflictTaskUuid")]),
        said(409, errors=[error("duplicate_task_uuid")]),
        said(400, errors=[error("invalidParameterDuplicate", parameter="taskUUID")]),
        said(data=[ACK], errors=[error("somethingElse", taskUUID="another")]),
        said(400, data=[ACK], errors=[error("invalidTtl")]),
        said(500, data=[ACK]),
    ],
    ids=[
        "acknowledged",
        "there already",
        "in other letters",
        "in other words",
        "by its parameter",
        "mixed",
        "mixed about the same",
        "with a 500",
    ],
)
def test_an_answer_that_has_our_task_was_accepted(told, pull, answer):
    server, provider = told(answer)
    assert provider.submit(submission("runware", "m-1", pull)) == TOKEN
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalidPositivePrompt", "invalid"),
        (400, "contentPolicyViolation", "filtered"),
        (400, "UNSUPPORTEDPARAMETER", "invalid"),
        (401, "invalidApiKey", "auth"),
        (402, "insufficientCredits", "funds"),
        (403, "forbidden", "auth"),
        (404, "modelNotFound", "model"),
        (429, "rateLimitExceeded", "rate"),
        (429, "queueFull", "rate"),
        (200, "insufficientCredits", "funds"),
        (413, "valueTooLarge", "invalid"),
    ],
)
def test_a_documented_refusal_is_one(told, pull, status, code, kind):
    server, provider = told(said(status, errors=[error(code)]))
    with pytest.raises(ServiceRefused) as raised:
        provider.submit(submission("runware", "m-1", pull))
    assert raised.value.kind == kind
    assert code in raised.value.what
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        drop,
        said(500, errors=[error("internalServerError")]),
        said(503, errors=[error("serviceUnavailable")]),
        said(504, errors=[error("providerTimeout")]),
        said(400, errors=[error("somethingNobodyKnows")]),
        said(400, errors=[error("conflict")]),
        said(400, errors=[error("duplicateRequest")]),
        said(400, errors=[error("taskTimeout")]),
        said(404, errors=[error("somethingNotFound")]),
        said(429, errors=[error("taskTimeout")]),
        said(400, errors=[error("providerError")]),
        said(400, errors=[error("providerContentPolicyViolation")]),
        said(200, errors=[error("thirdPartyInsufficientCredits")]),
        said(200, errors=[error("unknownError")]),
        said(400, errors=[error("invalidPrompt", taskUUID="another")]),
        said(200, errors=[error("somethingNobodyKnows")]),
        said(200, data=[{**ACK, "taskUUID": "another"}]),
        said(200),
        http("400 No", b"<html>"),
        http("402 Pay", b""),
        said(418, errors=[error("teapot")]),
        said(502, errors=[error("invalidApiKey")]),
    ],
)
def test_anything_else_leaves_the_outcome_unknown(told, pull, answer):
    server, provider = told(answer)
    with pytest.raises(Exception) as raised:  # noqa: PT011
        provider.submit(submission("runware", "m-1", pull))
    assert not isinstance(raised.value, ServiceRefused)
    assert len(server.asked) == 1


def test_what_cannot_be_sent_is_refused_before_it_is(told, pull, monkeypatch):
    server, provider = told(said(data=[ACK]))
    for wrong in (
        submission("runware", "m-1", pull, options=(("ttl", "soon"),)),
        submission("runware", "m-1", pull, model="no model"),
        submission("runware", "m-1", pull, spans=None),
    ):
        with pytest.raises(ServiceRefused):
            provider.submit(wrong)
    monkeypatch.delenv("RUNWARE_API_KEY")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with pytest.raises(ServiceRefused):
        provider.submit(submission("runware", "m-1", pull))
    assert server.asked == []


class TestFind:
    @pytest.mark.parametrize(
        "answers",
        [
            [said(data=[{**ACK, "status": "processing"}])],
            [said(errors=[error("providerError")])],
            [MISSING, said(data=[{"taskType": "getTaskDetails", "taskUUID": TOKEN, "request": [], "response": {}}])],
        ],
        ids=["at work", "failed", "long done"],
    )
    def test_a_task_that_is_known_was_accepted(self, told, pull, answers):
        _, provider = told(*answers)
        assert provider.find(submission("runware", "m-1", pull)) == Found(TOKEN)

    @pytest.mark.parametrize("answer", [MISSING, said(data=[]), said(400, errors=[error("invalidTaskUUID")])])
    def test_one_that_is_not_known_twice_was_never_received(self, told, pull, answer):
        server, provider = told(answer)
        found = [provider.find(submission("runware", "m-1", pull))]
        time.sleep(SAME_MACHINE)
        found.append(provider.find(submission("runware", "m-1", pull)))
        assert found == [None, Found(None)]
        assert [task["taskType"] for task in asked(server)] == ["getResponse", "getTaskDetails"] * 2

    def test_what_was_missing_before_it_was_sent_again_has_not_expired(self, told, pull):
        _, provider = told(MISSING, MISSING, MISSING, MISSING, said(data=[ACK]), MISSING)
        sent = submission("runware", "m-1", pull)
        provider.find(sent)
        time.sleep(SAME_MACHINE)
        assert provider.find(sent) == Found(None)
        assert provider.submit(sent) == TOKEN
        assert provider.poll(TOKEN, sent).state == "running"

    @pytest.mark.parametrize(
        "answer",
        [
            said(401, errors=[error("invalidApiKey")]),
            said(403, errors=[{"code": "forbidden", "message": "no"}]),
            said(400, errors=[{"code": "invalidRequest", "message": "no"}]),
            http("200 OK", b"<html>"),
            said(200, data="?"),
        ],
    )
    def test_an_answer_about_the_question_tells_nothing_of_the_task(self, told, pull, answer):
        _, provider = told(answer)
        for _ in range(2):
            with pytest.raises(RetakeError):
                provider.find(submission("runware", "m-1", pull))

    def test_one_that_may_be_known_late_is_missing_from_when_it_was_sent(self):
        now, today = 0.0, 5000.0
        absences = Absences(lambda: now, lambda: today)
        sent = replace(submission("runware", "m-1", Path("pull.mp4")), began_at=5000.0)

        def never() -> bool:
            return absences.never_received(sent, local=False, late=600)

        assert not never()
        now, today = PATIENCE, 5599.0
        assert not never()
        today = 5600.0
        assert never()
        assert not never(), "an attempt that follows is missing only after another stretch"
        now += PATIENCE - 1
        assert not never(), "however long ago it was sent, one look alone is not believed"
        now += 1
        assert never()

    def test_one_of_which_nobody_knows_when_it_was_sent_is_looked_for_all_the_longer(self):
        now = 0.0
        absences = Absences(lambda: now)
        sent = submission("runware", "m-1", Path("pull.mp4"))
        assert not absences.never_received(sent, local=False, late=600)
        now = 599.0
        assert not absences.never_received(sent, local=False, late=600)
        now = 600.0
        assert absences.never_received(sent, local=False, late=600)

    def test_absence_counts_over_a_stretch_without_a_sign_of_life(self):
        now = 0.0
        absences = Absences(lambda: now)
        assert not absences.sure("a", local=False)
        now = PATIENCE - 1
        assert not absences.sure("a", local=False)
        absences.there("a")
        now = PATIENCE + 1
        assert not absences.sure("a", local=False)
        now = 2 * PATIENCE + 1
        assert absences.sure("a", local=False)
        assert not absences.sure("b", local=False)


class TestPoll:
    def report(self, told, pull, *answers, **more):
        _, provider = told(*answers)
        return provider.poll(TOKEN, submission("runware", "m-1", pull, **more))

    @pytest.mark.parametrize(
        "body",
        [
            {"data": [{**ACK, "status": "processing"}]},
            {"data": [{**ACK, "status": "pending"}]},
            {"data": [ACK]},
            {"data": [item(1), {**ACK, "status": "processing"}]},
            {"data": [item(1)]},
        ],
        ids=["processing", "pending", "acknowledged", "one to come", "one of two"],
    )
    def test_a_task_is_running_until_all_is_there(self, told, pull, body):
        report = self.report(told, pull, said(**body), options=(("number_results", "2"),))
        assert report.state == "running"

    def test_all_results_are_counted_and_their_costs_added(self, told, pull):
        body = said(data=[item(1), item(2, cost=0.6)])
        report = self.report(told, pull, body, options=(("number_results", "2"), ("webhook_url", "env:GONE")))
        assert (report.state, report.results, report.billed) == ("ready", 2, Decimal("1.205"))

    def test_a_cost_that_is_not_said_is_not_made_up(self, told, pull):
        body = said(data=[item(1), {k: v for k, v in item(2).items() if k != "cost"}])
        assert self.report(told, pull, body, options=(("number_results", "2"),)).billed is None

    @pytest.mark.parametrize(
        "failed",
        [
            {"data": [item(1)], "errors": [error("inferenceError")]},
            {"data": [item(1), {**ACK, "status": "error", "error": {"code": "inferenceError"}}]},
        ],
    )
    def test_what_came_of_a_task_that_failed_in_part_is_ready(self, told, pull, failed):
        report = self.report(told, pull, said(**failed), options=(("number_results", "2"),))
        assert (report.state, report.results) == ("ready", 1)

    def test_one_failure_does_not_end_the_waiting_for_those_of_which_nothing_is_said(self, told, pull):
        failed = error("inferenceError")
        _, provider = told(
            said(data=[item(1)], errors=[failed]),
            said(data=[item(1), {**ACK, "status": "processing"}], errors=[failed]),
            said(data=[item(1), item(3)], errors=[failed]),
        )
        asking = submission("runware", "m-1", pull, options=(("number_results", "3"),))
        reports = [provider.poll(TOKEN, asking) for _ in range(3)]
        assert [(r.state, r.results) for r in reports] == [("running", 1), ("running", 1), ("ready", 2)]

    def test_what_is_never_said_anything_of_is_not_waited_for_without_end(self, told, pull):
        _, provider = told(said(data=[item(1)], errors=[error("inferenceError")]))
        asking = submission("runware", "m-1", pull, options=(("number_results", "3"),))
        assert provider.poll(TOKEN, asking).state == "running"
        time.sleep(SAME_MACHINE)
        report = provider.poll(TOKEN, asking)
        assert (report.state, report.results) == ("ready", 1)
        later = Runware()
        assert later.poll(report.remote, asking).state == "ready", "nor by a later run"
        later.close()

    @pytest.mark.parametrize(
        ("body", "kind", "charged"),
        [
            ({"errors": [error("providerError")]}, "provider", None),
            ({"errors": [error("contentPolicyViolation")]}, "filtered", None),
            ({"errors": [error("whoKnows")]}, "provider", None),
            ({"data": [{**ACK, "status": "error", "error": error("providerTimeout")}]}, "provider", None),
            ({"data": [{**ACK, "status": "error", "cost": 0.6, "error": {"code": "x"}}]}, "provider", True),
            ({"data": [{**ACK, "status": "error", "cost": 0, "error": {"code": "x"}}]}, "provider", False),
        ],
    )
    def test_a_failed_task_is_charged_only_as_far_as_that_is_said(self, told, pull, body, kind, charged):
        report = self.report(told, pull, said(**body))
        assert (report.state, report.kind, report.charged) == ("failed", kind, charged)
        assert report.billed == (Decimal("0.6") if charged else None)

    def test_a_cancelled_task_is_cancelled(self, told, pull):
        assert self.report(told, pull, said(errors=[error("taskCancelled")])).state == "cancelled"

    def test_a_task_that_is_long_done_is_found_in_the_details(self, told, pull):
        details = {"taskType": "getTaskDetails", "taskUUID": TOKEN, "request": [], "response": {"data": [item(1)]}}
        report = self.report(told, pull, MISSING, said(data=[details]))
        assert (report.state, report.billed) == ("ready", Decimal("0.605"))

    def test_a_question_that_is_refused_is_no_failed_task(self, told, pull):
        with pytest.raises(ServiceError) as raised:
            self.report(told, pull, said(401, errors=[error("invalidApiKey")]))
        assert not isinstance(raised.value, ServiceTrouble)
        assert "key" in raised.value.fix


class TestFetch:
    def test_the_nth_result_is_the_nth_items_and_the_pull_is_deleted_after_the_last(self, told, pull, tmp_path):
        with Server([http("200 OK", b"one"), http("200 OK", b"two")]) as files:
            links = [item(n, videoURL=f"{files.url}/{n}?sig=x") for n in (1, 2)]
            server, provider = told(said(data=links))
            for number, name in ((1, "one"), (2, "two")):
                asking = submission("runware", "m-1", pull)
                provider.fetch(TOKEN, number, tmp_path / name, asking, lambda *_: None)
                assert (tmp_path / name).read_text() == name
        assert "sesame" not in str(files.asked)
        assert [task.get("operation") for task in asked(server)] == [None, None, "delete"]
        assert asked(server)[-1]["media"] == "m-1"

    def test_a_result_is_the_same_one_in_whatever_order_they_are_named(self, told, pull, tmp_path):
        with Server([http("200 OK", b"two"), http("200 OK", b"one")]) as files:
            one, two = (item(n, videoURL=f"{files.url}/{n}") for n in (1, 2))
            _, provider = told(said(data=[one, two, one]), said(data=[two, one]), said(data=[two]))
            asking = submission("runware", "m-1", pull, options=(("number_results", "2"),))
            report = provider.poll(TOKEN, asking)
            assert report.results == 2
            assert job_of(report.remote) == TOKEN
            provider.fetch(report.remote, 2, tmp_path / "two", asking, lambda *_: None)
            assert files.asked[0].line.split()[1] == "/2"
            with pytest.raises(ResultExpired):
                provider.fetch(report.remote, 1, tmp_path / "one", asking, lambda *_: None)
            assert provider.poll(report.remote, asking).results == 2, "one that is gone moves no other"

    def test_a_pull_that_cannot_be_deleted_is_no_trouble(self, told, pull, tmp_path):
        with Server([http("200 OK", b"one")]) as files:
            _, provider = told(said(data=[item(1, videoURL=f"{files.url}/1")]), said(403, errors=[error("forbidden")]))
            provider.fetch(TOKEN, 1, tmp_path / "r", submission("runware", "m-1", pull), lambda *_: None)
        assert (tmp_path / "r").read_bytes() == b"one"

    def test_a_result_that_is_not_there_has_expired(self, told, pull, tmp_path):
        _, provider = told(said(data=[item(1)]))
        with pytest.raises(ResultExpired):
            provider.fetch(TOKEN, 2, tmp_path / "r", submission("runware", "m-1", pull), lambda *_: None)


def test_families_are_told_apart():
    assert {kind for _, kind in FAMILIES} >= REFUSALS
    known = {
        "providerInsufficientCredits": "funds", "providerContentPolicyViolation": "filtered",
        "providerTimeout": "provider", "taskFailedOrNotFound": "missing", "taskExpired": "missing",
        "unknownModel": "model", "tokenExpired": "auth", "missingApiKey": "auth", "unsupportedParameter": "invalid",
        "unknownParameter": "invalid", "internalServerError": "", "unknownError": "", "serviceUnavailable": "",
    }  # fmt: skip
    assert {code: kind_of(code) for code in known} == known
