"""The take list of an item: read, choose in it, take something of ours out of it.

Takes carry no names: one is known by the file that its media pool item shows and by its bounds [takes-anonymous].
"""

from . import numbers
from .bins import path_of, same_take
from .place import identity


class Take(object):
    """One entry: its place; its media, with id and file; its first frame and end (exclusive) in media frames."""

    def __init__(self, index, thing, media, path, start, end):
        self.index = index
        self.thing = thing
        self.media = media
        self.path = path
        self.start = start
        self.end = end

    def content(self):
        """What the entry is, wherever it stands in the list."""
        return {"media": self.media, "start": self.start, "end": self.end}


class Takes(object):
    """The list of one item as it is now: `count` is 0 for a plain clip, `selected` the place of the seen take.

    [take-original-first]
    """

    def __init__(self, count, selected, entries):
        self.count = count
        self.selected = selected
        self.entries = entries

    def at(self, index):
        """The entry at a place, or None."""
        return next((entry for entry in self.entries if entry.index == index), None)

    def of_file(self, path, but=()):
        """The first entry that shows a file, other than those with the contents of `but`; or None."""
        shows = (entry for entry in self.entries if same_take(entry.path, path))
        return next((entry for entry in shows if entry.content() not in but), None)

    def of_take(self, path, bounds):
        """The entry that shows these frames of a file, or None."""
        shows = (entry for entry in self.entries if same_take(entry.path, path))
        return next((entry for entry in shows if [entry.start, entry.end] == list(bounds)), None)

    def of_content(self, content, near=0):
        """The entry with this content, at place `near` if there are several; else that of the same media; else None.

        The bounds of an original as Resolve seeds them are not known for every kind of media: then the media decides,
        and where several entries are of it, the place. A plain clip's original becomes the first [take-original-first].
        """
        exact = [entry for entry in self.entries if entry.content() == content]
        if exact:
            return next((entry for entry in exact if entry.index == near), exact[0])
        same = [entry for entry in self.entries if entry.media == content["media"]]
        return same[0] if len(same) == 1 else next((entry for entry in same if entry.index == (near or 1)), None)


def read(asking, thing):
    """The take list of an item. Only true on the current timeline."""
    count = numbers.whole(asking.ask(thing, "GetTakesCount"), 0)
    if count < 1:
        return Takes(0, 0, [])
    entries = []
    for index in range(1, count + 1):
        told = asking.ask(thing, "GetTakeByIndex", index)
        if not isinstance(told, dict):
            continue
        media = told.get("mediaPoolItem")
        start, end = numbers.frame(told.get("startFrame"))[0], numbers.frame(told.get("endFrame"))[0]
        entries.append(Take(index, media, identity(asking, media), path_of(asking, media), start, end))
    return Takes(count, numbers.whole(asking.ask(thing, "GetSelectedTakeIndex"), 0), entries)


def shown(asking, thing):
    """The id of the media that an item shows now."""
    return identity(asking, asking.ask(thing, "GetMediaPoolItem"))


def select(asking, thing, entry):
    """Let an entry be the one that is seen. Whether it is: by its number and by the media that the item shows."""

    def seen():
        selected = numbers.whole(asking.ask(thing, "GetSelectedTakeIndex"), 0)
        return selected == entry.index and shown(asking, thing) == entry.media

    return seen() or bool(asking.write(thing, "SelectTakeByIndex", (entry.index,), seen))


def kept(now, told):
    """The entry that is to be seen where ours is not: what was seen before, else the original, else None."""
    return now.of_content(told["chosen"], told["selected"]) or now.of_content(told["original"])


def remove(asking, thing, path, told):
    """Take our entry out of a list, and leave the clip as it was before us. "" where it is, else what is not, in words.

    `told` is what the journal has: `chosen`, the content that was seen before, `original`, `selected`, and `had_none`:
    whether the clip was plain; in `beside`, entries of the same file that were there before, which stay.
    """
    expected = shown(asking, thing)
    now, beside = read(asking, thing), told.get("beside") or ()
    while now.of_file(path, beside) is not None:
        ours, keep = now.of_file(path, beside), kept(now, told)
        if ours.media == expected or now.selected == ours.index:
            if keep is None:
                return "the original is not in the clip's take list any more: choose there what the clip is to show"
            select(asking, thing, keep)
            expected = keep.media
        before = now.count
        asking.write(thing, "DeleteTakeByIndex", (ours.index,), _fewer(asking, thing, before))
        now = read(asking, thing)
        if now.count >= before:
            return "the take is still in the clip's take list: take it out there by hand"
    return settle(asking, thing, told, expected)


def settle(asking, thing, told, expected):
    """Make the clip plain again if all that is left of a list that we began is the original; "" or what is not right.

    `expected` is the id of the media that the clip must show in the end. [take-lone-selector]
    """
    now = read(asking, thing)
    keep = kept(now, told)
    if told["had_none"] and now.count == 1 and keep is not None:
        if not select(asking, thing, keep):
            return "the original could not be selected: choose it in the clip's take list"
        asking.write(thing, "FinalizeTake", (), lambda: read(asking, thing).count == 0)
        if read(asking, thing).count:
            return "a take list with nothing but the original is left on the clip: it harms nothing"
    if shown(asking, thing) != expected:
        return "the clip does not show what it showed: choose the original in its take list"
    return ""


def _fewer(asking, thing, count):
    return lambda: numbers.whole(asking.ask(thing, "GetTakesCount"), count) < count
