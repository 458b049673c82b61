"""The desk of a cut with 300 requests and 900 takes, in a real browser: how soon its list is seen, and its memory.

Each round is a server and a browser of its own, so nothing is known from before. The second figure is the server's
alone, after its list was scrolled from end to end and five takes were looked at; pairs are made in child processes.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from .measuring import FOLDER, ROOT, Figure, Run, Skipped

PAINT = 1.5
MEMORY = 300
REQUESTS = 300
SHOTS = 30


def measure(run: Run) -> list[Figure]:
    """Seconds until the list is painted, and the most memory of the server."""
    chromium = _chromium()
    from tests.desk.at_desk import served, viewer
    from tests.desk.driven import CutFolder
    from tests.desk.measured import PROC, painted, peak_megabytes, rested, scrolled, watch_paint

    folder = FOLDER / "desk"
    shutil.rmtree(folder, ignore_errors=True)
    place = CutFolder(folder, OTIO_RETAKE_STATE=str(folder / "state"))
    _filled(place.folder)
    seconds = []
    megabytes = 0.0
    try:
        for _ in range(run.rounds):
            with served(place) as desk, viewer(chromium) as somebody:
                watch_paint(somebody)
                somebody.enter(desk.link)
                seconds.append(painted(somebody))
                for number in range(SHOTS):
                    scrolled(somebody, number / (SHOTS - 1))
                for row in somebody.board()["requests"][10:60:10]:
                    somebody.select(row["id"])
                    somebody.ready(row["made"][0]["id"] if row["picked"] else row["made"][-1]["id"])
                rested(somebody)
                if PROC.is_dir():
                    megabytes = max(megabytes, peak_megabytes(desk.pid))
    finally:
        shutil.rmtree(folder)
    load = f"load of the machine {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    told = ", ".join(f"{second:.2f}" for second in seconds)
    what = f"the list of {REQUESTS} requests is painted"
    figures = [Figure("k", what, statistics.median(seconds), bar=PAINT, note=f"rounds {told}; {load}")]
    if megabytes:
        figures.append(Figure("k", "its server's memory", megabytes, bar=MEMORY, unit="MB"))
    return figures


def _chromium() -> str:
    """Where a Chromium is. Raises ``Skipped``."""
    if find_spec("playwright") is None:
        raise Skipped("Playwright for Python is not installed")
    named = os.environ.get("OTIO_RETAKE_CHROMIUM")
    for name in (named,) if named else ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise Skipped("there is no Chromium on PATH, and OTIO_RETAKE_CHROMIUM names none")


_FILL = """
import sys
from pathlib import Path
from sample_timelines.make_media import MEDIA, make_media
from tests.desk.driven import CutFolder
from tests.desk.many import fill
make_media(MEDIA)
fill(CutFolder(Path(sys.argv[1])), int(sys.argv[2]))
"""


def _filled(folder: Path) -> None:
    """Writes cut and project in a process of its own: the journal of charges is not that of whoever runs this."""
    call = [sys.executable, "-c", _FILL, str(folder), str(REQUESTS)]
    subprocess.run(call, cwd=ROOT, env={**os.environ, "OTIO_RETAKE_STATE": str(folder / "state")}, check=True)
