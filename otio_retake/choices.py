"""What a person chose for each mark: a result of one of its orders, or the original.

A choice is of a result, not of a file: the take that holds it may be made anew, for a clip that grew, for a track
above, or together with what was chosen for the clip's other marks. No row is no choice: then nothing is switched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from .ledger import Ledger
from .orders import State
from .planned import PlanItem
from .sync import Change
from .takes import Pick, TakeFile, Target, leaves_out, serves
from .takes_store import mark_take

Choices = Mapping[str, Pick | None]
"""By mark: the order and the number of its result; None is the original."""


def choose(ledger: Ledger, mark_id: str, pick: Pick | None) -> None:
    """Writes what was chosen for a mark; None is the original."""
    with ledger.write("choice") as db:
        row = (mark_id, "null" if pick is None else json.dumps(list(pick)))
        db.execute("INSERT OR REPLACE INTO choices (mark_id, said) VALUES (?, ?)", row)


def undecide(ledger: Ledger, mark_id: str) -> None:
    """Takes back what was chosen for a mark."""
    with ledger.write("choice") as db:
        db.execute("DELETE FROM choices WHERE mark_id = ?", (mark_id,))


def choose_takes(ledger: Ledger, chosen: Iterable[TakeFile]) -> None:
    """Writes that the results in some takes are chosen, each for the mark that its order was made for."""
    for take in chosen:
        for key, number in take.spec.picks:
            choose(ledger, ledger.order_in(key, take.spec.fingerprint).spec.mark_id, (key, number))


def choose_originals(ledger: Ledger, over: Iterable[TakeFile]) -> None:
    """Writes that the original is chosen where some takes would stand."""
    for key, fingerprint in {(key, take.spec.fingerprint) for take in over for key, _ in take.spec.picks}:
        choose(ledger, ledger.order_in(key, fingerprint).spec.mark_id, None)


def choices_of(items: Iterable[PlanItem], ledger: Ledger) -> dict[str, Pick | None]:
    """What was chosen for the requests of a plan, of those for which something was.

    Another export of a cut may know a mark by another id: then the id that its orders were made for counts.
    """
    said = {mark: None if (v := json.loads(text)) is None else (str(v[0]), int(v[1])) for mark, text in
            ledger.read("SELECT mark_id, said FROM choices")}  # fmt: skip
    found: dict[str, Pick | None] = {}
    for item in items if said else ():
        keys = [order.key for order in (*item.earlier, *item.known)]
        ids = [item.mark_id, *dict.fromkeys(ledger.order_in(key, item.media.fingerprint).spec.mark_id for key in keys)]
        mark = next((ident for ident in ids if ident in said), None)
        if mark is not None and ((pick := said[mark]) is None or pick[0] in keys):
            found[item.mark_id] = pick
    return found


def wanted(target: Target, items: Sequence[PlanItem], choices: Choices) -> tuple[Pick, ...]:
    """What was chosen for the parts of a target, which are of ``items`` in that order; nothing is the original."""
    picks = ((part, choices.get(item.mark_id)) for part, item in zip(target.parts, items, strict=True))
    return tuple(pick for part, pick in picks if pick is not None and pick[0] in part.orders)


def chosen_take(
    target: Target, items: Sequence[PlanItem], choices: Choices, made: Iterable[TakeFile]
) -> TakeFile | None:
    """The newest take of ``made`` that stands in for ``target`` and holds just what was chosen."""
    picks = set(wanted(target, items, choices))
    fitting = [take for take in made if picks and set(take.spec.picks) == picks and serves(take, target)]
    return max(fitting, key=lambda take: take.version, default=None)


def settle(
    targets: Iterable[tuple[Target, Sequence[PlanItem]]], choices: Choices, made: Sequence[TakeFile], ledger: Ledger
) -> None:
    """Writes the state of takes as was chosen: one of a place is picked, or none."""
    fresh: dict[str, bool] = {}
    partial: set[str] = set()
    for target, items in targets:
        if not any(item.mark_id in choices for item in items):
            continue
        serving = [take for take in made if serves(take, target)]
        partial |= {take.ident for take in serving if leaves_out(take, serving)}
        one = chosen_take(target, items, choices, [take for take in serving if take.state != "dropped"])
        for take in serving:
            fresh[take.ident] = fresh.get(take.ident, False) or take is one
    with ledger.write("takes picked"):
        for take in made:
            if fresh.get(take.ident) and take.state != "picked":
                mark_take(ledger, take.ident, "picked")
            elif fresh.get(take.ident) is False and take.state == "picked":
                # Made on the way to a choice, it is in no cut that is kept.
                orders = [] if take.ident in partial else [ledger.state_of(key) for key, _ in take.spec.picks]
                placed = bool(orders) and all(state is State.PLACED for state in orders)
                mark_take(ledger, take.ident, "placed" if placed else "made")


def learn(ledger: Ledger, changes: Iterable[Change]) -> None:
    """Writes what an editor's own cut says of takes: what is in use there was chosen, what no longer is was not."""
    for change in sorted(changes, key=lambda change: change.now == "picked"):
        mark_take(ledger, change.take.ident, change.now)
        if change.now == "picked":
            choose_takes(ledger, [change.take])
        elif change.take.state == "picked":
            choose_originals(ledger, [change.take])
