"""From an OpenTimelineIO timeline to a `.retakelist`: JSON with a version, which names all that it leaves out."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..cuts.model import View
from ..durable import write_text
from ..errors import RetakeError
from ..providers.base import Providers
from ..rates import timecode
from ..settings import load
from ..vocabulary import vocabulary
from .listing import Listing, listing
from .objects import cuts_in, text_of
from .reading import view_of

FORMAT = "otio-retake list"
VERSION = 1
"""Of the format. A list of a later version is not read."""


def write_list(item: Any, path: str, settings: str = "") -> None:
    """Writes the list of ``item`` to ``path``. Raises ``OTIOError``."""
    place = Path(path)
    content = list_of(item, settings or str(place.absolute().parent))
    with said_by_otio():
        write_text(place, content)


def list_of(item: Any, settings: str = "") -> str:
    """The list of the requests of ``item``. Raises ``OTIOError`` for what is no single cut."""
    with said_by_otio():
        cuts = list(cuts_in(item))
        if len(cuts) != 1:
            raise RetakeError(
                f"a list is made of one cut, not of {len(cuts)}", where="the timeline", fix="write a single timeline"
            )
        resolved = load(Path(settings or Path.cwd()), {}).settings
        words = vocabulary(Providers(), resolved.mark_color)
        view = view_of(text_of(cuts[0]), cuts[0].name, words)
        found = listing(view, words, resolved)
    document = _document(view, found)
    log_losses(document["warnings"], document["left_out"])
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def log_losses(warnings: list[str], left_out: list[str]) -> None:
    """Says the losses of a conversion where OpenTimelineIO's programs say anything: in the log."""
    log = logging.getLogger("otio_retake")
    for warning in warnings:
        log.warning("warning: %s", warning)
    for loss in left_out:
        log.warning("left out: %s", loss)


def _document(view: View, found: Listing) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "cut": view.name,
        "rate": str(view.rate),
        "start": timecode(round(view.start), view.rate, drop=view.drop),
        "items": list(found.items),
        "problems": list(found.problems),
        "suspects": list(found.suspects),
        "warnings": list(_warnings(found)),
        "left_out": list(_left_out(view, found)),
    }


def _warnings(found: Listing) -> Iterator[str]:
    for problem in found.problems:
        yield f"{problem['timecode']} {problem['clip']}: {problem['what']}"
    for item in found.items:
        if item["available"] is None:
            what = "the cut does not say where its media begins; frames are counted as the cut counts them"
            yield f"{item['timecode']} {item['clip']}: {what}"


def _left_out(view: View, found: Listing) -> Iterator[str]:
    """What a list does not carry of a cut."""
    others = sum(clip.address not in found.marked for clip in view.clips())
    if others:
        yield f"{others} clips without a mark"
    for item in found.items:
        if item["speed"] != "1":
            yield f"{item['timecode']} {item['clip']}: its speed, {item['speed']} of the normal"
        if item["mode"] in ("audio", "both"):
            yield f"{item['timecode']} {item['clip']}: takes of its sound"


class said_by_otio:
    """Turns an error of ours into one of OpenTimelineIO's, which is what programs that call adapters expect."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, RetakeError):
            import opentimelineio as otio

            raise otio.exceptions.OTIOError(str(error)) from None
