"""Each thing is made once, few at a time, what was asked for last first, and the folder stays within its room."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from otio_retake.desk.kitchen import Kitchen, dish_name
from otio_retake.errors import MediaUnreadable, RetakeError

LONG = 20
"""Seconds to wait for what must happen; nothing here takes a tenth of one."""


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as made:
        yield made


class Stove:
    """Makings that begin and end when a test says so."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.most = 0
        self._now = 0
        self._gates: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def making(self, what: str, error: Exception | None = None) -> Callable[[Path], None]:
        gate = self._gates.setdefault(what, threading.Event())

        def make(path: Path) -> None:
            with self._lock:
                self.begun.append(what)
                self._now += 1
                self.most = max(self.most, self._now)
            assert gate.wait(LONG)
            with self._lock:
                self._now -= 1
            if error:
                path.write_bytes(b"half")
                raise error
            path.write_bytes(what.encode())

        return make

    def done(self, what: str) -> None:
        self._gates[what].set()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def name(what: str) -> str:
    return dish_name("still", ".jpg", what)


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "cache")
    first = kitchen.dish(name("a"), lambda path: path.write_bytes(b"once") and None)
    again = Kitchen(tmp_path / "cache").dish(name("a"), lambda _: pytest.fail("made twice"))
    assert first == again == tmp_path / "cache" / name("a")
    assert again.read_bytes() == b"once"
    assert kitchen.waiting == 0


def test_many_who_ask_at_once_get_one_making(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    kitchen, stove = Kitchen(tmp_path), Stove()
    make = stove.making("a")
    asked = [pool.submit(kitchen.dish, name("a"), make) for _ in range(8)]
    until(lambda: bool(stove.begun))
    assert kitchen.waiting == 1
    stove.done("a")
    assert {future.result(LONG) for future in asked} == {tmp_path / name("a")}
    assert stove.begun == ["a"]


def test_an_error_goes_to_all_who_asked_and_is_not_kept(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    kitchen, stove = Kitchen(tmp_path), Stove()
    make = stove.making("a", MediaUnreadable("damaged", where="A.mov", fix="copy it again"))
    asked = [pool.submit(kitchen.dish, name("a"), make) for _ in range(4)]
    until(lambda: bool(stove.begun) and all(future.running() for future in asked))
    time.sleep(0.02)
    stove.done("a")
    for future in asked:
        with pytest.raises(MediaUnreadable) as caught:
            future.result(LONG)
        assert (caught.value.what, caught.value.where) == ("damaged", "A.mov")
    assert list(tmp_path.iterdir()) == [], "nothing half-made is left"
    assert kitchen.dish(name("a"), lambda path: path.write_bytes(b"now") and None).read_bytes() == b"now"


def test_what_was_asked_for_last_comes_first_and_only_so_many_at_a_time(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    kitchen, stove = Kitchen(tmp_path, most=2), Stove()
    asked: list[Future[Path]] = []
    for count, what in enumerate("abcdef", 1):
        asked.append(pool.submit(kitchen.dish, name(what), stove.making(what)))
        until(lambda count=count: kitchen.waiting == count)  # type: ignore[misc]
    assert sorted(stove.begun) == ["a", "b"]
    # Somebody looks at c again: it comes next.
    asked.append(pool.submit(kitchen.dish, name("c"), stove.making("c")))
    until(asked[-1].running)
    time.sleep(0.1)
    for finished, next_up in zip("acfe", "cfed", strict=True):
        stove.done(finished)
        until(lambda next_up=next_up: stove.begun[-1] == next_up)  # type: ignore[misc]
    stove.done("b")
    stove.done("d")
    for future in asked:
        future.result(LONG)
    assert stove.most == 2
    assert kitchen.waiting == 0


def test_a_closed_kitchen_begins_nothing_and_finishes_what_it_began(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    kitchen, stove = Kitchen(tmp_path, most=1), Stove()
    begun = pool.submit(kitchen.dish, name("a"), stove.making("a"))
    until(lambda: bool(stove.begun))
    waiting = [pool.submit(kitchen.dish, name("b"), stove.making("b")) for _ in range(3)]
    until(lambda: kitchen.waiting == 2 and all(future.running() for future in waiting))
    kitchen.close()
    for future in waiting:
        with pytest.raises(RetakeError) as caught:
            future.result(LONG)
        assert all((caught.value.what, caught.value.where, caught.value.fix))
    stove.done("a")
    assert begun.result(LONG).read_bytes() == b"a"
    assert kitchen.dish(name("a"), lambda _: pytest.fail("made twice")).is_file()
    with pytest.raises(RetakeError):
        kitchen.dish(name("c"), stove.making("c"))
    assert stove.begun == ["a"]


def test_the_folder_stays_within_its_room_without_what_was_read_longest_ago(tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path)
    for what in "abcde":
        kitchen.dish(name(what), lambda path: path.write_bytes(bytes(1000)) and None)
    others = tmp_path / "notes.txt"
    others.write_bytes(bytes(5000))
    hour_ago = time.time() - 3600
    for age, what in enumerate("abcde"):
        os.utime(tmp_path / name(what), (hour_ago + age, hour_ago + age))
    os.utime(others, (0, 0))
    kitchen.dish(name("a"), lambda _: pytest.fail("made twice"))
    Kitchen(tmp_path, room=3000)
    left = {what for what in "abcde" if (tmp_path / name(what)).exists()}
    assert left == {"a", "d", "e"}, "a was read just now"
    assert others.exists(), "what it did not make is not its own"


def test_what_was_just_given_out_stays_and_what_was_left_half_made_goes(tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path, room=10)
    path = kitchen.dish(name("a"), lambda path: path.write_bytes(bytes(1000)) and None)
    left, fresh = tmp_path / ".still-0.abc-1.part.jpg", tmp_path / ".still-1.abc-1.part.jpg"
    for half in (left, fresh):
        half.write_bytes(b"half")
    os.utime(left, (0, 0))
    kitchen.tidy()
    assert path.exists()
    assert fresh.exists(), "another desk may be making it"
    assert not left.exists()


@pytest.mark.parametrize("bad", ["../still-0123456789abcdef.jpg", "still-.jpg", "/etc/passwd", "", "still-0123/x.jpg"])
def test_only_made_names_reach_the_folder(tmp_path: Path, bad: str) -> None:
    with pytest.raises(ValueError, match="dish_name"):
        Kitchen(tmp_path).dish(bad, lambda _: pytest.fail("made"))


def test_names_differ_with_everything_that_is_in_them() -> None:
    names = [dish_name("still", ".jpg", *content) for content in [(), (1,), ("1",), (1, 2), ([1, 2],), (None,)]]
    assert len(set(names)) == len(names)
    assert dish_name("still", ".jpg", 1) != dish_name("strip", ".jpg", 1)


@pytest.mark.slow
def test_a_crowd(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    """Sixteen threads ask for forty things in their own order, over and over: each is made once."""
    kitchen = Kitchen(tmp_path)
    made: list[str] = []
    running, most = 0, 0
    lock = threading.Lock()

    def ask(seed: int) -> None:
        def make(what: str, path: Path) -> None:
            nonlocal running, most
            with lock:
                made.append(what)
                running += 1
                most = max(most, running)
            time.sleep(0.003)
            path.write_bytes(what.encode())
            with lock:
                running -= 1

        for k in range(120):
            what = str((k * (2 * seed + 1) + seed) % 40)
            assert kitchen.dish(name(what), lambda path, what=what: make(what, path)).read_bytes() == what.encode()

    for future in [pool.submit(ask, seed) for seed in range(16)]:
        future.result(60)
    assert sorted(made) == sorted({str(k) for k in range(40)})
    assert most == 2
    assert kitchen.waiting == 0
