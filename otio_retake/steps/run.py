"""Carries orders out: many at once, each going on from wherever it is, until nothing more happens by itself.

It only loops: what an order needs next is decided in `orders`, and done in the file of that step. Pictures are worked
on by as many threads as there are cores, waiting for services by more. Whoever holds the lease sends the orders of the
plan that was accepted here and no others, and brings home whatever is at a service, also what other processes have
sent; everybody else waits and watches.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from ..durable import check_writable
from ..errors import AlreadyBought, BudgetExceeded, OutcomeUnknown, RetakeError, ServiceTrouble
from ..lease import Lease
from ..ledger import Ledger
from ..orders import AT_SERVICE, UNSENT, Order, State, StepName, next_step, passes
from ..takes_store import open_targets
from . import cancel, conform, fetch, find, lacking, poll, pull, recover, submit, upload, verify
from .heard import fault
from .patience import Patience, held_too_long, overdue, refused_too_often
from .workshop import Workshop

STEPS: Mapping[StepName, Callable[[Order, Workshop], None]] = {
    "pull": pull.run,
    "upload": upload.run,
    "submit": submit.run,
    "find": find.run,
    "poll": poll.run,
    "fetch": fetch.run,
    "verify": verify.run,
}

HEAVY: frozenset[StepName] = frozenset({"pull", "verify"})
"""Steps that keep a core busy; fetching is too where the provider renders on this machine."""

NETWORK_THREADS = 24
KEPT_FREE = 6
"""Threads that uploads and submits leave alone: results that expire do not wait behind them."""

MOST_LOOKS = 40
"""Looks for an order whose submit was not answered: some two minutes."""

LOOK = 0.5
"""Seconds between looks at the ledger for what others have added, and while another process works."""

SENT = tuple(sorted({*AT_SERVICE, State.UNKNOWN, State.FETCHED}))
"""States in which an order is brought home by any run: that costs nothing, and its result may expire."""

SENDING: frozenset[StepName] = frozenset({"pull", "upload", "submit"})
"""Steps towards a submit: a run does them for the orders of its own plan, for which somebody accepted the price."""


@dataclass
class Outcome:
    """What came of a run: what went wrong with which order, and whether somebody stopped it."""

    failed: dict[str, RetakeError] = field(default_factory=dict)
    stopped: bool = False


def carry_out(
    shop: Workshop,
    keys: Collection[str],
    *,
    steps: Collection[StepName] = tuple(STEPS),
    conforming: bool = True,
) -> Outcome:
    """Carries ``keys`` on by ``steps`` until each has come to its end or needs something else.

    With the lease, every other order of the project that is at a service is brought home too; without it, this waits
    for whoever has it. ``conforming`` is whether takes are made as well. Raises a ``RetakeError`` before anything is
    sent where results could not be written.
    """
    waited = False
    while True:
        held = Lease.take(shop.ledger)
        if isinstance(held, Lease):
            with held:
                recover.run(shop)
                if "fetch" in steps:
                    lacking.run(shop, keys)
                if "submit" in steps and any(shop.ledger.state_of(key) in UNSENT for key in keys):
                    check_writable(shop.project.result("any", 1))
                return _Runner(shop, set(keys), frozenset(steps), conforming, held).run()
        if not waited:
            waited = True
            shop.reporter.say(f"process {held.pid} on {held.host} is carrying orders out; waiting for it")
        if shop.stop.wait(LOOK):
            return Outcome(stopped=True)
        if _all_over(shop.ledger, keys, frozenset(steps), conforming):
            return Outcome()


def _all_over(ledger: Ledger, keys: Collection[str], steps: frozenset[StepName], conforming: bool) -> bool:
    for key in keys:
        order = ledger.order(key)
        step = next_step(order, time.time())
        if not order.settled and step is not None and step[0] in steps:
            return False
    mine = set(keys)
    pending = (t for t in open_targets(ledger) if any(set(part.orders) & mine for part in t.parts))
    return not (conforming and any(conform.ready(t, ledger) for t in pending))


class _Runner:
    def __init__(
        self, shop: Workshop, keys: set[str], steps: frozenset[StepName], conforming: bool, lease: Lease
    ) -> None:
        self._shop = shop
        self._keys = keys
        self._steps = steps
        self._conforming = conforming
        self._lease = lease
        self._outcome = Outcome()
        self._patience = Patience(shop.reporter.say, shop.clock)
        self._looks: Counter[str] = Counter()
        self._held: dict[str, float] = {}
        """Until when a service that said "not now" is sent nothing more."""
        self._refused: Counter[str] = Counter()
        self._broke = False
        self._orders: dict[str, Order] = {}
        self._looked = 0.0
        self._to_cancel: list[str] = []
        self._cancelled: set[str] = set()
        """Orders whose cancelling is done with, as far as this run goes."""

    def run(self) -> Outcome:
        cores = max(os.cpu_count() or 1, 1)
        heavy = ThreadPoolExecutor(cores, thread_name_prefix="media")
        light = ThreadPoolExecutor(NETWORK_THREADS, thread_name_prefix="service")
        running: dict[Future[None], tuple[str, StepName]] = {}
        try:
            while True:
                self._look()
                if not self._shop.stop.is_set():
                    self._start_cancelling(running, light)
                    self._start(running, heavy, light, cores)
                if not running:
                    if self._shop.stop.is_set() or not self._waiting():
                        break
                    self._pause()
                    continue
                done, _ = wait(running, timeout=LOOK, return_when=FIRST_COMPLETED)
                for future in done:
                    self._finish(future, *running.pop(future))
        except KeyboardInterrupt:
            # Nothing new is started; what is on its way comes to its end, so that its outcome is known.
            self._shop.stop.set()
            self._shop.reporter.say(_stopping(self._sending(running)))
        finally:
            try:
                heavy.shutdown(wait=True, cancel_futures=True)
                light.shutdown(wait=True, cancel_futures=True)
            except KeyboardInterrupt:
                if left := self._sending(running):
                    self._shop.reporter.say(_left(left))
                raise
        if self._conforming and not self._shop.stop.is_set():
            self._conform()
        for key, error in self._shop.lost.items():
            self._outcome.failed.setdefault(key, error)
        self._outcome.stopped = self._shop.stop.is_set()
        return self._outcome

    def _sending(self, running: Mapping[Future[None], tuple[str, StepName]]) -> list[Order]:
        """The orders whose submits have not been answered yet."""
        return [self._orders[key] for future, (key, step) in running.items() if step == "submit" and not future.done()]

    def _look(self) -> None:
        """Reads the orders that are open; all of them now and then, for others may have added some."""
        now = time.monotonic()
        if now - self._looked > LOOK or not self._orders:
            self._looked = now
            marks = ", ".join("?" * len(SENT))
            mine = json.dumps(sorted(self._keys))
            which = f"state IN ({marks}) OR key IN (SELECT value FROM json_each(?))"
            self._orders = {order.key: order for order in self._shop.ledger.orders(which, *SENT, mine)}
            self._to_cancel = [key for key in cancel.asked(self._shop.ledger) if key not in self._cancelled]

    def _start_cancelling(self, running: dict[Future[None], tuple[str, StepName]], light: ThreadPoolExecutor) -> None:
        """Does what others asked for: to cancel an order at its service."""
        busy = {key for key, _ in running.values()}
        now = self._shop.clock()
        for key in set(self._to_cancel) - busy - self._cancelled:
            order = self._orders[key] = self._shop.ledger.order(key)
            if order.state not in cancel.CAN_BE:
                cancel.forget(order, self._shop)
                self._cancelled.add(key)
            elif self._patience.not_before(f"cancel {key}") <= now:
                running[light.submit(cancel.run, order, self._shop)] = (key, "cancel")

    def _due(self, order: Order) -> tuple[StepName, float] | None:
        """The next step of an order that this run may do, and from when; None where there is none."""
        if order.key in self._outcome.failed:
            return None
        try:
            self._shop.provider(order)
            # What lies on disk is only looked at where it matters: this is asked of every order many times a second.
            can_find = order.state is State.UNKNOWN and self._shop.can_find(order)
            step = next_step(order, self._shop.clock(), can_find=can_find)
        except RetakeError as error:
            # A plug-in that is not installed here keeps nobody else's results from coming home.
            self._outcome.failed[order.key] = error
            return None
        if step is None or step[0] not in self._steps or (step[0] in SENDING and order.key not in self._keys):
            return None
        if step[0] == "submit" and (self._broke or not order.accepted):
            return None
        if step[0] == "submit" and "poll" not in self._steps and not self._room(order, {}):
            # Nobody here asks after the jobs whose places it would need.
            self._outcome.failed[order.key] = ServiceTrouble(
                f"{order.spec.service} takes no more jobs of ours at a time",
                where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
                fix="fetch what is there, then submit the list again; `run` does both",
            )
            return None
        held = self._held.get(order.spec.service, 0.0) if step[0] == "submit" else 0.0
        last = order.attempt
        put_off = last.retry_at if order.state is State.REFUSED and last is not None else 0.0
        asked = max(held, put_off, self._patience.not_before(order.key)) - self._shop.clock()
        why = last.message if last is not None else ""
        if (trouble := held_too_long(order, asked, why)) is not None:
            self._outcome.failed[order.key] = trouble
            return None
        return step[0], max(step[1], held, self._patience.not_before(order.key))

    def _start(
        self,
        running: dict[Future[None], tuple[str, StepName]],
        heavy: ThreadPoolExecutor,
        light: ThreadPoolExecutor,
        cores: int,
    ) -> None:
        busy = {key for key, _ in running.values()}
        full: set[str] = set()
        now = self._shop.clock()
        for order in self._by_urgency():
            due = self._due(order) if order.key not in busy else None
            if due is None or due[1] > now:
                continue
            step = due[0]
            if step == "submit" and (order.spec.service in full or not self._room(order, running)):
                full.add(order.spec.service)
                continue
            bulky = step in HEAVY or (step == "fetch" and order.spec.service == "rehearsal")
            if bulky and sum(s in HEAVY or s == "fetch" for _, s in running.values()) >= cores:
                continue
            if not bulky and self._full(step, running):
                continue
            self._shop.reporter.began(order, step)
            future = (heavy if bulky else light).submit(STEPS[step], order, self._shop)
            running[future] = (order.key, step)
            busy.add(order.key)

    @staticmethod
    def _full(step: StepName, running: Mapping[Future[None], tuple[str, StepName]]) -> bool:
        """Whether no thread is free for ``step``: some are kept for what is paid for already."""
        light = sum(s not in HEAVY for _, s in running.values())
        return light >= NETWORK_THREADS - (KEPT_FREE if step in ("upload", "submit") else 0)

    def _by_urgency(self) -> list[Order]:
        """What expires first is done first, then what is furthest: money that is spent is brought home."""
        rank = {State.READY: 0, State.SUBMITTED: 1, State.RUNNING: 1, State.CANCELLING: 1, State.UNKNOWN: 2}

        def urgency(order: Order) -> tuple[int, float]:
            last = order.attempt
            expires = last.expires_at if last is not None and last.expires_at is not None else float("inf")
            return rank.get(order.state, 3), expires

        return sorted(self._orders.values(), key=urgency)

    def _room(self, order: Order, running: Mapping[Future[None], tuple[str, StepName]]) -> bool:
        """Whether the order's service takes one more job now."""
        service = order.spec.service
        # What this run has given up on is not waited for: its service would never seem to have a place again. Nor are
        # results that it does not fetch: their jobs have ended.
        waited = AT_SERVICE if "fetch" in self._steps else AT_SERVICE - {State.READY}
        at_work = sum(
            o.state in waited and o.spec.service == service and o.key not in self._outcome.failed
            for o in self._orders.values()
        )
        submitting = sum(
            step == "submit" and self._orders[key].spec.service == service for key, step in running.values()
        )
        most = self._shop.concurrency or self._shop.provider(order).capabilities.concurrency
        return at_work + submitting < most

    def _finish(self, future: Future[None], key: str, step: StepName) -> None:
        try:
            future.result()
            self._patience.went_well(_tried(key, step))
            self._cancelled |= {key} if step == "cancel" else set()
        except OutcomeUnknown as error:
            self._doubt(key, error, step)
        except ServiceTrouble as error:
            self._again(key, step, error)
        except AlreadyBought as error:
            self._outcome.failed[key] = error
        except BudgetExceeded as error:
            if not self._broke:
                self._shop.reporter.say(error.what)
            self._broke = True
            self._outcome.failed[key] = error
        except RetakeError as error:
            self._outcome.failed[key] = error
        except Exception as error:
            # A plug-in that errs, or this program: one order's fault stops no other order.
            self._outcome.failed[key] = fault(self._shop.ledger.order(key), step, error, self._shop)
            self._cancelled |= {key} if step == "cancel" else set()
        order = self._orders[key] = self._shop.ledger.order(key)
        last = order.attempt
        if step == "submit" and order.state is State.REFUSED and passes(order) and last is not None:
            self._held[order.spec.service] = last.retry_at
            self._patience.hold(order, last.retry_at - self._shop.clock(), last.message)
            self._refused[key] += 1
            if (trouble := refused_too_often(order, self._refused[key])) is not None:
                self._outcome.failed[key] = trouble
        elif step == "submit" and order.state is State.SUBMITTED:
            # It takes orders again: whatever it puts off from now on, it does for another reason.
            self._refused.clear()
        if step == "poll" and key not in self._outcome.failed:
            self._check_age(order)
        if step == "find" and order.state is State.UNKNOWN and key not in self._outcome.failed:
            self._looked_for(order)
        self._shop.reporter.ended(order, step)

    def _doubt(self, key: str, error: OutcomeUnknown, step: StepName) -> None:
        """Looks for the order where the service can be asked; else it waits for a person."""
        order = self._shop.ledger.order(key)
        if step == "find" or not self._shop.can_find(order) or "find" not in self._steps:
            self._outcome.failed[key] = error
            return
        self._shop.reporter.say(f"{order.short}: {error.what}; {order.spec.service} is asked for it")

    def _looked_for(self, order: Order) -> None:
        """Gives up looking for an order after a while: a person may know more than its service tells."""
        self._looks[order.key] += 1
        if self._looks[order.key] >= MOST_LOOKS:
            self._outcome.failed[order.key] = OutcomeUnknown(
                f"{order.spec.service} does not say whether it has the order",
                where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
                fix="run it again in ten minutes, or look in its console, then"
                f" `otio-retake ledger resolve {order.short}`",
            )

    def _again(self, key: str, step: StepName, error: ServiceTrouble) -> None:
        """Tries a read, an upload or a cancelling again, or leaves it to the next run."""
        order = self._shop.ledger.order(key)
        goes_on = self._patience.again(_tried(key, step), order, step, error)
        if step == "cancel":
            if not goes_on:
                self._cancelled.add(key)
                self._shop.reporter.say(f"{order.short} is not cancelled yet: {error.what}; the next run tries again")
        elif not goes_on:
            self._outcome.failed[key] = error
        else:
            self._check_age(order)

    def _check_age(self, order: Order) -> None:
        """Stops waiting for a job that its service has had for too long."""
        most = self._shop.provider(order).capabilities.job_most_seconds
        if (late := overdue(order, most, self._shop.clock())) is not None:
            self._outcome.failed[order.key] = late

    def _waiting(self) -> bool:
        """Whether some order still has a step to come."""
        return any(self._due(order) is not None for order in self._orders.values())

    def _pause(self) -> None:
        """Sleeps until the next step is due, or somebody may have added one."""
        times = [due[1] for order in self._orders.values() if (due := self._due(order)) is not None]
        pause = min(max(min(times, default=0.0) - self._shop.clock(), 0.01), LOOK)
        self._shop.stop.wait(pause)

    def _conform(self) -> None:
        """Makes the takes of every target whose orders have all come to their end."""
        for target in open_targets(self._shop.ledger):
            if self._shop.stop.is_set() or not self._lease.held():
                return
            if not conform.ready(target, self._shop.ledger):
                continue
            first = self._shop.ledger.order(target.parts[0].orders[0])
            self._shop.reporter.began(first, "conform")
            try:
                made = conform.run(target, self._shop, self._shop.progress(first, "conform"))
            except RetakeError as error:
                self._outcome.failed[first.key] = error
                made = []
            if made:
                self._shop.reporter.ended(self._shop.ledger.order(first.key), "conform")


def _stopping(sending: Collection[Order]) -> str:
    """What to say to somebody who has stopped a run, while ``sending`` are on their way to their services."""
    said = "stopping: nothing new is sent; waiting for what is on its way"
    if not sending:
        return said
    names = ", ".join(order.short for order in sending)
    return (
        f"{said}. {names} {'is' if len(sending) == 1 else 'are'} just being sent: stopped once more now, nobody would"
        " know whether that was accepted and will be charged"
    )


def _left(sending: Collection[Order]) -> str:
    """What to say to somebody who did not wait for the answers to submits."""
    names = ", ".join(order.short for order in sending)
    return (
        f"stopped before an answer to {names} came: nobody knows whether that was accepted and will be charged."
        " It is not sent again; the next run asks where a service can be asked, else `otio-retake ledger resolve`"
    )


def _tried(key: str, step: StepName) -> str:
    """The name of what was tried: an order that is to be cancelled is asked after meanwhile."""
    return f"cancel {key}" if step == "cancel" else key
