"""The way back in an .fcpxml file: takes are picked, or taken out again, and nothing else is touched."""

from __future__ import annotations

from collections import Counter

from ..errors import CutError
from .cut import TRACK_NAME, Losses, Patched
from .fcpxml_auditions import fewer, taken_out, to_front, unwrapped, was_empty
from .fcpxml_clips import sign_of, take_media
from .fcpxml_reader import Reading
from .fcpxml_story import ITEMS, anchored, lane_of
from .fcpxml_tracks import ORIGINAL
from .model import Address, Clip, Media
from .paths import file_name
from .signature import TAKE_FILE
from .xml_document import Element, Splice, set_attribute


def drop_takes(reading: Reading, idents: set[str]) -> Patched:
    """The document without the takes ``idents``; a clip that had one picked shows its original again."""
    return _Dropper(reading, idents).run()


class _Dropper:
    def __init__(self, reading: Reading, idents: set[str]) -> None:
        self._reading = reading
        self._document = reading.document
        self._idents = idents
        self._losses = Losses()
        self._splices: list[Splice] = []
        self._added: list[tuple[Address, str, str]] = []
        self._gone: Counter[str] = Counter()
        self._names: set[str] = set()
        self._addresses: dict[int, tuple[Address, str]] = {}
        for clip in reading.view.clips():
            element = reading.elements.get(clip.address)
            if element is not None:
                spot = reading.spots.get(clip.address)
                holder = spot.audition if spot is not None and spot.audition is not None else element
                self._addresses.setdefault(holder.start, (clip.address, clip.media.key))

    def run(self) -> Patched:
        found = [note.parent for note in self._reading.sequence.every("note") if note.parent is not None]
        ours = [e for e in found if (sign := sign_of(e)) is not None and str(sign["take"]) in self._idents]
        auditions: dict[int, tuple[Element, list[Element]]] = {}
        hosts: dict[int, tuple[Element, list[Element]]] = {}
        ours = [e for e in ours if not self._holds_others(e)]
        going = {element.start for element in ours}
        within = [e for e in ours if e.parent is not None and e.parent.start in going]
        for element in ours:
            parent = element.parent
            if parent is None or parent.start in going:
                continue
            if parent.name == "audition":
                auditions.setdefault(parent.start, (parent, []))[1].append(element)
            elif lane_of(element):
                hosts.setdefault(parent.start, (parent, []))[1].append(element)
            else:
                self._all_there_is(element)
        for audition, gone in auditions.values():
            self._from_audition(audition, gone)
        for host, gone in hosts.values():
            self._from_host(host, gone)
        for element in within:
            # What is connected to a take goes with it; mostly the same stands at the original too.
            self._say_gone(element, element, TRACK_NAME)
        self._resources()
        return Patched(self._document.spliced(self._splices), tuple(self._added), self._losses)

    def _holds_others(self, element: Element) -> bool:
        """Whether an editor has connected something to a take: it would go with it."""
        if all(sign_of(child) is not None for child, _ in anchored(element)):
            return False
        self._losses.left_out.append(
            f"{element.get('name')}: other clips are connected to it; connect them to the original first"
        )
        return True

    def _all_there_is(self, element: Element) -> None:
        name = element.get("name")
        self._losses.left_out.append(f"{name}: the take is all that the clip has; relink it to its original by hand")

    def _from_audition(self, audition: Element, gone: list[Element]) -> None:
        children = [c for c in audition.children if c.name in ITEMS]
        kept = [c for c in children if not any(c is one for one in gone)]
        if not kept:
            self._all_there_is(gone[0])
            return
        keys = {take.ours["take"]: take.key for take in self._takes(audition) if take.ours is not None}
        for element in gone:
            sign = sign_of(element)
            ident = str(sign["take"]) if sign is not None else ""
            self._say_gone(audition, element, str(keys.get(ident, "")))
        if len(kept) == 1 and not take_media(kept[0], self._reading.resources.asset(kept[0].get("ref"))):
            self._splices += unwrapped(self._document, audition, kept[0])
            return
        self._splices += fewer(self._document, children, gone)

    def _takes(self, audition: Element) -> tuple[Media, ...]:
        address = self._addresses.get(audition.start)
        return self._reading.view.clip_at(address[0]).takes if address is not None else ()

    def _from_host(self, host: Element, gone: list[Element]) -> None:
        document = self._document
        for element in gone:
            self._say_gone(element, element, TRACK_NAME)
        others = [c for c in host.children if not any(c is one for one in gone)]
        ending = document.data[host.outside : host.end].decode(document.encoding)
        if not others and ending == was_empty(host):
            self._splices.append(Splice(host.inside - len(">"), host.end, "/>"))
            return
        for element in gone:
            self._splices.append(taken_out(document, host.children, element))

    def _say_gone(self, at: Element, element: Element, key: str) -> None:
        sign = sign_of(element)
        ident = str(sign["take"]) if sign is not None else ""
        address = self._addresses.get(at.start)
        if address is not None or not any(ident == other for *_, other in self._added):
            self._added.append((address[0] if address else Address(-1, -1), key, ident))
        self._gone[element.get("ref")] += 1
        self._names.add(element.get("name"))

    def _resources(self) -> None:
        """Assets of takes that nothing plays any more, and formats that only they had."""
        holder = self._reading.resources.holder
        if holder is None or not self._gone:
            return
        uses = Counter(e.get("ref") for e in self._document.root.every() if "ref" in e.attributes)
        formats = Counter(e.get("format") for e in self._document.root.every() if "format" in e.attributes)
        for child in list(holder.children):
            ident = child.get("id")
            asset = self._reading.resources.asset(ident) if child.name == "asset" else None
            if asset is None or not self._gone[ident] or uses[ident] > self._gone[ident]:
                continue
            if asset.name not in self._names and not TAKE_FILE.search(file_name(asset.src)):
                continue
            self._splices.append(taken_out(self._document, holder.children, child))
            own = child.get("format")
            formats[own] -= 1 + self._gone[ident]
            made = self._reading.resources.get(own, "format")
            if made is not None and own.startswith("rtk") and formats[own] <= 0:
                self._splices.append(taken_out(self._document, holder.children, made))


def activate_take(reading: Reading, address: Address, key: str) -> Patched:
    """The document with a take in use, or with the original, and no other take of ours over the same frames."""
    clip = reading.view.clip_at(address)
    document = reading.document
    spot = reading.spots.get(address)
    splices: list[Splice] = []
    switched: Clip | None = None
    if key == clip.media.key and clip.placed is not None:
        switched = clip
    elif spot is not None and spot.audition is not None:
        splices += _picked(reading, address, key)
    elif key not in (ORIGINAL, clip.media.key):
        raise CutError(f"the clip has no take {key!r}", where=str(document.path), fix="`takes list` shows them")
    for other in reading.view.clips():
        if other.placed is None or other.kind != clip.kind:
            continue
        if other is not switched and not (other.record[0] < clip.record[1] and clip.record[0] < other.record[1]):
            continue
        element = reading.elements[other.address]
        wanted = "1" if other is switched else "0"
        if element.get("enabled", "1") != wanted:
            splices.append(set_attribute(document, element, "enabled", wanted))
    return Patched(document.spliced(splices), (), Losses())


def _picked(reading: Reading, address: Address, key: str) -> list[Splice]:
    """The changes that put an alternative first."""
    spot, clip = reading.spots[address], reading.view.clip_at(address)
    assert spot.audition is not None
    children = [c for c in spot.audition.children if c.name in ITEMS]
    if key == clip.media.key:
        wanted = spot.element
    else:
        ours = [c for c in children if take_media(c, reading.resources.asset(c.get("ref")))]
        keys = [take.key for take in clip.takes]
        if key not in keys:
            raise CutError(
                f"the clip has no take {key!r}", where=str(reading.document.path), fix="`takes list` shows them"
            )
        wanted = ours[keys.index(key)]
    return to_front(reading.document, children, wanted)
