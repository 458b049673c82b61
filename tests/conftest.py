"""Fixtures that many tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paid_service import media
from tests.paid_service.desk import Desk
from tests.steps.bench import Bench

SHARED = Path(os.environ.get("RETAKE_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits longest begins first, and the others run beside it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """The watermarked clips beside the project; tests over them are skipped where they are absent."""
    folder = SHARED / "media"
    if not folder.is_dir():
        pytest.skip(f"no clips at {folder}; the project's own samples cover the same ground")
    return folder


@pytest.fixture(scope="session")
def shared_timelines() -> Path:
    """Real timelines beside the project; tests over them are skipped where they are absent."""
    folder = Path(os.environ.get("RETAKE_CORPUS", SHARED / "timelines"))
    if not folder.is_dir():
        pytest.skip(f"no timelines at {folder}; the project's own samples cover the same ground")
    return folder


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test writes to the journal of charges of whoever runs it."""
    monkeypatch.setenv("OTIO_RETAKE_STATE", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def canned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the fake service keeps its answers, so that it gives the same one again."""
    return tmp_path_factory.mktemp("canned")


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of ProRes."""
    return media.make(tmp_path_factory.mktemp("footage") / "A001C003.mov")


@pytest.fixture
def desk(tmp_path: Path, canned: Path) -> Iterator[Desk]:
    """A cut's folder, and a paid service."""
    made = Desk(tmp_path, canned)
    yield made
    made.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A project with a service that answers as it is told."""
    made = Bench(tmp_path)
    yield made
    made.close()
