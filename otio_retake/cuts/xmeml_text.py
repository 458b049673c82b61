"""New elements in the style of an XML document: its line breaks, its indentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from .xml_document import Element, Splice, XmlDocument


@dataclass(frozen=True, slots=True)
class Style:
    """Where an element stands: ``lead`` is the line break and white space before it, ``step`` one indentation."""

    lead: str
    step: str

    @property
    def inner(self) -> Style:
        """Where its children stand."""
        return Style(self.lead + self.step if self.lead else "", self.step)

    def tag(self, name: str, text: object, **attributes: str) -> str:
        """An element of text."""
        return f"<{name}{_attributes(attributes)}>{escape(str(text))}</{name}>"

    def block(self, name: str, children: Iterable[str], attributes: dict[str, str] | None = None) -> str:
        """An element of elements, which stand one step deeper and are written so already."""
        inside = "".join(self.inner.lead + child for child in children)
        return f"<{name}{_attributes(attributes or {})}>{inside}{self.lead}</{name}>"

    def moved(self, text: str, lead: str) -> str:
        """``text``, an element that stood behind ``lead``, to stand here."""
        return text.replace(lead, self.lead) if lead and self.lead and lead != self.lead else text


def style_at(document: XmlDocument, element: Element) -> Style:
    """How an element stands in its document."""
    lead = document.indent_of(element)
    outer = document.indent_of(element.parent) if element.parent is not None else ""
    step = lead[len(outer) :] if outer and lead.startswith(outer) else "\t"
    return Style(lead, step if lead else "")


def text_of(document: XmlDocument, element: Element, splices: Iterable[Splice] = ()) -> str:
    """An element as it is written, with changes inside it."""
    parts: list[str] = []
    at = element.start
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        parts += [document.data[at : splice.start].decode(document.encoding), splice.text]
        at = splice.end
    parts.append(document.data[at : element.end].decode(document.encoding))
    return "".join(parts)


def after(element: Element, text: str) -> Splice:
    """The change that puts ``text`` behind an element."""
    return Splice(element.end, element.end, text)


def without(document: XmlDocument, element: Element) -> Splice:
    """The change that takes an element out, with the white space before it."""
    start = element.start
    while start and document.data[start - 1 : start].isspace():
        start -= 1
    return Splice(start, element.end, "")


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
