"""A cut in which nothing is asked for: said with what is there, for it is the first slip of a newcomer."""

from __future__ import annotations

from collections.abc import Iterator

from .cuts.model import View
from .errors import Problem
from .marks import Marks


def without_marks(view: View, marks: Marks) -> Iterator[Problem]:
    """What is said of a cut without a mark; nothing of any other, nor of Resolve's own, whose clips the desk offers."""
    if marks.marks or marks.problems or view.form == "rtksnap":
        return
    count = len(view.markers) + sum(len(clip.markers) for clip in view.clips())
    if count:
        what = f"no mark found among {count} marker{'s' * (count > 1)}"
    else:
        what = "no mark found: the cut has no markers"
    fix = "name a marker RETAKE: what should happen, and export again; see `otio-retake marks --help`"
    if not count and view.form == "edl":
        fix += "; a list of markers is given with --markers"
    yield Problem("", view.path.name, what, fix, "warning")
