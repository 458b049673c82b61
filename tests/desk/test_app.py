"""Each address calls what it stands for, with what was said and no more; what goes wrong is told in three parts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from otio_retake.desk.calls import CALLS
from otio_retake.desk.shell import SHELL
from otio_retake.errors import BudgetExceeded, ServiceRefused

from .stand_in import FILES, SECRET, StandIn

PICKS = {
    "otio_retake_picks": 1,
    "cut": "cut.otio",
    "picks": [{"mark": "mark-1", "take": None, "name": "original"}],
    "rejected": [{"take": "take-2", "name": "v002", "reason": "boom in shot"}],
}

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("override", {"request": "mark-1", "prompt": "", "takes": 3}),
    ("override", {"request": "mark-1", "mode": "both", "service": "ltx", "context": 36, "skip": False}),
    ("override", {"request": "mark-1", "clear": True}),
    ("price", {"request": "mark-1", "prompt": "é" * 20_000}),
    ("again", {"request": "mark-1", "on": True}),
    ("again", {"request": "mark-1", "on": False, "prompt": "slower"}),
    ("confirm", {"digest": "abc", "skip_problems": False}),
    ("stop", {}),
    ("resume", {}),
    ("cancel", {"order": "o" * 200}),
    ("resolve", {"order": "o", "answer": "accepted", "id": "job-1"}),
    ("resolve", {"order": "o", "answer": "written-off"}),
    ("resolve", {"order": "o", "answer": "charged", "amount": "0.40"}),
    ("pick", {"request": "mark-1", "take": "take-1"}),
    ("pick", {"request": "mark-1", "take": None}),
    ("reject", {"take": "take-1", "reason": "r" * 2_000}),
    ("restore", {"take": "take-1"}),
    ("write", {"editor": ""}),
    ("picks", PICKS),
    ("ask", {"offer": "in-out", "prompt": "rain", "mode": "both"}),
    ("unask", {"asked": "0123456789ab"}),
]

BAD: list[tuple[str, Any]] = [
    ("override", {}),
    ("override", {"request": ""}),
    ("override", {"request": "r" * 201}),
    ("override", {"request": "mark-1", "prompt": "p" * 20_001}),
    ("override", {"request": "mark-1", "prompt": None}),
    ("override", {"request": "mark-1", "takes": 0}),
    ("override", {"request": "mark-1", "takes": 21}),
    ("override", {"request": "mark-1", "takes": "3"}),
    ("override", {"request": "mark-1", "takes": 1.5}),
    ("override", {"request": "mark-1", "takes": True}),
    ("override", {"request": "mark-1", "mode": "smell"}),
    ("override", {"request": "mark-1", "context": -1}),
    ("override", {"request": "mark-1", "skip": "yes"}),
    ("override", {"request": "mark-1", "clear": False}),
    ("override", {"request": "mark-1", "clear": True, "takes": 2}),
    ("override", {"request": "mark-1", "budget": "1000"}),
    ("price", {"request": ["mark-1"]}),
    ("again", {"request": "mark-1"}),
    ("confirm", {"digest": "abc"}),
    ("confirm", {"digest": "abc", "skip_problems": 1}),
    ("stop", {"order": "o"}),
    ("resume", []),
    ("resume", None),
    ("cancel", {"order": None}),
    ("resolve", {"order": "o", "answer": "accepted"}),
    ("resolve", {"order": "o", "answer": "refused", "id": "job-1"}),
    ("resolve", {"order": "o", "answer": "charged", "amount": "-1"}),
    ("resolve", {"order": "o", "answer": "charged", "amount": "1e3"}),
    ("resolve", {"order": "o", "answer": "charged", "amount": "NaN"}),
    ("resolve", {"order": "o", "answer": "forgiven"}),
    ("pick", {"request": "mark-1"}),
    ("reject", {"take": "take-1", "reason": "r" * 2_001}),
    ("restore", {}),
    ("write", {"editor": None}),
    ("write", {"editor": "e" * 201}),
    ("picks", {**PICKS, "otio_retake_picks": 2}),
    ("picks", {**PICKS, "more": 1}),
    ("picks", {**PICKS, "picks": [{"mark": "mark-1"}]}),
    ("picks", {"picks": []}),
]


def _told(answer: httpx.Response, status: int) -> dict[str, str]:
    """An error's three parts."""
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"what", "where", "fix"}
    assert answer.json()["what"]
    assert "Traceback" not in answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("name", "body"), GOOD)
def test_a_call_is_done_with_what_was_said(
    name: str, body: dict[str, Any], page: httpx.Client, stand_in: StandIn
) -> None:
    answer = page.post(name, json=body)
    assert answer.json() == {"stamp": "2"}
    assert stand_in.did == [(name, body)]


def test_every_call_is_tried() -> None:
    assert {name for name, _ in GOOD} == set(CALLS)


@pytest.mark.parametrize(("name", "body"), BAD)
def test_a_call_that_is_not_understood_does_nothing(
    name: str, body: Any, page: httpx.Client, stand_in: StandIn
) -> None:
    answer = page.post(name, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert _told(answer, 400)["fix"]
    assert stand_in.did == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"{} {}", b"[" * 100_000, b'{"a":' * 100_000, b"nonsense"])
def test_what_is_no_json_does_nothing(body: bytes, page: httpx.Client, stand_in: StandIn) -> None:
    _told(page.post("stop", content=body, headers={"Content-Type": "application/json"}), 400)
    assert stand_in.did == []


def test_what_was_sent_is_not_repeated(page: httpx.Client) -> None:
    assert SECRET not in page.post("override", json={"request": "mark-1", "mode": SECRET}).text
    assert SECRET not in page.post("reject", json={"take": "t", "reason": SECRET * 200}).text


def test_board_and_numbers_are_told(page: httpx.Client, stand_in: StandIn) -> None:
    board = page.get("board")
    assert board.headers["content-type"] == "application/json"
    assert board.json() == stand_in.board()
    assert page.get("numbers/take-1").json() == {"differences": [None, 0.5]}


NOWHERE = ("numbers/none", "pair/none", "strip/take-1", "still/mark-1/1", "still/mark-1/5", "still/mark-1/-1",
           "sound/take-1/c", "sound/take-1", "pair/take-1/a", "nothing", "")  # fmt: skip


@pytest.mark.parametrize("part", NOWHERE)
def test_what_is_not_there_is_not_found(part: str, page: httpx.Client) -> None:
    _told(page.get(part), 404)


def test_parts_that_do_not_exist_are_not_asked_for(page: httpx.Client, stand_in: StandIn) -> None:
    for part in ("still/mark-1/5", "still/mark-1/00", "still/mark-1/٣", "sound/take-1/A"):
        _told(page.get(part), 404)
    assert stand_in.asked == []


def test_a_request_that_is_not_known_is_not_found(page: httpx.Client) -> None:
    _told(page.post("pick", json={"request": "mark-9", "take": None}), 404)


def test_a_call_is_posted_and_a_look_is_not(page: httpx.Client, stand_in: StandIn) -> None:
    for name in ("override", "confirm", "write", "stop"):
        _told(page.get(name), 405)
    for name in ("board", "events", "export", "pair/take-1", "numbers/take-1"):
        _told(page.post(name, json={}), 405)
    assert stand_in.did == stand_in.asked == []


@pytest.mark.parametrize(
    "error",
    [BudgetExceeded("too dear", where="mark 3", fix="raise the budget"),
     ServiceRefused("no", kind="x", where="clip_\udc80", fix="wait")],
)  # fmt: skip
def test_what_a_person_can_meet_is_told_in_three_parts(error: Any, page: httpx.Client, stand_in: StandIn) -> None:
    stand_in.failing = error
    looked = [page.get(part) for part in ("board", "pair/take-1", "picks", "export", "numbers/take-1")]
    for answer in (*looked, page.post("stop", json={})):
        assert _told(answer, 409) == {"what": error.what, "where": error.where, "fix": error.fix}


def test_what_nobody_foresaw_is_told_by_its_kind(page: httpx.Client, stand_in: StandIn) -> None:
    stand_in.failing = ZeroDivisionError(SECRET)
    for answer in (page.get("board"), page.get("pair/take-1"), page.get("export"), page.post("stop", json={})):
        assert "ZeroDivisionError" in _told(answer, 500)["what"]
        assert SECRET not in answer.text


def test_a_file_that_is_gone_is_a_fault_and_no_more(page: httpx.Client, stand_in: StandIn) -> None:
    path = stand_in.file("pair", "take-1", "")
    content = path.read_bytes()
    path.unlink()
    _told(page.get("pair/take-1"), 500)
    path.write_bytes(content)
    assert page.get("pair/take-1").content == content


def test_the_page_is_there_for_anybody_with_its_address(visitor: httpx.Client) -> None:
    for name, file in SHELL.items():
        answer = visitor.get(f"/static/{name}")
        assert answer.content == file.content
        assert answer.headers["content-type"] == file.media_type
    assert visitor.get("/").content == SHELL["index.html"].content
    assert visitor.get("/").headers["content-type"] == "text/html; charset=utf-8"
    assert {file.media_type.partition(";")[0] for file in SHELL.values()} <= {
        "text/html", "text/css", "text/javascript", "image/svg+xml",
    }  # fmt: skip


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "ident", "part"), list(FILES))
def test_a_file_is_sent_as_what_it_is(kind: str, ident: str, part: str, page: httpx.Client) -> None:
    path = f"{kind}/{ident}/{part}".rstrip("/")
    answer = page.get(path)
    assert answer.content == FILES[kind, ident, part]
    types = {"strip": "image/jpeg", "still": "image/jpeg", "pair": "video/mp4", "sound": "audio/wav"}
    assert answer.headers["content-type"] == types[kind]
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["accept-ranges"] == "bytes"
    head = page.head(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(answer.content))


PAIR = FILES["pair", "take-1", ""]
LENGTH = len(PAIR)


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [("0-", 0, LENGTH), ("0-0", 0, 1), ("100-199", 100, 200), ("5000-", 5000, LENGTH), ("-10", LENGTH - 10, LENGTH),
     (f"{LENGTH - 1}-", LENGTH - 1, LENGTH), (f"10-{LENGTH * 2}", 10, LENGTH), (f"-{LENGTH * 2}", 0, LENGTH)],
)  # fmt: skip
def test_a_part_of_a_file_is_sent(asked: str, first: int, end: int, page: httpx.Client) -> None:
    answer = page.get("pair/take-1", headers={"Range": f"bytes={asked}"})
    assert answer.status_code == 206
    assert answer.content == PAIR[first:end]
    assert answer.headers["content-range"] == f"bytes {first}-{end - 1}/{LENGTH}"
    assert answer.headers["content-length"] == str(end - first)
    head = page.head("pair/take-1", headers={"Range": f"bytes={asked}"})
    assert (head.status_code, head.content) == (206, b"")


@pytest.mark.parametrize("asked", [f"{LENGTH}-", f"{LENGTH * 2}-{LENGTH * 3}", "-0"])
def test_a_part_that_is_not_in_the_file_is_refused(asked: str, page: httpx.Client) -> None:
    answer = page.get("pair/take-1", headers={"Range": f"bytes={asked}"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{LENGTH}"


def test_parts_of_a_file_that_has_changed_meanwhile_are_not_mixed(page: httpx.Client) -> None:
    tag = page.get("pair/take-1").headers["etag"]
    same = page.get("pair/take-1", headers={"Range": "bytes=0-9", "If-Range": tag})
    other = page.get("pair/take-1", headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (same.status_code, same.content) == (206, PAIR[:10])
    assert (other.status_code, other.content) == (200, PAIR)


def test_pages_that_wait_for_files_keep_nobody_else_waiting(page: httpx.Client, stand_in: StandIn) -> None:
    stand_in.held.clear()
    came: list[int] = []
    many = httpx.Client(
        base_url=page.base_url, cookies=page.cookies, limits=httpx.Limits(max_connections=100), timeout=30, verify=False
    )

    def look() -> None:
        came.append(many.get("strip/mark-1").status_code)

    with many:
        waiting = [threading.Thread(target=look) for _ in range(50)]
        for thread in waiting:
            thread.start()
        deadline = time.monotonic() + 10
        while len(stand_in.asked) < 30 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert page.get("board").status_code == 200
        assert page.post("stop", json={}).status_code == 200
        assert came == []
        stand_in.held.set()
        for thread in waiting:
            thread.join(20)
    assert came == [200] * 50


# --- what is saved ----------------------------------------------------------------------------------------------------


def test_picks_are_saved_under_the_name_of_the_cut(page: httpx.Client, stand_in: StandIn) -> None:
    answer = page.get("picks")
    assert answer.json() == stand_in.picks()
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"-pisode 1-picks.json\"; filename*=UTF-8''%C3%89pisode%201-picks.json"
    )


def test_the_offline_page_is_saved_piece_by_piece(page: httpx.Client) -> None:
    answer = page.get("export")
    assert answer.text == "".join(f"<p>{number}</p>" * 10_000 for number in range(3))
    assert answer.headers["content-type"].startswith("text/html")
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment; ")
    assert "/" not in said
    assert '"1"' not in said


def test_an_export_that_fails_at_once_is_told_and_one_that_breaks_off_is_not_whole(
    page: httpx.Client, stand_in: StandIn
) -> None:
    stand_in.export_failing = (0, BudgetExceeded("no", where="", fix=""))
    _told(page.get("export"), 409)
    stand_in.export_failing = (2, ValueError(SECRET))
    with pytest.raises(httpx.RemoteProtocolError):
        page.get("export")


def test_nothing_is_made_for_a_page_that_asks_only_whether_it_could_be(page: httpx.Client, stand_in: StandIn) -> None:
    assert page.head("export").status_code == 200
    assert page.head("events").status_code == 200
    assert stand_in.asked == []


def test_two_pages_share_one_desk(enter: Callable[[], httpx.Client], stand_in: StandIn) -> None:
    one, two = enter(), enter()
    one.post("pick", json={"request": "mark-1", "take": "take-1"})
    two.post("pick", json={"request": "mark-1", "take": None})
    assert [json.dumps(body["take"]) for _, body in stand_in.did] == ['"take-1"', "null"]
