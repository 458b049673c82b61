"""The way back in FCP 7 XML: what an editor did with takes is read, takes go in and out of use, marks get colours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from otio_retake.cuts import Cut
from otio_retake.cuts.model import Clip
from otio_retake.errors import CutError
from otio_retake.marks import find_marks
from otio_retake.readback import TakeInCut, takes_in
from otio_retake.takes import Placement
from tests.cuts import xmeml as x
from tests.cuts.placements import above


@pytest.fixture
def placed(tmp_path: Path) -> tuple[Cut, list[Placement]]:
    """Two clips, the first with two takes over its frames 10 to 34, with handles of 24 frames."""
    items = (x.clip("A", 0, 48, 40, 88, media=x.file("A", 1000)), x.clip("B", 48, 96, 0, 48, media=x.file("B")))
    cut = x.write(tmp_path, x.sequence(x.track(*items), start=86400))
    clip = next(cut.view.clips())
    placements = []
    for version in (1, 2):
        made = above(clip, version, first=10, length=24)
        path = tmp_path / made.take.path.name
        path.touch()
        spec = replace(made.take.spec, timecode="00:00:42:18")
        placements.append(replace(made, take=replace(made.take, path=path, spec=spec)))
    return x.again(cut, cut.apply(placements, tmp_path).content), placements


def found(cut: Cut, placements: list[Placement]) -> dict[str, TakeInCut]:
    return {take.name[-4:]: take for take in takes_in(cut.view, [p.take for p in placements])}


def edited(cut: Cut, change: Callable[[str], str]) -> Cut:
    """The cut as an editor would export it after a change to the clip of the first take."""
    text = cut.original.decode()
    (item,) = re.findall(r'<clipitem id="retake-region001-1".*?</clipitem>', text, re.DOTALL)
    return x.again(cut, text.replace(item, change(item)).encode(), "edited.xml")


def moved(item: str, **by: int) -> str:
    for name, frames in by.items():
        name = {"first": "in", "last": "out"}.get(name, name)
        before, tag, rest = item.partition(f"<{name}>")
        said, close, after = rest.partition("<")
        item = before + tag + str(int(said) + frames) + close + after
    return item


def test_nothing_was_done(placed: tuple[Cut, list[Placement]]) -> None:
    takes = found(*placed)
    assert [(t.in_use, t.standing, t.short, t.clip.record) for t in takes.values()] == [(False, "ok", 0, (10, 34))] * 2


def test_picked_by_switching_it_on(placed: tuple[Cut, list[Placement]]) -> None:
    cut = edited(placed[0], lambda item: item.replace("<enabled>FALSE", "<enabled>TRUE"))
    assert [take.in_use for take in found(cut, placed[1]).values()] == [True, False]


def test_picked_by_switching_its_track_off_again(placed: tuple[Cut, list[Placement]]) -> None:
    text = placed[0].original.decode().replace("<enabled>FALSE", "<enabled>TRUE")
    before, name, after = text.partition('MZ.TrackName="Retakes 2"')
    clips, item, rest = after.rpartition("</clipitem>")
    cut = x.again(placed[0], (before + name + clips + item + rest.replace("TRUE", "FALSE", 1)).encode())
    assert [take.in_use for take in found(cut, placed[1]).values()] == [True, False]


@pytest.mark.parametrize(
    ("by", "short", "standing", "record"),
    [
        # Trimmed by five frames, within what the take shows.
        ({"start": 5, "first": 5}, 0, "ok", (15, 34)),
        # Opened within its clip, over the next one with all of its handles, and by five more than there are.
        ({"end": 14, "last": 14}, 0, "ok", (10, 48)),
        ({"end": 24, "last": 24}, 0, "out of step", (10, 58)),
        ({"end": 29, "last": 29}, 5, "stale", (10, 63)),
        # Slipped within its handles, and beyond them.
        ({"first": 20, "last": 20}, 0, "out of step", (10, 34)),
        ({"first": 31, "last": 31}, 7, "stale", (10, 34)),
        # Laid somewhere else in the cut.
        ({"start": 50, "end": 50}, 0, "out of step", (60, 84)),
    ],
)
def test_trimmed_slipped_and_moved(
    placed: tuple[Cut, list[Placement]], by: dict[str, int], short: int, standing: str, record: tuple[int, int]
) -> None:
    take = found(edited(placed[0], lambda item: moved(item, **by)), placed[1])["v001"]
    assert (take.short, take.standing, take.clip.record) == (short, standing, record)


def test_deleted_duplicated_and_laid_in_another_cut(placed: tuple[Cut, list[Placement]], tmp_path: Path) -> None:
    cut, placements = placed
    assert set(found(edited(cut, lambda item: ""), placements)) == {"v002"}
    twice = edited(cut, lambda item: item + moved(item, start=40, end=40).replace('-1"', '-9"', 1))
    known = [p.take for p in placements]
    assert [t.clip.record for t in takes_in(twice.view, known) if t.name.endswith("v001")] == [(10, 34), (50, 74)]
    (item,) = re.findall(r'<clipitem id="retake-region001-1".*?</clipitem>', cut.original.decode(), re.DOTALL)
    other = x.write(tmp_path, x.sequence(x.track(moved(item, start=90, end=90))), name="other.xml")
    assert [(t.name[-4:], t.standing) for t in takes_in(other.view, known)] == [("v001", "ok")]


def test_placed_again_a_moved_take_stays_where_the_editor_put_it(placed: tuple[Cut, list[Placement]]) -> None:
    cut = edited(placed[0], lambda item: moved(item, start=50, end=50))
    patched = cut.apply(placed[1], cut.path.parent)
    assert patched.content == cut.original
    assert ["01:00:02:12" in warning for warning in patched.losses.warnings] == [True]


# --- in use, out of use, out ------------------------------------------------------------------------------------------


def ours(cut: Cut) -> list[Clip]:
    return [clip for clip in cut.view.clips() if clip.placed is not None]


def test_one_take_is_in_use_at_a_time_and_the_original_after_all(placed: tuple[Cut, list[Placement]]) -> None:
    cut, _ = placed
    one, other = ours(cut)
    first = x.again(cut, cut.activate(one.address, one.media.key).content, "first.xml")
    assert [clip.enabled for clip in ours(first)] == [True, False]
    second = x.again(cut, first.activate(other.address, other.media.key).content, "second.xml")
    assert [clip.enabled for clip in ours(second)] == [False, True]
    original = next(second.view.clips())
    back = second.activate(original.address, original.media.key)
    assert back.content == cut.original


def test_placed_with_activate_the_newest_is_in_use(placed: tuple[Cut, list[Placement]]) -> None:
    cut, placements = placed
    newest = replace(placements[1], activate=True)
    active = x.again(cut, cut.apply([placements[0], newest], cut.path.parent).content, "active.xml")
    assert [clip.enabled for clip in ours(active)] == [False, True]
    third = above(next(cut.view.clips()), 3, first=10, length=24, activate=True)
    again = x.again(cut, active.apply([*placements, third], cut.path.parent).content, "third.xml")
    assert [clip.enabled for clip in ours(again)] == [False, False, True]


def test_a_key_that_the_clip_has_not_is_refused(placed: tuple[Cut, list[Placement]]) -> None:
    with pytest.raises(CutError) as error:
        placed[0].activate(ours(placed[0])[0].address, "retake.v009")
    assert "retake.v009" in error.value.what
    assert error.value.fix


def test_a_file_outlives_the_clip_that_gave_it(placed: tuple[Cut, list[Placement]]) -> None:
    """An editor's own clip of the take names its file by the id that is given in ours."""
    cut, placements = placed
    own = x.clip("own", 100, 110, 24, 34, media='<file id="retake-file-region001"/>')
    text = cut.original.decode().replace("<enabled>TRUE</enabled><locked>", own + "<enabled>TRUE</enabled><locked>", 1)
    kept = x.again(cut, text.encode(), "kept.xml")
    dropped = x.again(cut, kept.drop({"region001"}).content, "dropped.xml")
    (clip,) = [clip for clip in dropped.view.clips() if clip.name == "own"]
    assert clip.media.url.endswith(placements[0].take.path.name)


def test_a_track_of_ours_that_an_editor_uses_stays(placed: tuple[Cut, list[Placement]]) -> None:
    cut = edited(placed[0], lambda item: item + x.clip("B", 60, 70, 0, 10))
    dropped = x.again(cut, cut.drop({"region001", "region002"}).content, "left.xml")
    assert [(c.track_name, c.name) for c in dropped.view.clips()][-1] == ("Retakes", "B")
    assert len(dropped.view.tracks) == 2


# --- marks ------------------------------------------------------------------------------------------------------------


def test_marks_get_the_colour_of_their_state_and_nothing_else_changes(tmp_path: Path) -> None:
    texts = ["waits", "is done", "failed", "nobody knows"]
    marks = "".join(x.marker(f"RETAKE: {text}", k * 5, colour=4294741314) for k, text in enumerate(texts))
    plain = x.marker("RETAKE: on the cut", 60)
    other = x.marker("reel ends", 70, colour=4294741314)
    said = x.sequence(x.track(x.clip("A", 0, 90, 0, 90, marks, media=x.file("A"))), markers=plain + other)
    cut = x.write(tmp_path, said.replace("<sequence ", '<sequence MZ.EditLine="0" '))
    markers = [mark.marker for mark in find_marks(cut.view).marks]
    states = dict(zip(markers, ("waiting", "done", "failed", "unknown", "failed"), strict=True))
    patched = cut.write_marks(states)  # type: ignore[arg-type]
    again = x.again(cut, patched.content)
    colours = [mark.marker.colour for mark in find_marks(again.view).marks]
    assert colours == ["YELLOW", "GREEN", "RED", "PURPLE", "RED"]
    assert again.view.markers[1].colour == "BLUE"
    plain_again = re.sub(rb"<pproColor>\d+</pproColor>", b"", patched.content)
    assert plain_again == re.sub(rb"<pproColor>\d+</pproColor>", b"", cut.original)
    # The same states once more change nothing.
    same = {mark.marker: states[old] for mark, old in zip(find_marks(again.view).marks, markers, strict=True)}
    assert again.write_marks(same).content == patched.content  # type: ignore[arg-type]


def test_a_mark_of_another_document_is_named(tmp_path: Path) -> None:
    cut = x.write(tmp_path, x.sequence(x.track(x.clip("A", 0, 9, 0, 9, x.marker("RETAKE: x", 3), media=x.file("A")))))
    (mark,) = find_marks(cut.view).marks
    patched = cut.write_marks({replace(mark.marker, at=5): "done"})
    assert patched.content == cut.original
    assert len(patched.losses.left_out) == 1
