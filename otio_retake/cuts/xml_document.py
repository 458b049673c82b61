"""XML with the place of everything in it, so that a document can be changed without being written anew.

Expat reads (https://libexpat.github.io/doc/api/latest/): it says at which byte each tag stands. Entities that a
document declares itself are refused, and nothing outside the file is ever fetched. XML is https://www.w3.org/TR/xml/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from ..errors import CutError
from .reading import read_bytes

DEEPEST = 200
"""Elements inside each other: real cuts stay below 40."""

MOST_ELEMENTS = 5_000_000
"""Elements in a file: a cut of twenty thousand clips has a third of that; each takes some 300 bytes of memory."""

_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", re.IGNORECASE)
_UNICODE = {"utf-8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "utf8": "utf-8"}


@dataclass(slots=True, eq=False)
class Element:
    """An element and its place in the bytes of the file.

    ``start`` is where its tag begins and ``inside`` where that ends; ``outside`` is where its end tag begins and
    ``end`` what comes after it. In an empty element (``<a/>``) ``inside``, ``outside`` and ``end`` are the same.
    """

    name: str
    attributes: dict[str, str]
    start: int
    parent: Element | None = field(repr=False)
    inside: int = 0
    outside: int = 0
    end: int = 0
    text: str = ""
    children: list[Element] = field(default_factory=list, repr=False)

    def get(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)

    def first(self, *names: str) -> Element | None:
        """The first child of that name, and in it the first of the next, and so on; None where there is none."""
        found = self
        for name in names:
            for child in found.children:
                if child.name == name:
                    found = child
                    break
            else:
                return None
        return found

    def all(self, *names: str) -> Iterator[Element]:
        """The children of any of these names, in order."""
        return (child for child in self.children if child.name in names)

    def said(self, *names: str, default: str = "") -> str:
        """The text of the child at ``names``, without the white space around it."""
        found = self.first(*names)
        return found.text.strip() if found is not None else default

    def every(self, *names: str) -> Iterator[Element]:
        """The element and all below it, in the order of the document; of these names where any are given."""
        open_ = [self]
        while open_:
            here = open_.pop()
            if not names or here.name in names:
                yield here
            open_ += reversed(here.children)

    @property
    def empty(self) -> bool:
        """Whether the element has no end tag of its own."""
        return self.end == self.inside


@dataclass(frozen=True, slots=True)
class Splice:
    """A change: the bytes from ``start`` to ``end`` give way to ``text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class XmlDocument:
    """A file's bytes and its outline."""

    path: Path
    data: bytes = field(repr=False)
    root: Element
    encoding: str
    doctype: str

    def spliced(self, splices: Iterable[Splice]) -> bytes:
        """The file's bytes with changes; splices at one place keep their order."""
        parts: list[bytes] = []
        at = 0
        for splice in sorted(splices, key=lambda s: (s.start, s.end)):
            if splice.start < at:
                raise ValueError("two changes of one place")
            parts += [self.data[at : splice.start], splice.text.encode(self.encoding, "xmlcharrefreplace")]
            at = splice.end
        return b"".join([*parts, self.data[at:]])

    def line_of(self, element: Element) -> int:
        """The line on which an element begins, from 1."""
        return self.data.count(b"\n", 0, element.start) + 1

    def indent_of(self, element: Element) -> str:
        """The line break and the white space before an element; empty where it does not begin its line."""
        line = self.data.rfind(b"\n", 0, element.start) + 1
        lead = self.data[line : element.start]
        if lead.strip():
            return ""
        newline = "\r\n" if self.data[max(line - 2, 0) : line] == b"\r\n" else "\n"
        return newline + lead.decode(self.encoding)


@dataclass(frozen=True, slots=True)
class Written:
    """An attribute as it is written: its place with the white space before it, and the place of its quoted value."""

    name: str
    start: int
    end: int
    value: int


_ATTRIBUTE = re.compile(rb"\s+([^\s=/>\"']+)\s*=\s*(\"[^\"]*\"|'[^']*')")


def attributes_of(document: XmlDocument, element: Element) -> Iterator[Written]:
    """The attributes of an element in the order in which they stand."""
    at = element.start + 1 + len(element.name.encode(document.encoding))
    while found := _ATTRIBUTE.match(document.data, at, element.inside):
        yield Written(found[1].decode(document.encoding), found.start(), found.end(), found.start(2))
        at = found.end()


def set_attribute(document: XmlDocument, element: Element, name: str, value: str) -> Splice:
    """The change that gives an element's attribute a value; the rest of its tag stays as it is."""
    for there in attributes_of(document, element):
        if there.name == name:
            return Splice(there.value, there.end, quoteattr(value))
    closing = len("/>") if document.data[element.inside - 2 : element.inside] == b"/>" else len(">")
    at = element.inside - closing
    return Splice(at, at, f" {name}={quoteattr(value)}")


def set_text(element: Element, value: str) -> Splice:
    """The change that gives an element without children another text."""
    if element.empty:
        return Splice(element.inside - len("/>"), element.inside, f">{escape(value)}</{element.name}>")
    return Splice(element.inside, element.outside, escape(value))


def read_xml(path: Path, what: str, again: str) -> XmlDocument:
    """The document at ``path``. ``what`` names the form, ``again`` says how it is exported. Raises ``CutError``."""
    data = read_bytes(path, what, again)
    found = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    said = found[1].decode().lower() if found else "utf-8"
    if said.startswith("utf-16") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CutError(f"the {what} is in UTF-16", where=str(path), fix="save it as UTF-8, or export it again")
    encoding = _UNICODE.get(said)
    if encoding is None:
        raise CutError(f"the {what} is in {said}, not UTF-8", where=str(path), fix="save it as UTF-8")
    return _Outline(path, data, encoding, what, again).document()


class _Outline:
    """What expat tells, gathered."""

    def __init__(self, path: Path, data: bytes, encoding: str, what: str, again: str) -> None:
        self._path, self._data, self._encoding, self._what, self._again = path, data, encoding, what, again
        self._root: Element | None = None
        self._open: Element | None = None
        self._depth = 0
        self._count = 0
        self._doctype = ""
        parser = self._parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._begins
        parser.EndElementHandler = self._ends
        parser.CharacterDataHandler = self._says
        parser.StartDoctypeDeclHandler = self._declares
        parser.EntityDeclHandler = self._entity
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def document(self) -> XmlDocument:
        try:
            self._parser.Parse(self._data, True)
        except expat.ExpatError as error:
            said = expat.ErrorString(error.code)
            place = f"{self._path}, line {error.lineno}, column {error.offset + 1}"
            raise CutError(f"this is no {self._what}: {said}", where=place, fix=self._again) from None
        except (UnicodeDecodeError, LookupError):
            raise CutError(f"the {self._what} is not UTF-8 text", where=str(self._path), fix=self._again) from None
        assert self._root is not None
        return XmlDocument(self._path, self._data, self._root, self._encoding, self._doctype)

    def _begins(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._open
        element = Element(name, attributes, self._parser.CurrentByteIndex, parent)
        if parent is None:
            self._root = element
        else:
            parent.children.append(element)
        self._open = element
        self._depth += 1
        self._count += 1
        if self._count > MOST_ELEMENTS:
            self._refuse("it has more elements than any cut")
        if self._depth > DEEPEST:
            self._refuse("its elements lie too deep in each other")

    def _ends(self, name: str) -> None:
        element, at = self._open, self._parser.CurrentByteIndex
        assert element is not None
        data = self._data
        # Only a value can hold a `>`.
        element.inside = _tag_end(data, element.start) if element.attributes else data.index(b">", element.start) + 1
        if data[element.inside - 2 : element.inside] == b"/>":
            element.outside = element.end = element.inside
        else:
            element.outside = at
            element.end = data.index(b">", at) + 1
        self._open = element.parent
        self._depth -= 1

    def _says(self, text: str) -> None:
        if self._open is not None and (self._open.text or not text.isspace()):
            self._open.text += text

    def _declares(self, name: str, _system: str | None, _public: str | None, _internal: bool) -> None:
        self._doctype = name

    def _entity(self, *_: object) -> None:
        self._refuse("it declares entities of its own")

    def _refuse(self, why: str) -> None:
        where = f"{self._path}, line {self._parser.CurrentLineNumber}"
        raise CutError(f"this {self._what} is not read: {why}", where=where, fix=self._again)


def _tag_end(data: bytes, start: int) -> int:
    """What comes after the tag that begins at ``start``: a ``>`` may stand within a quoted value."""
    at = start
    while True:
        close = data.index(b">", at)
        quotes = [q for q in (data.find(b'"', at, close), data.find(b"'", at, close)) if q >= 0]
        if not quotes:
            return close + 1
        first = min(quotes)
        at = data.index(data[first : first + 1], first + 1) + 1
