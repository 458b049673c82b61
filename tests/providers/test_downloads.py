"""Results come home within bounds, from places where results can be; nobody is believed."""

from __future__ import annotations

import gzip
import shutil
import socket
import time
from types import SimpleNamespace

import httpx
import pytest

from otio_retake.errors import (
    ResultExpired,
    ResultUnusable,
    RetakeError,
    ServiceTrouble,
)
from otio_retake.providers import downloads
from otio_retake.providers.addresses import Guard, check_link, is_local, is_public
from otio_retake.providers.wire import Bounds
from tests.providers.loopback import KEY, drop, http, quiet


class TestBounds:
    @pytest.mark.parametrize("length", [-1, None])
    def test_a_result_arrives_without_a_key_being_sent(self, wired, tmp_path, length):
        body = bytes(range(256)) * 2000
        server, wire = wired(http("200 OK", body, length=length))
        heard: list[tuple[int, int | None]] = []
        wire.download(f"{server.url}/r.mp4?sig=1", tmp_path / "r", lambda *p: heard.append(p))
        assert (tmp_path / "r").read_bytes() == body
        assert KEY not in str(server.asked[0].headers)
        assert heard[-1] == (len(body), len(body) if length else None)

    @pytest.mark.parametrize("status", ["401 Who", "403 No", "404 Gone", "410 Gone"])
    def test_a_result_that_is_gone_has_expired(self, wired, tmp_path, status):
        server, wire = wired(http(status, b"<Error>"))
        with pytest.raises(ResultExpired):
            wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)

    @pytest.mark.parametrize(
        "answer",
        [
            http("500 Broken"),
            http("206 Partial", b"x"),
            http("200 OK", b"x" * 100, length=200),
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            drop,
            http("302 Found", Location="http://[::1/r"),
        ],
        ids=["500", "part", "short", "cut chunk", "dropped", "led nowhere"],
    )
    def test_what_may_pass_is_trouble(self, wired, tmp_path, answer):
        server, wire = wired(answer)
        with pytest.raises(ServiceTrouble):
            wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)

    def test_a_result_that_says_that_it_is_too_large_is_not_begun(self, wired, tmp_path):
        server, wire = wired(http("200 OK", b"x", length=10_000_000), bounds=Bounds(most_bytes=1_000_000))
        with pytest.raises(ResultUnusable):
            wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)
        assert not (tmp_path / "r").exists()

    def test_a_result_without_end_does_not_fill_the_disk(self, wired, tmp_path):
        endless = [http("200 OK", length=None), *[b"x" * (1 << 20)] * 64]
        server, wire = wired(endless, bounds=Bounds(most_bytes=3_000_000))
        with pytest.raises(ResultUnusable):
            wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)
        assert (tmp_path / "r").stat().st_size <= 3_000_000

    def test_a_packed_result_is_not_unpacked(self, wired, tmp_path):
        bomb = gzip.compress(bytes(50 << 20))
        server, wire = wired(http("200 OK", bomb, Content_Encoding="gzip"))
        with pytest.raises(ResultUnusable):
            wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)
        assert not (tmp_path / "r").exists()

    @pytest.mark.parametrize("head", [http("200 OK", length=None), http("200 OK", length=10_000), b""], ids=str)
    def test_a_result_that_drips_is_given_up_in_time(self, wired, tmp_path, head):
        def drip(connection: socket.socket) -> None:
            connection.sendall(head or b"HTTP/1.1 200 OK\r\n")
            for number in range(100):
                connection.sendall(b"x" if head else f"X-{number}: a\r\n".encode())
                time.sleep(0.05)

        server, wire = wired(drip, bounds=Bounds(seconds=0.5))
        began = time.monotonic()
        with pytest.raises(ServiceTrouble, match="too slow"):
            wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)
        assert time.monotonic() - began < 3

    def test_a_result_below_the_least_pace_is_given_up(self, wired, tmp_path):
        def slow(connection: socket.socket) -> None:
            connection.sendall(http("200 OK", length=1_000_000))
            for _ in range(40):
                connection.sendall(b"x" * 10)
                time.sleep(0.05)

        server, wire = wired(slow, bounds=Bounds(patience=0.2, least_pace=10_000))
        with pytest.raises(ServiceTrouble, match="too slow"):
            wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)

    def test_a_redirect_is_followed_without_a_key(self, wired, tmp_path):
        body = b"movie"
        server, wire = wired(http("302 Found", Location="/on?sig=2"), http("200 OK", body))
        wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)
        assert (tmp_path / "r").read_bytes() == body
        assert [asked.line for asked in server.asked] == ["GET /r.mp4 HTTP/1.1", "GET /on?sig=2 HTTP/1.1"]
        assert KEY not in str(server.asked)

    def test_redirects_end(self, wired, tmp_path):
        server, wire = wired(http("302 Found", Location="/r.mp4"))
        with pytest.raises(ResultUnusable):
            wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)
        assert len(server.asked) == 4

    @pytest.mark.parametrize(
        "location",
        [
            "file:///etc/passwd",
            "ftp://127.0.0.1/r",
            "http://93.184.215.14/r",
            "//elsewhere.example/r",
            "http://user:pass@127.0.0.1/r",
            "http://127.0.0.1:99999/r",
            "data:video/mp4;base64,AAAA",
        ],
    )
    def test_a_redirect_to_where_no_result_can_be_is_refused(self, wired, tmp_path, location):
        server, wire = wired(http("302 Found", Location=location))
        with pytest.raises(ResultUnusable) as raised:
            wire.download(f"{server.url}/r.mp4", tmp_path / "r", quiet)
        assert "pass" not in str(raised.value).replace("passwd", "")
        assert len(server.asked) == 1

    @pytest.mark.parametrize(
        "url",
        [
            "http://acme.example/r.mp4",
            "file:///etc/passwd",
            "https://127.0.0.1/r",
            "https://localhost/r",
            "https://10.1.2.3/r",
            "https://192.168.0.1/r",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/r",
            "https://0.0.0.0/r",
            "https://[::1]/r",
            "https://[::ffff:10.0.0.1]/r",
            "https://[fd00::1]/r",
            "https://[64:ff9b::7f00:1]/r",
            "https://127.1/r",
            "https://2130706433/r",
            "https://user@acme.example/r",
            "https://:80/r",
            "https://acme.example:x/r",
            "https://" + "a" * 70 + ".\udcff/r",
            "",
        ],
    )
    def test_a_link_into_a_network_or_a_machine_is_refused(self, remote, tmp_path, url):
        with pytest.raises(ResultUnusable):
            remote.download(url, tmp_path / "r", quiet)

    @pytest.mark.parametrize("link", ["https://192.0.2.7/r", "https://192.0.2.7:8443/r"])
    def test_a_service_in_the_users_own_network_may_keep_its_results_itself(self, link):
        """Its address was chosen by the user; any other there was not."""
        check_link("https://192.0.2.7:8443/r", local=False, service="house", base="https://192.0.2.7:8443/v1")
        with pytest.raises(ResultUnusable):
            check_link(link, local=False, service="house", base="https://192.0.2.7:444")

    def test_the_address_that_is_connected_to_counts_not_the_name(self, wired):
        """A name can mean another address when it is connected to than when it was looked at."""
        server, _ = wired(http("200 OK", b"inside"))
        with (
            Guard("acme", True, 5) as guard,
            httpx.Client(trust_env=False) as client,
            pytest.raises(ResultUnusable),
        ):
            client.get(f"{server.url}/r", extensions={"trace": guard.trace})
        assert server.asked == []


class TestRoom:
    @pytest.mark.parametrize("length", [-1, None], ids=["announced", "not announced"])
    def test_what_does_not_fit_is_not_begun(self, wired, tmp_path, length):
        """More than any disk has: the reserve is not left, so not a byte is written."""
        server, wire = wired(http("200 OK", b"movie", length=length), bounds=Bounds(reserve_bytes=10**18))
        with pytest.raises(RetakeError) as raised:
            wire.download(f"{server.url}/r", tmp_path / "r", quiet)
        assert "room" in raised.value.what
        assert raised.value.where == str(tmp_path)
        assert "run the same command again" in raised.value.fix
        assert not isinstance(raised.value, ServiceTrouble), "it does not pass by waiting"
        assert not (tmp_path / "r").exists()

    def test_a_body_without_a_length_stops_where_the_room_ends(self, wired, tmp_path, monkeypatch):
        monkeypatch.setattr(downloads, "LOOK_BYTES", 1000)
        free = iter([10**18, 10**18])
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free, 0)))
        server, wire = wired(http("200 OK", b"x" * 500_000, length=None))
        with pytest.raises(RetakeError, match="room"):
            wire.download(f"{server.url}/r", tmp_path / "r", quiet)
        assert (tmp_path / "r").stat().st_size < 500_000


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("fe80::1%eth0", False),
        ("nobody", False),
        ("", False),
    ],
)
def test_what_belongs_to_the_open_net(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:80/x", True),
        ("http://localhost", True),
        ("https://[::1]:1", True),
        ("http://127.0.0.1@elsewhere.example", False),
        ("http://127.0.0.1.elsewhere.example", False),
        ("http://192.168.0.1", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_what_is_on_this_machine(url, local):
    assert is_local(url) is local
