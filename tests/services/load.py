"""Carries out what lies ready in a project, and says how long it took and how much memory.

python load.py CUT SERVICE
"""

from __future__ import annotations

import json
import sys
import time
from decimal import Decimal
from pathlib import Path

from otio_retake.cli.watching import watching
from otio_retake.orders import Order
from otio_retake.session import Session
from otio_retake.steps.run import carry_out


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
