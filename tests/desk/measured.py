"""What a desk with hundreds of requests takes: time to the first picture of its list, memory, and what it makes."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .at_desk import Viewer

PROC = Path("/proc")

_PAINT = """() => {
  // The list is built when the page calls itself ready; the second picture after that has it.
  const told = () => requestAnimationFrame(() => requestAnimationFrame(() => (window.painted = performance.now())));
  new MutationObserver(() => document.body?.dataset.ready && window.painted === undefined && told()).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-ready"],
  });
}"""


def watch_paint(somebody: Viewer) -> None:
    """Before a page is opened: notes when its list is painted."""
    somebody.page.add_init_script(f"({_PAINT})()")


def painted(somebody: Viewer) -> float:
    """Seconds from the opening of the page's address until its list was painted."""
    somebody.until(lambda: somebody.page.evaluate("window.painted !== undefined"))
    return float(somebody.page.evaluate("window.painted")) / 1000


def peak_megabytes(pid: int) -> float:
    """The most that a process has had resident so far, its children not counted. Only where there is /proc."""
    status = (PROC / str(pid) / "status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1024 / 1e6


def encoders(pid: int) -> int:
    """How many processes make pairs for the desk ``pid`` now."""
    return sum(parent == pid and b"otio_retake.desk.pair_cell" in command for parent, command in _processes())


def _processes() -> Iterator[tuple[int, bytes]]:
    """Parent and command line of every process."""
    for folder in PROC.glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            yield parent, (folder / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue


@contextmanager
def counted(pid: int) -> Iterator[list[int]]:
    """How many encoders there were, looked at again and again while the block lasts."""
    seen: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen.append(encoders(pid))
            time.sleep(0.02)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def rested(somebody: Viewer) -> None:
    """Waits until nothing is being made for the page, which has asked for what it wants."""
    script = """async () => {
      const wanted = [...document.querySelectorAll(".strip img[src], .still img[src]")];
      return wanted.length > 0 && wanted.every((image) => image.complete);
    }"""
    somebody.until(lambda: somebody.page.evaluate(script))


_SCROLL = """async (part) => {
  const bin = document.querySelector(".bin");
  bin.scrollTop = part * (bin.scrollHeight - bin.clientHeight);
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const box = bin.getBoundingClientRect();
  const rows = [...bin.children].filter((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > box.top && top < box.bottom;
  });
  const text = (row, part) => row.querySelector(part).innerText.trim();
  // What lies at the middle of the list, a hand's breadth from its upper and its lower edge.
  const hit = [20, box.height / 2, box.height - 20].map((y) =>
    Boolean(document.elementFromPoint(box.left + 60, box.top + y)?.closest(".row")),
  );
  const parts = [".row-timecode", ".row-clip", ".row-prompt", ".chip:not([hidden])"];
  return { rows: rows.map((row) => parts.map((part) => text(row, part))), hit, height: box.height };
}"""


def scrolled(somebody: Viewer, part: float) -> Any:
    """The texts of the rows in view when the list is scrolled to a part of its length; and whether rows lie there."""
    return somebody.page.evaluate(_SCROLL, part)
