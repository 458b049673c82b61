"""The frame that is on the screen is the one that is asked for, of original and take alike, and so is its label.

The pictures are read from the page's canvases by the number that is drawn into each frame of the footage. A rehearsed
take carries the source's own numbers through pull, slate and conform, so B is read as independently as A.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest

from otio_retake.media.slate import read_strip
from sample_timelines.clips import BALLOON
from sample_timelines.make_media import read_number
from tests.media.truth import coded, shared_clip
from tests.paid_service.desk import Desk as Cutting

from .at_desk import Luma, Seen, Viewer, served, viewer
from .driven import CutFolder
from .samples import Clock, Sample

pytestmark = pytest.mark.slow

POSITIONS = 20
CONTEXT = 12

Retaken = Callable[..., Sample]


@dataclass(frozen=True)
class Truth:
    """What is true of a pair: the number that its frame ``first + k`` shows, and its label."""

    pair: dict[str, Any]
    read: Callable[[Luma], int | None]
    shows: Callable[[int], int]
    label: Callable[[int], str]
    hidden: bool = False
    """Whether a slate lies over the numbers of the frames that are replaced; it has numbers of its own."""

    def holds(self, seen: Seen) -> int:
        """Both pictures are of one frame, and are that frame; returns it."""
        assert seen.a is not None
        assert seen.b is not None
        (k, a), (other, b) = seen.a, seen.b
        assert k == other
        source = self.pair["first"] + k
        assert self.read(a) == self.shows(source)
        first, end = self.pair["replaced"][0]
        if self.hidden and first <= k < end:
            slate = read_strip(b)
            assert slate is not None
            # What was sent began with the usual frames of context.
            assert slate == k - first + CONTEXT
        else:
            assert self.read(b) == self.shows(source)
        return k

    def labelled(self, seen: Seen) -> int:
        """And the page says which it is."""
        k = self.holds(seen)
        assert seen.timecode == self.label(self.pair["first"] + k)
        assert f"frame {k} of {self.pair['count']} " in seen.place
        assert seen.place.endswith(f"source {self.pair['first'] + k}")
        return k


def drawn(pair: dict[str, Any]) -> list[int]:
    """Positions in a pair: its ends, both sides of every seam, and others by lot; never one of its neighbours next."""
    last = pair["count"] - 1
    found = {0, last, *(k for seam in pair["seams"] for k in (seam - 1, seam))}
    lot = random.Random(f"{pair['first']} {pair['count']}")
    rest = [k for k in range(pair["count"]) if k not in found]
    order = [*found, *lot.sample(rest, POSITIONS - len(found))]
    lot.shuffle(order)
    return order


def look_around(somebody: Viewer, truth: Truth) -> None:
    """Goes to every drawn position, steps, plays, stops and loops; the frame is the right one each time."""
    pair = truth.pair
    positions = drawn(pair)
    assert len(positions) == POSITIONS
    for number, k in enumerate(positions):
        somebody.go_to(k if number % 2 else truth.label(pair["first"] + k))
        settled(somebody, truth, k)
    somebody.press("Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft")
    settled(somebody, truth, 2)
    somebody.press("Shift+ArrowRight")
    settled(somebody, truth, 12)
    for seam in [seam for seam in pair["seams"] if seam > 12]:
        somebody.press("ArrowDown")
        settled(somebody, truth, seam)
        somebody.press("ArrowLeft")
        settled(somebody, truth, seam - 1)
        somebody.press("ArrowRight")
        settled(somebody, truth, seam)
    somebody.press("End")
    settled(somebody, truth, pair["count"] - 1)
    # A step counts from where the one before it leads to, however soon it comes.
    somebody.press("Home", "ArrowDown")
    settled(somebody, truth, pair["seams"][0])
    somebody.go_to(pair["count"] - 1)
    somebody.press("ArrowLeft", "ArrowUp")
    settled(somebody, truth, max(seam for seam in pair["seams"] if seam < pair["count"] - 2))
    play(somebody, truth)


def settled(somebody: Viewer, truth: Truth, k: int | None = None) -> int:
    """Waits until the player rests, at ``k`` if it is said; the frame that it rests at."""
    if k is not None:
        somebody.at(k)
    somebody.wait(".speed:text-is('stop')")
    # The label follows the picture within the same moment: it is another only while a frame is being gone to.
    somebody.until(lambda: (seen := somebody.see()).a and seen.timecode == truth.label(truth.pair["first"] + seen.a[0]))
    found = truth.labelled(somebody.see())
    assert k in (None, found)
    return found


def play(somebody: Viewer, truth: Truth) -> None:
    """What is seen while it plays, where it is stopped, and around a seam again and again."""
    somebody.press("Home")
    settled(somebody, truth, 0)
    somebody.note_frames()
    somebody.press(" ")
    for wanted in (1, 4, 8):
        somebody.until(lambda wanted=wanted: max(somebody.noted(), default=0) >= wanted)
        truth.holds(somebody.see())
    somebody.press(" ")
    stopped = settled(somebody, truth)
    assert stopped > 0
    somebody.press("ArrowRight")
    settled(somebody, truth, min(stopped + 1, truth.pair["count"] - 1))

    somebody.press("n")
    somebody.note_frames()
    somebody.until(lambda: falls(somebody.noted()))
    truth.holds(somebody.see())
    somebody.press("k")
    settled(somebody, truth)
    seam = truth.pair["seams"][0]
    round_again = somebody.noted()
    # The first may be where the loop was entered from.
    assert set(round_again[1:]) <= set(range(max(seam - 12, 0), min(seam + 12, truth.pair["count"])))


def falls(frames: list[int]) -> bool:
    """Whether a loop came round."""
    return any(later < sooner for sooner, later in pairwise(frames))


# --- the project's own samples --------------------------------------------------------------------------------------

SAMPLES = {"23.976 ProRes": ("hiero_23976", 2, 2), "25 H.264": ("plain_mixed", 0, 0)}
"""Sample, request, and the clip that it is on."""


@pytest.mark.parametrize("way", ["served", "offline"])
@pytest.mark.parametrize("case", SAMPLES)
def test_every_frame_is_the_asked_one_wherever_the_page_is(
    case: str, way: str, retaken: Retaken, chromium: str, tmp_path: Path
) -> None:
    name, request, clip = SAMPLES[case]
    place = retaken(name, request).copy(tmp_path / "cut")
    clock = Clock.of(place.cut, clip)

    def truth(pair: dict[str, Any]) -> Truth:
        return Truth(pair, read_number, lambda source: source, clock.label)

    _look(place, chromium, request, truth, offline=way == "offline")


def test_drop_frame_labels_in_the_cut_and_in_a_source_of_its_own_clock(
    retaken: Retaken, chromium: str, tmp_path: Path
) -> None:
    """The second clip is retimed, so it is counted in its file's timecode, which skips labels in this very take."""
    place = retaken("premiere_2997df", 0, 2).copy(tmp_path / "cut")
    clock = Clock.of(place.cut, 0)
    rate = 30000 / 1001

    def of_source(frame: int) -> str:
        return str(otio.opentime.RationalTime(BALLOON.start + frame, rate).to_timecode(rate, True))

    with served(place) as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        first, _, third, _ = somebody.board()["requests"]
        for row, label in ((first, clock.label), (third, of_source)):
            somebody.select(row["id"])
            (take,) = row["made"]
            somebody.ready(take["id"])
            truth = Truth(take["pair"], read_number, lambda source: source, label)
            for k in drawn(take["pair"]):
                somebody.go_to(k)
                settled(somebody, truth, k)
        labels = {of_source(third["made"][0]["pair"]["first"] + k) for k in range(third["made"][0]["pair"]["count"])}
        assert {"00:58:59;29", "00:59:00;02"} <= labels
        assert "source timecode" in somebody.see().place
        somebody.go_to("00:59:00;00")
        somebody.wait("#go-to[aria-invalid=true]")


def test_a_phones_portrait_picture_stands_upright_and_locked(retaken: Retaken, chromium: str, tmp_path: Path) -> None:
    place = retaken("phone_30", 0).copy(tmp_path / "cut")
    # The clip begins the cut and the take begins before it, so it is counted as its file is: from nought.
    clock = Clock(30, drop=False, record=0)
    _look(place, chromium, 0, lambda pair: Truth(pair, read_number, lambda source: source, clock.label))


def test_the_retaken_frames_are_those_that_the_page_says_are(retaken: Retaken, chromium: str, tmp_path: Path) -> None:
    """A slate stands on every replaced frame of B and nowhere else, and never on A."""
    place = retaken("plain_mixed", 0).copy(tmp_path / "cut")
    with served(place) as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        take = somebody.board()["requests"][0]["made"][-1]
        somebody.ready(take["id"])
        ((first, end),) = take["pair"]["replaced"]
        assert take["pair"]["seams"] == [first, end]
        slates = []
        for k in (0, first - 1, first, (first + end) // 2, end - 1, end, take["pair"]["count"] - 1):
            somebody.go_to(k)
            somebody.at(k)
            seen = somebody.see()
            assert seen.a is not None
            assert seen.b is not None
            assert read_strip(seen.a[1]) is None
            slates.append(read_strip(seen.b[1]))
            assert float(np.std(seen.a[1])) > 5
        assert slates[:2] == [None, None]
        assert slates[5:] == [None, None]
        shown = [number for number in slates[2:5] if number is not None]
        # The slate counts the frames of what was sent, as the rehearsal got it.
        assert [number - shown[0] for number in shown] == [0, (first + end) // 2 - first, end - 1 - first]


# --- the clips beside the project -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["h264_2398_bf3_tc.mp4", "dnxhr_hqx_25.mov", "phone_vfr_rot90.mp4"])
def test_every_frame_of_other_footage_is_the_asked_one(
    name: str, shared_media: Path, chromium: str, tmp_path: Path
) -> None:
    clip = shared_clip(shared_media, name)

    def read(picture: Luma) -> int | None:
        """Their strip is drawn along the edge of the picture as it is coded."""
        return clip.read(coded(picture, clip.rotation))

    place = CutFolder(tmp_path / "cut", OTIO_RETAKE_STATE=str(tmp_path / "state"))
    Cutting.write_cut(place, shared_media / name, [(clip.facts.video.frames // 3, 8, "RETAKE: rain")])
    done = place.run("run", str(place.cut), "--yes", timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    clock = Clock.of(place.cut, 0)
    _look(place, chromium, 0, lambda pair: Truth(pair, read, clip.shows, clock.label, hidden=clip.rotation != 0))


def _look(
    place: CutFolder, chromium: str, request: int, truth: Callable[[dict[str, Any]], Truth], *, offline: bool = False
) -> None:
    page = place.folder / "page.html"
    if offline:
        said = place.run("desk", str(place.cut), "--export", str(page), timeout=600)
        assert said.returncode == 0, said.stderr
        with viewer(chromium, offline=True) as somebody:
            somebody.enter(page)
            _one(somebody, somebody.page.evaluate("JSON.parse(document.getElementById('board').text)"), request, truth)
        return
    with served(place) as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        _one(somebody, somebody.board(), request, truth)


def _one(somebody: Viewer, board: Any, request: int, truth: Callable[[dict[str, Any]], Truth]) -> None:
    row = board["requests"][request]
    somebody.select(row["id"])
    take = row["made"][-1]
    somebody.ready(take["id"])
    look_around(somebody, truth(take["pair"]))
