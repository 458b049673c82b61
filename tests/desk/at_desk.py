"""Somebody at the desk: the command that serves it, its page in a real browser, and what is to be seen there."""

from __future__ import annotations

import base64
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .browser import opened
from .driven import CutFolder, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG = 180_000
"""Milliseconds that a page may take for anything, on a machine that is busy with other things."""

SIZE = {"width": 1280, "height": 720}

Luma = NDArray[np.uint8]


@dataclass(frozen=True)
class Served:
    """A desk that is served by the command: its process, and the link that it named."""

    pid: int
    link: Path


@contextmanager
def served(place: CutFolder, *words: str, name: str = "desk") -> Iterator[Served]:
    """`otio-retake desk` over a folder's cut, until the block ends. It must end well when it is interrupted."""
    said = place.folder / f"{name}.said"
    call = [sys.executable, "-m", "otio_retake", "desk", place.cut.name, "--no-browser", *words]
    with said.open("wb") as out, subprocess.Popen(
        call, cwd=place.folder, env=place.env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
    ) as running:  # fmt: skip
        try:
            link = _link(said, running)
            yield Served(running.pid, link)
            running.send_signal(signal.SIGINT)
            code = running.wait(LONG / 1000)
        finally:
            running.kill()
    assert code == 0, said.read_text()
    assert not link.exists()
    assert "Traceback" not in said.read_text()


def _link(said: Path, running: subprocess.Popen[bytes]) -> Path:
    def named() -> re.Match[str] | None:
        assert running.poll() is None, said.read_text()
        return re.search(r"open the desk with (.+\.html)\n", said.read_text())

    until(named, LONG / 1000)
    found = named()
    assert found
    return Path(found[1])


@dataclass(frozen=True)
class Seen:
    """What the player shows at one moment. A canvas that shows nothing is None; labels are texts."""

    a: tuple[int, Luma] | None
    b: tuple[int, Luma] | None
    timecode: str
    place: str


_SEE = """() => {
  const read = (id) => {
    const canvas = document.getElementById(id);
    return canvas.dataset.frame === undefined ? null : [Number(canvas.dataset.frame), canvas.toDataURL("image/png")];
  };
  const text = (query) => document.querySelector(query).textContent;
  return { a: read("canvas-a"), b: read("canvas-b"), timecode: text("#timecode"), place: text(".frame-place") };
}"""

_NOTE = """() => {
  window.drawn = [];
  const note = ([{ target }]) => window.drawn.push(Number(target.dataset.frame));
  new MutationObserver(note).observe(document.getElementById("canvas-b"), { attributeFilter: ["data-frame"] });
}"""


class Viewer:
    """A page and whoever looks at it. What the browser complains of is kept in ``faults``."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.set_default_timeout(LONG)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    def enter(self, file: Path) -> None:
        """Opens a desk by its link, or an exported page."""
        self.page.goto(file.absolute().as_uri())
        self.page.wait_for_selector("body[data-ready]")

    def board(self) -> Any:
        """What the server says to this page."""
        return self.page.evaluate(
            "async () => (await fetch(`/d/${sessionStorage.getItem('otio-retake-room')}/board`)).json()"
        )

    def select(self, request: str) -> None:
        """A request of the list."""
        self.page.click(f"[data-request='{request}']")

    def ready(self, take: str = "") -> str:
        """Waits for a take to be in the player; which it is."""
        found = self.page.wait_for_selector(f"#player[data-player-ready{f'={take!r}' if take else ''}]")
        assert found is not None
        return str(found.get_attribute("data-player-ready"))

    def text(self, query: str) -> str:
        """The text of the first element of a kind."""
        return self.page.locator(query).first.inner_text()

    def wait(self, query: str) -> None:
        """Until there is such an element, seen or not."""
        self.page.wait_for_selector(query, state="attached")

    def until(self, true: Callable[[], Any]) -> None:
        """Waits for something that is not an element."""
        until(true, LONG / 1000)

    # --- the player -------------------------------------------------------------------------------------------------

    def see(self) -> Seen:
        """Pictures and labels of one moment."""
        found = self.page.evaluate(_SEE)
        return Seen(_picture(found["a"]), _picture(found["b"]), found["timecode"], found["place"])

    def frame(self) -> int:
        """The frame that the player says it shows."""
        return int(self.page.get_attribute("#canvas-a", "data-frame") or -1)

    def go_to(self, text: str | int) -> None:
        """Types into "Go to"."""
        self.page.fill("#go-to", str(text))
        self.page.press("#go-to", "Enter")

    def at(self, frame: int) -> None:
        """Waits for a frame on both canvases."""
        for canvas in ("a", "b"):
            self.wait(f"#canvas-{canvas}[data-frame='{frame}']")

    def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def note_frames(self) -> None:
        """From now on the player's frames are noted."""
        self.page.evaluate(_NOTE)

    def noted(self) -> list[int]:
        """The frames that were drawn since, oldest first."""
        return list(self.page.evaluate("window.drawn"))

    # --- pictures of the page ---------------------------------------------------------------------------------------

    def shoot(self, path: Path) -> None:
        """Takes a picture of the page, small enough to be shown beside a text."""
        with Image.open(io.BytesIO(self.page.screenshot(animations="disabled"))) as picture:
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def _picture(read: Any) -> tuple[int, Luma] | None:
    if read is None:
        return None
    frame, address = read
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as picture:
        return frame, np.asarray(picture.convert("L"))


@contextmanager
def viewer(chromium: str, **context: Any) -> Iterator[Viewer]:
    """Somebody with a browser of his own; ``context`` is Playwright's. Nothing may go wrong in the page."""
    with opened(chromium) as browser:
        made = browser.new_context(viewport=SIZE, reduced_motion="reduce", **context)
        somebody = Viewer(made.new_page())
        yield somebody
        assert somebody.faults == []


def pictures(tmp_path: Path) -> Path:
    """Where pictures of the page go."""
    return Path(os.environ.get("OTIO_RETAKE_PICTURES", tmp_path / "pictures"))
