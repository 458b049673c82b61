"""The text of an .otio file with the place of every track and every item on it.

Schema of the file: https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-serialized-schema.html
Timeline, stack and tracks are walked; everything else is read as plain values. Nothing is loaded through
OpenTimelineIO, so files of newer versions are read too, and what is not touched stays as it was, byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import CutError
from .reading import read_bytes
from .splice import Broken, Value, read_value, skip, walk_array, walk_object

_WALKED = {
    "Timeline": {"tracks": "object"},
    "Stack": {"children": "array"},
    "Track": {"children": "items"},
}
_SCHEMA = re.compile(r'\{\s*"OTIO_SCHEMA"\s*:\s*"([A-Za-z]\w*)\.(\d+)"')


@dataclass(slots=True)
class Node:
    """A timeline, stack or track: its place, its plain members, and what it is made of."""

    schema: str
    version: int
    start: int
    end: int = 0
    members: dict[str, Value] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    items: list[Value] = field(default_factory=list)
    children_at: int | None = None

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a plain member; ``default`` where it is absent or null."""
        found = self.members.get(key)
        return default if found is None or found.value is None else found.value


@dataclass(frozen=True)
class Document:
    """A file's text and its outline. ``tracks`` are in the order of the file, from the bottom."""

    path: Path
    text: str
    mark: str
    root: Node
    stack: Node | None
    tracks: tuple[Node, ...]
    loose: Value | None = None
    """The item itself, where the file holds a single clip and no timeline."""

    def content(self, text: str) -> bytes:
        """The bytes of a file with ``text`` instead of this one's."""
        return (self.mark + text).encode()


def read_document(path: Path) -> Document:
    """The document at ``path``. Raises ``CutError`` naming line and column of what is no OTIO."""
    return document_of(path, read_bytes(path, ".otio file"))


def document_of(path: Path, data: bytes) -> Document:
    """The document that ``data`` is, which stands at ``path``. Raises the same."""
    text, mark = _decoded(path, data)
    return parse_document(text, path, mark)


def parse_document(text: str, path: Path, mark: str = "") -> Document:
    """The document that ``text`` is. ``path`` is what messages name; ``mark`` a byte order mark before the text."""
    try:
        return _outline(path, text, mark)
    except Broken as error:
        raise CutError(
            f"this is no OTIO file: {error.args[0]}",
            where=f"{path}, {error.line_in(text)}",
            fix="export the timeline again",
        ) from None


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    try:
        return data[len(mark.encode()) :].decode("utf-8"), mark
    except UnicodeDecodeError as error:
        raise CutError(
            "the cut file is not UTF-8 text", where=f"{path}, byte {error.start}", fix="export the timeline again"
        ) from None


def _outline(path: Path, text: str, mark: str) -> Document:
    at = skip(text, 0)
    found = _SCHEMA.match(text, at)
    schema = found[1] if found else _schema_of(text, at)
    if schema == "SerializableCollection":
        raise CutError("the file holds a collection, not one timeline", where=str(path), fix="export a single timeline")
    if schema in _WALKED:
        root = _node(text, at, schema)
        _nothing_after(text, root.end)
        stack = root.nodes[0] if schema == "Timeline" and root.nodes else root if schema == "Stack" else None
        if schema == "Timeline" and stack is None:
            raise CutError("the timeline has no tracks", where=str(path), fix="export it again")
        if schema == "Track":
            return Document(path, text, mark, root, None, (root,))
        assert stack is not None
        if stack.schema != "Stack":
            raise CutError(f"the timeline holds a {stack.schema}, not tracks", where=str(path), fix="export it again")
        return Document(path, text, mark, root, stack, tuple(n for n in stack.nodes if n.schema == "Track"))
    value = read_value(text, at)
    _nothing_after(text, value.end)
    if schema != "Clip" or not isinstance(value.value, dict):
        said = f"it holds a {schema}" if schema else "it says no OTIO_SCHEMA"
        raise CutError(f"this is no timeline: {said}", where=str(path), fix="export a timeline as .otio")
    root = Node("Clip", 0, value.start, value.end)
    return Document(path, text, mark, root, None, (), loose=value)


def _nothing_after(text: str, at: int) -> None:
    if skip(text, at) != len(text):
        raise Broken("something follows the end of the timeline", skip(text, at))


def _schema_of(text: str, at: int) -> str:
    """The schema of an object that does not say it first."""
    if text[at : at + 1] != "{":
        raise Broken("an object was expected", at)
    found: list[str] = []

    def member(key: str, place: int) -> int:
        value = read_value(text, place)
        if key == "OTIO_SCHEMA" and isinstance(value.value, str):
            found.append(value.value)
        return value.end

    walk_object(text, at, member)
    return found[0].partition(".")[0] if found else ""


def _node(text: str, at: int, schema: str) -> Node:
    node = Node(schema, 1, at)
    walked = _WALKED[schema]

    def child(place: int) -> int:
        inner = _kind_at(text, place)
        if inner in _WALKED:
            node.nodes.append(_node(text, place, inner))
            return node.nodes[-1].end
        node.items.append(read_value(text, place))
        return node.items[-1].end

    def item(place: int) -> int:
        node.items.append(read_value(text, place))
        return node.items[-1].end

    def member(key: str, place: int) -> int:
        how = walked.get(key)
        if how is None or text[place : place + 1] not in "{[":
            value = node.members[key] = read_value(text, place)
            return value.end
        if how == "object":
            return child(place)
        node.children_at = place
        return walk_array(text, place, item if how == "items" else child)

    node.end = walk_object(text, at, member)
    said = node.get("OTIO_SCHEMA", f"{schema}.1")
    version = str(said).rpartition(".")[2]
    node.version = int(version) if version.isdigit() else 1
    return node


def _kind_at(text: str, place: int) -> str:
    found = _SCHEMA.match(text, place)
    if found:
        return found[1]
    return _schema_of(text, place) if text[place : place + 1] == "{" else ""
