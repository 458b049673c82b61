"""From marks in Resolve to takes in its take lists: the scripts, the core and real media, read from the pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from otio_retake.rates import timecode
from otio_retake.simulator import Simulator
from tests.desk.numbered import Numbered, make_numbered
from tests.fake_resolve import FakeResolve, frozen
from tests.fake_resolve.stage import Stage
from tests.fake_resolve.state import Item
from tests.resolve.handover import Handover, seen
from tests.resolve.timelines import RATES, STARTS

pytestmark = pytest.mark.slow


def start_of(rate: str, start: str) -> str:
    return start[:8] + ";" + start[9:] if "DF" in rate else start


CASES = [(rate, start_of(rate, start)) for rate in RATES for start in STARTS]
"""Every rate from every start."""

SOME = [(rate, start_of(rate, start)) for rate, start in zip(RATES, STARTS * 2, strict=True)]
"""Every rate from some start."""


class Show:
    """A cut of two clips of one movie, from its frames 40 and 110, and one of another rate above nothing."""

    def __init__(self, folder: Path, rate: str, start: str) -> None:
        exact = RATES[rate]
        self.fake = FakeResolve("21.0.4 Studio")
        self.fake.setup.project("Show", rate.removesuffix(" DF"))
        label = timecode(3600 * round(exact), exact, drop="DF" in rate)
        kind = Numbered(rate=exact, frames=200, timecode=label)
        movie = make_numbered(folder / "A001.mov", kind)
        self.media = self.fake.setup.media_file(movie)
        self.stage: Stage = self.fake.setup.timeline("Reel 1", rate, start)
        self.first: Item = self.stage.clip(self.media, at=0, duration=60, source=40)
        self.second: Item = self.stage.clip(self.media, at=60, duration=50, source=110)

    @property
    def timeline(self) -> Any:
        return self.stage.proxy

    def frames(self, first: int, end: int) -> range:
        return range(self.stage.frame(first), self.stage.frame(end))


@pytest.mark.parametrize(("rate", "start"), CASES)
def test_a_mark_becomes_a_take_that_lies_on_its_frames(tmp_path: Path, rate: str, start: str) -> None:
    show = Show(tmp_path, rate, start)
    # Frames 70 to 80 of the file; and of the timeline the last 5 frames of the first clip, the first 7 of the second.
    show.stage.mark_clip(show.first, 30, 10, name="RETAKE", note="rain")
    show.stage.mark(55, 12, name="RETAKE: snow")
    before = frozen(show.timeline)
    with Handover(show.fake, tmp_path / "state") as desk:
        board = desk.order()
        assert [row["status"] for row in board["requests"]] == ["done"] * 3
        assert board["cut"]["applies"]
        plan = desk.write()
        assert [take["kind"] for take in plan["takes"]] == ["take", "take"]
        report = desk.apply()
        assert [row["outcome"] for row in report["results"]] == ["done", "done"]
        # Nothing that is seen has changed: originals stay in use.
        assert seen(show.timeline, show.frames(0, 110)) == [
            (40 + k if k < 60 else 50 + k, False) for k in range(110)
        ]  # fmt: skip
        for row in desk.desk.board()["requests"]:
            desk.say("pick", request=row["id"], take=row["made"][0]["id"])
        assert set(desk.write()["pick"]) == {show.first.uid, show.second.uid}
        report = desk.apply()
        assert {row["outcome"] for row in report["results"]} == {"already there"}
        replaced = {*range(30, 40), *range(55, 60), *range(60, 67)}
        shown = seen(show.timeline, show.frames(0, 110))
        assert [number for number, _ in shown] == [40 + k if k < 60 else 50 + k for k in range(110)]
        # What a service changes goes beyond what was asked for; a rehearsal changes just that.
        assert {k for k, (_, slate) in enumerate(shown) if slate} == replaced
        assert [row["state"] for row in board["requests"][0]["made"]] == ["made"]
        desk.revert()
        assert frozen(show.timeline) == before


WHOLE = ("selection", "playhead", "clip point", "timeline point")


@pytest.mark.parametrize(
    ("rate", "start", "asked"), [(*pair, WHOLE[(n + k) % 4]) for n, pair in enumerate(SOME) for k in (0, 2)]
)
def test_what_is_asked_for_without_a_length_is_all_of_a_clip(tmp_path: Path, rate: str, start: str, asked: str) -> None:
    """Beside a range from in to out on the other clip."""
    show = Show(tmp_path, rate, start)
    show.stage.in_out(20, 33)
    show.stage.select(show.second)
    show.stage.playhead(80)
    if asked == "clip point":
        show.stage.mark_clip(show.second, 70, name="RETAKE", note="rain")
    elif asked == "timeline point":
        show.stage.mark(100, name="RETAKE: rain")
    with Handover(show.fake, tmp_path / "state") as desk:
        for offer in ("in-out", *(() if "point" in asked else (asked,))):
            desk.say("ask", offer=offer, prompt="rain", mode="video")
        board = desk.order()
        assert [row["region_frames"] for row in board["requests"]] == [14, 50]
        for row in board["requests"]:
            desk.say("pick", request=row["id"], take=row["made"][0]["id"])
        desk.write()
        desk.apply()
        shown = seen(show.timeline, show.frames(0, 110))
        assert [number for number, _ in shown] == [40 + k if k < 60 else 50 + k for k in range(110)]
        assert {k for k, (_, slate) in enumerate(shown) if slate} == {*range(20, 34), *range(60, 110)}


@pytest.mark.parametrize(("rate", "start"), SOME)
def test_what_a_service_changed_lies_on_its_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: str, start: str
) -> None:
    with Simulator() as sim:
        for name, value in sim.environment().items():
            monkeypatch.setenv(name, value)
        show = Show(tmp_path, rate, start)
        show.stage.mark_clip(show.first, 30, 10, name="RETAKE", note="rain")
        with Handover(show.fake, tmp_path / "state", service="runware") as desk:
            board = desk.order()
            (row,) = board["requests"]
            (item,) = desk.session.plan().items
            desk.say("pick", request=row["id"], take=row["made"][0]["id"])
            desk.write()
            desk.apply()
            assert len(sim.bill()) == 1
            shown = seen(show.timeline, show.frames(0, 60))
            assert [number for number, _ in shown] == list(range(40, 100))
            replaced = {frame - 40 for frame in range(item.replaced.first, item.replaced.end)}
            assert {*range(30, 40)} <= replaced
            assert {k for k, (_, slate) in enumerate(shown) if slate} == replaced & {*range(60)}


def test_a_service_and_the_editor_who_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paid takes are ordered once, whoever asks again; what is chosen in Resolve's own list is read back."""
    with Simulator() as sim:
        for name, value in sim.environment().items():
            monkeypatch.setenv(name, value)
        show = Show(tmp_path, "24", "01:00:00:00")
        show.stage.mark_clip(show.first, 30, 10, name="RETAKE x2", note="rain")
        state = tmp_path / "state"
        with Handover(show.fake, state, service="fal") as desk:
            board = desk.order()
            assert [take["label"] for take in board["requests"][0]["made"]] == ["v001", "v002"]
            plan = desk.write()
            assert {row["outcome"] for row in desk.apply()["results"]} == {"done"}
            orders = len(sim.bill())
            assert orders == 2
        item = show.stage.item(show.first)
        assert item.GetTakesCount() == 3
        assert item.SelectTakeByIndex(3)
        chosen = plan["takes"][1]["name"]
        with Handover(show.fake, state, service="fal") as desk:
            assert any(chosen in line and "in use" in line for line in desk.learned)
            board = desk.desk.board()
            (request,) = board["requests"]
            assert (request["status"], board["confirm"]["blocked"]) == ("done", "nothing is left to be sent")
            assert {take["label"]: take["state"] for take in request["made"]} == {"v001": "placed", "v002": "picked"}
            # Taken back on the desk, it is taken back in Resolve.
            desk.say("pick", request=request["id"], take=None)
            assert desk.write()["pick"] == {show.first.uid: ""}
            desk.apply()
            assert item.GetSelectedTakeIndex() == 1
            assert len(sim.bill()) == orders


def test_a_choice_that_resolve_does_not_carry_out_is_not_shown_as_one(tmp_path: Path) -> None:
    show = Show(tmp_path, "24", "01:00:00:00")
    show.stage.mark_clip(show.first, 30, 10, name="RETAKE", note="rain")
    with Handover(show.fake, tmp_path / "state") as desk:
        (row,) = desk.order()["requests"]
        desk.write()
        desk.apply()
        show.stage.lock(1)
        desk.say("pick", request=row["id"], take=desk.desk.board()["requests"][0]["made"][0]["id"])
        desk.write()
        desk.apply()
        board = desk.desk.board()
        (row,) = board["requests"]
        assert [take["state"] for take in row["made"]] == ["placed"]
        (said,) = [line for line in board["applying"]["said"] if "was picked and is not in use" in line]
        assert row["made"][0]["name"] in said
        assert "the clip shows the original" in said
        show.timeline.SetTrackLock("video", 1, False)
        desk.say("pick", request=row["id"], take=row["made"][0]["id"])
        desk.write()
        desk.apply()
        board = desk.desk.board()
        assert [take["state"] for take in board["requests"][0]["made"]] == ["picked"]
        assert not any("not in use" in line for line in board["applying"]["said"])


def test_the_editors_own_take_stays_the_original(tmp_path: Path) -> None:
    """Where the editor's second take is seen, that is what is retaken, in every later run, and what comes back."""
    show = Show(tmp_path, "24", "01:00:00:00")
    other = make_numbered(tmp_path / "B001.mov", Numbered(rate=RATES["24"], frames=150, timecode="05:00:00:00"))
    media = show.fake.setup.media_file(other)
    item = show.stage.clip(show.media, at=110, duration=40, source=20, takes=[(media, 70)], selected=2)
    show.stage.mark(120, 8, name="RETAKE: rain")
    frames = show.frames(110, 150)
    own = seen(show.timeline, frames)
    with Handover(show.fake, tmp_path / "state") as desk:
        (row,) = desk.order()["requests"]
        desk.say("pick", request=row["id"], take=desk.desk.board()["requests"][0]["made"][0]["id"])
        desk.write()
        desk.apply()
    assert show.stage.item(item).GetSelectedTakeIndex() == 3
    with Handover(show.fake, tmp_path / "state") as desk:
        board = desk.desk.board()
        (row,) = board["requests"]
        assert (row["status"], [take["state"] for take in row["made"]]) == ("done", ["picked"])
        assert board["confirm"]["blocked"] == "nothing is left to be sent"
        desk.say("pick", request=row["id"], take=None)
        plan = desk.write()
        assert plan["originals"] == {item.uid: {"media": media.uid, "left_offset": 70}}
        desk.apply()
    assert seen(show.timeline, frames) == own


def test_the_selection_is_asked_for_on_the_desk(tmp_path: Path) -> None:
    show = Show(tmp_path, "25", "01:00:00:00")
    show.stage.select(show.second)
    show.stage.in_out(50, 64)
    show.stage.playhead(10)
    with Handover(show.fake, tmp_path / "state") as desk:
        board = desk.desk.board()
        assert [(row["offer"], row["frames"]) for row in board["offers"]] == [
            ("selection", 50), ("in-out", 15), ("playhead", 1),
        ]  # fmt: skip
        assert board["requests"] == []
        stamp = board["stamp"]
        board = desk.say("ask", offer="in-out", prompt="fog", mode="video")
        assert board["stamp"] != stamp
        assert [(r["clip"], r["region_frames"], r["prompt"]) for r in board["requests"]] == [
            ("A001.mov", 10, "fog"), ("A001.mov", 5, "fog"),
        ]  # fmt: skip
        asked = {row["asked"] for row in board["requests"]}
        assert len(asked) == 1
        assert desk.say("unask", asked=asked.pop())["requests"] == []
        assert json.loads((desk.folder / "asked.json").read_text())["asked"] == []
        with pytest.raises(KeyError):
            desk.say("unask", asked="never")
