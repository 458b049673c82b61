"""From marks to the written cut by the page alone; then the cut, the ledger and the bill are asked what came of it."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from otio_retake.cuts.paths import spellings
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.simulator import Simulator
from otio_retake.spans import Span
from sample_timelines.make_media import read_number

from .at_desk import Viewer, pictures, served, viewer
from .samples import Sample

pytestmark = pytest.mark.slow

ASKED = "a paper boat sails out of the picture"
ASKED_AGAIN = "the same, but the light goes out slowly"
REASON = "too bright, and the \u201ccut\u201d is seen"


def test_from_marks_to_the_written_cut_with_the_rehearsal(chromium: str, tmp_path: Path) -> None:
    place = Sample(tmp_path / "cut", OTIO_RETAKE_STATE=str(tmp_path / "state"))
    place.set_up("demo")
    way = Way(place, pictures(tmp_path) / "rehearsal", "rehearsal", two_takes=0)
    with served(place, "-o", str(place.out)) as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        way.before(somebody)
        assert "nothing: it is made here" in way.confirm(somebody)
        way.finish(somebody)
        way.compare(somebody)
        way.choose(somebody)
        way.ask_again(somebody)
        way.finish(somebody)
        way.write(somebody)
    assert way.confirmed == [0, 0]
    way.check_cut()


def test_from_marks_to_the_written_cut_with_a_paid_service(chromium: str, tmp_path: Path, rendering: Simulator) -> None:
    """A key in the environment, an account on this machine: what was confirmed is what is billed."""
    place = Sample(tmp_path / "cut", OTIO_RETAKE_STATE=str(tmp_path / "state"), **rendering.environment())
    place.set_up("resolve_24", "budget = 10", "budget_day = 20")
    way = Way(place, pictures(tmp_path), "ltx", two_takes=1)
    with served(place, "-o", str(place.out), "--service", "ltx") as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        assert somebody.text(".problems[aria-label] summary").split("\n") == ["In this cut", "1 note"]
        way.before(somebody)
        # Nothing comes back before it is let.
        rendering.change(latency=86_400.0)
        somebody.page.click("text=Confirm\u2026")
        assert rendering.requests() == []
        assert rendering.bill() == []
        somebody.page.keyboard.press("Escape")
        assert rendering.requests() == []
        assert "picture and sound of the frames" in way.confirm(somebody)
        somebody.wait(".row .chip.busy:text('Running')")
        somebody.wait(".order .chip:text-is('running')")
        # What stood in the way of sending steps back.
        somebody.wait(".problems details:not([open])")
        somebody.until(lambda: len(rendering.bill()) == 2)
        way.shoot(somebody, "running")
        rendering.change(latency=0.0)
        way.finish(somebody)
        assert Decimal(rendering.total()) == way.confirmed[0] > 0
        way.compare(somebody)
        way.choose(somebody)
        way.ask_again(somebody)
        way.finish(somebody)
        way.write(somebody)
        spent = somebody.board()["money"]["project"]["spent"]
    bill = rendering.bill()
    assert Decimal(spent) == Decimal(rendering.total()) == sum(way.confirmed)
    assert len(bill) == way.takes + 1
    assert bill[-1]["prompt"] == ASKED_AGAIN
    assert {row["prompt"] for row in bill[:-1]} == set(way.prompts)
    assert rendering.free() == []
    way.check_cut()


class Way:
    """One way through the page, and what it must have led to."""

    def __init__(self, place: Sample, shots: Path, service: str, two_takes: int) -> None:
        self.place, self.shots, self.service = place, shots, service
        self.two_takes = two_takes
        self.confirmed: list[Decimal] = []
        self.picked: dict[str, str] = {}
        self.takes = 0
        self.prompts: list[str] = []
        self.rejected = ""
        self.cut = place.cut.read_bytes()

    def shoot(self, somebody: Viewer, name: str) -> None:
        """A picture of this stage, without what was said in passing."""
        for notice in somebody.page.locator(".notice.note .notice-close").all():
            notice.click()
        somebody.shoot(self.shots / f"desk-{name}.png")

    # --- before -----------------------------------------------------------------------------------------------------

    def before(self, somebody: Viewer) -> None:
        """Every request is there with its frames; a prompt is changed, and a later run knows it."""
        rows = somebody.board()["requests"]
        self.takes = sum(row["takes"] for row in rows)
        assert somebody.page.locator(".row").count() == len(rows) >= 3
        for row in rows:
            somebody.wait(f"[data-request='{row['id']}'] .strip img.is-there")
        first = rows[0]
        for name in ("before", "first", "middle", "last", "after"):
            somebody.wait(f".still:has(figcaption:text-is('{name}')) img.is-there")
        somebody.page.fill("#prompt", ASKED)
        somebody.page.click("text=Save prompt")
        somebody.wait(f"[data-request='{first['id']}'] .row-prompt:text-is('{ASKED}')")
        assert somebody.text(".in-cut blockquote") == first["prompt"]
        assert ASKED in self.place.run("plan", str(self.place.cut)).stdout
        assert self.place.cut.read_bytes() == self.cut
        self.prompts = [row["prompt"] for row in somebody.board()["requests"]]
        self.shoot(somebody, "before")

    def confirm(self, somebody: Viewer) -> str:
        """Confirms in the dialog, which says what, to whom and for how much; returns its text."""
        board = somebody.board()
        asked = board["confirm"]
        somebody.page.click("text=Confirm\u2026")
        somebody.page.wait_for_selector("dialog[open] .sends")
        said = somebody.text("dialog[open]")
        cells = [cell.inner_text() for cell in somebody.page.locator("dialog[open] tbody td").all()]
        (sent,) = asked["sends"]
        assert cells[:4] == [self.service, str(sent["requests"]), str(sent["takes"]), str(sent["frames"])]
        wanted = [row for row in board["requests"] if row["status"] == "new" or row["again"]]
        takes = [1 if row["again"] else row["takes"] for row in wanted]
        assert sent["takes"] == sum(takes)
        assert sent["frames"] == sum(row["pull_frames"] * n for row, n in zip(wanted, takes, strict=True))
        cost = Decimal(asked["cost"])
        assert Decimal(cells[5].removeprefix("$")) == cost
        assert "Nothing of this has left this machine yet." in said
        assert board["money"]["project"]["spent"] == str(sum(self.confirmed, Decimal(0)))
        if not self.confirmed:
            self.shoot(somebody, "confirm")
        self.confirmed.append(cost)
        somebody.page.click("dialog[open] button[type=submit]")
        somebody.wait(".who[data-mine=true]")
        return said

    def finish(self, somebody: Viewer) -> None:
        """Watches until nobody carries anything out, and every take is there."""
        somebody.wait(".who[data-mine=none]")
        somebody.page.click(".filter:has-text('Running')")
        somebody.wait(".requests .empty:not([hidden])")
        somebody.page.click(".filter:has-text('All')")
        assert {order["state"] for row in somebody.board()["requests"] for order in row["orders"]} <= {
            "conformed", "placed",
        }  # fmt: skip

    # --- after ------------------------------------------------------------------------------------------------------

    def compare(self, somebody: Viewer) -> None:
        """The takes are looked at in every way; what is seen is one frame, read from the pictures."""
        row = somebody.board()["requests"][self.two_takes]
        somebody.select(row["id"])
        take = row["made"][-1]
        somebody.page.click(f"[data-act='show-{take['id']}']")
        somebody.ready(take["id"])
        somebody.wait(".plots svg")
        somebody.press("Home")
        somebody.at(0)
        somebody.press("ArrowDown")
        seam = take["pair"]["seams"][0]
        somebody.at(seam)
        seen = somebody.see()
        assert seen.a is not None
        assert seen.b is not None
        assert [read_number(picture) for _, picture in (seen.a, seen.b)] == [take["pair"]["first"] + seam] * 2
        for key, view in (("w", "wipe"), ("d", "difference"), ("b", "b"), ("a", "a"), ("f", "b"), ("s", "side")):
            somebody.press(key)
            somebody.wait(f".stage[data-view={view}]")
            if key == "w":
                somebody.press("ArrowRight")
                somebody.at(seam + 1)
                self.shoot(somebody, "wipe")
            if key == "d":
                somebody.at(seam + 1)
                somebody.wait(f"#canvas-d[data-frame='{seam + 1}']")
        if take["sound_b"]:
            somebody.press("t")
            somebody.wait("[aria-label=Sound] [aria-pressed=true]")

    def choose(self, somebody: Viewer) -> None:
        """One take is picked by its number, its rival rejected with a reason; one of another request is picked."""
        row = somebody.board()["requests"][self.two_takes]
        one, other = row["made"]
        somebody.press("1")
        somebody.wait(f".detail-head .chip:text-is('Picked {one['label']}')")
        somebody.page.click(f"[data-act='show-{other['id']}']")
        somebody.ready(other["id"])
        somebody.press("x")
        somebody.page.keyboard.insert_text(REASON)
        somebody.press("Enter")
        somebody.wait(".card.is-rejected .chip:text-is('rejected')")
        assert REASON in somebody.text(".take-facts")
        self.rejected = other["name"]
        self.picked[row["id"]] = one["name"]

    def ask_again(self, somebody: Viewer) -> None:
        """One more take of the last request in other words: planned, shown with its price, and confirmed."""
        row = somebody.board()["requests"][-1]
        somebody.select(row["id"])
        somebody.ready(row["made"][0]["id"])
        somebody.page.fill(".again-form textarea", ASKED_AGAIN)
        somebody.page.click("text=Plan one more take")
        somebody.wait(f"[data-request='{row['id']}'] .chip.send:text-is('+1'):not([hidden])")
        planned = somebody.board()
        assert planned["confirm"]["cost"] == planned["requests"][-1]["cost_each"]
        assert sum(each["takes"] for each in planned["confirm"]["sends"]) == 1
        self._shoot_player(somebody, planned["requests"][self.two_takes])
        somebody.select(row["id"])
        self.confirm(somebody)
        somebody.wait(".card:nth-child(3)")
        after = somebody.board()["requests"][-1]
        assert [take["label"] for take in after["made"]] == ["v001", "v002"]
        newest = after["made"][-1]
        assert newest["prompt"] == ASKED_AGAIN
        somebody.press("2")
        somebody.wait(".detail-head .chip:text-is('Picked v002')")
        somebody.ready(newest["id"])
        self.picked[row["id"]] = newest["name"]

    def _shoot_player(self, somebody: Viewer, row: Any) -> None:
        """A picture of the picked take on its first new frame, beside requests in several states."""
        somebody.select(row["id"])
        take = next(take for take in row["made"] if take["id"] == row["picked"])
        somebody.ready(take["id"])
        somebody.go_to(take["pair"]["seams"][0])
        somebody.at(take["pair"]["seams"][0])
        somebody.wait(".plots svg")
        # From the pictures to the numbers below them.
        somebody.page.evaluate("document.querySelector('.detail').scrollTop = 76")
        self.shoot(somebody, "compare")

    def write(self, somebody: Viewer) -> None:
        """Writes the cut; the page says what is in it. A reload shows the same picks."""
        somebody.page.click("text=Write cut\u2026")
        somebody.page.click("dialog[open] button[type=submit]")
        somebody.wait(".written .is-good")
        assert self.place.out.name in somebody.text(".written")
        self.shoot(somebody, "written")
        somebody.press("Escape")
        before = somebody.board()["requests"]
        somebody.page.reload()
        somebody.page.wait_for_selector("body[data-ready]")
        assert [row["picked"] for row in somebody.board()["requests"]] == [row["picked"] for row in before]
        assert {row["id"] for row in before if row["picked"]} == set(self.picked)

    # --- what came of it --------------------------------------------------------------------------------------------

    def check_cut(self) -> None:
        """Picked takes are active, nothing else is changed, and every frame of every take is the source's own."""
        assert self.place.cut.read_bytes() == self.cut
        listed = self.place.said("takes", "list", str(self.place.out))
        rows = [row for row in listed if row["kind"] == "picture"]
        assert {row["standing"] for row in rows} == {"ok"}
        assert {row["take"] for row in rows if row["in_use"]} == set(self.picked.values())
        assert self.rejected not in {row["take"] for row in rows}
        assert len(rows) == self.takes, "as many as were ordered at first: one more was asked for, one was rejected"
        before, after = (_shots(path) for path in (self.place.cut, self.place.out))
        for old, new in zip(before, after, strict=True):
            assert (old.name, old.source_range) == (new.name, new.source_range)
            assert old.transformed_time(old.source_range.start_time, old.parent()) == new.transformed_time(
                new.source_range.start_time, new.parent()
            )
            taken = [key for key in new.media_references() if key.startswith("retake.")]
            kept = {key: _url(media) for key, media in new.media_references().items() if key not in taken}
            assert kept == {key: _url(media) for key, media in old.media_references().items()}
            for key in taken:
                self._check_take(new.media_references()[key])

    def _check_take(self, reference: Any) -> None:
        """Its file is the one that was made, and each of its frames is the source's frame of that number."""
        about = reference.metadata["otio_retake"]
        path = self.place.folder / next(spellings(reference.target_url))
        assert about["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        first, end = about["span"]
        frames = read_frames(read_facts(path), Span(0, end - first))
        assert [read_number(frame.to_ndarray(format="gray")) for _, frame in frames] == list(range(first, end))


def _shots(cut: Path) -> list[Any]:
    """The clips of picture of a cut."""
    timeline = otio.adapters.read_from_file(str(cut))
    return [clip for track in timeline.video_tracks() for clip in track.find_clips()]


def _url(media: Any) -> str:
    return str(getattr(media, "target_url", ""))
