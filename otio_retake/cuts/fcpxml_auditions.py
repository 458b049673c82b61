"""Auditions as text: put around a clip, added to, put in another order, and taken away to the very byte.

https://developer.apple.com/documentation/professional-video-applications/audition
"""

from __future__ import annotations

import re

from .xml_document import Element, Splice, XmlDocument, attributes_of

KEPT = "otio-retake put this audition around a clip:"
"""How the comment begins that stands in an audition of ours."""

_COMMENT = re.compile(rb"<!-- " + KEPT.encode() + rb"((?: [a-z]+@\d{1,6})*) -->")


def around(document: XmlDocument, element: Element, front: str, back: list[str], step: str) -> list[Splice]:
    """The changes that put an audition around ``element``; its place in the storyline goes up to the audition.

    A comment keeps where in the tag the place stood, so that it can go back to the very byte.
    """
    lead = document.indent_of(element)
    inner = lead + step if lead else ""
    places, opening, splices = [], "<audition", []
    for there in attributes_of(document, element):
        if there.name in ("offset", "lane"):
            places.append(f"{there.name}@{there.start - element.start}")
            opening += document.data[there.start : there.end].decode(document.encoding)
            splices.append(Splice(there.start, there.end, ""))
    opening += f"><!-- {KEPT} {' '.join(places)} -->{inner}" + (front + inner if front else "")
    closing = "".join(inner + text for text in back) + f"{lead}</audition>"
    return [Splice(element.start, element.start, opening), *splices, Splice(element.end, element.end, closing)]


def into_audition(document: XmlDocument, children: list[Element], front: str, back: list[str]) -> list[Splice]:
    """The changes that add alternatives to an audition, ``front`` to be picked."""
    between = gap_of(document, children)
    splices = []
    if front:
        splices.append(Splice(children[0].start, children[0].start, front + between))
    if back:
        end = children[-1].end
        splices.append(Splice(end, end, "".join(between + text for text in back)))
    return splices


def gap_of(document: XmlDocument, children: list[Element]) -> str:
    """The white space between the alternatives of an audition."""
    if len(children) > 1:
        between = document.data[children[0].end : children[1].start]
        if not between.strip():
            return between.decode(document.encoding)
    return document.indent_of(children[0])


def to_front(document: XmlDocument, children: list[Element], picked: Element) -> list[Splice]:
    """The changes that put one alternative first."""
    if picked is children[0]:
        return []
    text = document.data[picked.start : picked.end].decode(document.encoding)
    return [
        Splice(children[0].start, children[0].start, text + gap_of(document, children)),
        *fewer(document, children, [picked]),
    ]


def taken_out(document: XmlDocument, siblings: list[Element], element: Element) -> Splice:
    """The change that takes an element out, with the white space before it, which was put in with it."""
    number = next(k for k, one in enumerate(siblings) if one is element)
    parent = element.parent
    start = siblings[number - 1].end if number else parent.inside if parent is not None else element.start
    return Splice(element.start if document.data[start : element.start].strip() else start, element.end, "")


def fewer(document: XmlDocument, children: list[Element], gone: list[Element]) -> list[Splice]:
    """The changes that take alternatives out of an audition; those before the first that stays with what follows."""
    splices, first = [], True
    for number, child in enumerate(children):
        if not any(child is one for one in gone):
            first = False
        elif not first:
            splices.append(taken_out(document, children, child))
        else:
            after = children[number + 1].start if number + 1 < len(children) else child.end
            plain = not document.data[child.end : after].strip()
            splices.append(Splice(child.start, after if plain else child.end, ""))
    return splices


def put_around(document: XmlDocument, audition: Element) -> dict[str, int] | None:
    """Where in its clip's tag stood what an audition of ours took up from it; None for an audition of the editor's."""
    found = _COMMENT.match(document.data, audition.inside)
    if found is None:
        return None
    pairs = (pair.split("@") for pair in found[1].decode().split())
    return {name: int(place) for name, place in pairs}


def unwrapped(document: XmlDocument, audition: Element, kept: Element) -> list[Splice]:
    """The changes that take an audition away and leave one clip of it in its place."""
    places = put_around(document, audition) or {}
    length = kept.inside - kept.start
    at_name = 1 + len(kept.name.encode(document.encoding))
    splices = [Splice(audition.start, kept.start, ""), Splice(kept.end, audition.end, "")]
    moved = 0
    for there in attributes_of(document, audition):
        if there.name not in ("offset", "lane"):
            continue
        raw = document.data[there.start : there.end]
        # Places count in the tag as it was, with what stood before them.
        place = places.get(there.name, at_name + moved) - moved
        if not at_name <= place <= length - 1:
            place = at_name
        moved += len(raw)
        splices.append(Splice(kept.start + place, kept.start + place, raw.decode(document.encoding)))
    return splices


def was_empty(element: Element) -> str:
    """The end tag of an element that was an empty one until a take was connected to it, known by its space."""
    return f"</{element.name} >"


def step_of(document: XmlDocument) -> str:
    """What one step of indentation is in the document."""
    root = document.root
    if not root.children:
        return ""
    outer, inner = document.indent_of(root), document.indent_of(root.children[0])
    return inner[len(outer) :] if inner.startswith(outer) else inner.lstrip("\r\n")
