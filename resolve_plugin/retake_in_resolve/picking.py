"""What was chosen on the desk: in the take list of a clip, or by switching our clips above on and off."""

import re

from . import numbers, takes, tracks
from .bins import same_file
from .place_above import already, switch
from .work import key

NAMED = re.compile(r"_rtk[0-9A-Za-z]+_v\d+\.\w+$")
"""How the files of takes are called: how one is known where neither plan nor journal speaks of it."""


def pick(work, wanted, ident):
    """Let the take `ident` ("" for the original) be what item `wanted` shows. What it then shows: an ident, "", None.

    A choice among takes of one kind leaves the other kinds alone; the original means that none of ours is in use.
    """
    ours = [take for take in work.plan["takes"] if take["item"] == wanted]
    if ident:
        kinds = {take["kind"] for take in ours if take["ident"] == ident}
        ours = [take for take in ours if take["kind"] in kinds]
        if not ours:
            return None
    number = work.journal.intend("pick", revision=work.plan["revision"], item=wanted, ident=ident)
    inside = [take for take in ours if take["kind"] == "take"]
    shown = _in_list(work, wanted, inside, ident) if inside or not ident else ""
    for take in ours:
        if take["kind"] != "take" and _switch(work, take, take["ident"] == ident):
            shown = take["ident"]
    work.journal.came(number, "done" if shown == ident else "failed", shown=shown)
    return shown


def _is_ours(work, path):
    return work.ours(path) or NAMED.search(path) is not None


def _in_list(work, wanted, ours, ident):
    """Choose in the take list: one of ours, or what was seen before the first of them."""
    asking = work.asking
    item = next((each for each in work.items if each.ident == wanted), None)
    if item is None and ours:
        item = tracks.find(asking, work.items, wanted, ours[0]["expects"], lambda each, now: _has(work, each, ours))
    if item is None:
        return None
    now = takes.read(asking, item.thing)
    take = next((each for each in ours if each["ident"] == ident), None)
    entry = now.of_file(take["path"]) if take else _original(work, now, wanted, ours)
    if entry is not None and not work.locked(item.kind, item.track):
        takes.select(asking, item.thing, entry)
    seen = now.at(numbers.whole(asking.ask(item.thing, "GetSelectedTakeIndex"), 0))
    if seen is None or not _is_ours(work, seen.path):
        return ""
    return next((each["ident"] for each in ours if same_file(each["path"], seen.path)), None)


def _original(work, now, wanted, ours):
    """The entry that was seen before our first take; None where ours is not seen at all and nothing is to be done."""
    seen = now.at(now.selected)
    if seen is None or not _is_ours(work, seen.path):
        return None
    for begun in work.journal.all("add take", item=wanted):
        entry = takes.kept(now, begun)
        if entry is not None and not _is_ours(work, entry.path):
            return entry
    theirs = [entry for entry in now.entries if not _is_ours(work, entry.path)]
    media = ours[0]["expects"]["media"] if ours else ""
    return next((entry for entry in theirs if entry.media == media), theirs[0] if theirs else None)


def _has(work, item, ours):
    listed = takes.read(work.asking, item.thing)
    return any(listed.of_file(take["path"]) is not None for take in ours)


def _switch(work, take, on):
    """Switch our clips of a take on own tracks on or off. Whether one is on now."""
    kind = "audio" if take["kind"] == "sound" else "video"
    last = work.journal.last("put above", **key(take))
    start = last["after"].get("start", take["record"][0]) if last else take["record"][0]
    return any([switch(work.asking, item, on) for item in already(work, take, kind, start)])
