"""Keys of services stay where they are: no answer of a desk at work holds one, whatever is asked and goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from otio_retake.desk.serving import Serving
from otio_retake.simulator import Simulator

from .driven import CutFolder, Driven

KEY = "sk-recognisable-key-4711"
NAMES = ("LTXV_API_KEY", "FAL_KEY", "SEGMIND_API_KEY", "GMI_API_KEY", "RUNWARE_API_KEY")


@pytest.fixture
def driven(
    request: pytest.FixtureRequest,
    rendering: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    cut_of: Callable[..., CutFolder],
    open_desk: Callable[..., Driven],
) -> Driven:
    """A desk with one mark, and services that know its keys."""
    for name in NAMES:
        monkeypatch.setenv(name, KEY)
    return open_desk(cut_of(request.param), service="ltx")


@pytest.fixture
def serving(driven: Driven) -> Iterator[Serving]:
    with Serving(driven.desk, link_folder=driven.place.folder / "links") as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("driven", "state"),
    [
        ("RETAKE both: rain", "conformed"),
        ("RETAKE: snow [drop-after-accept]", "unknown"),
        ("RETAKE: hail [job-failed]", "failed"),
        ("RETAKE: sleet [401]", "refused"),
    ],
    indirect=["driven"],
)
def test_no_answer_of_a_desk_at_work_holds_a_key(
    driven: Driven, state: str, rendering: Simulator, page: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[httpx.Response] = []

    def get(part: str) -> httpx.Response:
        told.append(page.get(part))
        return told[-1]

    def post(call: str, **body: object) -> httpx.Response:
        told.append(page.post(call, json=body))
        return told[-1]

    board = get("board").json()
    for request in board["requests"]:
        post("price", request=request["id"], takes=2)
        post("override", request=request["id"], service="nobody's")
        post("override", request=request["id"], clear=True)
        get(f"strip/{request['id']}")
    confirmed = post("confirm", digest=get("board").json()["confirm"]["digest"], skip_problems=True)
    assert confirmed.status_code == 200, confirmed.text
    with page.stream("GET", "events") as live:
        heard = next(line for line in live.iter_lines() if line.startswith("data: "))
    driven.wait()
    board = get("board").json()
    takes = [take for request in board["requests"] for take in request["made"]]
    orders = [order for request in board["requests"] for order in request["orders"]]
    assert [order["state"] for order in orders] == [state]
    assert bool(takes) == (state == "conformed")
    for take in takes:
        for part in (f"pair/{take['id']}", f"sound/{take['id']}/a", f"sound/{take['id']}/b", f"numbers/{take['id']}"):
            get(part)
        post("reject", take=take["id"], reason="boom")
        post("restore", take=take["id"])
    for order in orders:
        post("cancel", order=order["id"])
        post("resolve", order=order["id"], answer="accepted", id="no such job")
    post("write", editor="nobody's")
    post("write", editor="")
    post("stop")
    post("resume")
    driven.wait()
    get("picks")
    get("board")
    export = get("export")
    assert export.status_code == 200

    assert {answer.status_code for answer in told} >= {200, 409}
    for answer in told:
        assert KEY.encode() not in answer.content, answer.request.url
        assert KEY not in str(answer.headers)
        assert page.cookies["desk"].encode() not in answer.content
    assert KEY not in heard + "".join(capfd.readouterr())
    assert any(asked["auth"] for asked in rendering.requests("ltx"))
