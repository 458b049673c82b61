"""Picks: which take of a place a person chose. One at a time; the others stay beside it."""

from __future__ import annotations

from collections.abc import Iterable

from .ledger import Ledger
from .orders import State
from .takes import TakeFile, TakeState
from .takes_store import mark_take


def pick(ledger: Ledger, chosen: Iterable[TakeFile], alike: Iterable[TakeFile]) -> None:
    """Writes that ``chosen``, the picture or sound of one take, are picked, and no other of ``alike``.

    Nothing chosen is the original: no take of ``alike`` is picked then.
    """
    wanted = {take.ident for take in chosen}
    with ledger.write("takes picked"):
        for take in alike:
            if take.ident in wanted and take.state != "dropped":
                mark_take(ledger, take.ident, "picked")
            elif take.state == "picked" and take.ident not in wanted:
                mark_take(ledger, take.ident, _as_before(ledger, take))


def _as_before(ledger: Ledger, take: TakeFile) -> TakeState:
    """What a take is that is not picked any more: in a cut, or only made."""
    placed = all(ledger.state_of(key) is State.PLACED for key, _ in take.spec.picks)
    return "placed" if placed else "made"
