"""ready → fetched: every result of a job lies in the project, hashed, before anything else is done with it."""

from __future__ import annotations

from pathlib import Path

from ..durable import sha256_of, written_beside
from ..errors import ResultExpired, ResultUnusable, RetakeError, ServiceTrouble
from ..orders import Order, State
from ..providers.base import MOST_RESULT_BYTES
from . import gone, lacking, poll
from .heard import report_of
from .workshop import Workshop

MOST_HELD = 60
"""Seconds after which a service may want to be asked for a result again, for others of its job to wait for it."""


def run(order: Order, shop: Workshop) -> None:
    """Fetches all results of ``order``. One that is here already is not fetched again.

    Where some are here and the rest cannot be had, the order goes on with those: what is missing is said, and kept in
    mind where it may come yet.
    """
    report = report_of(order, shop)
    if report.state == "failed" and not order.results:
        poll.apply(order, report, shop)
        return
    expires = gone.until(order, report.expires_at)
    if report.state in ("failed", "expired"):
        lost: dict[int, RetakeError] = {1: ResultExpired("the result has expired at the service")}
        # The job's own record says so, and its provider has asked for as long as that takes.
        total, expires = 1, 0.0
    elif report.state == "ready":
        total = max(report.results, 1)
        lost = _fetch_all(order, total, shop)
    else:
        raise ServiceTrouble(
            f"{order.spec.service} shows the finished job as {report.state}",
            where=f"order {order.short}",
            fix="nothing: it is asked again",
            passing=False,
        )
    if lost and not _done_without(order, lost, total, expires, shop):
        return
    shop.ledger.move(order.key, State.FETCHED)


def _done_without(
    order: Order, lost: dict[int, RetakeError], total: int, expires: float | None, shop: Workshop
) -> bool:
    """Whether ``order`` goes on without the results that are ``lost``; raises where they should be tried again.

    ``expires`` is when its results are gone, None where nobody knows.
    """
    here = {result.number for result in shop.ledger.order(order.key).results}
    error = next((e for e in lost.values() if not isinstance(e, ResultExpired)), None)
    if not here and error is not None:
        shop.gone.pop(order.key, None)
        raise error
    said = shop.gone.setdefault(order.key, [])
    said.append(shop.clock())
    sure = gone.believed(said[0], expires, said[-1])
    if not here:
        if not sure or len(said) < gone.TIMES:
            raise gone.doubted(next(iter(lost.values())), None if sure else expires)
        shop.ledger.end_attempt(order.key, State.EXPIRED, "expired before it was fetched", kind="expired")
        return False
    final = all(isinstance(e, ResultUnusable) for e in lost.values())
    wait = error.retry_after or 0 if isinstance(error, ServiceTrouble) else 0
    if len(said) < gone.TIMES and not final and wait <= MOST_HELD:
        # One answer may be a hiccup of whoever stores the file, and going on without it is for good.
        if isinstance(error, ServiceTrouble):
            raise error
        why = next(e for e in lost.values() if not isinstance(e, ResultUnusable))
        raise ServiceTrouble(why.what, where=why.where, fix="nothing: it is asked again")
    if missing := {number: e for number, e in lost.items() if number not in here}:
        lacking.note(order, missing, total, None if sure else said[0], shop)
    return True


def again(order: Order, number: int, shop: Workshop) -> None:
    """Fetches one result of a finished ``order`` anew: its file is not here as it came.

    Raises ``ResultExpired`` where the service no longer has it.
    """
    report = report_of(order, shop)
    if report.state != "ready":
        raise ResultExpired(f"{order.spec.service} shows the job as {report.state}", where=f"order {order.short}")
    _bring(order, number, shop)


def _fetch_all(order: Order, results: int, shop: Workshop) -> dict[int, RetakeError]:
    """Fetches every result that is there; returns those that are not, with why."""
    lost: dict[int, RetakeError] = {}
    for number in range(1, results + 1):
        try:
            if not is_here(order, number, shop):
                _bring(order, number, shop)
        except (ResultExpired, ResultUnusable, ServiceTrouble) as error:
            lost[number] = error
    return lost


def is_here(order: Order, number: int, shop: Workshop) -> bool:
    """Whether one result of ``order`` lies in the project, and the ledger knows it."""
    path = shop.project.result(order.key, number)
    have = next((r for r in order.results if r.number == number), None)
    return have is not None and path.is_file() and path.stat().st_size == have.size


def _bring(order: Order, number: int, shop: Workshop) -> None:
    path = shop.project.result(order.key, number)
    last = order.attempt
    assert last is not None
    # No other process writes into the same file, though the lease be taken from one that only slept.
    with written_beside(path) as part:
        provider = shop.provider(order)
        provider.fetch(last.remote, number, part, shop.submission(order), shop.progress(order, "fetch"))
        size = part.stat().st_size if part.is_file() else 0
        if size > MOST_RESULT_BYTES:
            raise ResultUnusable("the result is larger than any can be", where=str(path), fix="ask the service")
        _check_movie(order, part, size)
    shop.ledger.add_result(order.key, number, path, sha256_of(path), size)


def _check_movie(order: Order, path: Path, size: int) -> None:
    """Raises ``ServiceTrouble`` where nothing, or text, came in a movie's place: that is not what was paid for.

    A link may be too early; a page says why there is none. The movie may come the next time.
    """
    came = "nothing"
    if size:
        with path.open("rb") as file:
            begins = file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        came = "a page" if begins == b"<" else "a text" if begins in (b"{", b"[") else ""
    if came:
        raise ServiceTrouble(
            f"{order.spec.service} sends {came} in place of the movie",
            where=f"order {order.short}",
            fix="nothing: it is fetched again, and nothing was paid for that; if it stays so, ask the service",
            passing=False,
        )
