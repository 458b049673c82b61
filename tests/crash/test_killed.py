"""Stopped dead at any moment, then run until settled: the same takes, the same ledger, never a double charge."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import forked
from tests.paid_service.desk import Desk

pytestmark = pytest.mark.slow

RUNNER = Path(__file__).with_name("runner.py")
MARKS = [(30, 8, "RETAKE both: rain")]
MOST_MOMENTS = 72
"""More than a run has lasting writes; those beyond are skipped, and a test says how many there are."""


@dataclass(frozen=True)
class Undisturbed:
    """What a run that nobody stops comes to."""

    moments: list[str]
    ledger: dict[str, Any]
    takes: dict[str, str]
    timeline: Any
    seconds: float


def prepared(folder: Path, canned: Path, footage: Path) -> Desk:
    desk = Desk(folder, canned)
    media = folder / footage.name
    shutil.copy(footage, media)
    desk.write_cut(media, MARKS)
    return desk


def command(desk: Desk, at: int, service: str) -> list[str]:
    arguments = ["run", str(desk.cut), "-o", str(desk.out), "--service", service, "--yes", "--budget", "5"]
    return [str(RUNNER), str(at), str(desk.folder / "moments.log"), *arguments]


def start(desk: Desk, at: int, service: str) -> forked.Popen:
    return forked.Popen(command(desk, at, service), env=desk.env)


@pytest.fixture(scope="session", params=["paid", "blind"])
def undisturbed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, canned: Path, footage: Path
) -> tuple[str, Undisturbed]:
    """A run from its beginning to its end, with the list of its lasting writes."""
    desk = prepared(tmp_path_factory.mktemp("whole"), canned, footage)
    try:
        began = time.monotonic()
        process = start(desk, 0, request.param)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        moments = (desk.folder / "moments.log").read_text().splitlines()
        seen = Undisturbed(moments, desk.ledger(), desk.takes(), desk.timeline(), time.monotonic() - began)
        assert len(desk.bill()) == 1
        assert desk.states() == ["placed"]
        return request.param, seen
    finally:
        desk.close()


@pytest.fixture
def killed_desk(tmp_path: Path, canned: Path, footage: Path) -> Iterator[Desk]:
    desk = prepared(tmp_path, canned, footage)
    yield desk
    desk.close()


def settle(desk: Desk, service: str) -> None:
    """Runs until nothing more happens, as a person would: unknown orders are looked up at the service."""
    for _ in range(4):
        said = desk.spend(service, "5")
        assert "Traceback" not in said.stderr
        if said.returncode == 0:
            return
        unknown = desk.rows(
            "SELECT o.key, a.token FROM orders o JOIN attempts a ON a.order_key = o.key WHERE o.state = 'unknown'"
            " ORDER BY a.number DESC LIMIT 1"
        )
        for key, token in unknown:
            assert service == "blind", "the service could have told"
            assert "unknown" in said.stdout, "an unknown outcome must be said as such"
            job = desk.job_of(token)
            answer = ["--accepted", job] if job else ["--refused"]
            assert desk.run("ledger", "resolve", key[:8], *answer).returncode == 0
    raise AssertionError(f"it does not settle: {said.stdout} {said.stderr}")


def compare(desk: Desk, whole: Undisturbed) -> None:
    assert len(desk.bill()) == 1, "charged twice, or a charge was lost"
    assert desk.takes() == whole.takes
    assert desk.ledger() == whole.ledger
    assert desk.leftovers() == []
    assert _without_paths(desk.timeline()) == _without_paths(whole.timeline)


def _without_paths(value: Any) -> Any:
    """A timeline without the folder that it was written in."""
    if isinstance(value, dict):
        return {k: Path(v).name if k == "target_url" else _without_paths(v) for k, v in value.items()}
    return [_without_paths(v) for v in value] if isinstance(value, list) else value


def test_every_lasting_write_is_tried(undisturbed: tuple[str, Undisturbed]) -> None:
    _, whole = undisturbed
    assert 30 < len(whole.moments) <= MOST_MOMENTS, whole.moments
    assert "before:ledger order submitting" in whole.moments
    assert "after:ledger order submitting" in whole.moments
    assert "before:rename .mov" in whole.moments


@pytest.mark.parametrize("at", range(1, MOST_MOMENTS + 1))
def test_killed_before_and_after_every_lasting_write(
    undisturbed: tuple[str, Undisturbed], killed_desk: Desk, at: int
) -> None:
    service, whole = undisturbed
    if at > len(whole.moments):
        pytest.skip(f"a run has {len(whole.moments)} lasting writes")
    if service == "blind" and "submit" not in whole.moments[at - 1]:
        pytest.skip("the service is not asked here: the same as with one that can tell")
    process = start(killed_desk, at, service)
    process.communicate(timeout=120)
    # How often a job is looked at is not the same in every run: what comes more than once may not come again.
    again = whole.moments.count(whole.moments[at - 1]) > 1
    assert process.returncode == -signal.SIGKILL or again or at > len(whole.moments) - 4
    settle(killed_desk, service)
    compare(killed_desk, whole)


@pytest.mark.parametrize("seed", range(25))
def test_killed_at_random_moments(undisturbed: tuple[str, Undisturbed], killed_desk: Desk, seed: int) -> None:
    """25 for each of two services: 50 in all; some are killed twice."""
    service, whole = undisturbed
    chance = random.Random(seed)
    for _ in range(1 + seed % 2):
        process = start(killed_desk, 0, service)
        time.sleep(chance.uniform(0.2, whole.seconds))
        process.kill()
        process.communicate(timeout=60)
    settle(killed_desk, service)
    compare(killed_desk, whole)
