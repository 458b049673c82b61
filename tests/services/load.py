"""Carries out what lies ready in a project, and says how long it took and how much memory.

As a program: ``python load.py CUT SERVICE``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from otio_retake.cli.watching import watching
from otio_retake.orders import Order
from otio_retake.session import Session
from otio_retake.steps.run import carry_out
from tests.services.desk import simulated


def carried(folder: Path, footage: Path, orders: int, at_once: int, latency: float) -> dict[str, Any]:
    """Has ``orders`` carried out by a program of its own, at a service that answers each after ``latency`` seconds.

    Returns how many were fetched, failed and billed, the seconds from the first submit to the last fetch, and the
    program's peak memory in megabytes.
    """
    canned = folder / "canned.mp4"
    canned.write_bytes(b"\0\0\0\x18ftypisom" + bytes(3_000_000))
    with simulated(folder, latency=latency, concurrency=at_once, canned=canned) as desk:
        desk.env |= {"OTIO_RETAKE_CONCURRENCY": str(at_once), "OTIO_RETAKE_SERVICE": "ltx"}
        copy = desk.folder / footage.name
        copy.write_bytes(footage.read_bytes())
        desk.write_cut(copy, [(4 + 9 * k, 8, f"RETAKE x{orders // 10}: rain {k}") for k in range(10)])
        pulled = desk.run("pull", str(desk.cut), timeout=600)
        assert pulled.returncode == 0, pulled.stdout + pulled.stderr
        command = [sys.executable, __file__, str(desk.cut), "ltx"]
        done = subprocess.run(command, env=desk.env, capture_output=True, text=True, timeout=900, check=False)
        assert done.returncode == 0, done.stderr
        return {**json.loads(done.stdout.splitlines()[-1]), "billed": len(desk.bill())}


def main() -> None:
    moments: dict[str, float] = {}
    with Session(Path(sys.argv[1]), {"service": sys.argv[2]}) as session, watching(200) as reporter:
        told = reporter.ended

        def ended(order: Order, step: str) -> None:
            now = time.monotonic()
            if step == "upload":
                moments.setdefault("first submit", now)
            if step == "fetch":
                moments["last fetched"] = now
            told(order, step)

        reporter.ended = ended  # type: ignore[method-assign]
        orders = session.ledger.orders()
        keys = [order.key for order in orders]
        for order in orders:
            session.ledger.admit(order.key, order.spec, accepted=True)
        shop = session.workshop(reporter, Decimal(1000))
        outcome = carry_out(shop, keys, steps=("upload", "submit", "find", "poll", "fetch"), conforming=False)
        states = [session.ledger.order(key).state for key in keys]
    peak = next(
        int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    print(
        json.dumps(
            {
                "orders": len(keys), "fetched": states.count("fetched"), "failed": len(outcome.failed),
                "seconds": moments["last fetched"] - moments["first submit"], "peak_mb": peak / 1024,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
