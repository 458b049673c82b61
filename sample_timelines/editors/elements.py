"""XML elements as plain values, and their text as Premiere writes it: tabs, and an end tag for everything.

FCP 7 XML: https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from otio_retake.rates import NTSC, nominal, timecode

TICKS = 254_016_000_000
"""Premiere's ticks in a second."""


@dataclass(frozen=True)
class Node:
    """An element: its attributes, and its text or its children."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    children: tuple[Node, ...]

    def lines(self, depth: int) -> Iterator[str]:
        """Its lines, indented."""
        said = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes)
        lead = "\t" * depth
        if not self.children:
            yield f"{lead}<{self.name}{said}>{escape(self.text)}</{self.name}>"
            return
        yield f"{lead}<{self.name}{said}>"
        for child in self.children:
            yield from child.lines(depth + 1)
        yield f"{lead}</{self.name}>"


def node(name: str, *inside: Node | str | int | None, **attributes: str) -> Node:
    """An element; what is None in it is left out. ``TL_x`` is the attribute ``TL.x``."""
    children = tuple(child for child in inside if isinstance(child, Node))
    text = "".join(str(part) for part in inside if isinstance(part, (str, int)))
    return Node(name, tuple((key.replace("_", "."), value) for key, value in attributes.items()), text, children)


def rate(value: Fraction) -> Node:
    """A rate: the whole number that timecode counts to, and whether it is NTSC's."""
    base = nominal(value)
    return node("rate", node("timebase", base), node("ntsc", "TRUE" if value == base * NTSC else "FALSE"))


def label(frame: int, value: Fraction, *, drop: bool) -> Node:
    """The timecode of a first frame."""
    return node(
        "timecode",
        rate(value),
        node("string", timecode(frame, value, drop=drop)),
        node("frame", frame),
        node("displayformat", "DF" if drop else "NDF"),
    )


def marker(name: str, comment: str, first: int, end: int = -1, colour: int | None = None) -> Node:
    """A marker; a point where it has no end, and Premiere's green without a colour."""
    return node(
        "marker",
        node("comment", comment),
        node("name", name),
        node("in", first),
        node("out", end),
        node("pproColor", colour) if colour is not None else None,
    )


def effect(name: str, ident: str, kind: str, *parameters: Node, media: str = "video") -> Node:
    """A filter with one effect."""
    return node(
        "filter",
        node(
            "effect",
            node("name", name),
            node("effectid", ident),
            node("effectcategory", kind),
            node("effecttype", kind),
            node("mediatype", media),
            node("pproBypass", "false"),
            *parameters,
        ),
    )


def parameter(ident: str, name: str, least: str, most: str, *value: Node | str) -> Node:
    """An effect's parameter with its value or its keyframes."""
    said = [node("value", part) if isinstance(part, str) else part for part in value]
    return node(
        "parameter",
        node("parameterid", ident),
        node("name", name),
        node("valuemin", least),
        node("valuemax", most),
        *said,
        authoringApp="PremierePro",
    )


def keyframe(when: int, value: Node | str, *flags: str) -> Node:
    """A keyframe of a parameter, counted from the media's first frame as the clip plays."""
    said = node("value", value) if isinstance(value, str) else value
    return node("keyframe", node("when", when), said, *(node(flag, "TRUE") for flag in flags))


def document(sequence: Node) -> str:
    """The file."""
    body = node("xmeml", sequence, version="4")
    return '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n' + "\n".join(body.lines(0)) + "\n"
