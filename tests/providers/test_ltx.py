"""LTX's v1, whose answer is the result: one that is lost may have been charged, and one that came is not lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from otio_retake.errors import OutcomeUnknown
from otio_retake.orders import State
from otio_retake.providers.ltx import Ltx
from otio_retake.steps import submit
from otio_retake.steps.run import carry_out
from tests.providers.loopback import Answer, Server, drop, http
from tests.providers.submissions import submission
from tests.steps.bench import Bench

V1 = (("api", "v1"),)


@pytest.fixture
def ltx(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """A provider whose service gives certain answers."""
    monkeypatch.setenv("LTXV_API_KEY", "sesame-of-ltx")
    opened: list[tuple[Server, Ltx]] = []

    def make(*answers: Answer) -> tuple[Server, Ltx]:
        server = Server(list(answers)).__enter__()
        monkeypatch.setenv("OTIO_RETAKE_LTX_URL", server.url)
        opened.append((server, Ltx()))
        return opened[-1]

    yield make
    for server, provider in opened:
        provider.close()
        server.__exit__()


@pytest.mark.parametrize(
    "answer",
    [drop, http("200 OK", b"half a movie", length=1000), http("504 Gateway Timeout"), http("200 OK", b"")],
    ids=["no answer", "half of one", "a gateway's", "an empty one"],
)
def test_an_answer_that_was_lost_leaves_the_outcome_unknown_and_says_what_to_do(ltx, tmp_path: Path, answer) -> None:
    server, provider = ltx(answer)
    with pytest.raises(OutcomeUnknown) as raised:
        provider.submit(submission("ltx", "ltx://uploads/1", tmp_path / "pull.mp4", options=V1))
    for word in ("only copy", "usage", "--written-off", "--refused"):
        assert word in raised.value.fix
    assert len(server.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_run_says_so_too_and_never_sends_it_again(bench: Bench) -> None:
    bench.order()
    bench.service.submits = [OutcomeUnknown("ltx did not answer", fix="look at the usage, then")]
    steps = ("submit", "find", "poll")
    (said,) = carry_out(bench.shop, ["a" * 32], steps=steps, conforming=False).failed.values()
    assert said.fix.startswith("look at the usage, then `otio-retake ledger resolve aaaaaaa")
    assert carry_out(bench.shop, ["a" * 32], steps=steps, conforming=False).failed == {}
    assert bench.service.asked == ["submit"]
    assert bench.state() is State.UNKNOWN


def test_an_answer_that_came_is_taken_up_though_the_program_was_stopped_then(ltx, bench: Bench) -> None:
    """The movie lies beside the pull, and the ledger was not told any more."""
    order = bench.order()
    server, provider = ltx(http("200 OK", b"\0\0\0\x18ftypisom movie"))

    class Stopped(BaseException):
        pass

    def stop() -> str:
        attempt = bench.ledger.order(order.key).attempts[-1]
        sent = submission("ltx", "ltx://u", bench.project.pull(order.key), attempt.token, options=V1)
        assert provider.submit(replace(sent, key=order.key)) == "kept"
        raise Stopped

    bench.service.submits = [stop]
    with pytest.raises(Stopped):
        submit.run(order, bench.shop)
    assert bench.state() is State.UNKNOWN
    bench.shop.providers._made["ltx"] = provider
    carry_out(bench.shop, [], steps=("find", "poll", "fetch"), conforming=False)
    assert bench.state() is State.FETCHED
    assert bench.project.result(order.key, 1).read_bytes().endswith(b"movie")
    assert len(server.asked) == 1
