"""A served desk, pages that are let in, and a browser."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from otio_retake.desk.serving import Serving
from otio_retake.simulator import Simulator
from tests.samples.conftest import alone
from tests.simulator.clips import make_clip

from .driven import CutFolder, Driven
from .samples import Sample, rehearse
from .stand_in import StandIn


@contextmanager
def served(folder: Path) -> Iterator[tuple[StandIn, Serving]]:
    """A desk on a port of its own."""
    files = folder / "files"
    files.mkdir()
    stand_in = StandIn(files)
    with Serving(stand_in, link_folder=folder / "links") as serving:
        yield stand_in, serving


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, Serving]]:
    with served(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture
def stand_in(_shared: tuple[StandIn, Serving]) -> StandIn:
    """The desk behind the server of a file of tests, with nothing asked of it yet."""
    _shared[0].reset()
    return _shared[0]


@pytest.fixture
def serving(stand_in: StandIn, _shared: tuple[StandIn, Serving]) -> Serving:
    """That server."""
    return _shared[1]


def token_in(link: Path) -> str:
    """The token that a link holds now."""
    found = re.search(r"#t=([\w-]+)", link.read_text())
    assert found
    return found[1]


@pytest.fixture
def visitor(serving: Serving) -> Iterator[httpx.Client]:
    """Somebody who says what our page's requests say, and was not let in."""
    headers = {"Origin": serving.url.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=serving.url, headers=headers, timeout=20, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def enter(serving: Serving) -> Iterator[Callable[[], httpx.Client]]:
    """Lets another page in; its client speaks below its own room."""
    made: list[httpx.Client] = []

    def entered() -> httpx.Client:
        origin = {"Origin": serving.url.rstrip("/")}
        answer = httpx.post(
            f"{serving.url}enter", json={"token": token_in(serving.link)}, headers=origin, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        room = f"{serving.url}d/{answer.json()['room']}/"
        client = httpx.Client(
            base_url=room, headers=origin, cookies=answer.cookies, timeout=20, trust_env=False, verify=False
        )
        made.append(client)
        return client

    yield entered
    for client in made:
        client.close()


@pytest.fixture
def page(enter: Callable[[], httpx.Client]) -> httpx.Client:
    """A page that was let in."""
    return enter()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where a Chromium is; tests that need one are skipped where there is none."""
    pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")
    named = os.environ.get("OTIO_RETAKE_CHROMIUM")
    for name in (named,) if named else ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on PATH, and OTIO_RETAKE_CHROMIUM names none")


# --- a desk with a cut behind it ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def _canned_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(canned=make_clip(tmp_path_factory.mktemp("canned") / "canned.mp4", 24)) as made:
        yield made


@pytest.fixture(scope="module")
def _services() -> Iterator[Simulator]:
    with Simulator() as made:
        yield made


def _speak(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    sim.reset()
    sim.change(latency=0.0)
    for name, value in {**sim.environment(), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}.items():
        monkeypatch.setenv(name, value)
    return sim


@pytest.fixture
def sim(_canned_services: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """Services that keep a bill and answer with something that is no retake: quick, for tests of what is sent."""
    return _speak(_canned_services, monkeypatch)


@pytest.fixture
def rendering(_services: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """Services whose results are retakes."""
    return _speak(_services, monkeypatch)


@pytest.fixture
def cut_of(tmp_path: Path, footage: Path) -> Callable[..., CutFolder]:
    """Makes a folder with a cut of one clip, marked with some texts."""

    def make(*texts: str) -> CutFolder:
        place = CutFolder(tmp_path / "cut")
        place.mark(footage, *texts)
        return place

    return make


@pytest.fixture
def open_desk() -> Iterator[Callable[..., Driven]]:
    """Opens desks, as many as are asked for, and closes them in the end."""
    made: list[Driven] = []

    def opened(place: CutFolder, *, again: bool = False, **flags: Any) -> Driven:
        made.append(Driven(place, flags, again))
        return made[-1]

    yield opened
    for each in made:
        each.close()


def rehearsed(made: pytest.TempPathFactory, footage: Path, *texts: str) -> CutFolder:
    """A cut whose marks are retaken by the rehearsal, which costs nothing; once in a test run."""
    base = made.getbasetemp()
    name = hashlib.sha256(repr(texts).encode()).hexdigest()[:8]
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"rehearsed-{name}"
    place = CutFolder(folder, OTIO_RETAKE_STATE=str(folder / "state"))
    with alone(folder.with_suffix(".lock")):
        if not (folder / "done").exists():
            place.mark(footage, *texts)
            said = place.run("run", str(place.cut), "--yes")
            assert said.returncode == 0, said.stdout + said.stderr
            (folder / "done").touch()
    return place


@pytest.fixture(scope="session")
def _two_takes(tmp_path_factory: pytest.TempPathFactory, footage: Path) -> CutFolder:
    return rehearsed(tmp_path_factory, footage, "RETAKE both x2: rain")


@pytest.fixture(scope="session")
def _two_marks(tmp_path_factory: pytest.TempPathFactory, footage: Path) -> CutFolder:
    return rehearsed(tmp_path_factory, footage, "RETAKE x2: rain", "RETAKE x2: snow")


@pytest.fixture
def two_takes(_two_takes: CutFolder, tmp_path: Path) -> CutFolder:
    """A mark with two takes of picture and sound, none in a cut yet."""
    return _two_takes.copy(tmp_path / "cut")


@pytest.fixture
def two_marks(_two_marks: CutFolder, tmp_path: Path) -> CutFolder:
    """Two marks on one clip with two results each, and so two takes of the clip."""
    return _two_marks.copy(tmp_path / "cut")


@pytest.fixture(scope="session")
def retaken(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Sample]:
    """Samples with takes of some of their requests, or of all: to be copied, not to be changed."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, *wanted: int) -> Sample:
        return rehearse(shared / "-".join(("retaken", name, *map(str, wanted))), name, wanted)

    return made
