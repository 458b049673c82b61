"""The samples' media, made once and kept beside the samples; and their plans, whatever this machine's settings are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from otio_retake.planned import Plan
from otio_retake.session import Session
from sample_timelines.make_media import MEDIA, make_media

try:
    import fcntl
except ImportError:  # Windows: the tests run in one process there
    fcntl = None  # type: ignore[assignment]

SAMPLES = MEDIA.parent


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time; the others wait. The lock goes with the process that holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def media() -> dict[str, Path]:
    """Every file of the samples' media, by its name."""
    with alone(MEDIA / ".lock"):
        return make_media(MEDIA)


@pytest.fixture
def bare_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of whoever runs the tests."""
    for home in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(home, str(tmp_path / "home"))
    for name in ("SERVICE", "MODEL", "MODE", "TAKES", "CONTEXT", "HANDLES", "SEAM", "COLOR", "MEDIA_ROOT", "PROJECT"):
        monkeypatch.delenv(f"OTIO_RETAKE_{name}", raising=False)


@pytest.fixture
def plan_of(media: dict[str, Path], bare_settings: None, tmp_path: Path) -> Callable[[str], Plan]:
    """The plan of a sample by its name, as if nothing had ever been ordered."""

    def plan(name: str) -> Plan:
        with Session(SAMPLES / f"{name}.otio", {"project": tmp_path / "retakes"}) as session:
            return session.plan()

    return plan
