"""Addresses lead to what the desk knows by name or id, and nowhere else; each answer says what may be done with it."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from otio_retake.desk.guard import HEADERS
from otio_retake.desk.serving import Serving

from .raw import ask, lines_of
from .stand_in import StandIn

Enter = Callable[[], httpx.Client]


TRICKS = (
    "/static/../guard.py", "/static/..%2fguard.py", "/static/%2e%2e/guard.py", "/static/%2e%2e%2fguard.py",
    "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/link.js%00.css", "/static/", "/static", "/static/.",
    "/static/desk.css/", "/static/..\\guard.py", "/static/" + "a" * 5000, "//evil.example/", "/../../etc/passwd",
    "http://127.0.0.1/", "http://evil.example/", "*", "/guard.py", "/%2e%2e/%2e%2e/etc/passwd", "/favicon.ico",
)  # fmt: skip


@pytest.mark.parametrize("path", TRICKS)
def test_no_path_leads_out_of_the_page(path: str, serving: Serving) -> None:
    answer = ask(serving.port, f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{serving.port}", "Connection: close")
    assert answer.status in (400, 404)
    assert b"root:" not in answer.body
    assert b"import" not in answer.body


IDS = (
    "..%2f..%2fetc%2fpasswd", "%2e%2e", "..", "%2fetc%2fpasswd", "/etc/passwd", "take-1/../../x", "take-1%00.mp4",
    "%00", "a" * 201, "a" * 5000, "C:%5Cwindows", "take-1/", "%0d%0aSet-Cookie:%20x=y", "%ff%fe", "take%2d2",
)  # fmt: skip


@pytest.mark.parametrize("ident", IDS)
def test_an_id_is_looked_up_and_never_a_path(
    ident: str, page: httpx.Client, serving: Serving, stand_in: StandIn
) -> None:
    for part in ("pair/{}", "sound/{}/a", "strip/{}", "still/{}/0", "numbers/{}"):
        answer = ask(serving.port, *lines_of(page, serving, part=part.format(ident)))
        assert answer.status in (400, 404), part
        assert "set-cookie" not in answer.headers
    asked = [what[2] if what[0] == "file" else what[1] for what in stand_in.asked]
    assert all(len(said) <= 200 and said.isprintable() and "/" not in said for said in asked)


def test_every_answer_says_what_a_browser_may_do_with_it(
    page: httpx.Client, visitor: httpx.Client, stand_in: StandIn
) -> None:
    answers = [
        visitor.get("/"), visitor.get("/static/none"), visitor.get("/", headers={"Host": "evil.example"}),
        visitor.post("/enter", json={"token": "x"}), page.get("board"), page.get("pair/take-1"), page.get("export"),
        page.get("pair/none"), page.put("board"), page.post("stop", content=b"x"), page.post("board", json={}),
        page.get("pair/take-1", headers={"Range": "bytes=999999-"}), page.get("picks"), page.head("events"),
    ]  # fmt: skip
    stand_in.failing = ValueError("unforeseen")
    answers.append(page.get("board"))
    assert {answer.status_code for answer in answers} >= {200, 403, 404, 405, 415, 416, 421, 500}
    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, answer.request.url
        assert "no-store" in answer.headers["cache-control"]
        assert "server" not in answer.headers
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_policy_allows_the_page_itself_and_nothing_else() -> None:
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert {source for value in policy.values() for source in value.split()} == {"'none'", "'self'", "blob:"}
