"""Keys, signed links, prompts and names of files: nowhere that they do not belong, whatever goes wrong."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import av
import pytest

from tests.services.desk import SERVICES, SimulatedDesk

KEY = "sk-recognisable-key-4711"
PROMPT = "zanzibar-prompt-words"
SIGNATURE = "sesame-open-signature"

FAULTS = ("drop-after-accept", "503-bare", "402", "content-filtered", "job-failed", "poll-500", "result-403",
          "redirect-private", "wrong-type", "truncated", "garbled", "upload-503")  # fmt: skip

LOUD = """
import logging, sys
logging.basicConfig(level=1, stream=sys.stderr)
from otio_retake.cli import main
from tests.hasty import hurry
hurry()
sys.argv = ["otio-retake", *sys.argv[1:]]
main()
"""
"""The command line at the most verbose log level that Python has."""


@pytest.fixture
def loud_desk(simulated_desk: SimulatedDesk) -> SimulatedDesk:
    for name in ("LTXV_API_KEY", "FAL_KEY", "SEGMIND_API_KEY", "GMI_API_KEY", "RUNWARE_API_KEY"):
        simulated_desk.env[name] = KEY
    return simulated_desk


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_told(loud_desk: SimulatedDesk, footage: Path, service: str) -> None:
    desk = loud_desk
    heard = ""
    for fault in FAULTS:
        desk.mark(footage, f"RETAKE: {PROMPT} [{fault}]")
        arguments = ["run", str(desk.cut), "-o", str(desk.out), "--service", service, "--yes", "--budget", "50"]
        said = subprocess.run(
            [sys.executable, "-c", LOUD, *arguments], env=desk.env, cwd=desk.folder, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert "Traceback" not in said.stderr
        heard += said.stdout + said.stderr
        heard += desk.run("status", str(desk.cut)).stdout
    assert KEY not in heard
    assert SIGNATURE not in heard
    for noisy in ("X-Amz-Signature=", "Signature=", "token="):
        assert noisy not in heard, f"a signed query: {noisy}"
    # The plan shows prompt and media to the person at the screen; what errors and logs add may not.
    logged = [line for line in heard.splitlines() if line.startswith(("DEBUG", "INFO", "WARNING", "ERROR"))]
    assert [line for line in logged if PROMPT in line or footage.stem in line] == []
    for path in (p for p in desk.folder.rglob("*") if p.is_file() and p.suffix not in (".mov", ".py")):
        data = path.read_bytes()
        assert KEY.encode() not in data, path
        assert SIGNATURE.encode() not in data, path


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_what_is_uploaded_says_nothing_of_where_it_is_from(
    loud_desk: SimulatedDesk, footage: Path, service: str
) -> None:
    desk = loud_desk
    desk.mark(footage, f"RETAKE: {PROMPT}")
    assert desk.spend(service).returncode == 0
    (charged,) = desk.bill()
    (pull,) = (desk.folder / "retakes" / "pulls").glob("*.mp4")
    import hashlib

    data = pull.read_bytes()
    assert hashlib.sha256(data).hexdigest() == charged["content"], "the pull is what was sent"
    with av.open(str(pull)) as container:
        told = {**container.metadata, **container.streams.video[0].metadata}
        assert set(told) <= {
            "major_brand", "minor_version", "compatible_brands", "encoder", "language", "handler_name", "vendor_id",
        }, told  # fmt: skip
        assert not any(stream.type == "data" for stream in container.streams), "a timecode track"
    for word in (footage.stem, "01:00:00:00", str(desk.folder), PROMPT):
        assert word.encode() not in data
    sent = [r for r in desk.sim.requests(service)]
    assert not any(footage.stem in str(record) for record in sent), "no name of a file goes along"
    db = sqlite3.connect(desk.folder / "retakes" / "ledger.sqlite")
    assert not any(KEY in str(row) for table in ("orders", "attempts") for row in db.execute(f"SELECT * FROM {table}"))
    db.close()
