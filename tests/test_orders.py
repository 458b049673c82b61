"""The life of an order: what may follow what, and that nothing in it can charge twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from otio_retake.capabilities import SERVICES
from otio_retake.errors import OrderError
from otio_retake.media.fit import fit
from otio_retake.orders import (
    AT_SERVICE,
    DEAD,
    MOVES,
    UNSENT,
    Attempt,
    Order,
    OrderSpec,
    State,
    ascii_stem,
    may_retry,
    moved,
    next_step,
    order_key,
)
from otio_retake.spans import PullSpans, Span, solve
from tests.cutting import facts, picture


def spec(**more: object) -> OrderSpec:
    spans = solve(Span(100, 112), 240, 24, SERVICES["ltx"])
    assert isinstance(spans, PullSpans)
    made = OrderSpec(
        service="ltx", model="m", mode="video", prompt="rain", options=(), ordinal=1, recipe=1, media=facts("A"),
        written="/media/A.mov", spans=spans, fit=fit(picture()), sound=None, region=Span(100, 112), color="", clip="A",
        timecode="00:00:04:04", mark_id="m", digest="d", base_digest="d", cost=Decimal("0.40"), currency="USD",
        generation=1,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def order(state: State = State.PLANNED, **more: object) -> Order:
    return replace(Order("k" * 32, spec(), state, True), **more)  # type: ignore[arg-type]


def test_every_state_has_its_moves_and_can_be_reached() -> None:
    assert set(MOVES) == set(State)
    reached, ahead = set(), {State.PLANNED}
    while ahead:
        reached |= ahead
        ahead = set().union(*(MOVES[s] for s in ahead)) - reached
    assert reached == set(State)


def test_nothing_leads_from_a_submit_back_to_sending_but_a_known_refusal() -> None:
    """From any state after a submit, sending again is only reached through refused, or failed without a charge."""
    for state in State:
        if State.SUBMITTING in MOVES[state]:
            assert state in (State.UPLOADED, State.REFUSED, State.FAILED)
    # Back to the states before a submit it goes only from those, and from what was never sent.
    for state in set(State) - UNSENT - {State.FAILED, State.SUPERSEDED}:
        assert not MOVES[state] & UNSENT - {State.REFUSED}
    assert {state for state in State if State.SUPERSEDED in MOVES[state]} <= UNSENT


@pytest.mark.parametrize("charged", [True, None])
def test_a_failure_that_may_have_been_charged_is_never_sent_again(charged: bool | None) -> None:
    failed = order(State.FAILED, attempts=(Attempt(1, "t", State.FAILED, charged=charged),))
    assert not may_retry(failed)
    with pytest.raises(OrderError):
        moved(failed, State.PULLED)
    free = order(State.FAILED, attempts=(Attempt(1, "t", State.FAILED, charged=False),))
    assert moved(free, State.PULLED).state is State.PULLED


def test_a_move_that_is_not_allowed_names_the_order() -> None:
    with pytest.raises(OrderError) as caught:
        moved(order(State.PLACED), State.SUBMITTING)
    assert "kkkkkkk" in caught.value.where
    assert caught.value.fix


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.PLANNED, "pull"), (State.PULLED, "upload"), (State.UPLOADED, "submit"), (State.SUBMITTED, "poll"),
        (State.RUNNING, "poll"), (State.READY, "fetch"), (State.FETCHED, "verify"), (State.UNKNOWN, "find"),
        (State.SUBMITTING, None), (State.PLACED, None), (State.REJECTED, None), (State.EXPIRED, None),
    ],
)  # fmt: skip
def test_each_state_calls_for_one_step(state: State, step: str | None) -> None:
    found = next_step(order(state, upload="u"), 0)
    assert (found[0] if found else None) == step


def test_an_unknown_order_waits_for_a_person_where_the_service_cannot_tell() -> None:
    assert next_step(order(State.UNKNOWN), 0, can_find=False) is None


def test_an_upload_that_expired_is_made_again() -> None:
    assert next_step(order(State.UPLOADED, upload="u", upload_expires=100.0), 99) == ("submit", 0.0)
    assert next_step(order(State.UPLOADED, upload="u", upload_expires=100.0), 100)[0] == "upload"  # type: ignore[index]


def test_only_refusals_that_pass_are_tried_again_and_not_before_their_time() -> None:
    passing = order(State.REFUSED, upload="u", attempts=(Attempt(1, "t", State.REFUSED, kind="rate", retry_at=50.0),))
    assert next_step(passing, 0) == ("submit", 50.0)
    lasting = order(State.REFUSED, upload="u", attempts=(Attempt(1, "t", State.REFUSED, kind="funds"),))
    assert next_step(lasting, 0) is None
    assert lasting.settled
    assert not passing.settled


def test_a_refused_order_whose_upload_expired_uploads_again() -> None:
    refused = order(
        State.REFUSED, upload="u", upload_expires=40.0,
        attempts=(Attempt(1, "t", State.REFUSED, kind="rate", retry_at=50.0),),
    )  # fmt: skip
    assert next_step(refused, 39) == ("submit", 50.0)
    assert next_step(refused, 50) == ("upload", 50.0)


def test_a_key_is_of_content_and_request_and_not_of_path_or_name() -> None:
    key = order_key(spec(), "content")
    moved_file = replace(facts("B"), picture=picture())
    assert order_key(spec(media=moved_file, clip="other", timecode="10:00:00:00", mark_id="x"), "content") == key
    for different in (
        {"prompt": "snow"}, {"mode": "both"}, {"service": "fal"}, {"model": "n"}, {"ordinal": 2}, {"recipe": 2},
        {"options": (("seed", "1"),)}, {"color": "passthrough"}, {"rehearses": "ltx"},
    ):  # fmt: skip
        assert order_key(spec(**different), "content") != key
    assert order_key(spec(), "other content") != key


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("A001 C003", "A001_C003"),
        ("Überblick (1)", "Uberblick__1"),
        ("日本", "clip"),
        ("a%#?|b", "a____b"),
        ("x" * 200, "x" * 80),
    ],
)
def test_stems_are_plain(name: str, stem: str) -> None:
    assert ascii_stem(name) == stem


class Life(RuleBasedStateMachine):
    """Any sequence of allowed moves: the service is never asked twice while a charge may stand."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.PLANNED
        self.charged: bool | None = False
        self.sends = 0

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        current = order(self.state, attempts=(Attempt(1, "t", self.state, charged=self.charged),))
        allowed = [to for to in sorted(MOVES[self.state]) if self.state is not State.FAILED or may_retry(current)]
        if not allowed:
            return
        to = data.draw(st.sampled_from(allowed))
        if to is State.SUBMITTING:
            assert self.charged is False, "sent while an earlier attempt may have been charged"
            self.sends += 1
            self.charged = None
        if to is State.REFUSED:
            self.charged = False
        if to in (State.READY, State.WRITTEN_OFF, State.EXPIRED):
            self.charged = True
        if to is State.FAILED:
            self.charged = data.draw(st.sampled_from([True, False, None]))
        if to is State.CANCELLED and self.state is State.CANCELLING:
            self.charged = data.draw(st.sampled_from([True, None]))
        self.state = moved(current, to).state

    @invariant()
    def a_paid_state_has_its_charge(self) -> None:
        if self.state in AT_SERVICE | {State.UNKNOWN, State.FETCHED, State.VERIFIED, State.PLACED}:
            assert self.charged is not False or self.state in DEAD


Life.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase


def test_rates_are_the_sources() -> None:
    assert spec().rate == Fraction(24)
    assert spec().stem == "A"
