"""Two hundred orders at a service that takes twenty at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.desk import simulated

ORDERS, AT_ONCE, LATENCY = 200, 20, 30
IDEAL = ORDERS / AT_ONCE * LATENCY
MOST_MEMORY = 300
"""Megabytes: what the libraries take, and no file held whole."""


@pytest.mark.slow
@pytest.mark.long
def test_many_at_once(tmp_path: Path, footage: Path) -> None:
    canned = tmp_path / "canned.mp4"
    canned.write_bytes(b"\0\0\0\x18ftypisom" + bytes(3_000_000))
    with simulated(tmp_path, latency=LATENCY, concurrency=AT_ONCE, canned=canned) as desk:
        desk.env |= {"OTIO_RETAKE_CONCURRENCY": str(AT_ONCE), "OTIO_RETAKE_SERVICE": "ltx"}
        copy = desk.folder / footage.name
        copy.write_bytes(footage.read_bytes())
        desk.write_cut(copy, [(4 + 9 * k, 8, f"RETAKE x20: rain {k}") for k in range(ORDERS // 20)])
        pulled = desk.run("pull", str(desk.cut), timeout=600)
        assert pulled.returncode == 0, pulled.stdout + pulled.stderr
        command = [sys.executable, str(Path(__file__).with_name("load.py")), str(desk.cut), "ltx"]
        done = subprocess.run(command, env=desk.env, capture_output=True, text=True, timeout=900, check=False)
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout.splitlines()[-1])
        assert (said["orders"], said["fetched"], said["failed"]) == (ORDERS, ORDERS, 0), said
        assert len(desk.bill()) == ORDERS
    (Path(__file__).resolve().parents[2] / "build").mkdir(exist_ok=True)
    figures = {**said, "ideal": IDEAL, "ratio": said["seconds"] / IDEAL}
    (Path(__file__).resolve().parents[2] / "build" / "load.json").write_text(json.dumps(figures) + "\n")
    print(f"{said['seconds']:.0f} s, {said['seconds'] / IDEAL:.2f} times the ideal; {said['peak_mb']:.0f} MB")
    assert said["peak_mb"] < MOST_MEMORY, figures
