"""A desk that is driven as its page drives it, over a real cut; and somebody else who is at work beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from otio_retake.admission import admit
from otio_retake.budget import Limits
from otio_retake.desk.answers import as_json
from otio_retake.desk.calls import CALLS, read_call
from otio_retake.desk.desk import Desk
from otio_retake.orders import State
from otio_retake.session import Session
from tests.paid_service.desk import ROOT
from tests.paid_service.desk import Desk as Cutting


class CutFolder(Cutting):
    """A folder with a cut and its media, and the command line beside it."""

    def __init__(self, folder: Path, **env: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.cut = folder / "cut.otio"
        self.out = folder / "cut-retakes.otio"
        nobody = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "COLUMNS": "80"}
        self.env = {**os.environ, "PYTHONPATH": str(ROOT), **nobody, **env}

    def mark(self, media: Path, *texts: str) -> None:
        """A cut of ``media`` with a mark of 8 frames for each text, 30 frames apart."""
        copy = self.folder / media.name
        if not copy.exists():
            shutil.copy(media, copy)
        self.write_cut(copy, [(20 + 30 * k, 8, text) for k, text in enumerate(texts)])

    def copy(self, folder: Path, **env: str) -> CutFolder:
        """The same in another folder, as a project is moved."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("state"))
        made = CutFolder(folder, **env)
        made.cut.write_text(made.cut.read_text().replace(str(self.folder), str(folder)))
        return made

    def somebody(self) -> Somebody:
        """Another process that carries this cut's orders out."""
        return Somebody(self)

    def clip(self, path: Path | None = None) -> dict[str, Any]:
        """The clip with the marks in the written cut."""
        timeline = json.loads((path or self.out).read_text())
        return dict(timeline["tracks"]["children"][0]["children"][0])


class Driven:
    """A desk, spoken to with bodies that are looked at as those of a page are; answers are what a page would read."""

    def __init__(self, place: CutFolder, flags: dict[str, Any], again: bool = False) -> None:
        self.place = place
        self.session = Session(place.cut, flags, again=again)
        self.desk = Desk(self.session, place.out)

    def close(self) -> None:
        self.desk.close()
        self.session.close()

    def say(self, call: str, **body: Any) -> dict[str, Any]:
        """What the page gets for a call."""
        said = read_call(CALLS[call], json.dumps(body).encode())
        return dict(json.loads(as_json(self.desk.do(call, said))))

    def board(self) -> dict[str, Any]:
        return dict(json.loads(as_json(self.desk.board())))

    def live(self) -> dict[str, Any]:
        return dict(json.loads(as_json(self.desk.live())))

    def request(self, number: int = 0) -> dict[str, Any]:
        """One request of the board."""
        return dict(self.board()["requests"][number])

    def labels(self, number: int = 0) -> list[str]:
        """The versions of a request's takes, oldest first."""
        return [take["label"] for take in self.request(number)["made"]]

    def take(self, label: str, number: int = 0) -> dict[str, Any]:
        """One take of a request."""
        return next(take for take in self.request(number)["made"] if take["label"] == label)

    def confirm(self, board: dict[str, Any] | None = None, *, skip_problems: bool = False) -> dict[str, Any]:
        """Says yes to what a board shows: the one given, else as it is now."""
        digest = (board or self.board())["confirm"]["digest"]
        return self.say("confirm", digest=digest, skip_problems=skip_problems)

    def wait(self, seconds: float = 120) -> dict[str, Any]:
        """The board when the run has come to its end."""
        until(lambda: not self.desk.worker.running, seconds)
        return self.board()

    def states(self) -> list[str]:
        """Of every order."""
        return [str(order.state) for order in self.session.ledger.orders()]

    def ordered(self, upto: State = State.UPLOADED, **attempt: Any) -> list[str]:
        """Orders for everything that is planned, carried on to a state without a service; their keys.

        ``attempt`` is said of the attempt that ended there.
        """
        ledger = self.session.ledger
        keys = admit(self.session.plan(), ledger, self.session.settings, accepted=True).keys
        for number, key in enumerate(keys):
            pull = ledger.project.pull(key)
            pull.parent.mkdir(parents=True, exist_ok=True)
            pull.write_bytes(b"pull")
            ledger.move(key, State.PULLED, pull=ledger.project.store(pull))
            ledger.move(key, State.UPLOADED, upload="upload")
            if upto is State.UPLOADED:
                continue
            ledger.begin_attempt(key, Limits(None, None, None), Decimal(0))
            if upto in (State.UNKNOWN, State.REFUSED):
                ledger.end_attempt(key, upto, **attempt)
            elif upto is not State.SUBMITTING:
                ledger.end_attempt(key, State.SUBMITTED, remote=f"job-{number}")
                for state in (State.RUNNING, State.READY) if upto is State.EXPIRED else (State.RUNNING,):
                    ledger.end_attempt(key, state)
                if upto is not State.RUNNING:
                    ledger.end_attempt(key, upto, **attempt)
        return list(keys)


class Somebody:
    """Another process that holds the lease until it is told to go, and writes into the ledger what it is told."""

    def __init__(self, place: CutFolder) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-c", _SOMEBODY, str(place.cut)],
            env=place.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._heard() == "holding"
        self.pid = self._child.pid

    def _heard(self) -> str:
        assert self._child.stdout is not None
        return self._child.stdout.readline().strip()

    def tell(self, words: str) -> None:
        """Tells it ``skip MARK`` or ``submitted ORDER``; returns when that is written."""
        assert self._child.stdin is not None
        self._child.stdin.write(f"{words}\n")
        self._child.stdin.flush()
        assert self._heard() == "written"

    def go(self) -> None:
        """It gives the lease back, and is gone."""
        self._child.communicate("", timeout=20)

    def die(self) -> None:
        """It is gone without a word."""
        self._child.kill()
        self._child.communicate()


_SOMEBODY = """
import sys
from pathlib import Path
from otio_retake.lease import Lease
from otio_retake.orders import State
from otio_retake.planned import Override
from otio_retake.session import Session

with Session(Path(sys.argv[1]), {}) as session:
    ledger = session.ledger
    with Lease.take(ledger):
        print("holding", flush=True)
        for line in sys.stdin:
            what, ident = line.split()
            if what == "skip":
                ledger.override(ident, Override(skip=True))
            else:
                ledger.end_attempt(ident, State.SUBMITTED, remote="job")
            print("written", flush=True)
"""


def until(true: Any, seconds: float = 60) -> None:
    """Waits for something to become true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.02)
