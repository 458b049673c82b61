"""A port of this machine, a link that only its owner reads, and a clean end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from otio_retake.desk.link import open_link
from otio_retake.desk.serving import Serving
from otio_retake.errors import RetakeError, SettingsError

from .conftest import served, token_in
from .stand_in import StandIn

Enter = Callable[[], httpx.Client]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def _own(tmp_path: Path) -> Iterator[tuple[StandIn, Serving]]:
    with served(tmp_path) as made:
        yield made


@pytest.fixture
def stand_in(_own: tuple[StandIn, Serving]) -> StandIn:
    return _own[0]


@pytest.fixture
def serving(_own: tuple[StandIn, Serving]) -> Serving:
    return _own[1]


def _reached(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=3).close()
    except OSError:
        return False
    return True


def test_the_desk_listens_on_this_machine_only(serving: Serving) -> None:
    assert _reached("127.0.0.1", serving.port)
    for address in ("127.0.0.2", "::1", _other_address()):
        assert not _reached(address, serving.port)


def _other_address() -> str:
    """An address of this machine by which others reach it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # Nothing is sent: a datagram socket only chooses its own address.
        except OSError:
            pytest.skip("this machine has no other address")
        return str(probe.getsockname()[0])


# --- the link ---------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_its_owner_reads_the_link(serving: Serving, enter: Enter) -> None:
    before = os.umask(0)
    try:
        for _ in range(2):
            enter()
            assert serving.link.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_the_link_leads_to_the_desk_and_is_renewed_when_it_was_used(serving: Serving, enter: Enter) -> None:
    first = token_in(serving.link)
    page = serving.link.read_text()
    assert page.count(f"{serving.url}#t={first}") == 2
    assert "<script" not in page
    enter()
    assert token_in(serving.link) != first
    assert first not in serving.link.read_text()
    assert [path.name for path in serving.link.parent.iterdir()] == [f"desk-{serving.port}.html"]


def test_the_link_goes_with_the_server(serving: Serving) -> None:
    serving.stop()
    assert list(serving.link.parent.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few people make links")
def test_what_lies_in_the_place_of_the_link_is_not_written_through(stand_in: StandIn, tmp_path: Path) -> None:
    port = _free_port()
    other = tmp_path / "other.txt"
    other.write_text("mine")
    folder = tmp_path / "crowded"
    folder.mkdir()
    (folder / f"desk-{port}.html").symlink_to(other)
    with Serving(stand_in, link_folder=folder, port=port) as serving:
        assert not serving.link.is_symlink()
        assert token_in(serving.link)
    assert other.read_text() == "mine"


def test_a_link_that_cannot_be_written_is_said_and_nothing_is_served(stand_in: StandIn, tmp_path: Path) -> None:
    port = _free_port()
    (tmp_path / "file").write_text("")
    with pytest.raises(RetakeError) as caught, Serving(stand_in, link_folder=tmp_path / "file", port=port):
        pass
    assert caught.value.what
    assert caught.value.where
    assert caught.value.fix
    assert not _reached("127.0.0.1", port)


def test_a_link_that_cannot_be_renewed_is_said_and_lets_nobody_out(stand_in: StandIn, tmp_path: Path) -> None:
    said: list[str] = []
    folder = tmp_path / "moving"
    with Serving(stand_in, link_folder=folder, said=said.append) as serving:
        token = token_in(serving.link)
        serving.link.unlink()
        serving.link.mkdir()
        (serving.link / "in the way").write_text("")
        origin = {"Origin": serving.url.rstrip("/")}
        entered = httpx.post(f"{serving.url}enter", json={"token": token}, headers=origin, verify=False)
        assert entered.status_code == 200
    assert len(said) == 1
    assert str(serving.link) in said[0]


# --- the port, and the end --------------------------------------------------------------------------------------------


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_port_can_be_asked_for_and_is_free_again_afterwards(stand_in: StandIn, tmp_path: Path) -> None:
    port = _free_port()
    for _ in range(2):
        with Serving(stand_in, link_folder=tmp_path / "links", port=port) as serving:
            assert serving.port == port
            assert httpx.get(serving.url, trust_env=False, verify=False).status_code < 500
        assert not serving.running
        assert not _reached("127.0.0.1", port)


@pytest.mark.parametrize("wanted", ["taken", "70000"])
def test_a_port_that_cannot_be_had_is_said(wanted: str, serving: Serving, stand_in: StandIn, tmp_path: Path) -> None:
    port = serving.port if wanted == "taken" else int(wanted)
    with pytest.raises(SettingsError) as caught:
        Serving(stand_in, link_folder=tmp_path / "links", port=port)
    assert str(port) in caught.value.where
    assert "--port" in caught.value.fix
    assert _reached("127.0.0.1", serving.port)


def test_desks_stand_beside_each_other(serving: Serving, stand_in: StandIn, visitor: httpx.Client) -> None:
    with Serving(stand_in, link_folder=serving.link.parent) as other:
        token = token_in(other.link)
        assert visitor.post("/enter", json={"token": token}).status_code == 403
        assert other.link != serving.link
    assert serving.link.exists()


def test_stopping_again_does_no_harm(serving: Serving) -> None:
    serving.stop()
    serving.stop()
    assert not serving.running


@pytest.mark.slow
def test_a_file_that_is_still_being_made_does_not_keep_the_server_from_stopping(
    serving: Serving, stand_in: StandIn, page: httpx.Client
) -> None:
    stand_in.held.clear()
    ended: list[object] = []

    def wait() -> None:
        try:
            ended.append(page.get("pair/take-1").status_code)
        except httpx.HTTPError as error:
            ended.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not stand_in.asked:
        time.sleep(0.005)
    began = time.monotonic()
    serving.stop()
    took = time.monotonic() - began
    stand_in.held.set()
    waiting.join(10)
    assert took < 20, "it waits for what is being made"
    assert ended
    assert not serving.running


SERVE = """
import sys
from pathlib import Path
from otio_retake.desk.serving import serve
from tests.desk.stand_in import StandIn
folder = Path(sys.argv[1])
(folder / "files").mkdir()
serve(StandIn(folder / "files"), link_folder=folder / "links", open_browser=True,
      ready=lambda said: print(said, flush=True))
print("ended", flush=True)
"""

BROWSER = """#!{python}
import json, sys
with open({out!r}, "w") as out:
    json.dump(sys.argv[1:], out)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="ends a process by a signal")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_desk_opens_in_the_browser_and_ends_when_it_is_asked_to(how: str, tmp_path: Path) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened.json"
    browser.write_text(BROWSER.format(python=sys.executable, out=str(opened)))
    browser.chmod(0o755)
    environment = {**os.environ, "BROWSER": f"{browser} %s"}
    command = [sys.executable, "-X", "dev", "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        deadline = time.monotonic() + 10
        while not (opened.exists() and opened.read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
        (link,) = (tmp_path / "links").iterdir()
        token = token_in(link)
        # Everybody on the machine sees what a program is called with.
        assert json.loads(opened.read_text()) == [link.as_uri()]
        assert str(link) in said
        process.send_signal(getattr(signal, how))
        out, err = process.communicate(timeout=15)
    assert out == "ended\n"
    assert err == ""
    assert process.returncode == 0
    assert token not in said + out
    assert list((tmp_path / "links").iterdir()) == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a screen")
def test_no_browser_takes_a_terminal_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert not open_link(tmp_path / "desk.html")
