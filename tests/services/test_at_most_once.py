"""Whatever goes wrong, wherever: nothing is charged twice, nothing that was charged is lost, and doubt is said."""

from __future__ import annotations

import itertools
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import forked
from tests.services.desk import SERVICES, SimulatedDesk

pytestmark = pytest.mark.slow

RUNNER = Path(__file__).resolve().parents[1] / "crash" / "runner.py"

PASSING = (
    "upload-drop", "429", "overloaded", "drop-before-accept", "drop-after-accept", "garbled", "500", "503-bare",
    "503-bare-after-accept", "listed-late", "poll-503", "result-drop", "other-shape",
)  # fmt: skip
"""Faults after which there is a take in the end, if a person answers what no service can: at every step, for each."""

OF_THE_WIRE = (
    "upload-429", "upload-503", "429-no-retry-after", "concurrency", "slow-answer", "503", "500-after-accept",
    "504-after-accept", "poll-drop", "poll-garbled", "poll-404", "poll-429", "poll-500", "poll-503-bare",
    "result-503", "wrong-length",
)  # fmt: skip
"""More of them, of what is one for all services: each is tried with one."""

LASTING = ("401", "402", "403", "413", "content-filtered", "job-failed-charged", "job-filtered", "expired")
"""Faults after which there is none, however often it is run: in each service's own words."""

HOSTILE = (
    "truncated", "empty", "wrong-type", "oversized", "endless", "gzip-bomb", "redirect-private", "redirect-loop",
    "file-url", "private-url", "huge-picture", "unaligned",
)  # fmt: skip
"""Results that are none. They come by one way for all services: each is tried with one."""


def unknown(desk: SimulatedDesk) -> list[str]:
    return [row[0] for row in desk.rows("SELECT key FROM orders WHERE state = 'unknown'")]


def settle(desk: SimulatedDesk, service: str) -> subprocess.CompletedProcess[str]:
    """Runs until nothing more happens, as a person would: what nobody knows is looked up in the service's console."""
    for _ in range(5):
        said = desk.spend(service)
        assert "Traceback" not in said.stderr
        if said.returncode == 0:
            return said
        for key in unknown(desk):
            assert "unknown" in said.stdout, "an unknown outcome must be said as such"
            jobs = desk.requests()
            answer = ["--accepted", jobs[-1]] if jobs else ["--refused"]
            resolved = desk.run("ledger", "resolve", key[:8], *answer)
            assert resolved.returncode == 0, resolved.stderr
    raise AssertionError(f"it does not settle: {said.stdout} {said.stderr}")


@pytest.mark.parametrize(
    ("service", "fault"),
    [(service, fault) for service in SERVICES for fault in PASSING] + list(zip(itertools.cycle(SERVICES), OF_THE_WIRE)),
)
def test_a_fault_that_passes(simulated_desk: SimulatedDesk, footage: Path, service: str, fault: str) -> None:
    desk = simulated_desk
    desk.mark(footage, f"RETAKE: rain [{fault}]")
    settle(desk, service)
    assert desk.states() == ["placed"]
    (charged,) = desk.bill()
    assert charged["service"] == service
    assert len(desk.takes()) == 1
    (amount,) = [row[0] for row in desk.rows("SELECT amount FROM charges WHERE state = 'settled'")]
    assert float(amount) == pytest.approx(float(charged["amount"]), abs=0.005)
    assert desk.rows("SELECT count(*) FROM charges WHERE state = 'reserved'") == [(0,)]
    assert desk.leftovers() == []


@pytest.mark.parametrize("service", ["segmind", "gmi", "runware"])
def test_a_second_answer_that_is_lost_is_looked_for_as_long_as_the_first(
    simulated_desk: SimulatedDesk, footage: Path, service: str
) -> None:
    """The first never arrived; the second did, and its service lists it late. Another order makes its list tell."""
    desk = simulated_desk
    desk.mark(footage, "RETAKE: sun")
    settle(desk, service)
    desk.mark(footage, "RETAKE: sun", "RETAKE: rain [drop-before-accept drop-after-accept listed-late]")
    settle(desk, service)
    assert desk.states() == ["placed", "placed"]
    assert len(desk.bill()) == 2


@pytest.mark.parametrize(
    ("service", "fault"),
    [(service, fault) for service in SERVICES for fault in LASTING] + list(zip(itertools.cycle(SERVICES), HOSTILE)),
)
def test_a_fault_that_lasts(simulated_desk: SimulatedDesk, footage: Path, service: str, fault: str) -> None:
    desk = simulated_desk
    desk.mark(footage, f"RETAKE: rain [{fault}]")
    for _ in range(2):
        said = desk.spend(service)
        assert said.returncode == 1, said.stdout + said.stderr
        assert "Traceback" not in said.stderr
        assert "to do" in " ".join(said.stdout.split()), said.stdout
    assert len(desk.bill()) <= 1
    assert desk.takes() == {}
    assert desk.leftovers() == []
    size = sum(path.stat().st_size for path in (desk.folder / "retakes").rglob("*") if path.is_file())
    assert size < 100_000_000, "a hostile result may not fill the disk"


def start(desk: SimulatedDesk, at: int, service: str) -> forked.Popen:
    command = [str(RUNNER), str(at), str(desk.folder / "moments.log"), "run", str(desk.cut), "-o"]
    return forked.Popen([*command, str(desk.out), "--service", service, "--yes", "--budget", "5"], env=desk.env)


@dataclass(frozen=True)
class Pulled:
    """A desk whose pull is made, to come back to."""

    desk: SimulatedDesk
    service: str

    KEPT = ("retakes", "state")

    def keep(self) -> None:
        said = self.desk.run("pull", str(self.desk.cut), "--service", self.service)
        assert said.returncode == 0, said.stderr
        for name in self.KEPT:
            shutil.copytree(self.desk.folder / name, self.desk.folder / f"{name} at first")

    def run(self, at: int) -> int:
        """From there on, killed at the moment ``at``; the exit code."""
        for name in self.KEPT:
            shutil.rmtree(self.desk.folder / name)
            shutil.copytree(self.desk.folder / f"{name} at first", self.desk.folder / name)
        for left in ("moments.log", "cut-retakes.otio"):
            (self.desk.folder / left).unlink(missing_ok=True)
        self.desk.sim.reset()
        process = start(self.desk, at, self.service)
        process.communicate(timeout=120)
        return process.wait()

    @property
    def moments(self) -> list[str]:
        return (self.desk.folder / "moments.log").read_text().splitlines()


@pytest.mark.parametrize("service", SERVICES)
def test_killed_before_and_after_every_lasting_write_of_the_exchange(
    simulated_desk: SimulatedDesk, footage: Path, service: str
) -> None:
    """From before the upload to after the fetch: what lies around it is the same for every service, and tried there."""
    desk = simulated_desk
    desk.mark(footage, "RETAKE: rain")
    pulled = Pulled(desk, service)
    pulled.keep()
    # Only the first time a result must be rendered, and is asked after for longer.
    for _ in range(2):
        assert pulled.run(0) == 0
    takes = desk.takes()
    moments = pulled.moments
    first = next(k for k, name in enumerate(moments) if "uploaded" in name)
    last = max(k for k, name in enumerate(moments) if "fetched" in name)
    assert last - first >= 10
    for at in range(first + 1, last + 2):
        code = pulled.run(at)
        # How often a job is looked at is not the same in every run: what comes more than once may not come again.
        assert code == -signal.SIGKILL or moments.count(moments[at - 1]) > 1 or at > last - 4, moments[at - 1]
        settle(desk, service)
        assert len(desk.bill()) == 1, f"killed at {moments[at - 1]}"
        assert desk.takes() == takes, f"killed at {moments[at - 1]}"
