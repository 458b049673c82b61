"""The markers of an .otio file say what became of them: their colour changes, and nothing else does."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import pytest

from otio_retake.cuts import Cut, MarkState, open_cut
from otio_retake.cuts.model import Marker
from tests.cutting import clip, gap, marker, span, track, write

SAMPLES = Path(__file__).resolve().parents[2] / "sample_timelines"
CUTS = sorted(path.name for path in SAMPLES.glob("*.otio"))
STATES: tuple[MarkState, ...] = ("waiting", "done", "failed", "unknown")


def markers(cut: Cut) -> list[Marker]:
    return [*(m for c in cut.view.clips() for m in c.markers), *cut.view.markers]


def said(cut: Cut, place: Marker) -> tuple[str, str]:
    return place.name, place.note


def reopened(tmp_path: Path, content: bytes) -> Cut:
    path = tmp_path / "out.otio"
    path.write_bytes(content)
    return open_cut(path)


@pytest.mark.parametrize("name", CUTS)
def test_each_marker_alone_gets_its_colour(tmp_path: Path, name: str) -> None:
    cut = open_cut(SAMPLES / name)
    found = [m for m in markers(cut) if m.at >= 0]
    assert len({m.at for m in found}) == len(found)
    for number, one in enumerate(found):
        state = STATES[number % 4]
        patched = cut.write_marks({one: state})
        again = markers(reopened(tmp_path, patched.content))
        changed = [(a, b) for a, b in zip(markers(cut), again, strict=True) if a.colour != b.colour]
        wanted = {"waiting": "YELLOW", "done": "GREEN", "failed": "RED", "unknown": "PURPLE"}[state]
        assert [b.colour for _, b in changed] == ([wanted] if one.colour != wanted else [])
        assert all(a.at == one.at for a, _ in changed)


def test_only_the_lines_of_colours_change(tmp_path: Path) -> None:
    cut = open_cut(SAMPLES / "resolve_24.otio")
    patched = cut.write_marks(dict.fromkeys(markers(cut), "done"))
    before, after = cut.original.decode().splitlines(), patched.text.splitlines()
    lines = [line for line in difflib.unified_diff(before, after, n=0) if line[0] in "+-" and line[:3] not in "+++---"]
    # Five markers, none of them green before: grep -c Marker.2 in the file.
    assert len(lines) == 2 * 5
    assert all('"color": "' in line for line in lines)
    assert cut.write_marks({}).content == cut.original


def test_kdenlive_goes_by_its_categories() -> None:
    cut = open_cut(SAMPLES / "kdenlive_25.otio")
    document = json.loads(cut.write_marks(dict.fromkeys(markers(cut), "done")).content)
    kinds = {
        m["metadata"]["kdenlive"]["type"]
        for holder in (document["tracks"], *(c for t in document["tracks"]["children"] for c in t["children"]))
        for m in holder.get("markers", ())
    }
    assert kinds == {3}


def test_markers_of_every_owner_are_found_where_they_stand(tmp_path: Path) -> None:
    above = {**gap(5), "markers": [marker("in a gap", 1)]}
    many = [marker(f"m{k}", k) for k in range(30)]
    first = track(clip("A", 0, 20, marker("one", 2), marker("two", 4)), above, name="V1", markers=many)
    # The track's children stand before its markers here, and after them in the second.
    second: dict[str, Any] = {"OTIO_SCHEMA": "Track.1", "markers": [marker("early", 0)], "kind": "Video", "name": "V2",
                              "children": [clip("B", 0, 20, marker("three", 3))]}  # fmt: skip
    cut = write(tmp_path, first, second, markers=(marker("on the timeline", 3),))
    for wanted in ("one", "two", "three", "in a gap", "m0", "m29", "early", "on the timeline"):
        (one,) = [m for m in markers(cut) if m.name == wanted]
        again = markers(reopened(tmp_path, cut.write_marks({one: "done"}).content))
        assert [m.name for m in again if m.colour == "GREEN"] == [wanted]


def test_colours_that_are_objects_stay_objects(tmp_path: Path) -> None:
    colour = {"OTIO_SCHEMA": "Color.1", "name": "Red", "r": 1.0, "g": 0.0, "b": 0.0, "a": 1.0}
    plain = marker("none", 3)
    del plain["color"]
    cut = write(
        tmp_path, track(clip("A", 0, 20, {**marker("new", 2), "OTIO_SCHEMA": "Marker.3", "color": colour}, plain))
    )
    patched = cut.write_marks(dict.fromkeys(markers(cut), "done"))
    new, old = json.loads(patched.text)["tracks"]["children"][0]["children"][0]["markers"]
    assert new["color"] == {"OTIO_SCHEMA": "Color.1", "name": "GREEN", "r": 0.0, "g": 1.0, "b": 0.0, "a": 1.0}
    assert old["color"] == "GREEN"


def test_markers_within_a_nested_sequence_are_left_and_said(tmp_path: Path) -> None:
    inner = track(clip("inside", 0, 10, marker("deep", 2)))
    nested = {"OTIO_SCHEMA": "Stack.1", "name": "nest", "source_range": span(0, 10), "children": [inner], "markers": []}
    cut = write(tmp_path, track(nested, name="V1"))
    (one,) = markers(cut)
    patched = cut.write_marks({one: "done"})
    assert patched.content == cut.original
    assert "nest" in patched.losses.left_out[0]


def test_real_timelines(tmp_path: Path, shared_timelines: Path) -> None:
    for path in sorted((shared_timelines / "otio").glob("*.otio")):
        cut = open_cut(path)
        found = markers(cut)
        again = markers(reopened(tmp_path, cut.write_marks(dict.fromkeys(found, "failed")).content))
        assert {m.colour for m in again} <= {"RED"}
        assert [said(cut, m) for m in again] == [said(cut, m) for m in found]
