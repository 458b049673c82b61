"""The wire: what is sent once, what is asked again, and what nobody may know."""

from __future__ import annotations

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
    OutcomeUnknown,
    RetakeError,
    ServiceError,
    ServiceRefused,
    ServiceTrouble,
    SettingsError,
)
from otio_retake.providers import wire as wire_module
from otio_retake.providers.wire import Wire, base_url, body_of
from tests.providers.loopback import KEY, Server, drop, http, nobody, proof, quiet

SHORT = httpx.Timeout(0.4)


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
        with pytest.raises(OutcomeUnknown) as raised:
            wire.once("/jobs", json={"a": 1}, timeout=SHORT)
        assert raised.value.__context__ is None, "what holds the request holds the key"
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


def hints_without_end(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        time.sleep(0.02)


def a_header_without_end(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.02)


def a_body_without_end(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.02)


@pytest.mark.parametrize("answer", [hints_without_end, a_header_without_end, a_body_without_end])
class TestExchangesWithoutEnd:
    """Each byte comes well within the time for one; all of them together never end."""

    def test_a_read_is_ended_and_not_repeated_at_once(self, wired, monkeypatch, answer):
        monkeypatch.setattr(wire_module, "READ_SECONDS", 0.3)
        server, wire = wired(answer)
        began = time.monotonic()
        with pytest.raises(ServiceTrouble) as raised:
            wire.read("GET", "/jobs/1")
        assert time.monotonic() - began < 5
        assert raised.value.passing
        assert server.connections == 1

    def test_an_upload_is_ended(self, wired, monkeypatch, tmp_path, answer):
        monkeypatch.setattr(wire_module, "PUT_SECONDS", 0.3)
        (tmp_path / "pull.mp4").write_bytes(b"pull")
        server, wire = wired(answer)
        with pytest.raises(ServiceTrouble):
            wire.put(f"{server.url}/pulls/1", tmp_path / "pull.mp4")
        assert server.connections == 1

    def test_a_submit_is_unknown(self, wired, monkeypatch, answer):
        monkeypatch.setattr(wire_module, "SUBMIT_SECONDS", 0.3)
        server, wire = wired(answer)
        with pytest.raises(OutcomeUnknown) as raised:
            wire.once("/jobs", json={})
        assert raised.value.__context__ is None, "what holds the request holds the key"
        assert server.connections == 1


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
