"""After an editor has worked on a cut with takes in it and exported it anew, each take is known and judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from otio_retake.cuts import Cut, open_cut
from otio_retake.readback import TakeInCut, takes_in
from otio_retake.takes import Placement, TakeFile
from tests.cuts.fcpxml_documents import Shot, fcpxml, written
from tests.cuts.placements import above, reference, sound

FILM = Fraction(24)
SHOTS = [Shot("A", 100, 60, FILM, 86_400), Shot("B", 300, 48, FILM, 86_400)]


def laid(folder: Path, *, kind: Callable[..., Placement] = reference, short: int = 0) -> tuple[Cut, list[Placement]]:
    """Two takes on the first clip, with 24 frames of handles but for ``short`` of them at the end."""
    cut = open_cut(written(folder, "cut.fcpxml", fcpxml(SHOTS, FILM)))
    clip = next(cut.view.clips())
    placements = []
    for version in (1, 2):
        placed = kind(clip, version)
        if kind is reference:
            # Frames 76 to 183 of the file: the clip's 100 to 159 with handles.
            placed = replace(placed, available=(Fraction(86_400 + 76), Fraction(60 + 48 - short)))
        path = folder / f"A_rtk0a1b2c{version}_v00{version}.mov"
        path.touch()
        placements.append(replace(placed, take=replace(placed.take, path=path)))
    return cut, placements


def exported(folder: Path, data: bytes, edit: Callable[[Any], None], *, notes: bool = True) -> Cut:
    """The cut as an editor that has edited it writes it: other ids, other white space, no comments."""
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_blank_text=True))
    edit(root)
    if not notes:
        for found in list(root.iter("note")):
            found.getparent().remove(found)
    text = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8").decode()
    for number, ident in enumerate(re.findall(r' id="(\w+)"', text), 100):
        text = re.sub(rf'(id|ref|format)="{ident}"', rf'\1="x{number}"', text)
    return open_cut(written(folder, "exported.fcpxml", text))


def found(cut: Cut, takes: list[TakeFile]) -> list[TakeInCut]:
    return takes_in(cut.view, takes)


def rows(cut: Cut, placements: list[Placement]) -> list[tuple[int, bool, str, int]]:
    """Each take's version, whether it is in use, how it stands, and how many frames it lacks."""
    takes = [p.take for p in placements]
    return sorted((t.take.version if t.take else 0, t.in_use, t.standing, t.short) for t in found(cut, takes))


def clip_of(root: Any) -> Any:
    return root.xpath("//audition")[0]


def nothing(root: Any) -> None:
    pass


def pick(root: Any) -> None:
    """The second alternative goes first."""
    audition = clip_of(root)
    audition.insert(0, audition[1])


def trim(root: Any) -> None:
    """Five frames off the head, of all alternatives, as a trim of an audition does; what follows moves up."""
    for child in clip_of(root):
        child.set("start", "86505/24s")
        child.set("duration", "55/24s")


def slip(root: Any) -> None:
    """The original plays 40 frames later: beyond what the takes have."""
    for child in clip_of(root):
        child.set("start", "86540/24s")


def delete(root: Any) -> None:
    """The second take goes."""
    audition = clip_of(root)
    audition.remove(audition[2])


def duplicate(root: Any) -> None:
    audition = clip_of(root)
    copy = etree.fromstring(etree.tostring(audition))
    copy.set("offset", "10s")
    audition.getparent().append(copy)


@pytest.mark.parametrize("notes", [True, False], ids=["notes", "no notes"])
@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (nothing, [(1, False, "ok", 0), (2, False, "ok", 0)]),
        (pick, [(1, True, "ok", 0), (2, False, "ok", 0)]),
        (trim, [(1, False, "ok", 0), (2, False, "ok", 0)]),
        # Frames 140 to 199 are needed, the takes end at 184.
        (slip, [(1, False, "stale", 16), (2, False, "stale", 16)]),
        (delete, [(1, False, "ok", 0)]),
        (duplicate, [(1, False, "ok", 0), (1, False, "ok", 0), (2, False, "ok", 0), (2, False, "ok", 0)]),
    ],
)
def test_auditions_come_back(tmp_path: Path, edit: Any, wanted: Any, notes: bool) -> None:
    cut, placements = laid(tmp_path)
    data = cut.apply(placements, tmp_path).content
    back = exported(tmp_path, data, edit, notes=notes)
    assert rows(back, placements) == wanted
    # The marks still mean the original.
    assert {clip.media.url for clip in back.view.clips()} == {"file:///footage/A.mov", "file:///footage/B.mov"}
    placements[0].take.path.unlink()
    assert {row[2] for row in rows(back, placements) if row[0] == 1} <= {"gone"}


def test_a_picked_take_that_was_slipped_alone(tmp_path: Path) -> None:
    cut, placements = laid(tmp_path)

    def slipped(root: Any) -> None:
        pick(root)
        clip_of(root)[0].set("start", "86540/24s")

    back = exported(tmp_path, cut.apply(placements, tmp_path).content, slipped)
    assert rows(back, placements)[0] == (1, True, "stale", 16)
    assert next(back.view.clips()).source.value == 86_540


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, (1, False, "ok", 0)),
        ({"enabled": "1"}, (1, True, "ok", 0)),
        # Record frames 2 to 13 of frame 100 on, from 102; slipped by five.
        ({"start": "86507/24s", "duration": "7/24s"}, (1, False, "out of step", 0)),
        # `above` gives 24 frames of handles: 78 to 137. From 130 on, twelve frames lack four.
        ({"start": "86530/24s"}, (1, False, "stale", 4)),
    ],
)
def test_takes_above_come_back(tmp_path: Path, change: dict[str, str], wanted: Any) -> None:
    cut, placements = laid(tmp_path, kind=above)

    def edit(root: Any) -> None:
        first, second = root.xpath("//asset-clip[@lane]")
        first.attrib.update(change)
        second.getparent().remove(second)

    back = exported(tmp_path, cut.apply(placements, tmp_path).content, edit)
    assert rows(back, placements) == [wanted]
    assert not list(p for p in back.view.remarks if p.blocks)


def test_takes_in_another_project_are_found(tmp_path: Path) -> None:
    cut, placements = laid(tmp_path)

    def moved(root: Any) -> None:
        """The clip, with its audition, in a project of its own."""
        audition = clip_of(root)
        spine = audition.getparent()
        for other in list(spine):
            if other is not audition:
                spine.remove(other)
        audition.set("offset", "3600s")
        root.find(".//sequence").set("tcStart", "3600s")
        root.find(".//project").set("name", "another")

    back = exported(tmp_path, cut.apply(placements, tmp_path).content, moved)
    assert rows(back, placements) == [(1, False, "ok", 0), (2, False, "ok", 0)]
    assert back.view.name == "another"


def test_what_an_editor_wrote_anew_can_be_dropped_and_picked(tmp_path: Path) -> None:
    """Without our comment and our white space: the clips are right, if not the bytes."""
    cut, placements = laid(tmp_path)
    back = exported(tmp_path, cut.apply([*placements, sound(next(cut.view.clips()))], tmp_path).content, nothing)
    gone = back.drop({p.take.ident for p in placements} | {"sound001"})
    assert len(gone.added) == 3
    left = open_cut(written(tmp_path, "left.fcpxml", gone.text))
    assert [(c.name, c.record, c.source.value) for c in left.view.clips()] == [
        (c.name, c.record, c.source.value) for c in cut.view.clips()
    ]
    assert b"rtk" not in gone.content
    picked = open_cut(
        written(tmp_path, "picked.fcpxml", back.activate(next(cut.view.clips()).address, "retake.v002").text)
    )
    assert rows(picked, placements)[-1] == (2, True, "ok", 0)
