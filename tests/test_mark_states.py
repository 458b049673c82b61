"""What became of a mark, from its orders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from otio_retake.cuts import MarkState
from otio_retake.mark_states import mark_states, marker_states, state_of
from otio_retake.marks import Vocabulary, find_marks
from otio_retake.orders import Order, State
from otio_retake.requests import resolve
from tests.cutting import clip, marker, requests_of, track, write

S = State


class Made:
    """As much of an order as is looked at."""

    def __init__(self, state: State, mark: str = "") -> None:
        self.state = state
        self.spec = type("Spec", (), {"mark_id": mark})


def orders(*states: State) -> list[Order]:
    return [cast(Order, Made(state)) for state in states]


@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        ((), "waiting"),
        ((S.PLANNED,), "waiting"),
        ((S.RUNNING,), "waiting"),
        ((S.PLACED,), "done"),
        ((S.VERIFIED, S.RUNNING), "done"),
        ((S.FAILED, S.CONFORMED), "done"),
        ((S.FAILED,), "failed"),
        ((S.REJECTED, S.EXPIRED), "failed"),
        ((S.FAILED, S.SUBMITTED), "waiting"),
        ((S.UNKNOWN, S.PLACED), "unknown"),
        ((S.REFUSED,), "failed"),
    ],
)
def test_the_state_of_a_mark(states: tuple[State, ...], wanted: MarkState) -> None:
    assert state_of(orders(*states)) == wanted


def test_offline_media_leave_the_orders_of_the_mark(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 10, 40, marker("RETAKE: rain", 20, 8)), name="V1"))
    (request,) = requests_of(cut).requests
    made: dict[str, Any] = {"k": Made(S.PLACED, request.mark_id), "l": Made(S.FAILED, "another")}
    assert mark_states([request], [], made) == {request.mark_id: "done"}


def test_a_marker_over_a_cut_is_as_far_as_the_least_of_its_clips(tmp_path: Path) -> None:
    over = marker("RETAKE: rain", 30, 20)
    cut = write(tmp_path, track(clip("A", 10, 40), clip("B", 10, 40), name="V1"), markers=(over,))
    requests = requests_of(cut).requests
    assert len(requests) == 2
    one, other = (r.mark_id for r in requests)
    for pair, wanted in (
        (("done", "done"), "done"),
        (("done", "waiting"), "waiting"),
        (("unknown", "failed"), "unknown"),
    ):
        states = marker_states(requests, cast(Any, dict(zip((one, other), pair, strict=True))))
        assert list(states.values()) == [wanted]


def test_an_out_is_as_far_as_its_in(tmp_path: Path) -> None:
    first, last = marker("RETAKE IN: rain", 20, 1), marker("RETAKE OUT", 30, 1)
    for cut in (
        write(tmp_path, track(clip("A", 10, 40, first, last), name="V1")),
        write(tmp_path, track(clip("A", 10, 40), name="V1"), markers=(first, last)),
    ):
        (request,) = requests_of(cut).requests
        states = marker_states([request], {request.mark_id: "done"})
        assert {found.name: state for found, state in states.items()} == {first["name"]: "done", "RETAKE OUT": "done"}


def test_every_copy_of_a_marker_is_told_and_colours_that_ask_are_left(tmp_path: Path) -> None:
    picture = track(clip("A", 10, 40, marker("RETAKE both: rain", 20, 8), media="/m/A.mov"), name="V1")
    heard = track(clip("A", 10, 40, marker("RETAKE both: rain", 20, 8), media="/m/A.mov"), kind="Audio", name="A1")
    cut = write(tmp_path, picture, heard)
    (request,) = requests_of(cut).requests
    assert len(marker_states([request], {request.mark_id: "done"})) == 2
    coloured = write(tmp_path, track(clip("A", 10, 40, marker("rain", 20, 8, color="PINK")), name="V1"))
    marks = find_marks(coloured.view, replace(Vocabulary(), colour="PINK"))
    (asked,) = resolve(coloured.view, marks).requests
    assert marker_states([asked], {asked.mark_id: "done"}) == {}
