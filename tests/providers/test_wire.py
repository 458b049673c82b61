"""The wire: what is sent once, what is asked again, and what nobody is believed."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import socket
import threading
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest

from otio_retake.errors import (
    ResultExpired,
    ResultUnusable,
    RetakeError,
    ServiceError,
    ServiceRefused,
    ServiceTrouble,
    SettingsError,
)
from otio_retake.providers.addresses import Guard, check_link, is_local, is_public
from otio_retake.providers.wire import Bounds, Enclosed, Wire, base_url, body_of
from tests.providers.loopback import Answer, Server, drop, http, nobody

KEY = "kEy-5ecret-" * 2
SHORT = httpx.Timeout(0.4)


def proof() -> Mapping[str, str]:
    return {"Authorization": f"Bearer {KEY}"}


def quiet(done: int, total: int | None) -> None:
    pass


@pytest.fixture
def wired() -> Iterator[Callable[..., tuple[Server, Wire]]]:
    """Makes a server with its answers, and a wire to it."""
    opened: list[Server] = []
    wires: list[Wire] = []

    def make(*answers: Answer, base: str = "", tries: int = 2, bounds: Bounds = Bounds()) -> tuple[Server, Wire]:  # noqa: B008
        server = Server(list(answers)).__enter__()
        opened.append(server)
        wires.append(Wire("acme", base or server.url, proof, tries=tries, bounds=bounds))
        return server, wires[-1]

    yield make
    for wire in wires:
        wire.close()
    for server in opened:
        server.__exit__()


@pytest.fixture
def remote() -> Iterator[Wire]:
    """A wire to a service on the open net, which is never reached here."""
    wire = Wire("acme", "https://acme.example", proof, tries=1)
    yield wire
    wire.close()


class TestAtMostOnce:
    @pytest.mark.parametrize(
        "answer",
        [
            drop,
            b"HTTP/1.1 200 OK\r\nContent-Le",
            http("200 OK", b'{"id"', length=500),
            b"what is this?\r\n\r\n",
            lambda connection: time.sleep(1.5),
        ],
        ids=["dropped", "cut head", "cut body", "no http", "silence"],
    )
    def test_a_lost_answer_is_an_unknown_outcome_of_one_request(self, wired, answer):
        server, wire = wired(answer)
        with pytest.raises(httpx.HTTPError) as raised:
            wire.once("/jobs", json={"a": 1}, timeout=SHORT)
        assert not isinstance(raised.value, ServiceRefused)
        assert [asked.line for asked in server.asked] == ["POST /jobs HTTP/1.1"]

    @pytest.mark.parametrize("status", ["500 Broken", "503 Busy", "429 Slow down", "408 Late", "307 Elsewhere"])
    def test_an_answer_is_handed_on_and_nothing_is_sent_again(self, wired, status):
        server, wire = wired(http(status, b"{}", Retry_After="1", Location="/jobs-elsewhere"))
        assert wire.once("/jobs", json={}).status_code == int(status[:3])
        assert len(server.asked) == server.connections == 1

    def test_no_connection_is_a_refusal(self):
        wire = Wire("acme", nobody(), proof)
        with pytest.raises(ServiceRefused) as raised:
            wire.once("/jobs", json={})
        wire.close()
        assert raised.value.kind == "unreachable"
        assert raised.value.what
        assert raised.value.where
        assert raised.value.fix

    def test_a_name_without_an_address_is_a_refusal(self):
        wire = Wire("acme", "https://nobody.invalid", proof)
        with pytest.raises(ServiceRefused):
            wire.once("/jobs", json={})
        wire.close()

    def test_a_key_that_is_missing_is_found_before_anything_is_sent(self):
        def none() -> Mapping[str, str]:
            raise SettingsError("there is no key", where="acme", fix="set one")

        with Server([http("200 OK", b"{}")]) as server:
            wire = Wire("acme", server.url, none)
            with pytest.raises(ServiceRefused) as raised:
                wire.once("/jobs", json={})
            wire.close()
        assert (raised.value.what, raised.value.fix) == ("there is no key", "set one")
        assert server.connections == 0

    @pytest.mark.parametrize("body", [{"a": object()}, {"a": "\ud800"}])
    def test_what_cannot_be_written_as_json_is_a_refusal(self, wired, body):
        server, wire = wired(http("200 OK", b"{}"))
        with pytest.raises(ServiceRefused):
            wire.once("/jobs", json=body)
        assert server.connections == 0

    @pytest.mark.parametrize(
        "path", ["https://elsewhere.example/jobs", "@elsewhere.example/jobs", ".elsewhere.example", "http://[/jobs"]
    )
    def test_a_submit_never_goes_to_another_host(self, wired, path):
        server, wire = wired(http("200 OK", b"{}"))
        with pytest.raises(ServiceRefused):
            wire.once(path, json={})
        assert server.connections == 0

    def test_each_submit_has_a_connection_of_its_own(self, wired):
        kept = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        server, wire = wired(kept)
        for _ in range(3):
            wire.once("/jobs", json={})
        assert server.connections == 3

    def test_the_key_goes_along(self, wired):
        server, wire = wired(http("200 OK", b"{}"))
        wire.once("/jobs?a=b", json={"prompt": "ä"}, params={"hook": "https://x.example/?y=1"}, headers={"X-A": "b"})
        (asked,) = server.asked
        assert asked.headers["authorization"] == f"Bearer {KEY}"
        assert asked.headers["x-a"] == "b"
        assert asked.headers["content-type"] == "application/json"
        assert json.loads(asked.body) == {"prompt": "ä"}


class TestReads:
    def test_what_passes_is_asked_again(self, wired):
        server, wire = wired(http("503 Busy"), drop, http("200 OK", b'{"a": 1}'), tries=3)
        assert body_of(wire.read("GET", "/jobs/1")) == {"a": 1}
        assert len(server.asked) == 3

    def test_trouble_that_stays_is_said_after_a_few_times(self, wired):
        server, wire = wired(http("502 Bad"))
        with pytest.raises(ServiceTrouble) as raised:
            wire.read("GET", "/jobs/1")
        assert len(server.asked) == 2
        assert raised.value.retry_after is None
        assert "502" in raised.value.what

    def test_a_service_that_says_when_to_come_back_is_not_asked_before(self, wired):
        server, wire = wired(http("429 Slow down", Retry_After="17"))
        with pytest.raises(ServiceTrouble) as raised:
            wire.read("GET", "/jobs/1")
        assert raised.value.retry_after == 17
        assert len(server.asked) == 1

    @pytest.mark.parametrize(
        ("said", "meant"), [("0", 1), ("999999999", 3600), ("-5", None), ("\xb2", None), ("x", None)]
    )
    def test_any_retry_after_is_bounded(self, wired, said, meant):
        _, wire = wired(http("429 Slow down", Retry_After=said), tries=1)
        with pytest.raises(ServiceTrouble) as raised:
            wire.read("GET", "/jobs/1")
        assert raised.value.retry_after == meant

    @pytest.mark.parametrize("status", ["200 OK", "302 Found", "400 No", "401 Who", "404 Gone", "422 What"])
    def test_every_other_answer_is_handed_on(self, wired, status):
        server, wire = wired(http(status, b"[1]", Location="http://elsewhere.example/"))
        answer = wire.read("GET", "/jobs/1")
        assert answer.status_code == int(status[:3])
        assert body_of(answer) == {}
        assert len(server.asked) == 1

    @pytest.mark.parametrize("path", ["http://elsewhere.example/1", "@elsewhere.example/1", "http://127.0.0.1:99999/"])
    def test_the_key_never_goes_to_another_host(self, wired, path):
        server, wire = wired(http("200 OK"))
        with pytest.raises(ServiceTrouble):
            wire.read("GET", path)
        assert server.connections == 0

    def test_an_address_at_the_service_itself_may_be_whole(self, wired):
        server, wire = wired(http("200 OK"))
        wire.read("GET", f"{server.url}/jobs/1")
        assert server.asked[0].line == "GET /jobs/1 HTTP/1.1"

    def test_an_answer_without_end_is_given_up(self, wired):
        endless = [http("200 OK", length=None), *[b"x" * (1 << 20)] * 64]
        server, wire = wired(endless, tries=1)
        with pytest.raises(ServiceTrouble):
            wire.read("GET", "/jobs/1")
        # What is beyond the bound of 4 MB is what lay in buffers.
        assert server.sent < 20 << 20

    @pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "br"])
    def test_a_packed_answer_without_end_is_given_up(self, wired, encoding):
        bomb = gzip.compress(bytes(200 << 20))
        body = gzip.compress(bomb) if encoding == "gzip, gzip" else bomb
        _, wire = wired(http("200 OK", body, Content_Encoding=encoding), tries=1)
        tracemalloc.start()
        with pytest.raises(ServiceTrouble):
            wire.read("GET", "/jobs/1")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        # The bound of 4 MB, once unpacked and once joined.
        assert most < 16 << 20

    def test_a_packed_answer_is_read_though_plain_was_asked_for(self, wired):
        server, wire = wired(http("200 OK", gzip.compress(b'{"a": 1}'), Content_Encoding="gzip"))
        assert body_of(wire.read("GET", "/jobs/1")) == {"a": 1}
        assert server.asked[0].headers["accept-encoding"] == "identity"

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff\xfe", b"null", b"3"])
    def test_what_is_no_object_is_none(self, wired, body):
        _, wire = wired(http("200 OK", body))
        assert body_of(wire.read("GET", "/")) == {}


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


class TestDownloads:
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


def test_another_address_of_a_service_has_tls_or_is_on_this_machine(monkeypatch):
    assert base_url("acme", "https://acme.example") == "https://acme.example"
    monkeypatch.setenv("OTIO_RETAKE_ACME_URL", "http://127.0.0.1:9/x/")
    assert base_url("acme", "https://acme.example") == "http://127.0.0.1:9/x"
    monkeypatch.setenv("OTIO_RETAKE_ACME_URL", "http://acme.lan")
    with pytest.raises(SettingsError) as raised:
        base_url("acme", "https://acme.example")
    assert raised.value.where == "OTIO_RETAKE_ACME_URL"


class TestSecrets:
    """Keys, queries and paths are in no error, no repr and no log."""

    def test_nothing_says_a_key_a_query_or_a_path(self, wired, tmp_path, caplog):
        caplog.set_level(logging.DEBUG)
        # Tracebacks show lines of this file, so what is looked for must not stand in it.
        signature, path = "s1gn" * 3, "s3cr" * 3
        secrets = (signature, path, KEY)
        pull = tmp_path / "a.mp4"
        pull.write_bytes(b"x")
        said: list[str] = []

        def note(work: Callable[[], object]) -> None:
            try:
                said.append(repr(work()))
            except (RetakeError, httpx.HTTPError) as error:
                said.extend(_everything(error))

        onward = f"/{path}?sig={signature}"
        answers = (drop, http("500 No"), http("302 Found", Location=onward), http("200 OK", b"{}"))
        for answer in answers:
            server, wire = wired(answer, tries=1)
            link = f"{server.url}{onward}"
            note(lambda wire=wire: wire.once(onward, json={}))
            note(lambda wire=wire: wire.read("GET", onward))
            note(lambda wire=wire, link=link: wire.put(link, pull))
            note(lambda wire=wire, link=link: wire.put(f"ftp://h{onward}", pull))
            note(lambda wire=wire, link=link: wire.download(link, tmp_path / "r", quiet))
            note(lambda wire=wire: wire.download(f"http://[{signature}{onward}", tmp_path / "r", quiet))
            said.append(repr(wire))
        gone = Wire("acme", nobody(), proof, tries=1)
        note(lambda: gone.once(onward, json={}))
        note(lambda: gone.read("GET", onward))
        note(lambda: gone.download(f"{gone.base}{onward}", tmp_path / "r", quiet))
        gone.close()
        assert len(said) > 20
        text = "\n".join([*said, caplog.text])
        assert [secret for secret in secrets if secret in text] == []

    def test_what_others_do_with_the_same_library_is_still_logged(self, wired, caplog):
        caplog.set_level(logging.INFO)
        server, wire = wired(http("200 OK"))
        wire.read("GET", "/mine")
        with httpx.Client(trust_env=False) as client:
            client.get(f"{server.url}/theirs")
        assert "/theirs" in caplog.text
        assert "/mine" not in caplog.text


def _everything(error: BaseException) -> Iterator[str]:
    """All that an error says, with whatever it came from."""
    yield from traceback.format_exception(error)
    seen: BaseException | None = error
    while seen is not None:
        yield repr(seen)
        yield str(vars(seen)) if isinstance(seen, ServiceError) else ""
        seen = seen.__cause__ or seen.__context__


def test_many_threads_can_share_a_wire(wired):
    server, wire = wired(http("200 OK", b"{}"))
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                wire.read("GET", "/jobs/1")
                wire.once("/jobs", json={})
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(server.asked) == 80
