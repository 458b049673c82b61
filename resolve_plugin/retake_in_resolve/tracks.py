"""The items of a timeline as they lie now, found again by id or, where an id is no longer known, by what they are."""

import collections

from . import numbers
from .asking import Unreadable
from .place import identity

KINDS = ("video", "audio")


class Item(object):
    """One item: Resolve's object, its id, kind and 1-based number of its track, place in the track's list."""

    def __init__(self, thing, ident, kind, track, order):
        self.thing = thing
        self.ident = ident
        self.kind = kind
        self.track = track
        self.order = order


class Stand(object):
    """Where one item lies: frames of the timeline's clock (start, duration), left offset, id of its media."""

    def __init__(self, start, duration, offset, media):
        self.start = start
        self.duration = duration
        self.offset = offset
        self.media = media


def count(asking, timeline, kind):
    """How many tracks of a kind there are."""
    return numbers.whole(asking.must(timeline, "GetTrackCount", kind), 0)


def items_of(asking, timeline, kind, track):
    """The items of one track in Resolve's order. Items without an id (drafts that never came to be) are left out."""
    found = []
    things = numbers.listed(asking.ask(timeline, "GetItemListInTrack", kind, track))
    for order, thing in enumerate(things):
        ident = identity(asking, thing)
        if ident:
            found.append(Item(thing, ident, kind, track, order))
    return found


def all_items(asking, timeline, kinds=KINDS):
    """Every item of the timeline, track by track."""
    found = []
    for kind in kinds:
        for index in range(count(asking, timeline, kind)):
            found.extend(items_of(asking, timeline, kind, index + 1))
    return found


def stand(asking, item):
    """Where an item lies now. Raises Unreadable where Resolve does not tell its start or length."""
    start = numbers.frame(asking.must(item.thing, "GetStart"))[0]
    duration = numbers.frame(asking.must(item.thing, "GetDuration"))[0]
    if start is None or duration is None:
        raise Unreadable("Resolve did not tell where a clip lies")
    offset = numbers.frame(asking.ask(item.thing, "GetLeftOffset"))[0]
    return Stand(start, duration, offset, identity(asking, asking.ask(item.thing, "GetMediaPoolItem")))


def span(asking, item):
    """`(start, duration)` of an item, or None where Resolve does not tell."""
    start = numbers.frame(asking.ask(item.thing, "GetStart"))[0]
    duration = numbers.frame(asking.ask(item.thing, "GetDuration"))[0]
    return None if start is None or duration is None else (start, duration)


def footprint(asking, items):
    """How often something lies at each `(kind, track, start, duration)`: what nobody but us may change meanwhile.

    Without ids, as it is doubted that those are the same at each asking.
    """
    return collections.Counter((item.kind, item.track) + (span(asking, item) or (None, None)) for item in items)


def find(asking, items, wanted, expects, shows):
    """The item with that id; else the only one that is the same in track, start, length and media; else None.

    An id is known to last within one run of Resolve; whether it outlives every reload is not: hence the second way.
    [item-ids-stable] [item-ids-doubted]
    `shows(item, stand)` says whether an item is of the media that is expected.
    """
    for item in items:
        if item.ident == wanted:
            return item
    same = []
    for item in items:
        if [item.kind, item.track] == [expects["track"][0], numbers.whole(expects["track"][1])]:
            lies = span(asking, item)
            if lies == (expects["start"], expects["duration"]) and shows(item, stand(asking, item)):
                same.append(item)
    return same[0] if len(same) == 1 else None


def at(asking, items, start):
    """The item that begins at a frame, of items of one track; None where none does."""
    for item in items:
        found = span(asking, item)
        if found is not None and found[0] == start:
            return item
    return None


def neighbours(asking, timeline, item, start):
    """The spans of the items right before and after the one that begins at `start`, and its own, in their order."""
    around = items_of(asking, timeline, item.kind, item.track)
    near = around[max(0, item.order - 1) : item.order + 2]
    spans = [span(asking, other) for other in near]
    return spans if any(found and found[0] == start for found in spans) else [span(asking, other) for other in around]


def empty(asking, items, first, length):
    """Whether nothing of these items lies in `[first, first + length)`; what does not say where it lies, does."""
    for item in items:
        found = span(asking, item)
        if found is None or (found[0] < first + length and first < found[0] + found[1]):
            return False
    return True
