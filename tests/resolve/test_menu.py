"""The menu entry as an editor starts it: the core comes up as a program of its own, and takes come by themselves."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from retake_in_resolve import menu

from otio_retake.resolve.folders import Machine
from otio_retake.resolve.install import POINTER, install
from tests.desk.numbered import Numbered, make_numbered
from tests.fake_resolve import FakeResolve
from tests.resolve.handover import seen
from tests.resolve.timelines import RATES


def until(look: Callable[[], Any], seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


@pytest.mark.slow
def test_marked_run_confirmed_and_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OTIO_RETAKE_STATE", str(tmp_path / "state"))
    state = tmp_path / "state" / "resolve"
    here = Machine("linux", tmp_path / "home", {}, tmp_path)
    install(here, state)
    fake = FakeResolve("21.0.4 Studio")
    fake.setup.project("Show", "24")
    movie = make_numbered(tmp_path / "A001.mov", Numbered(rate=RATES["24"], frames=160, timecode="01:00:00:00"))
    stage = fake.setup.timeline("Reel 1", "24", "01:00:00:00")
    clip = stage.clip(fake.setup.media_file(movie), at=0, duration=60, source=40)
    stage.mark_clip(clip, 20, 12, name="RETAKE: rain")
    codes: list[int] = []
    names = {"resolve": fake.resolve}
    script = threading.Thread(target=lambda: codes.append(menu.retake(names, str(here.menu / POINTER))), daemon=True)
    script.start()
    told = until(lambda: next(iter(state.glob("sessions/*/desk.json")), None))
    folder = told.parent
    pid = json.loads((folder / "started.json").read_text())["pid"]
    try:
        assert pid != os.getpid()
        link = Path(json.loads(told.read_text())["link"]).read_text()
        url, _, token = link.partition("url=")[2].partition('"')[0].partition("#t=")
        with httpx.Client(base_url=url, trust_env=False, headers={"Origin": url.rstrip("/")}, timeout=60) as page:
            room = f"d/{page.post('enter', json={'token': token}).json()['room']}/"
            board = page.get(f"{room}board").json()
            page.post(f"{room}confirm", json={"digest": board["confirm"]["digest"], "skip_problems": False})
            (take,) = until(lambda: page.get(f"{room}board").json()["requests"][0]["made"])
            until(lambda: not page.get(f"{room}board").json()["working"])
            request = board["requests"][0]["id"]
            page.post(f"{room}pick", json={"request": request, "take": take["id"]})
            said = page.post(f"{room}write", json={"editor": ""}).json()
            assert (said["written"], said["added"]) == ("apply.rtkapply", 1)
            applying = until(lambda: (b := page.get(f"{room}board").json()["applying"]) and not b["waiting"] and b)
            assert [row["outcome"] for row in applying["results"]] == ["done"]
            assert "before retake" in applying["duplicate"]
    finally:
        os.kill(pid, signal.SIGTERM)
    script.join(30)
    assert codes == [0]
    assert json.loads((folder / "ended.json").read_text())["why"] == "it was asked to end"
    shown = seen(stage.proxy, range(stage.frame(0), stage.frame(60)))
    assert shown == [(40 + k, 20 <= k < 32) for k in range(60)]
    assert "rain" not in (folder / "core.log").read_text(), "no prompt leaves for a log"
