"""The exported page on somebody else's machine: no network, no program, and his picks come home in a file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sample_timelines.make_media import read_number

from .at_desk import LONG, Viewer, served, viewer
from .samples import Sample

pytestmark = pytest.mark.slow

REASON = "der Wal ist zu groß \u2013 </script> \u201cund\u201d zu nah"

Retaken = Callable[..., Sample]


@pytest.fixture
def place(retaken: Retaken, tmp_path: Path) -> Sample:
    """A project with takes of two requests; the first has two of them."""
    return retaken("demo", 0, 1).copy(tmp_path / "cut")


@pytest.fixture
def page(place: Sample, tmp_path: Path) -> Path:
    """The exported page, alone in a folder."""
    made = place.folder / "for-the-director.html"
    said = place.run("desk", str(place.cut), "--export", str(made), timeout=LONG / 1000)
    assert said.returncode == 0, said.stderr
    laptop = tmp_path / "laptop"
    laptop.mkdir()
    return Path(shutil.move(made, laptop / "for the director #1.html"))


@contextmanager
def shut_off(chromium: str, page: Path) -> Iterator[Viewer]:
    """Somebody before the page whose network is off; whatever is asked of a network is refused, and must not be."""
    tried: list[str] = []
    with viewer(chromium, offline=True) as somebody:
        context = somebody.page.context

        def refuse(route: Any) -> None:
            inside = route.request.url.startswith(("file:", "blob:", "data:"))
            _ = route.continue_() if inside else route.abort()

        context.route("**/*", refuse)
        context.on("request", lambda asked: tried.append(asked.url))
        somebody.enter(page)
        yield somebody
    assert tried
    assert [url for url in tried if not url.startswith(("file:", "blob:", "data:"))] == []
    assert {url for url in tried if url.startswith("file:")} == {page.absolute().as_uri()}


def inside(somebody: Viewer) -> Any:
    """The board that the page holds."""
    return somebody.page.evaluate("JSON.parse(document.getElementById('board').text)")


def saved(somebody: Viewer, path: Path) -> Any:
    """What "Save picks" gives."""
    with somebody.page.expect_download() as waited:
        somebody.page.click("button:text-is('Save picks')")
    waited.value.save_as(path)
    return json.loads(path.read_text())


def choose(somebody: Viewer, rows: Any) -> None:
    """Picks v001 and rejects v002 of the first request, and picks the only take of the second."""
    first, second = rows[:2]
    somebody.press("1")
    somebody.wait(".detail-head .chip:text-is('Picked v001')")
    somebody.page.click(f"[data-act='show-{first['made'][1]['id']}']")
    somebody.ready(first["made"][1]["id"])
    somebody.press("x")
    somebody.page.keyboard.insert_text(REASON)
    somebody.press("Enter")
    somebody.wait(".card.is-rejected")
    somebody.press("]")
    somebody.ready(second["made"][0]["id"])
    somebody.press("1")
    somebody.wait(f"[data-request='{second['id']}'] .chip.good:text-is('Picked v001')")


def test_it_plays_wipes_and_picks_without_a_network(page: Path, chromium: str, tmp_path: Path) -> None:
    with shut_off(chromium, page) as somebody:
        rows = inside(somebody)["requests"]
        somebody.ready()
        for row in rows[:2]:
            somebody.wait(f"[data-request='{row['id']}'] .strip img.is-there")
        # What needs the program is not offered.
        said = somebody.text("body")
        for words in ("Confirm\u2026", "Write cut", "Export page", "Stop sending", "Save prompt", "Plan one more take"):
            assert words not in said

        somebody.press("Home")
        somebody.at(0)
        somebody.note_frames()
        somebody.press(" ")
        somebody.until(lambda: max(somebody.noted(), default=0) >= 8)
        somebody.press(" ")
        somebody.wait(".speed:text-is('stop')")
        seen = somebody.see()
        assert seen.a is not None
        assert seen.b is not None
        assert read_number(seen.a[1]) == read_number(seen.b[1]) == rows[0]["made"][0]["pair"]["first"] + seen.a[0]

        somebody.press("w")
        somebody.wait(".stage[data-view=wipe]")
        before = somebody.page.locator("#canvas-b").evaluate("(canvas) => canvas.style.clipPath")
        somebody.page.focus(".divider")
        somebody.press("PageDown", "PageDown")
        after = somebody.page.locator("#canvas-b").evaluate("(canvas) => canvas.style.clipPath")
        assert before != after
        assert somebody.page.get_attribute(".divider", "aria-valuenow") == "30"
        somebody.press("d")
        somebody.wait("#canvas-d[data-frame]")

        choose(somebody, rows)
        picks = saved(somebody, tmp_path / "picks.json")
        assert picks["otio_retake_picks"] == 1
        assert {row["mark"]: row["take"] for row in picks["picks"]} == {
            row["id"]: row["made"][0]["id"] for row in rows[:2]
        }
        assert [(row["take"], row["reason"]) for row in picks["rejected"]] == [(rows[0]["made"][1]["id"], REASON)]

        somebody.page.reload()
        somebody.page.wait_for_selector("body[data-ready]")
        assert saved(somebody, tmp_path / "again.json") == picks


def test_its_picks_are_taken_up_by_the_desk_and_by_another_copy_of_the_page(
    place: Sample, page: Path, chromium: str, tmp_path: Path
) -> None:
    path = tmp_path / "picks.json"
    with shut_off(chromium, page) as somebody:
        rows = inside(somebody)["requests"]
        somebody.ready()
        choose(somebody, rows)
        picks = saved(somebody, path)

    # A second person, whose browser knows nothing of the first one's picks.
    with shut_off(chromium, page) as somebody:
        assert somebody.page.locator(".chip.good:has-text('Picked')").count() == 0
        with somebody.page.expect_file_chooser() as waited:
            somebody.page.click("button:text-is('Load picks')")
        waited.value.set_files(path)
        somebody.wait(f"[data-request='{rows[0]['id']}'] .chip.good:text-is('Picked v001')")
        assert saved(somebody, tmp_path / "copied.json") == picks

    done = place.run("desk", str(place.cut), "--picks", str(path), timeout=LONG / 1000)
    assert done.returncode == 0, done.stderr
    assert "3 picks and rejections taken up" in done.stdout
    with served(place, "-o", str(place.out)) as desk, viewer(chromium) as somebody:
        somebody.enter(desk.link)
        first, second, *_ = somebody.board()["requests"]
        assert (first["picked"], second["picked"]) == (rows[0]["made"][0]["id"], rows[1]["made"][0]["id"])
        assert [(take["state"], take["reason"]) for take in first["made"]] == [("picked", ""), ("rejected", REASON)]
    done = place.run("place", str(place.cut), "-o", str(place.out), timeout=LONG / 1000)
    assert done.returncode == 0, done.stderr
    placed = {row["take"]: row["in_use"] for row in place.said("takes", "list", str(place.out)) if not row["above"]}
    assert set(placed) == {rows[0]["made"][0]["name"], rows[1]["made"][0]["name"]}
