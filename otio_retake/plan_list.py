"""A plan as a file: the list that later stages, an assistant or a farm take up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from .durable import write_text
from .errors import CutError
from .marks import MOST_TAKES
from .planned import Plan

_PLAN = TypeAdapter(Plan)

MOST_FRAMES = 100_000
"""Frames of a pull in a list: more is no list of ours."""


def as_json(plan: Plan, indent: int | None = None) -> str:
    """A plan as text."""
    return _PLAN.dump_json(plan, indent=indent).decode()


def write_plan(plan: Plan, path: Path, cut: Path, sha256: str) -> None:
    """Writes ``plan`` as a list for later stages, with the file of the cut that it was made from."""
    kept = replace(plan, cut=cut.absolute(), cut_sha256=sha256)
    write_text(path, as_json(kept, 1) + "\n")


def read_plan(path: Path) -> Plan:
    """A plan that was saved. Raises ``CutError`` where it is none."""
    try:
        plan = _PLAN.validate_json(path.read_bytes())
    except OSError as error:
        raise CutError(
            f"the list cannot be read: {(error.strerror or '').lower()}", where=str(path), fix="check it"
        ) from None
    except (ValidationError, ValueError):
        plan = None
    if plan is None or not all(
        1 <= item.takes <= MOST_TAKES and item.spans.count <= MOST_FRAMES for item in plan.items
    ):
        raise CutError(
            "this is no list of retakes that this version knows",
            where=str(path),
            fix="write it again with `otio-retake plan CUT --save LIST.json`",
        )
    return plan


def check_list(path: Path) -> None:
    """Refuses a place for a list where something else is. Raises ``CutError``."""
    if path.suffix.lower() != ".json":
        raise CutError("a list is written as .json", where=str(path), fix="give --save a path that ends in .json")
    if path.is_dir():
        raise CutError("this is a folder", where=str(path), fix="give --save the path of a file")
    if path.exists():
        try:
            read_plan(path)
        except CutError:
            raise CutError(
                "there is a file already, and it is no list of retakes", where=str(path), fix="give --save another path"
            ) from None
