"""One process at a time: nobody takes the lease of somebody who lives, wherever that is."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest

from otio_retake.lease import STALE_SECONDS, Holder, Lease, holder_of
from otio_retake.processes import RUNS, here, process_started
from tests.steps.bench import Bench

ELSEWHERE = f"{here()} pid:[1]"
"""A container on the same machine, with the same name, whose processes are numbered anew."""


def held(bench: Bench, where: str, pid: int, started: str, beat: float) -> Lease | Holder:
    with bench.ledger.write("test") as db:
        row = ("orders", "token", socket.gethostname(), pid, f"{where}/{started}", beat)
        db.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?)", row)
    return Lease.take(bench.ledger)


@pytest.mark.parametrize("pid", [os.getpid(), 1, 4_000_000], ids=["ours", "the first", "none"])
def test_a_container_with_the_same_name_keeps_its_lease(bench: Bench, pid: int) -> None:
    """Its process may have our number, or none that is known here."""
    for started in (process_started(os.getpid()), "another"):
        holder = held(bench, ELSEWHERE, pid, started, time.time())
        assert isinstance(holder, Holder)
        assert holder_of(bench.ledger) == holder


def test_one_elsewhere_that_has_fallen_silent_loses_it(bench: Bench) -> None:
    lease = held(bench, ELSEWHERE, os.getpid(), process_started(os.getpid()), time.time() - STALE_SECONDS - 1)
    assert isinstance(lease, Lease)
    lease.release()


def test_a_process_here_that_is_gone_loses_it_at_once(bench: Bench) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = process_started(child.pid)
    assert isinstance(held(bench, here(), child.pid, started, time.time()), Holder)
    child.communicate(b"\n")
    lease = held(bench, here(), child.pid, started, time.time())
    assert isinstance(lease, Lease)
    lease.release()


@pytest.mark.parametrize("silent", [0, STALE_SECONDS + 1])
def test_where_no_start_is_known_the_heart_tells(bench: Bench, silent: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on systems without /proc: the number of a holder that crashed may be another process's by now."""
    monkeypatch.setattr("otio_retake.lease.process_started", lambda _pid: RUNS)
    lease = held(bench, here(), 1, RUNS, time.time() - silent)
    assert isinstance(lease, Lease if silent else Holder)
    if isinstance(lease, Lease):
        lease.release()


def test_a_lease_is_given_back(bench: Bench) -> None:
    lease = Lease.take(bench.ledger)
    assert isinstance(lease, Lease)
    with lease:
        mine = holder_of(bench.ledger)
        assert mine is not None
        assert mine.pid == os.getpid()
        assert lease.held()
    assert holder_of(bench.ledger) is None
