"""What the scripts wrote of what they did to a timeline of Resolve: the takes that they left there, and took back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ..cuts.resolve_exchange import Report
from ..cuts.resolve_origins import APPLY, SESSIONS
from ..cuts.resolve_snapshot import Snapshot

_TOLD = re.compile(r"(applied|reverted)-\d{1,9}\.json")

BACK = frozenset({"taken back", "was gone"})


class _Plan(BaseModel):
    model_config = ConfigDict(extra="ignore")

    project: str
    timeline: str


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    ident: str
    outcome: str


class _Reverted(BaseModel):
    model_config = ConfigDict(extra="ignore")

    results: tuple[_Line, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Takes by their ids: those that were put into a timeline and stayed, and those that Revert took out again."""

    lying: frozenset[str]
    taken_back: frozenset[str]


def history(path: Path, snapshot: Snapshot) -> History:
    """What was done to the timeline of the snapshot at ``path`` before that was taken, by every hand-over of it."""
    taken = path.stat().st_mtime_ns
    return _told(told for folder in _beside(path, snapshot) for told in _reports(folder) if told[0] < taken)


def told_in(folder: Path) -> History:
    """What was done under one hand-over."""
    return _told(_reports(folder))


def reverted(folder: Path) -> dict[str, frozenset[str]]:
    """What was taken back under a hand-over: the takes, by the name of each report of it."""
    return {path.name: _taken_back(path) for _, path in _reports(folder) if path.name.startswith("reverted")}


def _told(reports: Iterable[tuple[int, Path]]) -> History:
    lying: set[str] = set()
    back: set[str] = set()
    for _, path in sorted(reports):
        if path.name.startswith("reverted"):
            back |= (gone := _taken_back(path) & lying)
            lying -= gone
            continue
        try:
            report = Report.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue
        there = {result.ident for result in report.results if result.there}
        lying |= there
        back -= there
    return History(frozenset(lying), frozenset(back))


def _taken_back(path: Path) -> frozenset[str]:
    try:
        report = _Reverted.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return frozenset()
    # A take that Revert left somewhere, or could not take out, is still there.
    kept = {line.ident for line in report.results if line.outcome not in BACK}
    return frozenset({line.ident for line in report.results if line.outcome in BACK} - kept)


def _beside(path: Path, snapshot: Snapshot) -> Iterator[Path]:
    """The folders of the hand-overs of the same timeline."""
    folder = path.absolute().parent
    for each in folder.parent.iterdir() if folder.parent.name == SESSIONS else [folder]:
        try:
            plan = _Plan.model_validate_json((each / APPLY).read_bytes())
        except (OSError, ValidationError):
            continue
        if (plan.project, plan.timeline) == (snapshot.project.id, snapshot.timeline.id):
            yield each


def _reports(folder: Path) -> Iterator[tuple[int, Path]]:
    """The reports in a folder, with when they were written; they are written once and whole."""
    for path in folder.iterdir():
        if _TOLD.fullmatch(path.name):
            yield path.stat().st_mtime_ns, path
