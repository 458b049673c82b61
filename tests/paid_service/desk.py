"""A desk for tests of money: the service in its own process, a small cut, and the command line against both."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.sound import read_sound
from otio_retake.spans import Span
from tests import forked

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Desk:
    """A folder with a cut, and a service."""

    def __init__(self, folder: Path, canned: Path) -> None:
        self.folder = folder
        self.cut = folder / "cut.otio"
        self.out = folder / "cut-retakes.otio"
        self.env = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE)]),
            "OTIO_RETAKE_STATE": str(folder / "state"),
            "COLUMNS": "80",
        }
        port_file = folder / "port"
        self._server = forked.Popen([str(HERE / "server.py"), str(port_file), str(canned)])
        deadline = time.monotonic() + 20
        while not (port_file.exists() and port_file.read_text()):
            if time.monotonic() > deadline:
                raise TimeoutError("the fake service did not start")
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{port_file.read_text()}"
        self.env["PAID_SERVICE_URL"] = self.url

    def close(self) -> None:
        self._server.kill()
        self._server.wait()

    def write_cut(
        self, media: Path, marks: list[tuple[int, int, str]], *, trim: int = 0, name: str = "cut.otio"
    ) -> None:
        """A cut of one clip with ``marks`` as (first source frame, frames, text)."""
        facts = read_facts(media)
        rate = float(facts.video.rate)
        start, count = facts.start_frame, facts.video.frames
        reference = otio.schema.ExternalReference(
            str(media), TimeRange(RationalTime(start, rate), RationalTime(count, rate))
        )
        clip = otio.schema.Clip(
            "A001", reference, TimeRange(RationalTime(start + trim, rate), RationalTime(count - 2 * trim, rate))
        )
        for first, length, text in marks:
            marked = TimeRange(RationalTime(start + first, rate), RationalTime(length, rate))
            clip.markers.append(otio.schema.Marker(text, marked))
        timeline = otio.schema.Timeline("cut")
        timeline.global_start_time = RationalTime(round(rate) * 3600, rate)
        track = otio.schema.Track("V1", kind="Video")
        track.append(clip)
        timeline.tracks.append(track)
        otio.adapters.write_to_file(timeline, str(self.folder / name))

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """The command line, as a user starts it, with short waits."""
        return forked.run(["-m", "tests.hasty", *arguments], env=self.env, cwd=self.folder, timeout=timeout)

    def spend(self, service: str = "paid", budget: str = "10", *more: str) -> subprocess.CompletedProcess[str]:
        """``run`` with a paid service."""
        return self.run(
            "run", str(self.cut), "-o", str(self.out), "--service", service, "--yes", "--budget", budget, *more
        )

    def bill(self) -> list[dict[str, Any]]:
        """What the service has charged."""
        return list(httpx.get(f"{self.url}/bill", trust_env=False).json()["bill"])

    def requests(self) -> list[str]:
        """The token of every submit that reached the service."""
        return list(httpx.get(f"{self.url}/bill", trust_env=False).json()["requests"])

    def job_of(self, token: str) -> str | None:
        """What a person would find at the service for a token."""
        jobs = httpx.get(f"{self.url}/jobs", params={"token": token}, trust_env=False).json()["jobs"]
        return jobs[0] if jobs else None

    # --- what came of it --------------------------------------------------------------------------------------------

    def rows(self, query: str) -> list[Any]:
        """Rows of the ledger."""
        db = sqlite3.connect(self.folder / "retakes" / "ledger.sqlite")
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def states(self) -> list[str]:
        """The state of every order."""
        return [row[0] for row in self.rows("SELECT state FROM orders ORDER BY first, ordinal")]

    def ledger(self) -> dict[str, Any]:
        """The ledger without times and attempts."""
        return {
            "orders": self.rows(
                "SELECT key, state, accepted, first, end, base_digest, ordinal FROM orders ORDER BY key"
            ),
            "results": self.rows("SELECT order_key, number, path, sha256, size, state FROM results ORDER BY 1, 2"),
            "takes": self.rows("SELECT id, version, file, state FROM takes ORDER BY id"),
            "targets": self.rows("SELECT id, state FROM targets ORDER BY id"),
            "charges": sorted(
                (key, amount)
                for key, amount, state in self.rows("SELECT order_key, amount, state FROM charges")
                if state == "settled"
            ),
        }

    def takes(self) -> dict[str, str]:
        """Every take by its name, with a digest of its decoded frames and samples."""
        return {path.name: digest_of(path) for path in sorted((self.folder / "retakes" / "takes").glob("*.*"))}

    def leftovers(self) -> list[str]:
        """Half-written files."""
        return [str(p) for p in self.folder.rglob("*") if ".part" in p.name]

    def timeline(self) -> dict[str, Any]:
        """The written cut."""
        return json.loads(self.out.read_text())


def digest_of(path: Path) -> str:
    """A digest of decoded pictures and sound."""
    facts = read_facts(path)
    digest = hashlib.sha256(facts.timecode.encode())
    if facts.picture is not None:
        for _, frame in read_frames(facts, Span(0, facts.picture.frames)):
            digest.update(frame.to_ndarray().tobytes())
    for sound in facts.sounds:
        for chunk in read_sound(facts, sound, 0, sound.samples):
            digest.update(chunk.tobytes())
    return digest.hexdigest()
