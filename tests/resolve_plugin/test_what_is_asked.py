"""What the plugin asks of Resolve, read from its source: every name is one that Resolve has, every fact one we keep."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_resolve.fake import APIS, calls_of
from tests.fake_resolve.profiles import PROFILES
from tests.resolve_plugin import PLUGIN

SOURCES = sorted(Path(PLUGIN).rglob("*.py"))
DOORS = {"ask", "must", "tell", "write", "has", "_optional"}
"""The methods of `Asking`, and what calls one of them, that take a name of Resolve's."""

FORBIDDEN = {
    "ReplaceClip",
    "ReplaceClipPreserveSubClip",
    "DeleteMarkerAtFrame",
    "DeleteMarkersByColor",
    "DeleteMarkerByCustomData",
    "SaveProject",
    "SetTrackEnable",
}
"""What would change what is not ours. The self-check may, in projects of its own."""

NEWEST = PROFILES["21.1 Studio"]
KNOWN = {name for kind in APIS for name in calls_of(NEWEST, kind)}


def names(path: Path) -> Iterator[tuple[str, int]]:
    """Names of Resolve's calls in a file: texts in the second or third place of a door that look like one."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in DOORS:
                yield from _texts(node.args[1:3])
        elif isinstance(node, (ast.Tuple, ast.List)):
            yield from _texts(each for each in node.elts if _getter(each))


def _texts(nodes: object) -> Iterator[tuple[str, int]]:
    for node in nodes:  # type: ignore[attr-defined]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match(r"[A-Z][a-z]+[A-Z]", node.value):
            yield node.value, node.lineno


def _getter(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("Get")


def test_every_call_is_one_of_resolves() -> None:
    asked = {name: path for path in SOURCES for name, _ in names(path)}
    assert {"AddTake", "AppendToTimeline", "GetSourceEndFrame", "GetSelectedClips"} <= set(asked)
    unknown = {name: path for name, path in asked.items() if name not in KNOWN and name != "ZoomX"}
    assert unknown == {}


def test_nothing_of_the_editors_is_changed_by_name() -> None:
    for path in SOURCES:
        if "self_check" not in path.parts:
            assert not {name for name, _ in names(path)} & FORBIDDEN, path


def test_resolve_is_spoken_to_through_one_door() -> None:
    """No method with a name of Resolve's is called directly, but in the door itself and on what Resolve is not."""
    allowed = {"GetResolve", "scriptapp", "AddWindow", "RunLoop", "ExitLoop", "UIDispatcher"}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                assert name not in KNOWN - allowed, f"{path.name}:{node.lineno} calls {name} directly"


def test_locks_and_finalizing_are_rare() -> None:
    where = {path.name for path in SOURCES for name, _ in names(path) if name == "FinalizeTake"}
    assert where <= {"takes.py", "take_life.py"}
    where = {path.name for path in SOURCES for name, _ in names(path) if name == "SetTrackLock"}
    assert where <= {"placing.py"}


def test_every_fact_in_a_comment_is_kept() -> None:
    facts = {fact["id"] for fact in json.loads(Path(PLUGIN, "api_facts.json").read_text())}
    told = {}
    for path in SOURCES:
        for found in re.finditer(r"\[([a-z][a-z0-9]+(?:-[a-z0-9]+)+)\]", path.read_text(encoding="utf-8")):
            told[found.group(1)] = path.name
    assert len(told) > 10
    assert not {fact: name for fact, name in told.items() if fact not in facts}


def test_the_core_is_never_imported() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in modules if name.startswith("otio_retake")], path


def test_the_menu_lists_the_four_entries_alone() -> None:
    listed = sorted(path.name for path in Path(PLUGIN).glob("*.py"))
    assert listed == ["Retake - Collect.py", "Retake - Revert.py", "Retake - Self-check.py", "Retake.py"]


@pytest.mark.parametrize("entry", ["Retake - Collect.py", "Retake - Revert.py", "Retake - Self-check.py"])
def test_the_entries_differ_in_what_they_call_alone(entry: str) -> None:
    def body(name: str) -> str:
        text = Path(PLUGIN, name).read_text(encoding="utf-8")
        return re.sub(r"menu\.\w+\(", "menu.x(", text.split('"""', 2)[2])

    assert body(entry) == body("Retake.py")
