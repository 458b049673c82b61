"""From an OpenTimelineIO object, whichever adapter made it, to the view of a cut: by way of its JSON text."""

from __future__ import annotations

from pathlib import Path

from ..cuts.model import View
from ..cuts.otio_document import parse_document
from ..cuts.otio_reader import read_view
from ..marks import Vocabulary
from .adapted import settled


def view_of(text: str, name: str, words: Vocabulary) -> View:
    """The view of the cut whose .otio text is ``text``. Raises ``CutError``."""
    document = parse_document(text, Path(name or "timeline"))
    return settled(read_view(document), document, words)
