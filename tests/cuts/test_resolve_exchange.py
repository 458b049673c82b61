"""What the scripts report of a plan, as the core reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts.resolve_exchange import Missed, missed, reports


def reported(folder: Path, **more: Any) -> list[Missed]:
    (folder / "apply.rtkapply").write_text(json.dumps({"revision": 2, "takes": [], "pick": {"a": "t1", "b": ""}}))
    report = {"otio_retake_applied": 1, "revision": 2, "results": [], **more}
    (folder / f"applied-{report['revision']}.json").write_text(json.dumps(report))
    return missed(folder, reports(folder)[-1])


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"picks": {"a": "t1", "b": ""}}, []),
        ({"picks": {"a": "", "b": ""}}, [Missed("a", "t1", "", "")]),
        (
            {"picks": {"a": "", "b": "t2"}, "pick_reasons": {"a": "Track V1 is locked."}},
            [Missed("a", "t1", "", "Track V1 is locked."), Missed("b", "", "t2", "")],
        ),
        (
            {"picks": {"a": {"ident": "", "why": "Track V1 is locked."}, "b": {"ident": "", "why": ""}}},
            [Missed("a", "t1", "", "Track V1 is locked.")],
        ),
        # A clip that was not found is in nobody's report.
        ({"picks": {"b": ""}}, [Missed("a", "t1", None, "")]),
        ({"picks": {"a": None, "b": ""}}, [Missed("a", "t1", None, "")]),
        ({}, [Missed("a", "t1", None, ""), Missed("b", "", None, "")]),
        # Of an older plan nothing is known any more.
        ({"revision": 1}, []),
    ],
)
def test_choices_that_were_not_carried_out(tmp_path: Path, told: dict[str, Any], expected: list[Missed]) -> None:
    assert reported(tmp_path, **told) == expected
