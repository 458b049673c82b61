"""What each service documents that it does not take, and how it says so."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from otio_retake.simulator import Simulator

from .clips import make_clip
from .talk import Talk

Talks = Callable[[str], Talk]


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("limits")
    garbage = folder / "garbage.mp4"
    garbage.write_bytes(b"this is no movie" * 100)
    return {
        "right": clip,
        "72 frames": make_clip(folder / "short.mp4", 72),
        "22 s": make_clip(folder / "long.mp4", 22 * 24, size=(64, 36), sound=False),
        "4096 wide": make_clip(folder / "wide.mp4", 73, size=(4096, 64), sound=False),
        "no movie": garbage,
    }


LATE = {
    "fal": {"video", "form"},
    "segmind": {"video"},
    "gmi": {"video"},
    "runware": {"video"},
    "ltx": set(),
}
"""What a service finds only when a worker looks at it: then the job fails, at no charge."""


def _refused(talk: Talk, sim: Simulator, video: str, what: str, **more: Any) -> str:
    answer = talk.submit(video, more.pop("prompt", "rain"), **more)
    ident = talk.ident(answer) if answer.status_code < 400 else None
    assert sim.bill() == []
    if what in LATE[talk.name]:
        assert ident
        assert talk.ended(ident) == "failed"
        return talk.error(talk.outcome(ident)) if talk.name == "fal" else str(sim.free()[0]["failure"])  # type: ignore[attr-defined]
    assert answer.status_code in (400, 404), answer.text
    return talk.error(answer)


@pytest.mark.parametrize("which", ["72 frames", "4096 wide", "no movie"])
def test_a_video_that_the_model_does_not_take(which: str, talk: Talk, sim: Simulator, clips: dict[str, Path]) -> None:
    assert _refused(talk, sim, talk.upload(clips[which]), "video")


def test_gmi_takes_21_seconds(talks: Talks, sim: Simulator, clips: dict[str, Path]) -> None:
    assert "21" in _refused(talks("gmi"), sim, talks("gmi").upload(clips["22 s"]), "video")


def test_a_video_that_was_never_uploaded(talk: Talk, sim: Simulator) -> None:
    what = "video" if talk.name != "runware" else "form"
    assert _refused(talk, sim, "ltx://uploads/nothing" if talk.name == "ltx" else str(uuid.uuid4()), what)


def test_a_link_to_another_machine_is_never_followed(talk: Talk, sim: Simulator) -> None:
    what = "video" if talk.name != "runware" else "form"
    assert "this machine" in _refused(talk, sim, "https://192.0.2.1/clip.mp4", what)


@pytest.mark.parametrize("duration", [1.9, 0, -1, "3", None])
def test_a_window_below_two_seconds_or_none_at_all(
    duration: Any, talks: Talks, sim: Simulator, clips: dict[str, Path]
) -> None:
    for name in ("ltx", "fal", "segmind", "gmi"):
        talk = talks(name)
        sim.reset()
        assert (
            "duration" in _refused(talk, sim, talk.upload(clips["right"]), "form", duration=duration) or name == "fal"
        )


@pytest.mark.parametrize(
    ("field", "value"), [("startTime", 1.5), ("duration", 2.5), ("duration", 0), ("startTime", -1), ("startTime", True)]
)
def test_runware_takes_whole_seconds(
    field: str, value: Any, talks: Talks, sim: Simulator, clips: dict[str, Path]
) -> None:
    runware = talks("runware")
    assert field in _refused(runware, sim, runware.upload(clips["right"]), "form", **{field: value})


def test_runware_does_not_clamp_a_window_and_ltx_does(talks: Talks, sim: Simulator, clips: dict[str, Path]) -> None:
    runware, ltx = talks("runware"), talks("ltx")
    answer = runware.submit(runware.upload(clips["right"]), startTime=3, duration=2)
    assert answer.status_code == 400
    assert "length" in runware.error(answer)
    assert ltx.submit(ltx.upload(clips["right"]), start_time=3, duration=5).status_code == 202


def test_a_start_past_the_end_is_refused(talk: Talk, sim: Simulator, clips: dict[str, Path]) -> None:
    video = talk.upload(clips["right"])
    if talk.name == "runware":
        assert talk.submit(video, startTime=5).status_code == 400
    else:
        assert _refused(talk, sim, video, "video", start_time=4.05)


def test_prompts(talks: Talks, sim: Simulator, clips: dict[str, Path]) -> None:
    ltx, fal, runware = talks("ltx"), talks("fal"), talks("runware")
    assert "prompt" in _refused(ltx, sim, ltx.upload(clips["right"]), "form", prompt="a" * 5001)
    assert "positivePrompt" in _refused(runware, sim, runware.upload(clips["right"]), "form", prompt="a" * 5001)
    assert ltx.submit(ltx.upload(clips["right"]), "").status_code == 202
    sim.reset()
    assert _refused(fal, sim, fal.upload(clips["right"]), "form", prompt="")
    answer = fal.outcome(sim.free()[0]["id"])  # type: ignore[attr-defined]
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", "prompt"])


def test_fals_own_ranges(talks: Talks, sim: Simulator, clips: dict[str, Path]) -> None:
    fal = talks("fal")
    for more in ({"start_time": 20.5}, {"duration": 20.5}, {"retake_mode": "replace_nothing"}):
        sim.reset()
        assert _refused(fal, sim, fal.upload(clips["right"]), "form", **more)


def test_models_that_are_gone_or_unknown(talks: Talks, sim: Simulator, clips: dict[str, Path]) -> None:
    ltx, gmi, runware, fal, segmind = (talks(n) for n in ("ltx", "gmi", "runware", "fal", "segmind"))
    video = ltx.upload(clips["right"])
    assert "removed" in ltx.error(ltx.submit(video, model="ltx-2-pro"))
    assert ltx.submit(video, model="ltx-2-5-pro").status_code == 400
    assert runware.submit(runware.upload(clips["right"]), model="lightricks:ltx@2.5-pro").status_code == 400
    assert gmi.http.post(gmi.base + gmi.path, json={"model": "x", "payload": {"video_uri": "v"}}).status_code == 404  # type: ignore[attr-defined]
    assert fal.http.post(f"{fal.base}/fal-ai/nothing", json={}).status_code == 404
    assert segmind.http.post(f"{segmind.base}/v2/nothing", json={}).status_code == 404
    assert sim.bill() == []


def test_runware_refuses_parameters_that_it_does_not_know(talks: Talks, clips: dict[str, Path]) -> None:
    runware = talks("runware")
    video = runware.upload(clips["right"])
    for more in ({"seed": 1}, {"numberResults": 5}, {"outputQuality": 100}, {"ttl": 59}, {"deliveryMethod": "sync"},
                 {"taskUUID": "not-a-uuid"}):  # fmt: skip
        answer = runware.submit(video, **more)
        assert answer.status_code == 400, more
        assert answer.json()["errors"][0]["parameter"] == next(iter(more))


def test_data_uris_have_a_limit_of_their_own(talks: Talks, sim: Simulator) -> None:
    ltx = talks("ltx")
    answer = ltx.submit("data:video/mp4;base64," + "A" * 21_000_000)
    assert (answer.status_code, answer.json()["error"]["type"]) == (413, "request_too_large")
    assert sim.bill() == []


def test_bodies_that_are_no_request(talk: Talk) -> None:
    path = {"ltx": "/v2/retake", "fal": "/fal-ai/ltx-2.3/retake-video", "segmind": "/v2/ltx-retake-video",
            "gmi": "/api/v1/ie/requestqueue/apikey/requests", "runware": ""}[talk.name]  # fmt: skip
    for content in (b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe"):
        answer = talk.http.post(talk.base + path, content=content, headers={"Content-Type": "application/json"})
        if talk.name == "fal" and content in (b"[]", b"null", b'"text"'):
            assert answer.status_code == 200
        else:
            assert answer.status_code == 400
            assert talk.error(answer)
