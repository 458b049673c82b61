"""Many orders at a service that takes a few at a time: against what the service alone would take, and the memory.

The service is the simulator on loopback, which answers each order after half a minute; the ideal is that the next one
begins at once when one ends.
"""

from __future__ import annotations

import shutil

from .measuring import FOLDER, Figure, Run

RATIO = 1.1
MEMORY = 300
ORDERS, AT_ONCE, LATENCY = 200, 20, 30


def measure(run: Run) -> list[Figure]:
    """Seconds from the first submit to the last fetch, and the most memory of the program."""
    from tests.paid_service import media
    from tests.services.load import carried

    orders, latency = (40, 10) if run.quick else (ORDERS, LATENCY)
    folder = FOLDER / "load"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        footage = media.make(folder / "A001C003.mov")
        work = folder / "work"
        work.mkdir()
        said = carried(work, footage, orders, AT_ONCE, latency)
    finally:
        shutil.rmtree(folder)
    ideal = orders / AT_ONCE * latency
    what = f"{orders} orders, {AT_ONCE} at a time, {latency} s each"
    note = f"fetched {said['fetched']}, failed {said['failed']}"
    return [
        Figure("l", what, said["seconds"], ideal, bar=RATIO, note=note),
        Figure("l", "memory of the program", said["peak_mb"], bar=MEMORY, unit="MB"),
    ]
