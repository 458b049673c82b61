"""A timeline of Resolve on the desk's page: asked for without a marker, confirmed, applied, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from retake_in_resolve import collect, exchange, place, snapshot
from retake_in_resolve.asking import Asking, Away
from retake_in_resolve.saying import Saying

from tests.desk.at_desk import Viewer, pictures, viewer
from tests.desk.conftest import chromium  # noqa: F401
from tests.fake_resolve import FakeResolve
from tests.resolve.test_session import ended, start, until
from tests.samples.conftest import media  # noqa: F401

pytestmark = pytest.mark.slow

PROMPT = "a sailing ship comes in from the left"


class Show:
    """A cut of three clips at 24 frames a second without a marker, as the script in Resolve hands it over."""

    def __init__(self, folder: Path, media: dict[str, Path]) -> None:  # noqa: F811
        self.fake = FakeResolve("21.0.4 Studio")
        self.project = self.fake.setup.project("Harbour film", "24")
        pool = {name: self.fake.setup.media_file(path) for name, path in media.items()}
        self.stage = self.fake.setup.timeline("Reel 3", "24", "01:00:00:00")
        self.harbour = self.stage.clip(pool["A001_C003_harbour.mp4"], at=0, duration=72, source=48, sound=True)
        self.clock = self.stage.clip(pool["F007_C001_clock.mov"], at=72, duration=60, source=30)
        self.fish = self.stage.clip(pool["E006_C001_fish.mp4"], at=132, duration=48, source=24, sound=True)
        self.stage.select(self.harbour)
        self.stage.in_out(120, 143)
        self.stage.playhead(100)
        self.state = folder / "state" / "resolve"
        self.handover = exchange.Session.begin(str(self.state))
        self.handover.write(exchange.SNAPSHOT, snapshot.take(self.asking, place.here(self.asking)))
        self.folder = Path(self.handover.folder)

    @property
    def asking(self) -> Asking:
        return Asking(self.fake.resolve, pause=lambda seconds: None)

    @property
    def plan(self) -> dict[str, Any]:
        """The plan that lies in the folder."""
        return dict(json.loads((self.folder / "apply.rtkapply").read_text(encoding="utf-8")))

    def poll(self) -> dict[str, Any]:
        """What the script does when it sees a plan; its report."""
        report: dict[str, Any] = collect.one(
            self.asking, self.handover, self.handover.pending(), Saying(write=lambda line: None)
        )
        return report

    @contextmanager
    def session(self) -> Iterator[Path]:
        """`otio-retake resolve session`, as the script starts it; the link of its desk."""
        running = start(self.folder)
        try:
            yield Path(until(self.folder / "desk.json")["link"])
        finally:
            running.terminate()
            ended(running)


def test_asked_for_on_the_page_and_applied_in_resolve(
    chromium: str,  # noqa: F811
    media: dict[str, Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    show = Show(tmp_path, media)
    shots = pictures(tmp_path)
    with show.session() as link, viewer(chromium) as somebody:
        somebody.enter(link)
        # Nothing in the cut is marked: the page says how to begin.
        assert "Ask for one at the left" in somebody.text(".detail .empty")
        offers = [label.inner_text().split("\n") for label in somebody.page.locator(".offers label").all()]
        assert offers == [
            ["The selected clip", "01:00:00:00 \u2013 01:00:03:00 \u00b7 A001_C003_harbour.mp4"],
            [
                "From the in to the out point",
                "01:00:05:00 \u2013 01:00:06:00 \u00b7 24 frames \u00b7 F007_C001_clock.mov, E006_C001_fish.mp4",
            ],
            ["The clip under the playhead", "01:00:04:04 \u00b7 F007_C001_clock.mov"],
        ]
        sound(somebody)
        ask_and_take_back(somebody)
        ask(somebody, "selection", PROMPT)
        ask(somebody, "in-out", "rain begins to fall")
        rows = somebody.board()["requests"]
        assert [row["prompt"] for row in rows] == [PROMPT, "rain begins to fall", "rain begins to fall"]
        assert json.loads((show.folder / "asked.json").read_text())["asked"][0]["prompt"] == PROMPT
        somebody.select(rows[1]["id"])
        assert "together with 1 other request" in somebody.text(".asked")
        somebody.select(rows[0]["id"])
        assert somebody.text(".asked p") == "Asked on the desk, not by a marker."
        shoot_asking(somebody, shots)
        confirm(somebody)
        pick_first(somebody, rows[0]["id"])
        assert not (show.folder / "apply.rtkapply").exists()
        hand_over(somebody)
        plan = show.plan
        assert (plan["revision"], [take["kind"] for take in plan["takes"]]) == (1, ["take"] * 3)
        assert list(plan["pick"]) == [show.harbour.uid]
        somebody.wait("#applying .chip.busy:text-is('Waiting for Resolve')")
        # Another project is open in Resolve: the script says so, and so does the page.
        show.fake.setup.project("Another film")
        with pytest.raises(Away):
            show.poll()
        somebody.wait("#applying [role=status]:has-text('belong to the project Harbour film')")
        show.fake.world.project = show.project
        show.project.opened += 1
        report = show.poll()
        assert [row["outcome"] for row in report["results"]] == ["done"] * 3
        somebody.wait("#applying .chip.good:text-is('3 done')")
        assert report["duplicate"]["name"] in somebody.text("#applying [role=status]")
        chosen = [show.stage.item(item).GetSelectedTakeIndex() for item in (show.harbour, show.clock, show.fish)]
        assert chosen == [2, 1, 1]
        somebody.page.click("#applying >> text=Takes")
        names = [take["name"] for row in somebody.board()["requests"] for take in row["made"]]
        assert set(somebody.page.locator("#applying .link").all_inner_texts()) <= set(names)
        sound(somebody)
        somebody.page.click("#applying >> text=Takes")
        shoot_applied(somebody, shots)
        # Written again, nothing new comes of it but that it is there.
        hand_over(somebody)
        show.poll()
        somebody.wait("#applying .chip.quiet:text-is('3 there already')")
        somebody.page.click("#applying >> text=Put away")
        somebody.page.wait_for_selector("#applying [role=status] *", state="detached")


def test_what_was_refused_is_said_with_the_reason(
    chromium: str,  # noqa: F811
    media: dict[str, Path],  # noqa: F811
    tmp_path: Path,
) -> None:
    show = Show(tmp_path, media)
    with show.session() as link, viewer(chromium) as somebody:
        somebody.enter(link)
        ask(somebody, "selection", PROMPT)
        confirm(somebody)
        hand_over(somebody)
        show.harbour.duration -= 6
        (row,) = show.poll()["results"]
        assert row["outcome"] == "refused"
        somebody.wait("#applying .chip.warn:text-is('1 refused')")
        assert row["why"] in somebody.text("#applying [role=status] .applying-lines")
        # The page for somebody else has nothing of it: it reaches no Resolve.
        with somebody.page.expect_download() as saved:
            somebody.page.click("text=Export page")
        saved.value.save_as(tmp_path / "page.html")
        somebody.enter(tmp_path / "page.html")
        assert somebody.page.locator(".row").count() == 1
        assert somebody.page.locator(".ask, .asked button, #applying:not([hidden])").count() == 0


# --- what is done on the page ---------------------------------------------------------------------------------------


def ask(somebody: Viewer, offer: str, prompt: str) -> None:
    """Asks for an offer with the mouse."""
    count = len(somebody.board()["requests"])
    if somebody.page.get_attribute(".ask", "open") is None:
        somebody.page.click(".ask > summary")
    somebody.page.check(f".offers [value='{offer}']")
    somebody.page.fill("#ask-prompt", prompt)
    somebody.page.click("text=Ask for it")
    somebody.page.wait_for_selector(".ask:not([open])")
    assert len(somebody.board()["requests"]) > count
    assert "Nothing is sent before you confirm" in somebody.text("#said-aloud")


def ask_and_take_back(somebody: Viewer) -> None:
    """The same by the keyboard alone: the clip under the playhead, with a mode; then taken back."""
    somebody.page.focus(".offers [value=selection]")
    somebody.press("ArrowDown", "ArrowDown", "Tab")
    # An empty prompt asks for nothing.
    somebody.press("Tab", "Tab", "Enter")
    assert somebody.board()["requests"] == []
    assert somebody.page.evaluate("document.activeElement.id") == "ask-prompt"
    somebody.page.keyboard.insert_text("the hands stand still")
    somebody.press("Tab", "v", "Tab", "Enter")
    somebody.wait(".row .row-prompt:text-is('the hands stand still')")
    (row,) = somebody.board()["requests"]
    assert (row["clip"], row["mode"], row["region_frames"]) == ("F007_C001_clock.mov", "video", 60)
    assert somebody.page.evaluate("document.activeElement.matches('.ask > summary')")
    # A picture that is still asked for when its request goes is not found, which the browser says.
    somebody.wait(".row .strip img.is-there")
    somebody.until(lambda: somebody.page.locator(".still img.is-there").count() == 5)
    somebody.page.focus(".asked button")
    somebody.press("Enter")
    somebody.page.wait_for_selector(".row", state="detached")
    print(
        "DBG",
        repr(somebody.page.locator("#notices").inner_text()),
        somebody.page.locator("#said-aloud").text_content(),
        somebody.page.evaluate("document.activeElement.outerHTML.slice(0,200)"),
    )
    somebody.wait("#detail:focus")
    assert somebody.text("#said-aloud") == "Taken back."
    somebody.page.click(".ask > summary")
    somebody.page.select_option("#ask-mode", "")


def confirm(somebody: Viewer) -> None:
    """Confirms the rehearsal, and waits for its takes."""
    somebody.page.click("text=Confirm\u2026")
    somebody.page.click("dialog[open] button[type=submit]")
    somebody.wait(".who[data-mine=true]")
    somebody.wait(".who[data-mine=none]")


def pick_first(somebody: Viewer, request: str) -> None:
    """Picks the first take of a request."""
    somebody.select(request)
    somebody.ready()
    somebody.press("1")
    somebody.wait(".detail-head .chip:text-is('Picked v001')")


def hand_over(somebody: Viewer) -> None:
    """The dialog asks for no editor; it is gone when there is nothing to read in it."""
    somebody.page.click("header >> text=Apply in Resolve\u2026")
    assert somebody.page.locator("dialog[open] select").count() == 0
    somebody.page.click("dialog[open] button:text-is('Apply in Resolve')")
    somebody.page.wait_for_selector("dialog", state="detached")


def sound(somebody: Viewer) -> None:
    """Nothing that is shown is out of reach of a screen reader."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(somebody.page)
    assert found.violations_count == 0, found.generate_report()


def shoot_asking(somebody: Viewer, shots: Path) -> None:
    """The form, with the requests that were asked for so."""
    for query in (".row .strip img.is-there", ".still:has(figcaption:text-is('after')) img.is-there"):
        somebody.wait(query)
    somebody.page.click(".ask > summary")
    somebody.page.fill("#ask-prompt", "the hands of the clock stand still")
    somebody.page.check(".offers [value=playhead]")
    somebody.page.mouse.move(640, 10)
    somebody.shoot(shots / "resolve-ask.png")
    somebody.page.fill("#ask-prompt", "")
    somebody.page.click(".ask > summary")


def shoot_applied(somebody: Viewer, shots: Path) -> None:
    """The take beside the original, and what came of it in Resolve."""
    for notice in somebody.page.locator(".notice.note .notice-close").all():
        notice.click()
    somebody.go_to(29)
    somebody.at(29)
    somebody.wait(".plots svg")
    somebody.page.evaluate("document.activeElement.blur()")
    somebody.page.mouse.move(640, 10)
    somebody.shoot(shots / "resolve-applied.png")
