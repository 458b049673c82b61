"""The parts of an FCP 7 XML file: which sequence is read, its tracks, what lies where on them, files by their id.

https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/Basics/Basics.html
A file is given once and named by its id afterwards. A clip beside a transition has -1 for its start or end: it then
reaches to the far end of the transition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..legible import one_line
from .model import Exact
from .xmeml_counting import TICKS, frames, number
from .xml_document import Element

ITEMS = ("clipitem", "generatoritem", "transitionitem")
_HOLDERS = ("project", "bin", "children")


def sequences_of(root: Element) -> list[Element]:
    """The sequences of a file that are not inside clips, in order."""
    found: list[Element] = []
    open_ = [root]
    while open_:
        here = open_.pop()
        if here.name == "sequence":
            if here.children:
                found.append(here)
        elif here is root or here.name in _HOLDERS:
            open_ += reversed(here.children)
    return found


def tracks_of(sequence: Element, kind: str) -> list[Element]:
    """The ``video`` or ``audio`` tracks of a sequence, from the bottom."""
    holder = sequence.first("media", kind)
    return list(holder.all("track")) if holder is not None else []


def items_of(track: Element) -> list[Element]:
    """What lies on a track, in order."""
    return list(track.all(*ITEMS))


def name_of(track: Element, kind: str, index: int) -> str:
    """What a track is called."""
    said = track.get("MZ.TrackName") or track.said("name")
    return one_line(said) or f"{'V' if kind == 'video' else 'A'}{index + 1}"


class Definitions:
    """Files and nested sequences by their ids, wherever in the document they are given."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._known: dict[tuple[str, str], Element] | None = None
        self._seen: dict[tuple[str, str], Element] = {}

    def of(self, reference: Element) -> Element:
        """The element that says what ``reference`` names by its id; the reference itself where none does."""
        key = reference.name, reference.get("id")
        if reference.children:
            return self._seen.setdefault(key, reference) if key[1] else reference
        found = self._seen.get(key)
        if found is None:
            found = self._everywhere().get(key)
            if found is not None:
                self._seen[key] = found
        return found if found is not None else reference

    def has(self, name: str, ident: str) -> bool:
        """Whether the document gives an element of that name with that id."""
        return (name, ident) in self._everywhere()

    def _everywhere(self) -> dict[tuple[str, str], Element]:
        if self._known is None:
            self._known = {}
            for element in self._root.every("file", "sequence"):
                if element.children and element.get("id"):
                    self._known.setdefault((element.name, element.get("id")), element)
        return self._known


@dataclass(frozen=True, slots=True)
class Lie:
    """Where a clip lies. ``full`` is all that its in and out are for, transitions included; ``record`` up to the cuts.

    ``said``: whether both ends of ``full`` are known without looking at in and out.
    """

    record: tuple[Exact, Exact]
    full: tuple[Exact, Exact]
    overlap: tuple[Exact, Exact]
    lead: tuple[Exact, Exact]
    said: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition from ``first`` to ``end``; ``cut`` is where one clip ends and the next begins."""

    first: Exact
    end: Exact
    cut: Exact


def transition_of(item: Element, rate: Fraction) -> Transition | None:
    """The transition that an item is; None where it does not say where it lies."""
    first, end = frames(item, "start"), frames(item, "end")
    if first is None or end is None or end < first:
        return None
    alignment = item.said("alignment").lower()
    ticks = number(item.said("cutPointTicks"))
    if alignment.startswith("start"):
        cut = first
    elif alignment.startswith("end"):
        cut = end
    elif ticks is not None:
        cut = first + round(ticks * rate / TICKS)
    else:
        cut = first + (end - first) // 2
    return Transition(whole(first), whole(end), whole(min(max(cut, first), end)))


def lies(items: list[Element], rate: Fraction, lengths: dict[int, Exact]) -> Iterator[tuple[int, Lie | None]]:
    """Where each clip of a track lies, by its place among the items; None where that cannot be told.

    ``lengths`` is how long each plays by its in and out, for those whose ends are not all said.
    """
    turns = {k: transition_of(item, rate) for k, item in enumerate(items) if item.name == "transitionitem"}
    at: Exact = 0
    for k, item in enumerate(items):
        if k in turns:
            continue
        found = _lie(item, turns.get(k - 1), turns.get(k + 1), lengths.get(k))
        yield k, found
        at = found.record[1] if found is not None else at


def _lie(item: Element, before: Transition | None, after: Transition | None, length: Exact | None) -> Lie | None:
    start, end = frames(item, "start"), frames(item, "end")
    said = (start is not None or before is not None) and (end is not None or after is not None)
    first: Exact | None = start if start is not None else before.first if before else None
    last: Exact | None = end if end is not None else after.end if after else None
    if first is None and last is not None and length is not None:
        first = last - length
    elif last is None and first is not None and length is not None:
        last = first + length
    if first is None or last is None or last <= first:
        return None
    first, last = whole(first), whole(last)
    head: tuple[Exact, Exact, Exact] = (first, 0, 0)
    tail: tuple[Exact, Exact, Exact] = (last, 0, 0)
    if before is not None and (start is None or before.first <= first < before.end):
        cut = before.cut if start is None else first
        head = cut, before.end - cut, cut - before.first
    if after is not None and (end is None or after.first < last <= after.end):
        cut = after.cut if end is None else last
        tail = cut, cut - after.first, after.end - cut
    if tail[0] <= head[0]:
        return None
    return Lie((head[0], tail[0]), (first, last), (head[1], tail[1]), (head[2], tail[2]), said)


def whole(position: Fraction | int) -> Exact:
    """An integer where the position is one: much faster to count on with."""
    if isinstance(position, int):
        return position
    return position.numerator if position.denominator == 1 else position
