"""A cut's folder, and the simulator in this process; the command line runs in children of its own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from otio_retake.simulator import Simulator
from tests.paid_service.desk import ROOT, Desk

SERVICES = ("ltx", "fal", "segmind", "gmi", "runware")
UPLOADER = Path(__file__).with_name("bucket.py")


class SimulatedDesk(Desk):
    """The same as the desk of the fake service, with the simulator behind it."""

    def __init__(self, folder: Path, sim: Simulator) -> None:
        self.folder = folder
        self.sim = sim
        self.cut = folder / "cut.otio"
        self.out = folder / "cut-retakes.otio"
        self.env = {
            **os.environ,
            **sim.environment(),
            "PYTHONPATH": str(ROOT),
            "OTIO_RETAKE_STATE": str(folder / "state"),
            "OTIO_RETAKE_UPLOADER": f"{sys.executable} {UPLOADER} {sim.url} {{name}}",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "COLUMNS": "80",
        }

    def close(self) -> None:
        """Nothing: the simulator is somebody else's."""

    def mark(self, media: Path, *texts: str) -> None:
        """A cut of ``media`` with a mark of 8 frames for each text, 30 frames apart."""
        copy = self.folder / media.name
        if not copy.exists():
            shutil.copy(media, copy)
        self.write_cut(copy, [(20 + 30 * k, 8, text) for k, text in enumerate(texts)])

    def bill(self) -> list[dict[str, Any]]:
        """What the simulator has charged."""
        return self.sim.bill()

    def requests(self) -> list[str]:
        """Accepted submits."""
        return [entry["id"] for entry in (*self.sim.bill(), *self.sim.free())]


@contextmanager
def simulated(folder: Path, **options: Any) -> Iterator[SimulatedDesk]:
    """A desk with a simulator of its own."""
    with Simulator(**options) as sim:
        yield SimulatedDesk(folder, sim)
