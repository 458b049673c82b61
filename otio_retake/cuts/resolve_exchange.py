"""The folder in which the core and the scripts in DaVinci Resolve hand things to each other, and what is said there.

One folder for each snapshot. Each file is written beside and renamed, so that whoever looks sees it whole or not yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from .resolve_apply import NOTHING_BEFORE, Before
from .resolve_origins import APPLY as APPLY

SNAPSHOT = "snapshot.rtksnap"
STARTED = "started.json"
DESK = "desk.json"
ENDED = "ended.json"
WAITING = "waiting.json"

_APPLIED = re.compile(r"applied-(\d{1,9})\.json")

Outcome = Literal["done", "already there", "refused", "undone", "failed"]


class Result(BaseModel):
    """What became of one take. ``item`` is empty where a script did not say it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    ident: str
    outcome: Outcome
    why: str = ""
    item: str = ""

    @property
    def there(self) -> bool:
        """Whether the take is in the timeline."""
        return self.outcome in ("done", "already there")


class Duplicate(BaseModel):
    """The copy of the timeline that was made before anything was changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = ""
    name: str = ""


class Report(BaseModel):
    """What became of one revision of a plan."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    otio_retake_applied: Literal[1]
    revision: Annotated[int, Field(ge=0)]
    at: str | float = ""
    results: tuple[Result, ...] = ()
    picks: dict[str, str | None] = Field(default_factory=dict)
    """What each item shows where a choice was made: a take's ident, nothing for the original, None if unknown."""
    pick_reasons: dict[str, str] = Field(default_factory=dict)
    """Why an item does not show what was chosen."""
    duplicate: Duplicate | None = None
    restored: bool = True
    said: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _picks_with_reasons(cls, value: Any) -> Any:
        """Scripts may give an item's reason beside what it shows."""
        if not isinstance(value, dict) or not isinstance(value.get("picks"), dict):
            return value
        picks, reasons = dict(value["picks"]), dict(value.get("pick_reasons") or {})
        for item, told in picks.items():
            if isinstance(told, dict):
                picks[item] = told.get("ident")
                reasons.setdefault(item, str(told.get("why") or ""))
        return {**value, "picks": picks, "pick_reasons": reasons}


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")

    ident: str
    item: str = ""
    name: str = ""
    track_name: str = ""


class Planned(BaseModel):
    """What is wanted of a plan that was written: its revision, its takes, and the choices."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    revision: int
    takes: tuple[_Row, ...] = ()
    pick: dict[str, str] = Field(default_factory=dict)


def planned(path: Path) -> Planned | None:
    """The plan at ``path``; None where there is none that can be read."""
    try:
        return Planned.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


@dataclass(frozen=True, slots=True)
class Missed:
    """A choice that Resolve did not carry out: what was wanted for an item, what it shows (None: unknown), and why."""

    item: str
    wanted: str
    shown: str | None
    why: str


def missed(folder: Path, report: Report) -> list[Missed]:
    """The choices of the plan of a report that were not carried out; none where another plan lies there by now."""
    plan = planned(folder / APPLY)
    if plan is None or plan.revision != report.revision:
        return []
    return [
        Missed(item, wanted, report.picks.get(item), report.pick_reasons.get(item, ""))
        for item, wanted in plan.pick.items()
        if report.picks.get(item) != wanted
    ]


def reports(folder: Path) -> list[Report]:
    """The reports that are in a folder, oldest first; one that cannot be read is left out."""
    return [report for _, report in sorted(_reports(folder), key=lambda pair: pair[0])]


def _reports(folder: Path) -> Iterator[tuple[int, Report]]:
    for number, path in _numbered(folder):
        try:
            yield number, Report.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue


def _numbered(folder: Path) -> Iterator[tuple[int, Path]]:
    try:
        listed = list(folder.iterdir())
    except OSError:
        return
    for path in listed:
        if found := _APPLIED.fullmatch(path.name):
            yield int(found[1]), path


def next_revision(plan: Path) -> int:
    """The revision for a plan that is to be written at ``plan``: above all that were written or reported there."""
    there = planned(plan)
    reported = [number for number, _ in _numbered(plan.parent)]
    return max([there.revision if there else 0, *reported]) + 1


def waiting(folder: Path) -> int | None:
    """The revision of a plan of which nothing was reported yet; None where there is none."""
    there = planned(folder / APPLY)
    if there is None or any(number >= there.revision for number, _ in _numbered(folder)):
        return None
    return there.revision


def waits_for(folder: Path) -> str:
    """Why the scripts could not apply the plan that is waiting yet, in their words; empty where they said nothing."""
    try:
        told = json.loads((folder / WAITING).read_text(encoding="utf-8"))
        return str(told["why"]) if told["revision"] == waiting(folder) else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def before(folder: Path) -> Before:
    """What earlier plans and reports of a folder say."""
    there, told = planned(folder / APPLY), reports(folder)
    if there is None and not told:
        return NOTHING_BEFORE
    rows = there.takes if there else ()
    done = {(r.ident, r.item) for report in told for r in report.results if r.there}
    items: dict[str, set[str]] = {}
    for row in rows:
        items.setdefault(row.ident, set()).add(row.item)
    done |= {(ident, item) for ident, said in done if not said for item in items.get(ident, ())}
    picked = {item for item, ident in (there.pick if there else {}).items() if ident}
    picked |= {item for report in told for item, ident in report.picks.items() if ident}
    shown: dict[str, str] = {}
    for report in told if not _reverted_since(folder) else ():
        shown |= {item: ident for item, ident in report.picks.items() if ident is not None}
    tracks = {(row.ident, row.item): row.track_name for row in rows if row.track_name}
    return Before(tracks, frozenset(picked), frozenset(done), shown)


def _reverted_since(folder: Path) -> bool:
    """Whether something was taken back after the last plan of a folder was carried out."""
    written = {name: [p.stat().st_mtime_ns for p in folder.glob(f"{name}-*.json")] for name in ("applied", "reverted")}
    return max(written["reverted"], default=-1) >= max(written["applied"], default=0)


def write_file(path: Path, content: dict[str, object]) -> None:
    """Writes a small file of the folder, whole or not at all. Raises ``RetakeError``."""
    from ..durable import write_text

    write_text(path, json.dumps(content, ensure_ascii=False) + "\n")
