"""One simulator for a file of tests; each test begins with an empty bill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from otio_retake.simulator import Simulator
from tests.services.desk import SimulatedDesk


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator() as made:
        yield made


@pytest.fixture
def simulated_desk(tmp_path: Path, sim: Simulator) -> SimulatedDesk:
    sim.reset()
    return SimulatedDesk(tmp_path, sim)
