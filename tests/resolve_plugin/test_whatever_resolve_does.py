"""Whatever a Resolve is like and whatever fails: what is not ours is not changed, and what is said is true."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from retake_in_resolve.asking import Away

from tests.fake_resolve import PROFILES, frozen
from tests.fake_resolve.knobs import Knobs
from tests.resolve_plugin.scene import Scene

NUMBERS = {"popup_blocks": st.integers(0, 5), "lost_on_save": st.integers(0, 3)}


def values(hint: Any, name: str) -> st.SearchStrategy[Any]:
    """Every value of a knob."""
    if name in NUMBERS:
        return NUMBERS[name]
    members = get_args(hint) if get_origin(hint) not in (Literal, None) else [hint]
    found: list[Any] = []
    for member in members:
        found += get_args(member) if get_origin(member) is Literal else []
        found += [False, True] if member is bool else []
        found += [None] if member is type(None) else []
    assert found, f"the knob {name} has values that are not known here: {hint}"
    return st.sampled_from(found)


HINTS = get_type_hints(Knobs)
KNOBS = st.fixed_dictionaries({}, optional={f.name: values(HINTS[f.name], f.name) for f in fields(Knobs)})
PROFILE = st.sampled_from([name for name, profile in PROFILES.items() if profile.menu_python])
FAULT = st.one_of(
    st.just(("none",)),
    st.tuples(st.just("busy"), st.integers(1, 40), st.integers(0, 1000), st.booleans()),
    st.tuples(st.just("elsewhere"), st.integers(1, 1000)),
    st.tuples(st.just("vanish"), st.integers(0, 1000), st.sampled_from([None, ConnectionError]), st.booleans()),
)


def arm(scene: Scene, fault: tuple[Any, ...]) -> None:
    if fault[0] == "busy":
        scene.fake.faults.busy(*fault[1:])
    elif fault[0] == "elsewhere":
        scene.goes_elsewhere(*fault[1:])
    elif fault[0] == "vanish":
        scene.fake.faults.vanish_after(*fault[1:])


def without_selection(scene: Scene) -> dict[str, Any]:
    return frozen(
        scene.stage.state,
        ours=(str(scene.folder / "takes"),),
        our_tracks=scene.our_tracks(),
        our_custom="otio-retake:",
        selection=False,
    )


def there(scene: Scene, take: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Where a take's file is: takes as (kind, start, bounds), items as (kind, start, length, enabled)."""
    state, found = scene.stage.state, []
    for track, item in state.placed():
        for entry in item.takes:
            if entry.media.path == take["path"]:
                found.append(("take", track.kind, item.start, [entry.start, entry.end]))
        if not item.takes and item.media is not None and item.media.path == take["path"]:
            found.append(("item", track.kind, item.start, item.duration, item.enabled))
    return found


def is_true(scene: Scene, plan: dict[str, Any], report: dict[str, Any]) -> None:
    """Each line of the report says what is."""
    takes = {take["ident"]: take for take in plan["takes"]}
    assert [line["ident"] for line in report["results"]] == list(takes)
    for line in report["results"]:
        take, found = takes[line["ident"]], there(scene, takes[line["ident"]])
        if line["outcome"] in ("done", "already there"):
            if take["kind"] == "take":
                assert found == [("take", "video", take["expects"]["start"], take["bounds"])], line
            else:
                kind = "audio" if take["kind"] == "sound" else "video"
                assert found, line
                assert all(each == ("item", kind, *take["record"], False) for each in found), line
        elif line["outcome"] in ("refused", "undone"):
            assert not found, line
            assert line["why"]
        else:
            assert line["outcome"] == "failed"
            assert line["why"]


def originals_are_there(scene: Scene, before: dict[str, list[Any]]) -> None:
    """Each clip still has all that could be chosen in it."""
    for item in scene.stage.state.items():
        if item.uid in before:
            now = [take.media for take in item.takes] or [item.media]
            assert all(media in now for media in before[item.uid])


def whatever(folder: Path, profile: str, knobs: dict[str, Any], fault: tuple[Any, ...]) -> None:
    scene = Scene(folder, profile, **knobs)
    scene.begin()
    plan = scene.hand(scene.every_kind())
    before, seen = without_selection(scene), scene.picture()
    choices = {i.uid: [take.media for take in i.takes] or [i.media] for i in scene.stage.state.items()}
    place = scene.editors_place()
    arm(scene, fault)
    try:
        reports = scene.collect()
    except Away:
        reports = []
    assert without_selection(scene) == before
    originals_are_there(scene, choices)
    scene.record, scene.project.current = None, scene.stage.state
    if not reports:
        scene.fake.come_back() if fault[0] == "vanish" else scene.fake.faults.clear()
        with suppress(Away):
            reports = scene.collect()
    assert without_selection(scene) == before
    originals_are_there(scene, choices)
    if reports:
        is_true(scene, plan, reports[0])
        if not any(line["outcome"] == "failed" for line in reports[0]["results"]):
            assert scene.picture() == seen, "what is seen is what was seen"
        if reports[0]["restored"] and fault[0] != "elsewhere":
            assert scene.editors_place() == place
    scene.fake.faults.clear()
    try:
        reverted = scene.revert()
    except Away:
        return
    assert without_selection(scene) == before
    if reverted and not any(line["outcome"] in ("failed", "left") for line in reverted[0]["results"]):
        assert scene.picture() == seen
        assert not [found for take in plan["takes"] for found in there(scene, take)]


FOUND = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
}
"""Making an example smaller takes longer than reading it: each is an apply, and a taking back, of six takes."""


@settings(max_examples=12, derandomize=True, **FOUND)
@given(PROFILE, KNOBS, FAULT)
def test_what_is_not_ours_stays(profile: str, knobs: dict[str, Any], fault: tuple[Any, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whatever(Path(folder), profile, knobs, fault)


@pytest.mark.slow
@settings(max_examples=120, **FOUND)
@given(PROFILE, KNOBS, FAULT)
def test_what_is_not_ours_stays_whatever_comes(profile: str, knobs: dict[str, Any], fault: tuple[Any, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whatever(Path(folder), profile, knobs, fault)


@pytest.mark.slow
@pytest.mark.parametrize("name", [field.name for field in fields(Knobs)])
def test_each_knob_alone(tmp_path: Path, name: str) -> None:
    strategy = values(HINTS[name], name)
    elements = getattr(strategy, "elements", None) or (0, 3)
    for number, value in enumerate(elements):
        folder = tmp_path / str(number)
        folder.mkdir()
        whatever(folder, "21.0.4 Studio", {name: value}, ("none",))
