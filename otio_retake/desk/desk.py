"""The desk itself: what the page sees and may do, whoever serves it. Calls come from several threads."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

from ..errors import RetakeError
from ..lease import holder_of
from ..ledger import Ledger
from ..media.facts import MediaFacts, read_facts
from ..orders import State
from ..planned import Override, Plan
from ..session import Session
from ..steps.conform import ready
from ..takes_store import open_targets
from . import actions, in_resolve
from .board import board_of, still_frames, working
from .following import Signature, reopened, signature
from .kitchen import Kitchen
from .order_rows import AT_WORK, WORDS
from .pair_cell import cook_pair
from .pairs import pair_name
from .picks import picks_of
from .sight import Sight, look
from .sounds import make_sound, make_take_sound, sound_name, take_sound_name
from .stills import make_still, make_strip, still_name, strip_name
from .take_rows import numbers_of, original_sound
from .worker import Worker

FOLDER = "desk"
"""What the desk keeps in the project's folder: stills and proxies, which can be made again at any time."""

_STAMP = """
SELECT (SELECT max(id) FROM events), (SELECT group_concat(id || state) FROM takes),
       (SELECT group_concat(mark_id || said) FROM overrides), (SELECT group_concat(take || reason) FROM reviews),
       (SELECT group_concat(id || state) FROM targets), (SELECT group_concat(mark_id || said) FROM choices),
       (SELECT total(amount) FROM charges), (SELECT group_concat(order_key || number || state) FROM results)
"""


class Desk:
    """The desk of one cut. ``output`` is where "Write cut" puts it."""

    def __init__(self, session: Session, output: Path) -> None:
        self.session = session
        self.output = output
        asked = session.again
        marks = [request.mark_id for request in session.requests.requests] if asked is True else asked or ()
        self.again: dict[str, bool] = dict.fromkeys(marks, True)
        self.reworded: dict[str, Override] = {}
        """Other words for one more take that is planned, by marks: the ledger gets them when they are confirmed."""
        self.accepted: set[str] = set()
        self.confirmed = Decimal(0)
        """What was said yes to on this desk: all of it together is one run, to the budget."""
        self.lock = threading.RLock()
        self.worker = Worker(lambda: self.session)
        self.kitchen = Kitchen(session.ledger.project.folder / FOLDER)
        self._signature = signature(session)
        self._seen: tuple[str, Sight, dict[str, Any]] | None = None
        self._facts: dict[tuple[str, str], MediaFacts] = {}
        self._ahead: threading.Thread | None = None

    def spent_before(self, plan: Plan) -> Decimal:
        """What was said yes to here beside what ``plan`` still holds: a second yes to that costs nothing more."""
        return max(self.confirmed - self._waiting(plan), Decimal(0))

    def _waiting(self, plan: Plan) -> Decimal:
        """The cost of what was said yes to here and is not sent yet."""
        held = (
            item.cost_each for item in plan.items for order in item.known if order.unsent and order.key in self.accepted
        )
        return sum(held, Decimal(0))

    def to_confirm(self, plan: Plan) -> Decimal:
        """What a yes would add to what is spent: what waits in a run that goes on was said yes to already."""
        return plan.cost - (self._waiting(plan) if self.worker.running else Decimal(0))

    def left(self, plan: Plan) -> Decimal | None:
        """What the budget of this run leaves for ``plan``; None where there is none."""
        budget = self.session.settings.budget
        return None if budget is None else max(budget - self.spent_before(plan), Decimal(0))

    def close(self) -> None:
        """Sends nothing more, waits for what is on its way, and lets go."""
        if self._ahead is not None:
            self._ahead.join()
        self.worker.stop(wait=True)
        self.kitchen.close()

    def begin(self) -> None:
        """Brings home what a service has, and makes takes of what is here, where nobody does: results expire.

        A large cut is looked at while the browser opens.
        """
        if self._ahead is None:
            self._ahead = threading.Thread(target=self._look_ahead, name="desk-look", daemon=True)
            self._ahead.start()
        ledger = self.session.ledger
        if holder_of(ledger) is None and (_on_their_way(ledger) or _to_be_made(ledger)):
            self.worker.start(())

    # --- what is seen -----------------------------------------------------------------------------------------------

    def sight(self) -> Sight:
        """Everything as it now is."""
        return self._look()[1]

    def board(self) -> dict[str, Any]:
        """Everything that the page shows."""
        stamp, _, board = self._look()
        return {"stamp": stamp, **board, "said": self.worker.watch.said}

    def live(self) -> dict[str, Any]:
        """What changes while orders are at work."""
        ledger = self.session.ledger
        steps = self.worker.watch.steps
        rows = ledger.read(
            "SELECT o.key, o.state, a.began_at, a.expires_at FROM orders o LEFT JOIN attempts a ON a.order_key = o.key"
            " AND a.number = (SELECT max(number) FROM attempts WHERE order_key = o.key)"
        )
        orders = {}
        for key, state, since, expires in rows:
            step, done, total = steps.get(key, ("", 0, None))
            orders[key] = {
                "state": state, "words": WORDS[state], "step": step, "done": done, "total": total, "since": since,
                "expires_at": expires,
            }  # fmt: skip
        spent = ledger.spent()
        return {
            "stamp": self._stamp(signature(self.session)),
            "working": working(holder_of(ledger)),
            "running": self.worker.running,
            "orders": orders,
            "spent": {"project": str(spent.project), "today": str(spent.day)},
            "said": self.worker.watch.said,
            "cooking": self.kitchen.waiting,
        }

    def _stamp(self, read: Signature) -> str:
        """What changes with everything that is shown; ``read`` is what the files were when they were read."""
        ledger = self.session.ledger
        holder = holder_of(ledger)
        row = ledger.read(_STAMP)[0]
        applied = in_resolve.state_of(self.session)
        now = (
            row,
            sorted(self.again),
            sorted(self.reworded.items(), key=itemgetter(0)),
            read,
            holder and holder.token,
            self.worker.running,
            applied,
        )
        return hashlib.sha256(repr(now).encode()).hexdigest()[:16]

    def _look(self) -> tuple[str, Sight, dict[str, Any]]:
        with self.lock:
            self._follow_cut()
            stamp = self._stamp(self._signature)
            if self._seen is None or self._seen[0] != stamp:
                session = self.session
                session.again = {mark for mark, on in self.again.items() if on}
                session.reworded = dict(self.reworded)
                sight = look(session)
                ledger = session.ledger
                board = board_of(
                    sight,
                    output=self.output,
                    holder=holder_of(ledger),
                    spent=ledger.spent(),
                    again=self.again,
                    confirmed=self.spent_before(sight.plan),
                    total=self.to_confirm(sight.plan),
                )
                self._seen = (stamp, sight, board)
            return self._seen

    def _follow_cut(self) -> None:
        """Reads the cut again where an editor has exported it anew over the same file, and settings with it."""
        now = signature(self.session)
        if now == self._signature:
            return
        what = "the cut was exported again" if now[0] != self._signature[0] else "the settings were changed"
        try:
            self.session = reopened(self.session)
        except RetakeError as error:
            self.worker.watch.say(f"{what}, but cannot be read: {error.what}; what was read before is shown")
        else:
            self.worker.watch.say(f"{what}: this is how it now is")
        self._signature = now

    def _look_ahead(self) -> None:
        # What goes wrong is said to whoever asks.
        with contextlib.suppress(Exception):
            self._look()

    def reread(self) -> None:
        """Reads the cut again after something that belongs to it was changed here. Raises a ``RetakeError``."""
        with self.lock:
            self.session = reopened(self.session)
            self._signature = signature(self.session)

    # --- what is done -----------------------------------------------------------------------------------------------

    def do(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Does what the page asks for; ``body`` holds only what was said."""
        return actions.ACTIONS[name](self, body)

    def picks(self) -> dict[str, Any]:
        """The picks file."""
        return picks_of(self.board())

    # --- what is looked at ------------------------------------------------------------------------------------------

    def file(self, kind: Literal["strip", "still", "pair", "sound"], ident: str, part: str) -> Path:
        """A still, a pair or a sound, made where it is not there yet. Raises ``KeyError`` for what is not known."""
        sight = self.sight()
        if kind in ("strip", "still"):
            item = sight.items[ident]
            frames = still_frames(item)
            if kind == "strip":
                return self.kitchen.dish(
                    strip_name(item.media, frames), lambda path: make_strip(item.media, frames, path)
                )
            frame = frames[int(part)]
            if frame is None:
                raise KeyError(part)
            return self.kitchen.dish(still_name(item.media, frame), lambda path: make_still(item.media, frame, path))
        made = sight.take(ident)
        return self._pair(made) if kind == "pair" else self._sound(made, part)

    def _pair(self, made: Any) -> Path:
        span, media = made.main.spec.span, made.item.media
        if made.picture is None:
            name = pair_name(media, "", span)
            return self.kitchen.dish(name, lambda path: cook_pair(media, None, span, path))
        take = made.picture
        name = pair_name(media, take.spec.sha256, span)
        return self.kitchen.dish(name, lambda path: cook_pair(media, self._facts_of(take), span, path))

    def _sound(self, made: Any, part: str) -> Path:
        span, item = made.main.spec.span, made.item
        rate, count = made.main.spec.rate, len(span)
        source = original_sound(item)
        if part == "b" and made.sound is not None:
            take, own = made.sound, made.sound.spec.span
            name = take_sound_name(take.spec.sha256, own, source, span.first, count, rate)
            return self.kitchen.dish(
                name,
                lambda path: make_take_sound(self._facts_of(take), own, source, span.first, count, rate, path),
            )
        if part not in ("a", "b") or source is None:
            raise KeyError(part)
        name = sound_name(source, span.first, count, rate)
        return self.kitchen.dish(name, lambda path: make_sound(source, span.first, count, rate, path))

    def _facts_of(self, take: Any) -> MediaFacts:
        """The facts of a take's file, as it was made. Raises a ``MediaError``."""
        key = (str(take.path), take.spec.sha256)
        if key not in self._facts:
            self._facts[key] = read_facts(take.path)
        return self._facts[key]

    def numbers(self, take: str) -> dict[str, Any]:
        """What was measured of a take."""
        sight = self.sight()
        return numbers_of(sight.take(take), sight)

    # --- the page as a file -----------------------------------------------------------------------------------------

    def export(self) -> Iterator[bytes]:
        """The page as one file that opens without a network."""
        from .offline import page

        return page(self)

    def export_name(self) -> str:
        """What that file is called."""
        return f"{self.session.cut_path.stem}-desk.html"


def _on_their_way(ledger: Ledger) -> bool:
    """Whether orders would go on without anything being sent."""
    states = sorted({*AT_WORK, State.UNKNOWN})
    return bool(ledger.orders(f"state IN ({', '.join('?' * len(states))})", *states))


def _to_be_made(ledger: Ledger) -> bool:
    """Whether takes can be made of results that are here."""
    return any(ready(target, ledger) for target in open_targets(ledger))
