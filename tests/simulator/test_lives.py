"""Each service from upload to result, and what stands on the bill afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from otio_retake.simulator import Simulator

from .talk import TALKS, Talk

Talks = Callable[[str], Talk]


def test_a_job_lives_through_and_is_charged_for_the_whole_input(
    talk: Talk, sim: Simulator, clip: Path, canned: Path
) -> None:
    sim.change(latency=0.15)
    ident = talk.ordered(clip)
    assert talk.state(talk.look(ident)) == "waiting"
    assert talk.ended(ident) == "ready"
    answer = talk.result(ident)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content == canned.read_bytes()
    (entry,) = sim.bill()
    # 97 frames at 24 are 4.0417 s, at $0.10 a second, rounded up to a hundredth of a cent.
    assert (entry["service"], entry["id"], entry["amount"]) == (talk.name, ident, "0.4042")
    assert (entry["state"], entry["fetched"], sim.total()) == ("ready", 1, "0.4042")
    assert sim.free() == []


def test_the_same_order_sent_twice_is_two_charges(talk: Talk, sim: Simulator, clip: Path) -> None:
    video = talk.upload(clip)
    first, second = (talk.ident(talk.submit(video)) for _ in range(2))
    assert first != second
    one, two = sim.bill()
    assert one["request"] == two["request"]
    assert [one["number"], two["number"]] == [1, 2]
    again = talk.upload(clip)
    talk.submit(again)
    assert sim.bill()[2]["request"] == one["request"], "where the same footage lies makes no other order"


def test_another_prompt_or_window_is_another_order(talk: Talk, sim: Simulator, clip: Path) -> None:
    video = talk.upload(clip)
    talk.submit(video)
    talk.submit(video, "snow")
    talk.submit(video, **({"startTime": 0} if talk.name == "runware" else {"start_time": 1.5}))
    assert len({entry["request"] for entry in sim.bill()}) == 3


def test_without_a_key_nothing_is_done(talk: Talk, sim: Simulator, clip: Path) -> None:
    video = talk.upload(clip)
    for name in ("authorization", "x-api-key"):
        talk.http.headers.pop(name, None)
    answer = talk.submit(video)
    assert answer.status_code == 401
    assert talk.error(answer)
    assert sim.bill() == []


def test_an_unknown_job_is_unknown(talk: Talk) -> None:
    answer = talk.look(str(uuid.uuid4()))
    assert answer.status_code == 404
    assert talk.error(answer)


def test_a_reset_forgets_jobs_and_bill(talk: Talk, sim: Simulator, clip: Path) -> None:
    ident = talk.ordered(clip)
    sim.reset()
    assert sim.bill() == []
    assert sim.requests() == []
    assert talk.state(talk.look(ident)) == "gone"


# --- places ---------------------------------------------------------------------------------------------------------


def test_ltx_refuses_more_jobs_than_its_two_places(talks: Talks, sim: Simulator, clip: Path) -> None:
    ltx = talks("ltx")
    sim.change(latency=30)
    video = ltx.upload(clip)
    assert [ltx.submit(video).status_code for _ in range(3)] == [202, 202, 429]
    assert ltx.submit(video).json()["error"]["type"] == "concurrency_limit_error"
    assert len(sim.bill()) == 2


def test_fals_queue_holds_what_has_no_place(talks: Talks, sim: Simulator, clip: Path) -> None:
    fal = talks("fal")
    sim.change(latency=0.5, concurrency=1)
    video = fal.upload(clip)
    one, two, three = (fal.ident(fal.submit(video, f"take {n}")) or "" for n in range(3))
    assert [fal.look(i).json()["status"] for i in (one, two, three)] == ["IN_PROGRESS", "IN_QUEUE", "IN_QUEUE"]
    assert fal.look(three).json()["queue_position"] == 1
    assert [fal.ended(i) for i in (one, two, three)] == ["ready"] * 3


def test_fal_charges_a_cancelled_job_that_ran_and_not_one_that_waited(talks: Talks, sim: Simulator, clip: Path) -> None:
    fal = talks("fal")
    sim.change(latency=30, concurrency=1)
    video = fal.upload(clip)
    ran, waited = (fal.ident(fal.submit(video, prompt)) or "" for prompt in ("a", "b"))
    assert fal.cancel(waited).json() == {"status": "OK"}
    answer = fal.cancel(ran)
    assert (answer.status_code, answer.json()["status"]) == (202, "CANCELLATION_REQUESTED")
    assert fal.cancel(ran).json()["status"] == "ALREADY_COMPLETED"
    assert fal.cancel("nothing").status_code == 404
    assert [entry["id"] for entry in sim.bill()] == [ran]
    assert [entry["id"] for entry in sim.free()] == [waited]
    outcome = fal.outcome(ran)
    assert (outcome.status_code, outcome.json()["error_type"]) == (499, "client_cancelled")


# --- what a service knows of a lost submit --------------------------------------------------------------------------


def test_runware_takes_a_uuid_once_and_finds_it_again(talks: Talks, sim: Simulator, clip: Path) -> None:
    runware = talks("runware")
    video, token = runware.upload(clip), str(uuid.uuid4())
    with pytest.raises(httpx.RemoteProtocolError):
        runware.submit(video, "rain [drop-after-accept]", taskUUID=token)
    again = runware.submit(video, "rain [drop-after-accept]", taskUUID=token)
    assert again.status_code == 400
    assert again.json()["errors"][0]["code"] == "conflictTaskUUID"
    assert runware.ended(token) == "ready"
    details = runware.tasks({"taskType": "getTaskDetails", "taskUUID": token}).json()["data"][0]
    assert details["request"][0]["taskUUID"] == token
    assert details["response"]["data"][0]["videoURL"]
    assert len(sim.bill()) == 1


def test_gmi_lists_own_requests_and_may_be_late_with_it(talks: Talks, clip: Path) -> None:
    gmi = talks("gmi")
    assert isinstance(gmi, TALKS["gmi"])
    video = gmi.upload(clip)
    with pytest.raises(httpx.RemoteProtocolError):
        gmi.submit(video, "rain [drop-after-accept listed-late]")

    def listed() -> list[str]:
        rows = gmi.http.get(f"{gmi.base}{gmi.path}", params={"page_size": 20}).json()["requests"]  # type: ignore[attr-defined]
        return [row["payload"]["prompt"] for row in rows if row["payload"]["video_uri"] == video]

    assert listed() == []
    assert listed() == ["rain [drop-after-accept listed-late]"]


def test_segminds_history_outlives_the_record(talks: Talks, clip: Path) -> None:
    segmind = talks("segmind")
    ident = segmind.ordered(clip, "rain [expired]")
    assert segmind.ended(ident) == "gone"
    path = f"{segmind.base}/history/inference-request/request-history"
    row = segmind.http.get(f"{path}/{ident}").json()
    assert (row["model_status"], row["credits_deduction"]) == ("COMPLETED", 0.4042)
    assert [row["request_id"] for row in segmind.http.get(path).json()["data"]] == [ident]


# --- the other forms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "path"),
    [("ltx", "/v1/retake"), ("segmind", "/v1/ltx-retake-video"), ("fal", "/run/fal-ai/ltx-2.3/retake-video")],
)
def test_the_form_that_waits_for_the_result(
    service: str, path: str, talks: Talks, sim: Simulator, clip: Path, canned: Path
) -> None:
    talk = talks(service)
    name = "video_url" if service == "fal" else "video_uri"
    body = {name: talk.upload(clip), "start_time": 1, "duration": 2, "prompt": "rain"}
    answer = talk.http.post(talk.base + path, json=body)
    content = talk.bare.get(answer.json()["video"]["url"]).content if service == "fal" else answer.content
    assert content == canned.read_bytes()
    assert [entry["fetched"] for entry in sim.bill()] == [1]


def test_several_results_are_several_charges(talks: Talks, sim: Simulator, clip: Path) -> None:
    runware = talks("runware")
    ident = runware.ordered(clip, numberResults=3)
    runware.ended(ident)
    items = runware.look(ident).json()["data"]
    assert len({item["videoUUID"] for item in items}) == 3
    assert sum(item["cost"] for item in items) == pytest.approx(1.2126)
    assert sim.total() == "1.2126"


def test_ltx_gives_its_result_to_the_signed_link_alone(talks: Talks, clip: Path) -> None:
    ltx = talks("ltx")
    ident = ltx.ordered(clip)
    ltx.ended(ident)
    plain = ltx.link(ident).partition("?")[0]
    assert ltx.bare.get(plain).status_code == 404


def test_ltxs_bucket_wants_its_headers_and_no_key(talks: Talks, clip: Path) -> None:
    ltx = talks("ltx")
    told = ltx.http.post(f"{ltx.base}/v1/upload").json()
    content, headers = clip.read_bytes(), told["required_headers"]
    assert ltx.bare.put(told["upload_url"], content=content).status_code == 403
    assert ltx.http.put(told["upload_url"], content=content, headers=headers).status_code == 400
    assert ltx.bare.put(told["upload_url"].partition("?")[0], content=content, headers=headers).status_code == 403
    assert ltx.submit(told["storage_uri"]).status_code == 400, "what was never uploaded cannot be named"
