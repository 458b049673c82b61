"""Who is let in: whoever has the link, once, into a room of his own. All others of this machine stay outside."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from otio_retake.desk.serving import Serving

from .conftest import served, token_in
from .raw import ask, cookie_of, heard, lines_of
from .stand_in import SECRET, StandIn

Enter = Callable[[], httpx.Client]


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


def test_a_room_without_its_cookie_is_shut(page: httpx.Client, serving: Serving, stand_in: StandIn) -> None:
    for cookie in ("", "desk=", "desk=guessed", "other=1", "desk", "Desk=" + cookie_of(page), cookie_of(page), ";;=;"):
        assert ask(serving.port, *lines_of(page, serving, Cookie=cookie)).status == 401
    assert stand_in.asked == []


def test_a_cookie_without_its_room_is_worth_nothing(
    page: httpx.Client, visitor: httpx.Client, stand_in: StandIn
) -> None:
    said = {"Cookie": f"desk={cookie_of(page)}"}
    for path in ("/d/guessed/board", "/d//board", "/d/", "/d/board", "/d", "/board", "/d/%00/board", "/d/é/board"):
        assert visitor.get(path, headers=said).status_code in (401, 404)
    assert stand_in.asked == []


def test_each_page_has_its_own_room(enter: Enter, stand_in: StandIn) -> None:
    one, two = enter(), enter()
    assert one.base_url != two.base_url
    assert one.get("board").status_code == two.get("board").status_code == 200
    stand_in.asked.clear()
    swapped = httpx.get(
        f"{one.base_url}board", headers={"Cookie": f"desk={cookie_of(two)}"}, trust_env=False, verify=False
    )
    assert swapped.status_code == 401
    assert stand_in.asked == []


def test_a_planted_cookie_keeps_nobody_out(page: httpx.Client, serving: Serving) -> None:
    planted = f"desk=planted; theme=dark; desk={cookie_of(page)}; desk=too"
    assert ask(serving.port, *lines_of(page, serving, Cookie=planted)).status == 200


def test_cookies_of_other_servers_of_this_machine_do_not_shut_the_page_out(
    page: httpx.Client, serving: Serving
) -> None:
    many = "; ".join(f"other{number}={'x' * 4000}" for number in range(30))
    head = "\r\n".join([*lines_of(page, serving, Cookie=f"{many}; desk={cookie_of(page)}"), "", ""]).encode()
    with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as connection:
        for first in range(0, len(head), 20_000):
            connection.sendall(head[first : first + 20_000])
            time.sleep(0.01)
        assert heard(connection).status == 200


def test_the_cookie_is_for_its_room_only_and_out_of_reach_of_scripts(visitor: httpx.Client, serving: Serving) -> None:
    answer = visitor.post("/enter", json={"token": token_in(serving.link)})
    room = answer.json()["room"]
    assert set(answer.json()) == {"room"}
    cookie = SimpleCookie(answer.headers["set-cookie"])["desk"]
    assert cookie["path"] == f"/d/{room}/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["domain"]
    assert len(room) >= 40
    assert len(cookie.value) >= 40
    assert cookie.value != room


def test_a_token_is_good_once(visitor: httpx.Client, serving: Serving) -> None:
    token = token_in(serving.link)
    assert visitor.post("/enter", json={"token": token}).status_code == 200
    again = visitor.post("/enter", json={"token": token})
    assert again.status_code == 403
    assert "set-cookie" not in again.headers
    assert again.json()["fix"]
    assert visitor.post("/enter", json={"token": token_in(serving.link)}).status_code == 200


@pytest.mark.parametrize("token", ["", "guessed", "é", "\0", "a" * 200])
def test_a_wrong_token_opens_nothing(token: str, visitor: httpx.Client) -> None:
    answer = visitor.post("/enter", json={"token": token})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"token": null}', '{"token": 1}', '{"token": ["a"]}',
                                  "{" * 9999, '{"token": "a", "room": "b"}'])  # fmt: skip
def test_what_is_no_token_opens_nothing(body: str, visitor: httpx.Client) -> None:
    answer = visitor.post("/enter", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert set(answer.json()) == {"what", "where", "fix"}


def test_nobody_who_guesses_can_shut_the_door(visitor: httpx.Client, page: httpx.Client, serving: Serving) -> None:
    for _ in range(50):
        assert visitor.post("/enter", json={"token": "guessed"}).status_code == 403
    assert page.get("board").status_code == 200
    assert visitor.post("/enter", json={"token": token_in(serving.link)}).status_code == 200


def test_another_site_does_not_get_as_far_as_guessing(visitor: httpx.Client, serving: Serving) -> None:
    for _ in range(5):
        evil = visitor.post("/enter", json={"token": "guessed"}, headers={"Origin": "http://evil.example"})
        assert evil.status_code == 403
    assert visitor.post("/enter", json={"token": token_in(serving.link)}).status_code == 200


def test_nothing_secret_is_printed_or_logged(
    serving: Serving,
    visitor: httpx.Client,
    stand_in: StandIn,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    token = token_in(serving.link)
    entered = visitor.post("/enter", json={"token": token})
    room, cookie = entered.json()["room"], SimpleCookie(entered.headers["set-cookie"])["desk"].value
    said = {"Cookie": f"desk={cookie}"}
    visitor.get(f"/d/{room}/board", headers=said)
    visitor.post("/enter", json={"token": token})
    for error in (ValueError(SECRET), KeyError(SECRET), RuntimeError(SECRET), OSError(SECRET)):
        stand_in.failing = error
        assert visitor.get(f"/d/{room}/board", headers=said).status_code == 500
        visitor.get(f"/d/{room}/pair/take-1", headers=said)
        visitor.post(f"/d/{room}/stop", json={}, headers=said)
    ask(serving.port, f"GET /d/{room}/board HTTP/1.1", f"Cookie: desk={cookie}", "Connection: close")
    ask(serving.port, f"nonsense {token}")
    serving.stop()
    out, err = capfd.readouterr()
    ours = "".join(
        record.getMessage() + (record.exc_text or "") for record in caplog.records if not record.name.startswith("http")
    )
    for secret in (token, room, cookie, SECRET):
        assert secret not in out + err + ours
    assert "Traceback" not in out + err + ours


def test_an_error_tells_nothing_of_the_session(page: httpx.Client, visitor: httpx.Client) -> None:
    for answer in (visitor.get("/d/guessed/board"), visitor.get(page.base_url.path + "board"), page.get("nothing")):
        assert answer.status_code in (401, 404)
        assert cookie_of(page) not in answer.text + str(answer.headers)
        assert page.base_url.path.strip("/").split("/")[-1] not in answer.text
