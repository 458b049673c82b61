"""Every call of Resolve that the scripts make, against Blackmagic's interface as the stubs have it: mypy is the judge.

The scripts call by name (`asking.ask(item, "GetTakeByIndex", 1)`), which no checker sees. Here each such call is
written out as a plain one (`item.GetTakeByIndex(1)`) on an object that is any of the classes that have it.
"""

from __future__ import annotations

import ast
import importlib.metadata
import re
from collections import defaultdict
from pathlib import Path

import pytest
from mypy import api

from tests.resolve.test_fake_stubs import NEWER, STUBS

PLUGIN = Path(__file__).parents[2] / "resolve_plugin" / "retake_in_resolve"
WAYS = {"ask", "must", "tell", "write"}

WIDER = {
    "AddTrack", "CreateProject", "Export", "GetClipProperty", "GetDuration", "GetLeftOffset", "GetProperty", "GetStart",
}  # fmt: skip
"""Calls with a last parameter that Blackmagic's own text calls optional and the stubs do not."""


def classes_by_call() -> dict[str, list[str]]:
    """The classes of the stubs that have a call."""
    try:
        files = importlib.metadata.files(STUBS) or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{STUBS} is not installed: pip install {STUBS}")
    found = next(Path(str(file.locate())) for file in files if file.name == "fusionscript.pyi")
    having = defaultdict(list)
    for node in ast.parse(found.read_text(encoding="utf-8")).body:
        for each in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(each, ast.FunctionDef) and node.name not in having[each.name]:
                having[each.name].append(node.name)
    return having


def calls() -> list[tuple[str, str, list[ast.expr]]]:
    """Where a call is, its name, and what it is given."""
    found = []
    for path in sorted(PLUGIN.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WAYS):
                continue
            if len(node.args) < 2 or not isinstance(name := node.args[1], ast.Constant):
                continue
            given = list(node.args[2:])
            if node.func.attr == "write":
                whole = ast.Starred(given[0])
                given = given[0].elts if isinstance(given[0], ast.Tuple) else [whole]
            found.append((f"{path.name}:{node.lineno}", str(name.value), given))
    return found


def plain(value: ast.expr) -> str:
    """A value as mypy is to see it: what is written out stays, what is not known is anything."""
    if isinstance(value, ast.Constant):
        return repr(value.value)
    return "*unknown" if isinstance(value, ast.Starred) else "unknown"


def refused(forms: list[tuple[str, str]], folder: Path) -> dict[int, list[str]]:
    """What mypy says against calls, each a class and what is called on it; by the number of the form."""
    head = ["from typing import Any", "import fusionscript.fusionscript as stubs"]
    lines = [f"def f{n}(it: stubs.{kind}, unknown: Any) -> None: it.{call}" for n, (kind, call) in enumerate(forms)]
    source = folder / "spelled_out.py"
    source.write_text("\n".join([*head, *lines]) + "\n")
    out, err, _ = api.run(["--config-file=", f"--cache-dir={folder / 'cache'}", "--no-error-summary", str(source)])
    assert err == ""
    said = defaultdict(list)
    for found in re.finditer(r"spelled_out.py:(\d+): error: (.*)", out):
        said[int(found[1]) - 1 - len(head)].append(found[2])
    return said


@pytest.mark.slow
def test_mypy_accepts_every_call_of_the_scripts(tmp_path: Path) -> None:
    having = classes_by_call()
    newer = {name.partition(".")[2] for name in NEWER}
    known = [call for call in calls() if call[1] not in newer - set(having)]
    assert len(known) > 100
    assert {name for _, name, _ in known} <= set(having)
    forms = [
        (number, kind, f"{name}({', '.join(map(plain, given))})")
        for number, (_, name, given) in enumerate(known)
        for kind in having[name]
    ]
    said = refused([(kind, call) for _, kind, call in forms], tmp_path)
    fits = {number for n, (number, _, _) in enumerate(forms) if n not in said}
    wrong = {(where, name) for number, (where, name, _) in enumerate(known) if number not in fits}
    assert {(where, name) for where, name in wrong if name not in WIDER} == set()


@pytest.mark.slow
def test_what_the_interface_does_not_have_would_be_seen(tmp_path: Path) -> None:
    wrong = [("Timeline", 'GetTrackCount("picture")'), ("TimelineItem", "AddTake()"), ("TimelineItem", "GetTake(1)")]
    assert set(refused(wrong, tmp_path)) == {0, 1, 2}
