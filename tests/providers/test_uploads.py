"""Pulls go to services whole, and alone."""

from __future__ import annotations

import base64
import json
import socket
import tracemalloc

import pytest

from otio_retake.errors import (
    ResultUnusable,
    ServiceTrouble,
    SettingsError,
)
from otio_retake.providers.wire import Enclosed, Wire
from tests.providers.loopback import KEY, Server, drop, http, proof


class TestUploads:
    def test_a_file_arrives_whole_and_without_a_key(self, wired, tmp_path):
        pull = tmp_path / "client name.mp4"
        pull.write_bytes(bytes(range(256)) * 1000)
        server, wire = wired(http("503 Busy"), http("200 OK"))
        heard: list[tuple[int, int | None]] = []
        wire.put(f"{server.url}/put?sig=1", pull, headers={"X-A": "b"}, progress=lambda *p: heard.append(p))
        assert [asked.body for asked in server.asked] == [pull.read_bytes()] * 2
        for asked in server.asked:
            assert asked.headers["content-length"] == "256000"
            assert asked.headers["content-type"] == "video/mp4"
            assert asked.headers["x-a"] == "b"
            assert "transfer-encoding" not in asked.headers
            assert KEY not in str(asked.headers)
            assert "client" not in str(asked.headers) + asked.line
        assert heard[-1] == (256_000, 256_000)

    def test_a_service_may_say_headers_but_not_how_a_file_is_sent(self, wired, tmp_path):
        pull = tmp_path / "a.mp4"
        pull.write_bytes(b"four")
        server, wire = wired(http("200 OK"))
        wanted = {
            "content-type": "video/quicktime",
            "Host": "elsewhere",
            "content-length": "9",
            "Transfer-Encoding": "x",
        }
        wire.put(f"{server.url}/put", pull, headers=wanted)
        (asked,) = server.asked
        assert asked.headers["content-type"] == "video/quicktime"
        assert asked.headers["host"] == server.host
        assert asked.headers["content-length"] == "4"
        assert "transfer-encoding" not in asked.headers

    def test_a_key_goes_to_the_service_itself_alone(self, wired, tmp_path):
        pull = tmp_path / "a.mp4"
        pull.write_bytes(b"x")
        server, wire = wired(http("200 OK"))
        other, _ = wired(http("200 OK"))
        wire.put(f"{server.url}/put", pull, authorised=True)
        assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
        with pytest.raises(ServiceTrouble):
            wire.put(f"{other.url}/put", pull, authorised=True)
        assert other.connections == 0

    @pytest.mark.parametrize("url", ["http://storage.example/put", "file:///etc/passwd", "https://10.0.0.1/put", "put"])
    def test_footage_goes_nowhere_but_over_tls_to_the_open_net(self, remote, tmp_path, url):
        pull = tmp_path / "a.mp4"
        pull.write_bytes(b"x")
        with pytest.raises(ResultUnusable):
            remote.put(url, pull)

    def test_an_address_of_the_users_own_may_be_in_their_network_but_has_tls(self, remote, tmp_path):
        pull = tmp_path / "a.mp4"
        pull.write_bytes(b"x")
        with pytest.raises(SettingsError):
            remote.put("http://storage.lan/put", pull, chosen=True)

    def test_headers_that_cannot_be_sent_are_trouble(self, wired, tmp_path):
        pull = tmp_path / "a.mp4"
        pull.write_bytes(b"x")
        server, wire = wired(http("200 OK"), tries=1)
        for value in ("ü", "a\r\nHost: elsewhere"):
            with pytest.raises(ServiceTrouble):
                wire.put(f"{server.url}/put", pull, headers={"X-A": value})
        assert server.asked == []

    @pytest.mark.parametrize("size", [0, 1, 2, 3, 3 * (1 << 14) - 1, 3 * (1 << 14), 3 * (1 << 14) + 1, 300_000])
    def test_a_file_inside_json_is_that_file(self, wired, tmp_path, size):
        pull = tmp_path / "a.mp4"
        pull.write_bytes((b"abcdefg" * (size // 7 + 1))[:size])
        server, wire = wired(drop, http("200 OK", b"{}"))
        made: list[int] = []

        def body() -> Enclosed:
            made.append(1)
            return Enclosed(pull, f'[{{"try": {len(made)}, "media": "data:video/mp4;base64,', '"}]')

        wire.embed("", body)
        assert len(made) == len(server.asked) == 2
        (said,) = json.loads(server.asked[1].body)
        assert said["try"] == 2
        assert base64.b64decode(said["media"].partition(",")[2]) == pull.read_bytes()
        assert server.asked[1].headers["content-type"] == "application/json"
        assert server.asked[1].headers["authorization"] == f"Bearer {KEY}"

    def test_a_large_file_inside_json_is_never_in_memory(self, tmp_path):
        pull = tmp_path / "a.mp4"
        with pull.open("wb") as file:
            file.truncate(20 << 20)

        body = Enclosed(pull, '{"a": "', '"}')
        tracemalloc.start()
        done = sum(len(chunk) for chunk in body.chunks())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert done == body.size
        assert most < 1 << 20


def test_a_pull_does_not_follow_a_name_into_a_private_network(monkeypatch, tmp_path):
    """The name of a host that a service named means an open address when it is looked at, and another one then."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    pull = tmp_path / "a.mp4"
    pull.write_bytes(b"footage")
    with Server([http("200 OK")]) as server:
        port = int(server.host.rpartition(":")[2])
        answers = iter(["93.184.215.14"])

        def resolve(host, *_more, **_options):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers, "127.0.0.1"), port))]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        wire = Wire("acme", "https://acme.example", proof, tries=1)
        try:
            with pytest.raises(ResultUnusable) as raised:
                wire.put(f"https://put.example:{port}/p?sig=1", pull)
        finally:
            wire.close()
        assert "private" in raised.value.what
        assert server.asked == []
