"""The page for people who see, hear or move otherwise: nothing serious that axe finds, and no mouse is ever needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from otio_retake.simulator import Simulator

from .at_desk import LONG, Viewer, served, viewer
from .samples import Sample

pytestmark = pytest.mark.slow

Retaken = Callable[..., Sample]

GRAVE = {"serious", "critical"}


def check(somebody: Viewer) -> None:
    """Asks axe, by its own rules, all of them."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe for Playwright is not installed")
    found = axe.Axe().run(somebody.page).response["violations"]
    told = [
        f"{rule['impact']}: {rule['id']}, {rule['help']}: {node['html'][:200]}"
        for rule in found
        for node in rule["nodes"]
        if rule["impact"] in GRAVE
    ]
    assert told == []


def test_axe_finds_nothing_serious_while_orders_are_made(chromium: str, tmp_path: Path, sim: Simulator) -> None:
    """A new request, the dialog, an order that runs and one of which nobody knows what became of it."""
    place = Sample(tmp_path / "cut", OTIO_RETAKE_STATE=str(tmp_path / "state"), **sim.environment())
    place.set_up("demo")
    # Its two takes would fill the account's two places.
    place.said("override", str(place.cut), place.requests()[0], "--skip")
    sim.change(latency=86_400.0)
    sim.fault("drop-after-accept@ltx*1")
    with served(place, "--service", "ltx") as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        row = somebody.board()["requests"][1]
        somebody.select(row["id"])
        somebody.wait(".still img.is-there")
        check(somebody)
        somebody.page.click("text=Confirm\u2026")
        somebody.page.wait_for_selector("dialog[open] .sends")
        check(somebody)
        somebody.page.click("dialog[open] button[type=submit]")
        for state in ("Running", "Unknown"):
            somebody.wait(f".row .chip:text-is('{state}')")
            somebody.page.click(f".row:has(.chip:text-is('{state}'))")
            somebody.wait(f".detail-head .chip:text-is('{state}')")
            check(somebody)
        somebody.page.click("text=Stop sending")


def test_axe_finds_nothing_serious_where_takes_are_looked_at(retaken: Retaken, chromium: str, tmp_path: Path) -> None:
    place = retaken("demo", 0, 1).copy(tmp_path / "cut")
    with served(place) as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        somebody.ready()
        somebody.wait(".plots svg")
        check(somebody)
        for key in ("w", "d", "n"):
            somebody.press(key)
            check(somebody)
        somebody.press("k", "1")
        somebody.wait(".detail-head .chip:text-is('Picked v001')")
        check(somebody)
        for open_, closed in (("?", "Escape"), ("x", "Escape")):
            somebody.press(open_)
            somebody.page.wait_for_selector("dialog[open]")
            check(somebody)
            somebody.press(closed)
            somebody.page.wait_for_selector("dialog", state="detached")
        somebody.page.click("text=Write cut\u2026")
        somebody.page.wait_for_selector("dialog[open]")
        check(somebody)
        somebody.page.click("dialog[open] button[type=submit]")
        somebody.wait(".written .is-good")
        check(somebody)


def test_axe_finds_nothing_serious_in_the_offline_page_and_where_nobody_is_let_in(
    retaken: Retaken, chromium: str, tmp_path: Path
) -> None:
    place = retaken("demo", 0, 1).copy(tmp_path / "cut")
    page = tmp_path / "page.html"
    assert place.run("desk", str(place.cut), "--export", str(page), timeout=LONG / 1000).returncode == 0
    with viewer(chromium, offline=True) as somebody:
        somebody.enter(page)
        somebody.ready()
        somebody.wait(".plots svg")
        check(somebody)
    with served(place) as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        somebody.page.evaluate("sessionStorage.clear()")
        somebody.page.reload()
        somebody.page.wait_for_selector(".shut")
        check(somebody)


# --- without a mouse ------------------------------------------------------------------------------------------------

MOST_TABS = 120


def tab_to(somebody: Viewer, query: str) -> None:
    """Tab until the hand is on such an element; it must be seen that it is."""
    for _ in range(MOST_TABS):
        somebody.press("Tab")
        there = somebody.page.evaluate(
            "(query) => [document.activeElement.matches(query), document.activeElement.matches(':focus-visible')]",
            query,
        )
        if there[0]:
            assert there[1], query
            return
    pytest.fail(f"{query} is not reached with {MOST_TABS} tabs")


def on(somebody: Viewer, words: str) -> Any:
    """Whether the hand is on an element with these words."""
    return somebody.page.evaluate("(words) => document.activeElement.textContent.trim().startsWith(words)", words)


def tab_to_button(somebody: Viewer, words: str) -> None:
    """Tab until the hand is on a button with these words."""
    for _ in range(MOST_TABS):
        somebody.press("Tab")
        if on(somebody, words) and somebody.page.evaluate("document.activeElement.matches('button, a')"):
            return
    pytest.fail(f"the button {words} is not reached with {MOST_TABS} tabs")


def test_the_whole_way_needs_no_mouse(chromium: str, tmp_path: Path) -> None:
    place = Sample(tmp_path / "cut", OTIO_RETAKE_STATE=str(tmp_path / "state"))
    place.set_up("demo")
    first, fish, last = place.requests()
    for mark in (first, last):
        place.said("override", str(place.cut), mark, "--skip")
    with served(place, "-o", str(place.out)) as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        tab_to(somebody, ".row")
        somebody.press("ArrowDown")
        somebody.wait(f".row[data-request='{fish}'][aria-selected=true]")
        tab_to(somebody, "#prompt")
        somebody.press("ControlOrMeta+a")
        somebody.page.keyboard.insert_text("one bubble, 1 2 x k")
        tab_to_button(somebody, "Save prompt")
        somebody.press("Enter")
        somebody.wait(f"[data-request='{fish}'] .row-prompt:text-is('one bubble, 1 2 x k')")

        tab_to_button(somebody, "Confirm\u2026")
        somebody.press("Enter")
        somebody.page.wait_for_selector("dialog[open] .sends")
        # What would be sent stands above the button that the hand is on.
        assert on(somebody, "Go ahead for")
        somebody.press("Enter")
        somebody.page.wait_for_selector("dialog", state="detached")
        take = somebody.ready()
        somebody.wait(".who[data-mine=none]")

        tab_to(somebody, ".lanes-over")
        somebody.press("Home", "ArrowRight")
        somebody.at(1)
        somebody.press("Shift+ArrowRight")
        somebody.at(11)
        assert "frame 11 of" in (somebody.page.get_attribute(".lanes-over", "aria-valuetext") or "")
        somebody.press("ArrowDown")
        seam = somebody.board()["requests"][1]["made"][0]["pair"]["seams"][0]
        somebody.at(seam)
        somebody.press("g")
        somebody.page.keyboard.type("+2")
        somebody.press("Enter")
        somebody.at(seam + 2)
        for key, view in (("w", "wipe"), ("d", "difference"), ("s", "side")):
            somebody.press(key)
            somebody.wait(f".stage[data-view={view}]")
        somebody.press("w")
        tab_to(somebody, ".divider")
        somebody.press("ArrowRight")
        assert somebody.page.get_attribute(".divider", "aria-valuenow") == "51"

        somebody.press("x")
        somebody.page.keyboard.insert_text("not yet")
        somebody.press("Enter")
        somebody.wait(".card.is-rejected")
        tab_to(somebody, f"[data-act='restore-{take}']")
        somebody.press("Enter")
        somebody.wait(f"[data-act='pick-{take}']")
        somebody.press("1")
        somebody.wait(".detail-head .chip:text-is('Picked v001')")

        somebody.press("?")
        somebody.page.wait_for_selector("dialog[open] .key-map")
        somebody.press("Escape")
        somebody.page.wait_for_selector("dialog", state="detached")
        tab_to_button(somebody, "Write cut\u2026")
        somebody.press("Enter")
        somebody.page.wait_for_selector("dialog[open]")
        tab_to_button(somebody, "Write cut")
        somebody.press("Enter")
        somebody.wait(".written .is-good")
        somebody.press("Escape")
    assert {row["clip"] for row in place.said("takes", "list", str(place.out)) if row["in_use"]} >= {"fish"}


def test_what_changes_is_said_to_those_who_do_not_see_it(retaken: Retaken, chromium: str, tmp_path: Path) -> None:
    place = retaken("demo", 0, 1).copy(tmp_path / "cut")
    with served(place) as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        somebody.ready()
        somebody.press("1")
        somebody.wait(".detail-head .chip:text-is('Picked v001')")
        somebody.until(lambda: somebody.page.text_content("#said-aloud[role=status][aria-live=polite]"))
        assert somebody.page.get_attribute("#banner", "role") == "alert"
