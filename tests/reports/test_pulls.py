"""Pull list and count sheet name the very frames that are sent and delivered, at every rate."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts import Cut
from otio_retake.planned import KnownOrder, NoOrders, Plan, Sent
from otio_retake.reports.counts import count_sheet
from otio_retake.reports.model import Report
from otio_retake.reports.pulls import pull_list
from otio_retake.settings import Settings
from otio_retake.spans import Span
from tests.cutting import Shelf, clip, facts, marker, picture, plan_of, span, track, warp, write


def cut_of(folder: Path, rate: float, first: int, region: tuple[int, int], frames: int = 4000) -> tuple[Cut, Plan]:
    """One clip of a file whose timecode begins at frame ``first``; the region counts frames of the file."""
    exact = {23.976: Fraction(24000, 1001), 29.97: Fraction(30000, 1001), 59.94: Fraction(60000, 1001)}
    source = exact.get(rate, Fraction(rate))
    from otio_retake.rates import timecode

    mark = marker("RETAKE: rain", first + region[0], region[1] - region[0], rate)
    shot = clip("A001", first, frames, mark, available=span(first, frames, rate), rate=rate)
    cut = write(folder, track(shot), rate=rate, start=first)
    label = timecode(first, source, drop=rate in (29.97, 59.94))
    shelf = Shelf(facts("A001", picture(frames, source), timecode=label))
    return cut, plan_of(cut, shelf)


# First frame of the file by its timecode, the region in frames of the file, and what the list must say. The rehearsal
# sends 12 frames on each side, less where the media begins. Counted by hand: 01:00:00:00 is frame 3600 * base; at
# 29.97 drop-frame 01:00:00;00 is frame 108000 - 108 = 107892, and frame 1800 from there is 01:01:00;02, for ;00 and ;01
# are skipped; at 59.94 four labels are skipped: 215784, and 3600 frames later 01:01:00;04.
CASES = [
    (23.976, 86400, (20, 32), ("01:00:00:08", "01:00:01:20", "01:00:00:20", "01:00:01:08")),
    (24, 86400, (20, 32), ("01:00:00:08", "01:00:01:20", "01:00:00:20", "01:00:01:08")),
    (25, 90000, (5, 15), ("01:00:00:00", "01:00:01:02", "01:00:00:05", "01:00:00:15")),
    (29.97, 107892, (1790, 1810), ("01:00:59;08", "01:01:00;24", "01:00:59;20", "01:01:00;12")),
    (59.94, 215784, (3590, 3610), ("01:00:59;38", "01:01:00;26", "01:00:59;50", "01:01:00;14")),
]


@pytest.mark.parametrize(("rate", "first", "region", "said"), CASES)
def test_the_frames_that_are_sent_by_their_labels(
    rate: float, first: int, region: tuple[int, int], said: tuple[str, ...], tmp_path: Path
) -> None:
    cut, plan = cut_of(tmp_path, rate, first, region)
    (line,) = pull_list(plan, cut.view).lines
    assert (line["Start"], line["End"], line["Mark IN"], line["Mark OUT"]) == said
    head = min(12, region[0])
    assert (line["Head"], line["IN-OUT"], line["Tail"]) == (head, region[1] - region[0], 12)
    assert line["Frames"] == head + region[1] - region[0] + 12
    assert (line["Record In"], line["Record Out"]) == said[2:]


def test_what_cannot_be_sent_is_left_out_with_the_reason(tmp_path: Path) -> None:
    shots = [
        clip("A001", 10, 40, marker("RETAKE: rain", 20, 12)),
        clip("A002", 10, 40, marker("RETAKE: snow", 20, 12)),
        clip("A003", 10, 40, marker("RETAKE: hail", 20, 12), effects=[warp(-1)]),
    ]
    cut = write(tmp_path, track(*shots))
    plan = plan_of(cut, Shelf(facts("A001"), facts("A003")))
    for made in (pull_list(plan, cut.view), count_sheet(plan, cut.view, Settings())):
        assert [line["Name"] for line in made.lines] == ["A001"]
        assert [row.split(":")[-2].split(" ")[-1] for row in made.left_out] == ["A002", "A003"]


def sheet(folder: Path, *shots: dict[str, Any], shelf: Shelf, **settings: Any) -> Report:
    cut = write(folder, track(*shots))
    return count_sheet(plan_of(cut, shelf, **settings), cut.view, Settings(**settings))


def test_a_count_sheet_counts_what_is_delivered(tmp_path: Path) -> None:
    """A clip of 40 frames from 50 on, with 24 frames of handles: 26 to 114."""
    made = sheet(tmp_path, clip("A001", 50, 40, marker("RETAKE x2: rain", 60, 12)), shelf=Shelf(facts("A001")))
    (line,) = made.lines
    assert (line["Mark"], line["Sent"], line["Replaced"]) == (12, 36, 12)
    assert (line["Head"], line["Cut"], line["Tail"], line["Delivered"]) == (24, 40, 24, 88)
    assert (line["First"], line["Last"], line["Takes Asked"], line["Takes Made"]) == (26, 113, 2, 0)


def test_handles_end_where_the_media_does(tmp_path: Path) -> None:
    made = sheet(tmp_path, clip("A001", 10, 40, marker("RETAKE: rain", 20, 12)), shelf=Shelf(facts("A001")))
    (line,) = made.lines
    assert (line["Head"], line["Cut"], line["Tail"], line["First"], line["Last"]) == (10, 40, 24, 0, 73)


def test_sums_stand_in_the_last_line(tmp_path: Path) -> None:
    shots = [clip(f"A00{k}", 50, 40, marker("RETAKE: rain", 60, 12)) for k in (1, 2, 3)]
    made = sheet(tmp_path, *shots, shelf=Shelf(*(facts(f"A00{k}") for k in (1, 2, 3))))
    assert (made.sums["Name"], made.sums["Mark"], made.sums["Sent"], made.sums["Delivered"]) == ("TOTAL", 36, 108, 264)


def test_what_was_sent_is_listed_as_it_was_sent_whatever_would_be_sent_now(tmp_path: Path) -> None:
    shot = clip("A", 0, 240, marker("RETAKE: rain", 100, 12))
    cut, shelf = write(tmp_path, track(shot)), Shelf(facts("A"))
    (item,) = plan_of(cut, shelf, service="ltx").items
    order = KnownOrder(
        "key", "ltx", item.region, 1, "placed", item.digest, unsent=False, dead=False, model=item.model,
        sent=Sent(item.spans, item.fit, item.cost_each),
    )  # fmt: skip
    dead = replace(order, key="dead", ordinal=2, state="failed", service="fal", dead=True)

    class Known(NoOrders):
        def matching(self, fingerprint: str, region: Span, base_digest: str) -> list[KnownOrder]:
            return [order, dead]

    plan = plan_of(cut, shelf, known=Known())
    (pulled,) = pull_list(plan, cut.view).lines
    assert (pulled["Service"], pulled["Frames"], pulled["Status"]) == ("ltx", item.spans.count, "done")
    assert (pulled["Head"], pulled["Tail"]) == (100 - item.spans.pull.first, item.spans.pull.end - 112)
    assert pulled["Replaced"] == len(item.replaced)
    (counted,) = count_sheet(plan, cut.view, Settings()).lines
    assert (counted["Sent"], counted["Replaced"]) == (item.spans.count, len(item.replaced))
    # What is asked again is listed as it would be sent.
    (asked,) = pull_list(plan_of(cut, shelf, known=Known(), again=True), cut.view).lines
    assert (asked["Service"], asked["Frames"]) == ("rehearsal", 12 + 12 + 12)
