"""Many orders at a service that takes a few at a time. How fast that goes is measured in `benchmarks/load.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.load import carried

ORDERS, AT_ONCE, LATENCY = 40, 10, 2
MOST_MEMORY = 300
"""Megabytes: what the libraries take, and no file held whole."""


@pytest.mark.slow
def test_many_at_once(tmp_path: Path, footage: Path) -> None:
    said = carried(tmp_path, footage, ORDERS, AT_ONCE, LATENCY)
    assert (said["orders"], said["fetched"], said["failed"], said["billed"]) == (ORDERS, ORDERS, 0, ORDERS), said
    assert said["peak_mb"] < MOST_MEMORY, said
