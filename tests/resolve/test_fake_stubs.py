"""The fake against Blackmagic's interface as PyPI's stubs have it: no call is invented, none has other parameters."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
from pathlib import Path
from typing import Any

import pytest

from tests.fake_resolve.api.base import Api
from tests.fake_resolve.fake import APIS, calls_of
from tests.fake_resolve.profiles import PROFILES

STUBS = "fusionscript-stubs"

NEWER = {
    "MediaPoolItem.GetTimeline": "selected-clips-21-0-4",
    "Project.GetSettings": "additions-21-1",
    "Resolve.GetCurrentProject": "additions-21-1",
    "Resolve.GetCurrentTimeline": "additions-21-1",
    "Resolve.GetMediaPool": "additions-21-1",
    "Resolve.IsStudio": "additions-21-1",
    "Timeline.GetSelectedClips": "selected-clips-21-0-4",
    "Timeline.GetSettings": "additions-21-1",
    "TimelineItem.GetFades": "additions-21-1",
    "TimelineItem.GetProperties": "additions-21-1",
    "TimelineItem.GetSpeed": "no-speed-getter-before-21-1",
    "TimelineItem.GetType": "additions-21-1",
    "TimelineItem.SetProperties": "additions-21-1",
}
"""Calls that came after the stubs' version, with the fact that has them."""

NOT_STUBBED = {"Fusion", "bmd"}
"""Globals of the menu; the stubs have no calls of theirs."""

OLDEST_OF_STUBS = (21, 0, 0)


@pytest.fixture(scope="module")
def stubs() -> dict[str, dict[str, list[ast.arguments]]]:
    """For each class its calls, and for each of those the parameters of every form."""
    try:
        files = importlib.metadata.files(STUBS) or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{STUBS} is not installed: pip install {STUBS}")
    found = next(Path(str(file.locate())) for file in files if file.name == "fusionscript.pyi")
    classes: dict[str, dict[str, list[ast.arguments]]] = {}
    for node in ast.parse(found.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            calls = classes.setdefault(node.name, {})
            for each in node.body:
                if isinstance(each, ast.FunctionDef):
                    calls.setdefault(each.name, []).append(each.args)
    return classes


def fakes() -> list[tuple[str, str, Any]]:
    newest = PROFILES["21.1 Studio"]
    return [
        (kind, name, function)
        for kind in APIS
        if kind not in NOT_STUBBED
        for name, function in calls_of(newest, kind).items()
    ]


def names(parameters: ast.arguments) -> list[str]:
    return [each.arg for each in parameters.args[1:]]


def test_every_call_of_the_fake_is_in_the_stubs_or_newer(stubs: dict[str, Any]):
    unknown = {f"{kind}.{name}" for kind, name, _ in fakes() if name not in stubs[kind]}
    assert unknown == set(NEWER)
    for kind, name, function in fakes():
        if f"{kind}.{name}" in NEWER:
            assert function.since > OLDEST_OF_STUBS, name


def test_every_call_takes_what_the_stubs_say(stubs: dict[str, Any]):
    """Names in their order as one of the forms has them; what a form leaves open may be left out."""
    wrong = []
    for kind, name, function in fakes():
        own = list(inspect.signature(function).parameters.values())[1:]
        many = any(each.kind is each.VAR_POSITIONAL for each in own)
        given = [each.name for each in own if each.kind is not each.VAR_POSITIONAL]
        needed = sum(each.default is each.empty for each in own if each.kind is not each.VAR_POSITIONAL)
        forms = stubs[kind].get(name)
        if forms is None:
            continue
        most = max(99 if form.vararg else len(names(form)) for form in forms)
        named = {form_name for form in forms for form_name in names(form)}
        in_order = any(given == names(form)[: len(given)] for form in forms) or (len(forms) > 1 and set(given) <= named)
        least = min(len(names(form)) for form in forms)
        fits = (len(given) == most or many) and needed <= least if len(forms) == 1 else needed <= most
        if not (in_order and fits):
            wrong.append(f"{kind}.{name}({', '.join(given)}) against {[names(form) for form in forms]}")
    assert wrong == []


def test_no_two_halves_of_a_class_have_the_same_name():
    for kind, api in APIS.items():
        own: dict[str, str] = {}
        for base in api.__mro__:
            for name in vars(base) if base not in (object, Api) else ():
                if not name.startswith("__") and name not in ("it", "timeline"):
                    assert own.setdefault(name, base.__name__) == base.__name__, f"{kind}.{name}"
