"""One simulator with a canned answer for most tests, reset before each; each test speaks with one service of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from otio_retake.simulator import Simulator

from .clips import make_clip
from .talk import TALKS, Talk


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """97 frames, which make 12 groups and the first."""
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", 97)


@pytest.fixture(scope="session")
def canned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every job is answered with."""
    return make_clip(tmp_path_factory.mktemp("clips") / "canned.mp4", 24)


@pytest.fixture(scope="session")
def _running(canned: Path) -> Iterator[Simulator]:
    with Simulator(canned=canned) as running:
        yield running


@pytest.fixture
def sim(_running: Simulator) -> Simulator:
    """A simulator that has seen nothing."""
    _running.reset()
    _running.change(latency=0.0, concurrency=None, media="exact")
    return _running


@pytest.fixture
def talks(sim: Simulator) -> Iterator[Callable[[str], Talk]]:
    """Clients by the service's name."""
    made: list[Talk] = []

    def talk(name: str) -> Talk:
        made.append(TALKS[name](sim))
        return made[-1]

    yield talk
    for each in made:
        each.close()


@pytest.fixture(params=sorted(TALKS))
def talk(request: pytest.FixtureRequest, talks: Callable[[str], Talk]) -> Talk:
    """A client of each service in turn."""
    return talks(request.param)
