"""Our id in the hidden text of the editor's markers, only where nothing stands there. Markers are never deleted.

[marker-custom-data-in-place] [marker-keywords-lost]
"""

from . import numbers

OURS = "otio-retake:"
"""How our text begins, whatever state it tells."""


def mark(work, told):
    """Write one mark's id into its marker. "" where it stands there, else why not."""
    thing = owner(work, told)
    found = None if thing is None else _marker(work.asking, thing, told)
    if found is None:
        work.asking.still()
        return "The marker %s is no longer where it was; it keeps no note of its takes." % (told.get("name") or "")
    frame, custom = found
    if custom == told["custom"]:
        return ""
    if custom and not custom.startswith(OURS):
        return "The marker %s carries another program's text; it keeps no note of its takes." % (told.get("name") or "")
    number = work.journal.intend("mark", revision=work.plan["revision"], told=told)
    good = write(work.asking, thing, frame, told["custom"])
    work.journal.came(number, "done" if good else "failed")
    return "" if good else "Resolve did not keep a note in the marker %s." % (told.get("name") or "")


def unmark(work, told):
    """Clear our text from the marker that carries it, and from any of the same owner that was moved.

    `(whether one carried it, whether none does now)`.
    """
    thing = owner(work, told)
    markers = {} if thing is None else work.asking.ask(thing, "GetMarkers")
    ours = [
        frame
        for frame, marker in (markers.items() if isinstance(markers, dict) else ())
        if isinstance(marker, dict) and numbers.text(marker.get("customData")).startswith(OURS)
    ]
    return bool(ours), all([write(work.asking, thing, frame, "") for frame in ours])


def write(asking, thing, frame, custom):
    """Set a marker's hidden text, and see it there."""

    def seen():
        return numbers.text(asking.ask(thing, "GetMarkerCustomData", frame) or "") == custom

    return seen() or bool(asking.write(thing, "UpdateMarkerCustomData", (frame, custom), seen))


def owner(work, told):
    """The timeline, or the item that carries the marker; None where that item is gone."""
    if told["where"] == "timeline":
        return work.place.timeline
    return next((item.thing for item in work.items if item.ident == told["item"]), None)


def _marker(asking, thing, told):
    """`(frame as Resolve keys it, hidden text)` of the marker with this place, colour, name; else None."""
    markers = asking.ask(thing, "GetMarkers")
    for frame, marker in markers.items() if isinstance(markers, dict) else ():
        if numbers.whole(frame) != told["frame"] or not isinstance(marker, dict):
            continue
        if marker.get("color") == told["color"] and numbers.text(marker.get("name")) == told["name"]:
            return frame, numbers.text(marker.get("customData"))
    return None
