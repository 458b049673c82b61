"""The command: what it prints is what a studio pastes, and stopping it shows the bill."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from otio_retake.simulator import Simulator

from .talk import LtxTalk

COMMAND = """
import sys
import typer
from otio_retake.cli import simulate
from otio_retake.cli.failing import report_error

app = typer.Typer()
app.callback()(lambda: None)
simulate.register(app)
try:
    app(standalone_mode=False)
except Exception as error:
    sys.exit(report_error(error, json=False))
"""

Start = Callable[..., "subprocess.Popen[str]"]


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "simulate", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _port(file: Path) -> int:
    deadline = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < deadline, "it does not start"
        time.sleep(0.02)
    return int(file.read_text())


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped_and_then_shows_the_bill(
    ending: signal.Signals, tmp_path: Path, clip: Path, canned: Path
) -> None:
    file = tmp_path / "port"
    with _start("--port-file", str(file), "--latency", "0", "--canned", str(canned), "--fault", "503@gmi*1") as running:
        url = f"http://127.0.0.1:{_port(file)}"
        with httpx.Client(trust_env=False, headers={"Authorization": "Bearer k"}) as http:
            path = f"{url}/gmi/api/v1/ie/requestqueue/apikey/requests"
            bucket = f"{url}/bucket/clip.mp4?X-Amz-Signature=s"
            http.put(bucket, content=clip.read_bytes())
            body = {"model": "ltx-2-pro-retake", "payload": {"video_uri": bucket, "prompt": "rain [no fault]"}}
            assert [http.post(path, json=body).status_code for _ in range(2)] == [503, 200]
        running.send_signal(ending)
        try:
            out, err = running.communicate(timeout=20)
        finally:
            running.kill()
    assert running.returncode == 0, err
    assert f"export OTIO_RETAKE_GMI_URL={url}/gmi" in out
    assert "export RUNWARE_API_KEY=" in out
    assert "rain [no fault]" in out
    assert "1 charged, $0.4042" in out


@pytest.mark.parametrize(
    "arguments",
    [("--fault", "5o3"), ("--media", "sharper"), ("--canned", "nowhere.mp4"), ("--script", "nowhere.txt"),
     ("--port", "70000")],
)  # fmt: skip
def test_what_cannot_be_served_says_why_and_what_to_do(arguments: tuple[str, ...]) -> None:
    with _start(*arguments) as refused:
        out, err = refused.communicate(timeout=20)
    assert refused.returncode == 2
    assert "where:" in out + err
    assert "to do:" in out + err
    assert "Traceback" not in out + err


def test_a_port_that_is_taken_says_so() -> None:
    with Simulator() as other, _start("--port", str(other.port)) as refused:
        out, err = refused.communicate(timeout=20)
        assert refused.returncode == 2
        assert str(other.port) in out + err


def test_every_fault_is_listed() -> None:
    with _start("--faults") as listing:
        out, _ = listing.communicate(timeout=20)
    assert listing.returncode == 0
    assert "drop-after-accept" in out
    assert "int-fps" in out


def test_stopping_hangs_up_on_whoever_waits_and_says_nothing(
    clip: Path, canned: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ended: list[str] = []

    def wait(talk: LtxTalk, path: str, body: dict[str, object]) -> None:
        try:
            talk.http.post(talk.base + path, json=body)
        except httpx.RemoteProtocolError as error:
            ended.append(type(error).__name__)

    with Simulator(canned=canned, latency=60) as sim:
        talk = LtxTalk(sim)
        body = {"video_uri": talk.upload(clip), "start_time": 1, "duration": 2, "prompt": "rain"}
        hangs = {**body, "prompt": "rain [hang]"}
        waiting = [
            threading.Thread(target=wait, args=(talk, path, said))
            for path, said in (("/v1/retake", body), ("/v2/retake", hangs))
        ]
        for thread in waiting:
            thread.start()
        while len(sim.bill()) < 2:
            time.sleep(0.02)
        began = time.monotonic()
    for thread in waiting:
        thread.join(5)
    talk.close()
    assert ended == ["RemoteProtocolError"] * 2
    assert time.monotonic() - began < 5
    assert capfd.readouterr() == ("", "")
