"""JSON with the place of everything in it, so that a document can be changed without being written anew.

Only the objects that are asked for are walked in Python; what is in them is read by the standard library's own
scanner, which says where each value ends. JSON is https://www.rfc-editor.org/rfc/rfc8259.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class Broken(ValueError):
    """The text is no JSON from ``position`` on."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.position = position

    def line_in(self, text: str) -> str:
        """The position as a reader finds it."""
        line = text.count("\n", 0, self.position) + 1
        return f"line {line}, column {self.position - text.rfind(chr(10), 0, self.position)}"


@dataclass(frozen=True, slots=True)
class Value:
    """A value and its place: ``text[start:end]``."""

    start: int
    end: int
    value: Any


def skip(text: str, at: int) -> int:
    """The first place from ``at`` on that is no white space."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def read_value(text: str, at: int) -> Value:
    """The value that begins at or after ``at``."""
    at = skip(text, at)
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise Broken(error.msg, error.pos) from None
    except RecursionError:
        raise Broken("too deeply nested", at) from None
    return Value(at, end, value)


def walk_object(text: str, at: int, visit: Callable[[str, int], int]) -> int:
    """Calls ``visit(key, place)`` for each member of the object at ``at``; it returns where the value ends.

    Returns where the object ends.
    """

    def member(place: int) -> int:
        key = read_value(text, place)
        if not isinstance(key.value, str):
            raise Broken("a key was expected", key.start)
        return visit(key.value, skip(text, _expect(text, key.end, ":")))

    return _walk(text, at, "{}", member)


def walk_array(text: str, at: int, visit: Callable[[int], int]) -> int:
    """Calls ``visit(place)`` for each element of the array at ``at``; it returns where the element ends."""
    return _walk(text, at, "[]", visit)


def _walk(text: str, at: int, brackets: str, visit: Callable[[int], int]) -> int:
    at = skip(text, _expect(text, at, brackets[0]))
    if text[at : at + 1] == brackets[1]:
        return at + 1
    while True:
        at = skip(text, visit(at))
        if text[at : at + 1] == brackets[1]:
            return at + 1
        at = skip(text, _expect(text, at, ","))


def _expect(text: str, at: int, mark: str) -> int:
    at = skip(text, at)
    if text[at : at + 1] != mark:
        raise Broken(f"{mark!r} was expected", at)
    return at + 1


def place_of(text: str, at: int, *path: str | int) -> Value | None:
    """The value at ``path`` inside the value at ``at``; None where there is no such key or element."""
    if not path:
        return read_value(text, at)
    found: list[int] = []
    count = 0

    def member(key: str, place: int) -> int:
        if key == path[0]:
            found[:] = [place]
        return read_value(text, place).end

    def element(place: int) -> int:
        nonlocal count
        if count == path[0]:
            found[:] = [place]
        count += 1
        return read_value(text, place).end

    if isinstance(path[0], str):
        walk_object(text, at, member)
    else:
        walk_array(text, at, element)
    return place_of(text, found[0], *path[1:]) if found else None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``text[start:end]`` by ``new``; an insertion where both are one."""

    start: int
    end: int
    new: str


def apply_edits(text: str, edits: list[Edit]) -> str:
    """``text`` with all ``edits`` made; they may not overlap. Edits at one place keep their order."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: e.start):
        if edit.start < at:
            raise ValueError("two changes of a document overlap")
        parts += [text[at : edit.start], edit.new]
        at = edit.end
    parts.append(text[at:])
    return "".join(parts)


# --- writing in the style of the document ---------------------------------------------------------------------------


def style_of(text: str) -> str | None:
    """What one step of indentation is in ``text``; None where it stands on one line."""
    found = re.search(r"[{\[]\r?\n([ \t]+)", text[:4096])
    return found[1] if found else None


def newline_of(text: str) -> str:
    """The line ending of ``text``."""
    return "\r\n" if "\r\n" in text[:4096] else "\n"


def depth_at(text: str, at: int, step: str | None) -> int:
    """How many steps of indentation the line that holds ``at`` begins with."""
    if step is None:
        return 0
    line = text.rfind("\n", 0, at) + 1
    depth = 0
    while text.startswith(step, line + depth * len(step)):
        depth += 1
    return depth


def dump(value: Any, step: str | None, depth: int, newline: str = "\n") -> str:
    """``value`` as JSON in the style of a document, to stand ``depth`` steps deep."""
    if step is None:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(value, ensure_ascii=False, indent=step).replace("\n", newline + step * depth)


def insert_member(text: str, at: int, key: str, value: Any) -> Edit:
    """The edit that adds ``key`` at the end of the object at ``at``."""
    last: list[int] = []

    def member(_key: str, place: int) -> int:
        last[:] = [read_value(text, place).end]
        return last[0]

    end = walk_object(text, at, member)
    step, newline = style_of(text), newline_of(text)
    depth = depth_at(text, at, step) + 1
    body = f"{json.dumps(key)}:{' ' if step else ''}{dump(value, step, depth, newline)}"
    return _insertion(last[0] if last else None, at, end, body, step, depth, newline)


def insert_element(text: str, at: int, value: Any, *, first: bool = False) -> Edit:
    """The edit that adds ``value`` at the end of the array at ``at``, or before its ``first`` element."""
    spots, end = _walked(text, at)
    step, newline = style_of(text), newline_of(text)
    depth = depth_at(text, at, step) + 1
    body = dump(value, step, depth, newline)
    if first and spots:
        lead = newline + step * depth if step is not None else ""
        return Edit(spots[0][0], spots[0][0], f"{body},{lead}")
    return _insertion(spots[-1][1] if spots else None, at, end, body, step, depth, newline)


def elements(text: str, at: int) -> list[tuple[int, int]]:
    """Where each element of the array at ``at`` begins and ends."""
    return _walked(text, at)[0]


def _walked(text: str, at: int) -> tuple[list[tuple[int, int]], int]:
    spots: list[tuple[int, int]] = []

    def walked(place: int) -> int:
        spots.append((place, read_value(text, place).end))
        return spots[-1][1]

    return spots, walk_array(text, at, walked)


def remove_elements(text: str, at: int, begins: Collection[int]) -> list[Edit]:
    """The edits that take the elements that begin at ``begins`` out of the array at ``at``, with their commas."""
    spots, end = _walked(text, at)
    kept = [k for k, (start, _) in enumerate(spots) if start not in begins]
    if not kept:
        return [Edit(at + 1, end - 1, "")]
    edits = [Edit(spots[0][0], spots[kept[0]][0], "")] if kept[0] else []
    for here, following in zip(kept, [*kept[1:], len(spots)], strict=True):
        if following - here > 1:
            edits.append(Edit(spots[here][1], spots[following - 1][1], ""))
    return edits


def _insertion(last: int | None, at: int, end: int, body: str, step: str | None, depth: int, newline: str) -> Edit:
    lead = newline + step * depth if step is not None else ""
    if last is not None:
        return Edit(last, last, f",{lead}{body}")
    close = newline + step * (depth - 1) if step is not None else ""
    return Edit(at + 1, end - 1, f"{lead}{body}{close}")
