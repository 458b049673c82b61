"""Pages of another site, and whoever bends an address to this machine: they can do nothing and read nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable

import httpx
import pytest

from otio_retake.desk.guard import MOST_BODY
from otio_retake.desk.serving import Serving

from .raw import ask, cookie_of, lines_of
from .stand_in import SECRET, StandIn

Enter = Callable[[], httpx.Client]


def test_a_page_that_was_let_in_gets_an_answer(page: httpx.Client, serving: Serving) -> None:
    assert page.get("board").status_code == 200
    assert ask(serving.port, *lines_of(page, serving)).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1.evil.example:{port}",
     "127.0.0.2:{port}", "0.0.0.0:{port}", "[::1]:{port}", "2130706433:{port}", "evil@127.0.0.1:{port}",
     "localhost.:{port}", "127.0.0.1:{port}0"],
)  # fmt: skip
def test_a_name_that_was_bent_to_this_machine_is_refused(
    host: str, page: httpx.Client, serving: Serving, stand_in: StandIn
) -> None:
    bent = host.format(port=serving.port)
    for path in ("/", "/static/desk.css", page.base_url.path + "board"):
        answer = ask(serving.port, f"GET {path} HTTP/1.1", f"Host: {bent}", f"Cookie: desk={cookie_of(page)}")
        assert answer.status == 421
        assert SECRET.encode() not in answer.body
    lines = lines_of(
        page,
        serving,
        "POST",
        "stop",
        Host=bent,
        Origin=f"http://{bent}",
        Content_Type="application/json",
        Content_Length="2",
    )
    assert ask(serving.port, *lines, body=b"{}").status == 421
    assert stand_in.did == stand_in.asked == []


def test_both_names_of_this_machine_are_good(page: httpx.Client, serving: Serving) -> None:
    own = f"localhost:{serving.port}"
    assert ask(serving.port, *lines_of(page, serving, Host=own, Origin=f"http://{own}")).status == 200


def test_a_request_without_a_host_is_refused(page: httpx.Client, serving: Serving, stand_in: StandIn) -> None:
    assert ask(serving.port, *lines_of(page, serving, Host="")).status == 400
    path = page.base_url.path + "board"
    assert ask(serving.port, f"GET {path} HTTP/1.0", f"Cookie: desk={cookie_of(page)}").status == 421
    assert stand_in.asked == []


def test_a_request_with_two_hosts_is_refused(page: httpx.Client, serving: Serving, stand_in: StandIn) -> None:
    assert ask(serving.port, *lines_of(page, serving), "Host: evil.example").status in (400, 421)
    assert stand_in.asked == []


def test_an_older_http_is_answered_as_the_newer_is(page: httpx.Client, serving: Serving) -> None:
    first, *rest = lines_of(page, serving)
    assert ask(serving.port, first.replace("1.1", "1.0"), *rest).status == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1", "http://127.0.0.1:1",
     "http://localhost:{port}", "http://127.0.0.1:{port}.evil.example", "http://127.0.0.1:{port}/", "file://",
     "HTTP://127.0.0.1:{port}", "http://127.0.0.1:{port} http://evil.example"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_another_origin_is_refused(
    method: str, origin: str, page: httpx.Client, serving: Serving, stand_in: StandIn
) -> None:
    said = {"Origin": origin.format(port=serving.port)}
    answer = page.get("board", headers=said) if method == "GET" else page.post("stop", json={}, headers=said)
    assert answer.status_code == 403
    assert stand_in.did == stand_in.asked == []


def test_two_origins_are_none(page: httpx.Client, serving: Serving) -> None:
    assert ask(serving.port, *lines_of(page, serving), "Origin: http://evil.example").status == 403


def test_what_changes_something_says_its_origin(page: httpx.Client, serving: Serving, stand_in: StandIn) -> None:
    said = {"Content_Type": "application/json", "Content_Length": "2"}
    assert ask(serving.port, *lines_of(page, serving, "POST", "stop", Origin="", **said), body=b"{}").status == 403
    assert stand_in.did == []
    assert ask(serving.port, *lines_of(page, serving, "POST", "stop", **said), body=b"{}").status == 200
    assert stand_in.did == [("stop", {})]


def test_what_only_reads_need_not_say_it(page: httpx.Client, serving: Serving) -> None:
    assert ask(serving.port, *lines_of(page, serving, Origin="")).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "anything", ""])
def test_a_page_of_another_site_is_refused(site: str, page: httpx.Client, stand_in: StandIn) -> None:
    said = {"Sec-Fetch-Site": site}
    assert page.get("board", headers=said).status_code == 403
    assert page.post("stop", json={}, headers=said).status_code == 403
    navigates = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert page.get("board", headers=said | navigates).status_code == 403
    assert stand_in.did == stand_in.asked == []


def test_a_link_leads_to_the_page_from_anywhere(visitor: httpx.Client) -> None:
    del visitor.headers["Origin"]
    for site in ("cross-site", "same-site", "none"):
        follows = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        assert visitor.get("/", headers=follows).status_code != 403


@pytest.mark.parametrize(
    ("mode", "dest"), [("no-cors", "image"), ("no-cors", "script"), ("cors", "empty"), ("navigate", "iframe")]
)
@pytest.mark.parametrize("path", ["/", "/static/link.js"])
def test_the_page_is_no_part_of_another(path: str, mode: str, dest: str, visitor: httpx.Client) -> None:
    del visitor.headers["Origin"]
    for site in ("cross-site", "same-site"):
        said = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
        assert visitor.get(path, headers=said).status_code == 403


def test_a_link_leads_to_the_page_only(visitor: httpx.Client, page: httpx.Client) -> None:
    follows = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for path in ("/static/link.js", page.base_url.path + "board", page.base_url.path + "export"):
        assert visitor.get(path, headers=follows).status_code == 403


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain",
                                  "", "application/jsonp", "text/plain; application/json"])  # fmt: skip
def test_what_a_form_can_send_is_refused(kind: str, page: httpx.Client, stand_in: StandIn) -> None:
    assert page.post("stop", content=b"{}", headers={"Content-Type": kind}).status_code == 415
    assert stand_in.did == []


def test_json_may_name_its_encoding(page: httpx.Client) -> None:
    assert (
        page.post("stop", content=b"{}", headers={"Content-Type": "application/json; charset=utf-8"}).status_code == 200
    )


def test_a_body_that_says_it_is_too_long_is_not_read(page: httpx.Client, serving: Serving, stand_in: StandIn) -> None:
    for length in (str(MOST_BODY + 1), "9" * 25):
        lines = lines_of(page, serving, "POST", "stop", Content_Type="application/json", Content_Length=length)
        assert ask(serving.port, *lines).status in (400, 413)
    assert stand_in.did == []


def test_a_body_that_turns_out_too_long_is_refused(page: httpx.Client, stand_in: StandIn) -> None:
    pieces = (b" " * 65536 for _ in range(MOST_BODY // 65536 + 2))
    assert page.post("stop", content=pieces, headers={"Content-Type": "application/json"}).status_code == 413
    whole = iter([b"{", b" " * 1_000_000, b"}"])
    assert page.post("stop", content=whole, headers={"Content-Type": "application/json"}).status_code == 200
    assert stand_in.did == [("stop", {})]


def test_a_body_that_does_not_come_whole_does_nothing(page: httpx.Client, serving: Serving, stand_in: StandIn) -> None:
    lines = lines_of(page, serving, "POST", "stop", Content_Type="application/json", Content_Length="10")
    with socket.create_connection(("127.0.0.1", serving.port)) as connection:
        connection.sendall("\r\n".join([*lines, "", "{}"]).encode())
    assert page.get("board").status_code == 200
    assert stand_in.did == []


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", "get"])
def test_other_methods_are_refused(method: str, page: httpx.Client, serving: Serving, stand_in: StandIn) -> None:
    preflight = ("Access-Control-Request-Method: POST", "Access-Control-Request-Private-Network: true")
    for part in ("board", "stop"):
        answer = ask(serving.port, *lines_of(page, serving, method, part), *preflight)
        assert answer.status == 405
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert cookie_of(page).encode() not in answer.body
    assert stand_in.did == stand_in.asked == []


def test_other_methods_are_refused_before_anything_is_looked_up(serving: Serving) -> None:
    for path in ("/", "/nothing", "/d/guessed/board", "*"):
        assert ask(serving.port, f"PUT {path} HTTP/1.1", f"Host: 127.0.0.1:{serving.port}").status == 405


def test_a_preflight_gets_no_leave(serving: Serving) -> None:
    answer = ask(
        serving.port, "OPTIONS /enter HTTP/1.1", f"Host: 127.0.0.1:{serving.port}", "Origin: http://evil.example",
        "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type",
    )  # fmt: skip
    assert answer.status in (403, 405)
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("upgrade", ["websocket", "h2c"])
def test_no_other_protocol_is_spoken(upgrade: str, page: httpx.Client, serving: Serving, stand_in: StandIn) -> None:
    lines = lines_of(page, serving, part="events", Connection="Upgrade", Upgrade=upgrade)
    answer = ask(serving.port, *lines, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    assert answer.status == 400
    assert stand_in.looks == 0
