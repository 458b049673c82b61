"""Edit lists written line by line for tests, and media that is only a name and its facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from otio_retake.cuts import Cut, open_cut
from otio_retake.cuts.edl_cut import EdlCut
from otio_retake.cuts.model import Clip
from otio_retake.cuts.paths import Places, file_name
from otio_retake.errors import MediaOffline
from otio_retake.media.facts import MediaFacts
from otio_retake.media.library import Found
from tests.cutting import facts, picture

HEAD = "TITLE: CUT\nFCM: NON-DROP FRAME\n\n"


def edl(folder: Path, text: str, *, head: str = HEAD, rate: str = "", name: str = "cut.edl") -> EdlCut:
    """The cut in a list with these lines."""
    path = folder / name
    path.write_bytes((head + text).encode())
    cut = open_cut(path, edl_rate=rate)
    assert isinstance(cut, EdlCut)
    return cut


def clips(cut: Cut, kind: str = "Video") -> list[Clip]:
    """The clips of one kind, from the bottom."""
    return [clip for clip in cut.view.clips() if clip.kind == kind]


def said(cut: Cut) -> list[str]:
    """What was remarked beyond the rate."""
    return [problem.what for problem in cut.view.remarks if problem.level != "note"]


@dataclass
class Shelf:
    """Media by name: empty files that are there, with facts made up for them."""

    folder: Path
    places: Places
    known: dict[str, MediaFacts]

    def facts(self, written: str) -> MediaFacts:
        found = self.known.get(file_name(written))
        if found is None:
            raise MediaOffline("the media is offline", where=written, fix="find it")
        return found

    def found(self, written: str, fits: Callable[[MediaFacts], bool]) -> Found:
        return Found(self.facts(written))

    def progressive(self, facts: MediaFacts) -> bool:
        return True


def shelf(folder: Path, *rows: tuple[str, Fraction, int, str]) -> Shelf:
    """A shelf of movies: name, rate, frames, timecode."""
    folder.mkdir(exist_ok=True)
    known = {}
    for name, rate, frames, timecode in rows:
        (folder / name).write_bytes(b"")
        made = facts(Path(name).stem, picture(frames, rate), timecode)
        known[name] = replace(made, path=folder / name, fingerprint=name)
    return Shelf(folder, Places(folder, roots=(folder,)), known)
