"""The services' own clients, in an environment of their own under build/peers: they are no part of this project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from otio_retake.simulator import Simulator
from tests.simulator.clips import make_clip

PACKAGES = ("fal-client==1.0.3", "runware-sdk==1.8.0", "segmind==1.3.0")
ROOT = Path(__file__).resolve().parents[2]
CLIENTS = Path(__file__).with_name("clients")

Client = Callable[..., dict[str, Any]]


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _build(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(_python(folder)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    made = subprocess.run(pip, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.fail(f"the official clients cannot be installed: {made.stderr[-500:]}")


@pytest.fixture(scope="session")
def peers_python() -> Path:
    """The interpreter that has the clients. It is made once, by the first of several test processes that comes."""
    folder = ROOT / "build" / "peers"
    done, busy = folder / "made.json", folder.with_suffix(".busy")
    wanted = json.dumps([*PACKAGES, sys.version])
    folder.parent.mkdir(exist_ok=True)
    deadline = time.monotonic() + 300
    while not (done.is_file() and done.read_text() == wanted):
        try:
            busy.mkdir()
        except FileExistsError:
            if time.monotonic() > deadline:
                pytest.fail(f"another test process does not finish with {folder}; if there is none, remove {busy}")
            time.sleep(0.5)
            continue
        try:
            _build(folder)
            done.write_text(wanted)
        finally:
            busy.rmdir()
    return _python(folder)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("peers") / "pull.mp4", 97)


@pytest.fixture(scope="module")
def sim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    canned = make_clip(tmp_path_factory.mktemp("peers") / "canned.mp4", 24)
    with Simulator(canned=canned, latency=0.2) as made:
        yield made


@pytest.fixture
def official(peers_python: Path, sim: Simulator) -> Client:
    """Runs one of the clients' scripts against the simulator; what it says comes back."""
    sim.reset()
    return lambda name, file, **wanted: run_client(peers_python, name, sim.url, file, wanted)


def run_client(python: Path, name: str, url: str, file: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    """One of the scripts in clients/, against the simulator at ``url``."""
    command = [str(python), "-W", "ignore", str(CLIENTS / f"{name}_life.py"), url, str(file), json.dumps(wanted)]
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, env=clean, check=False)
    assert said.returncode == 0, said.stderr[-2000:]
    return dict(json.loads(said.stdout))
