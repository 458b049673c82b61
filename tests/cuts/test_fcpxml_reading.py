"""Real exports of Final Cut Pro against tables made by hand, and what each part of the format comes to."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.cuts import Cut, open_cut
from otio_retake.cuts.fcpxml_cut import FcpxmlCut
from otio_retake.cuts.fcpxml_times import BadTime, seconds, spelled
from otio_retake.cuts.model import Clip
from otio_retake.marks import find_marks
from otio_retake.requests import resolve
from tests.cuts.fcpxml_documents import Mark, Shot, fcpxml, written

FILM, VIDEO = Fraction(24_000, 1001), Fraction(30_000, 1001)

COUNTS = {
    # File: clips with a picture, clips of sound, marks.
    # Pictures: asset-clip, clip, video, title, ref-clip and sync-clip elements of the first project, but not unpicked
    # alternatives, what lies within another clip, and what is only heard. Sound: each asset, channel or role that these
    # play. Marks: `grep -c` of marker and chapter-marker, less those in <resources>, in unpicked alternatives, in the
    # second project. No keyword in any of them begins with RETAKE.
    "fcp_23.98": (10, 10, 12),  # 13 in the file, Shot_02 is on an alternative
    "fcp_29.97": (12, 10, 20),  # 23, of which 3 (INSIDE) are in the compound's media
    "fcp_Annotations": (1, 1, 3),
    "fcp_AuditionMarkers": (1, 0, 1),  # 2, one on the second title
    "fcp_AuditionSample": (1, 1, 0),
    "fcp_BasicMarkers_1HourProjectStart": (1, 0, 4),
    "fcp_ClipMetadata": (3, 1, 1),
    "fcp_CompoundClips": (2, 0, 2),  # 5, of which 3 in the compounds' media
    "fcp_DisabledClips": (4, 2, 4),
    "fcp_Keywords": (6, 6, 6),
    # Sound: music, intro, the two channels of GM7884P7, four of TestAudio, the helicopter.
    "fcp_Occlusion3": (9, 9, 2),
    "fcp_SyncClip": (1, 1, 3),  # the storyline's own sound is switched off, TestAudio is heard
    "fcp_TransitionMarkers1": (3, 0, 11),
    "fcpx_example_otio": (10, 8, 8),  # the first of two like projects; 16 in the file
    "splicekit_transitions": (3, 0, 0),  # its clips hold a video element and no audio
}

FRAMES: dict[str, list[tuple[str, int, int, int]]] = {
    # Name, first and end record frame, first source frame: offset, duration and start divided by the frame's duration,
    # less the project's tcStart.
    "fcp_29.97": [
        # 103103/1001 = 103, 214214/1001 = 214. Retimed: 427683/30000 s * 9168210/4436211 * 30000/1001 = 882.999.
        ("TestVideo", 0, 103, 0), ("TestVideo", 103, 209, 214), ("29.97_CC", 209, 317, 0),
        ("TestVideo", 317, 417, 883), ("TestVideo", 417, 554, 1300), ("TestVideo", 554, 678, 2170),
        ("TestVideo", 678, 887, 2674),
        # Lane 1 begins at 53053/1200 s = frame 1325 of the clip below: 417 + 1325 - 1300 = 442.
        ("TestVideo", 442, 448, 1689), ("TestVideo", 448, 457, 1700), ("TestVideo", 457, 466, 1719),
        ("TestVideo", 466, 474, 1738),
        # 899899/10000 s is frame 2697 of a clip that begins at 678 with 2674.
        ("29.97_CC", 701, 762, 0),
    ],
    "fcp_23.98": [
        # The second, 25 in 23.98, is conformed. 1192711/24000 * 149819760/65872008 * 24000/1001 = 2710.0003.
        ("TestVideo", 0, 760, 0), ("TestVideo2", 760, 1406, 0), ("TestVideo", 1406, 2030, 2086),
        ("TestVideo", 2030, 2724, 2710), ("TestVideo", 2724, 4172, 4288), ("TestVideo", 4172, 4795, 5736),
        ("TestVideo", 4795, 5348, 9162),
        # The storyline at 571571/3000 s is at frame 4568 of the clip that begins at 2724 with 4288: 2724 + 280 = 3004.
        ("TestVideo", 3004, 3093, 7181), ("TestVideo", 3093, 3467, 7416),
        # 9349340/24000 s is frame 9340 of the clip that begins at 4795 with 9162.
        ("TestVideo", 4973, 5348, 7191),
    ],
    "fcp_Keywords": [
        # 9216/12800 s at 25 = 18; 550912/12800 s = 1076.
        ("Nature Makes You Happy", 0, 18, 1076), ("Nature Makes You Happy", 18, 72, 1525),
        ("Nature Makes You Happy", 72, 110, 1454), ("Is This The Land of Fire or Ice", 110, 136, 2609),
        ("Nature Makes You Happy", 136, 185, 495), ("Nature Makes You Happy", 185, 198, 1285),
    ],
    "fcp_Occlusion3": [
        # tcStart 3590 s = 89750. The synchronized clips start at 107089700/2500 s = 1070897 and at 1792413.
        ("Basic Title", 0, 126, 90000), ("2-1-5", 126, 209, 1070897), ("1-X-1", 209, 266, 1792413),
        # Connected: 13707481600/320000 s = 1070897, where the synchronized clip begins; 22253222400/320000 = 1738533.
        ("TestVideo", 126, 209, 1070897), ("1-2-2 MOS", 209, 266, 1738533),
        ("VFX - Add SFX", 126, 209, 89120), ("TestAudio2", 209, 266, 1738533),
        ("VFX - Set extension", 209, 266, 89165), ("Watermark", 0, 8436, 90000),
    ],
    "fcpx_example_otio": [
        ("IMG_0715", 0, 300, 0), ("compound_clip_1", 2400, 3300, 109), ("IMG_0233", 3300, 3600, 0),
        ("IMG_0687", 3600, 3900, 376), ("IMG_0268", 3900, 4200, 232), ("compound_clip_1", 4200, 4500, 57),
        # Connected to gaps whose own time begins at 3600 s: 108137/30 s is 137 frames into the one at 1800.
        ("IMG_0513", 600, 900, 0), ("IMG_0268", 1500, 1785, 0), ("IMG_0740", 1785, 2070, 15),
        ("IMG_0857", 1937, 2237, 0),
    ],
    "fcp_DisabledClips": [
        # 24100/2400 s = 241. 1663/4 s = 9978 frames of 23.98 played at 24, of media of 9978 frames.
        ("Basic Title", 0, 241, 86400), ("Basic Title 2", 241, 482, 86400), ("TestVideo", 482, 10460, 0),
        ("TestVideo", 10460, 20438, 0),
    ],
    "fcp_AuditionSample": [("chocolate for senses", 0, 237, 6031)],  # 6037031/1001
    "fcp_SyncClip": [("TestVideo - Synchronized Clip", 0, 738, 0)],
}  # fmt: skip


@pytest.fixture
def real(shared_timelines: Path) -> Path:
    return shared_timelines / "fcpxml"


def pictures(cut: Cut) -> list[Clip]:
    return [clip for clip in cut.view.clips() if clip.kind == "Video"]


def test_every_real_file_opens_and_counts_as_by_hand(real: Path) -> None:
    files = sorted(real.glob("*.fcpxml"))
    assert {path.stem for path in files} == set(COUNTS)
    for path in files:
        view = open_cut(path).view
        clips = list(view.clips())
        counted = (
            sum(clip.kind == "Video" for clip in clips),
            sum(clip.kind == "Audio" for clip in clips),
            sum(len(clip.markers) for clip in clips) + len(view.markers),
        )
        assert counted == COUNTS[path.stem], path.stem


@pytest.mark.parametrize("name", FRAMES)
def test_frames_of_real_files(real: Path, name: str) -> None:
    cut = open_cut(real / f"{name}.fcpxml")
    rows = [(c.name, c.record[0], c.record[1], round(c.source.value)) for c in pictures(cut)]
    assert rows == FRAMES[name]
    off = [c for c in pictures(cut) if abs(Fraction(c.source.value) - round(c.source.value)) > Fraction(1, 500)]
    # Only one in point of a retimed clip lies between two frames: 7181.32.
    assert [c.record[0] for c in off] == ([3004] if name == "fcp_23.98" else [])


def test_what_real_files_say_of_their_clips(real: Path) -> None:
    speeds = [c.speed.scalar for c in pictures(open_cut(real / "fcp_29.97.fcpxml"))]
    assert speeds[3:6] == [Fraction(9168210, 4436211), 1, Fraction(9168210, 4681557)]
    assert pictures(open_cut(real / "fcp_23.98.fcpxml"))[1].speed.scalar == FILM / 25
    assert [c.enabled for c in pictures(open_cut(real / "fcp_DisabledClips.fcpxml"))] == [True, False, True, False]
    compound = pictures(open_cut(real / "fcp_CompoundClips.fcpxml"))
    assert all("compound" in c.speed.refused for c in compound)
    titles = pictures(open_cut(real / "fcp_TransitionMarkers1.fcpxml"))
    # Transitions of 24 frames: at the head, centred on the cuts at 240 and 480, at the end.
    assert [(c.overlap, c.lead) for c in titles] == [
        ((24, 12), (0, 12)), ((12, 12), (12, 12)), ((12, 24), (12, 0)),
    ]  # fmt: skip
    assert all(c.see_through == "a title" for c in titles)
    view = open_cut(real / "fcp_TransitionMarkers1.fcpxml").view
    assert [m.start.value for m in view.markers] == [0, 12, 228, 240, 468, 480, 696, 708]
    assert not any(c.beside for c in pictures(open_cut(real / "fcp_Occlusion3.fcpxml"))[:3])


def test_marks_of_real_files_lie_on_their_frames(real: Path) -> None:
    """By hand: Marker 8 is 154573/10000 s of a clip at record 317 that starts at 427683/30000 s: 36 frames on."""
    cut = open_cut(real / "fcp_29.97.fcpxml")
    found = {
        m.name: clip.record_of(clip.reach_of(m).first) for clip in cut.view.clips() for m in clip.markers
    }  # fmt: skip
    wanted = {"Marker 2": 44, "Marker 3": 128, "Marker 4": 176, "Marker 8": 353, "Marker 13": 444, "Marker 16": 463}
    assert {name: found[name] for name in wanted} == wanted
    # 25 in 23.98: markers stand on frames of the media, 177/25 s = 177 of them, and it plays frame for frame.
    cut = open_cut(real / "fcp_23.98.fcpxml")
    found = {m.name: clip.record_of(clip.reach_of(m).first) for clip in cut.view.clips() for m in clip.markers}
    assert [found[f"Audition {n}"] for n in (1, 2, 3)] == [760 + 177, 760 + 344, 760 + 550]
    assert found["Shot_10"] == 4973 + (7360 - 7191)  # 23023/75 s = 7360 frames
    assert found["Shot_09"] == 4795 + 9294 - 9162


def test_the_other_projects_are_named(real: Path) -> None:
    (remark,) = open_cut(real / "fcpx_example_otio.fcpxml").view.remarks
    assert remark.level == "note"
    assert "OpenTimeline_Project 1" in remark.what


# --- the parts ----------------------------------------------------------------------------------------------------


def opened(folder: Path, text: str) -> FcpxmlCut:
    cut = open_cut(written(folder, "cut.fcpxml", text))
    assert isinstance(cut, FcpxmlCut)
    return cut


def test_times_are_exact() -> None:
    assert seconds("1001/24000s") == Fraction(1001, 24000)
    assert seconds("5s") == 5
    assert seconds("3600/1s") == 3600
    assert seconds(" 2.5s ") == Fraction(5, 2)
    for text in ("", "s", "1/0s", "1/2/3s", "nan", "inf s", "1e9s", "1" * 30 + "s", "99999999999s"):
        with pytest.raises(BadTime):
            seconds(text)
    assert spelled(Fraction(5), 24000) == "5s"
    assert spelled(Fraction(1001, 100), 24000) == "240240/24000s"
    assert spelled(Fraction(1, 7), 24000) == "1/7s"


def test_keywords_are_ranges_and_words_of_their_own(tmp_path: Path) -> None:
    marks = (
        Mark("flower, RETAKE: the petals fall, nature", 110, 10),
        Mark("RETAKE x2", 130, 5, "a long prompt, with commas"),
        Mark("flower, nature", 120, 5),
    )
    view = opened(tmp_path, fcpxml([Shot("A", 100, 60, Fraction(24), marks=marks)], Fraction(24))).view
    found = resolve(view, find_marks(view))
    assert [(r.mark.prompt, r.region.first, r.region.end) for r in found.requests] == [
        ("the petals fall", 110, 120), ("a long prompt, with commas", 130, 135),
    ]  # fmt: skip
    (remark,) = view.remarks
    assert remark.level == "warning"
    assert "'nature'" in remark.what


def test_notes_and_keywords_without_a_range_mean_the_whole_clip(tmp_path: Path) -> None:
    text = fcpxml([Shot("A", 100, 60, Fraction(24)), Shot("B", 100, 60, Fraction(24))], Fraction(24))
    text = text.replace('format="f2"></asset', 'format="f2"><note>RETAKE: more rain</note></asset')
    text = text.replace('format="f3"></asset', 'format="f3"><keyword value="RETAKE: less rain"/></asset')
    view = opened(tmp_path, text).view
    found = resolve(view, find_marks(view))
    assert [(r.mark.prompt, r.whole_clip) for r in found.requests] == [("more rain", True), ("less rain", True)]


def mapped(text: str, points: str) -> str:
    """The cut with a time map in its first clip."""
    resources, spine, story = text.partition("<spine>")
    return resources + spine + story.replace('format="f2">', f'format="f2"><timeMap>{points}</timeMap>', 1)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ('<timept time="0s" value="10s"/><timept time="10s" value="0s"/>', "backwards"),
        ('<timept time="0s" value="3s"/><timept time="10s" value="3s"/>', "hold"),
        ('<timept time="0s" value="3s"/>', "hold"),
        ('<timept time="0s" value="0s"/><timept time="2s" value="2s"/><timept time="4s" value="9s"/>', "varies"),
        ('<timept time="0s" value="0s"/><timept time="0s" value="2s"/>', "varies"),
    ],
)
def test_speeds_that_are_not_constant_are_refused(tmp_path: Path, points: str, why: str) -> None:
    text = fcpxml([Shot("A", 10, 60, Fraction(24), marks=(Mark("RETAKE: x", 20),))], Fraction(24))
    (clip,) = pictures(opened(tmp_path, mapped(text, points)))
    assert why in clip.speed.refused


def test_a_map_of_equal_slopes_is_one_speed(tmp_path: Path) -> None:
    points = '<timept time="0s" value="1s"/><timept time="1s" value="3s"/><timept time="4s" value="9s"/>'
    text = fcpxml([Shot("A", 24, 24, Fraction(24))], Fraction(24))
    (clip,) = pictures(opened(tmp_path, mapped(text, points)))
    # The clip starts at 1 s of its own time, which is 3 s of the media.
    assert (clip.speed.scalar, clip.source.value) == (2, 72)


def test_drop_frame_is_as_the_project_says(tmp_path: Path) -> None:
    shots = [Shot("A", 0, 60, VIDEO)]
    assert opened(tmp_path, fcpxml(shots, VIDEO, 0, drop=False)).view.drop is False
    assert opened(tmp_path, fcpxml(shots, VIDEO, 107_892, drop=True)).view.timecode(0) == "01:00:00;00"
    assert opened(tmp_path, fcpxml(shots, VIDEO, 108_000, drop=False)).view.timecode(0) == "01:00:00:00"


@pytest.mark.parametrize("version", ["1.8", "1.9", "1.10", "1.11", "1.12", "1.13", "1.14"])
def test_media_of_every_version(tmp_path: Path, version: str) -> None:
    cut = opened(tmp_path, fcpxml([Shot("A", 0, 60, Fraction(24))], Fraction(24), version=version))
    assert pictures(cut)[0].media.url == "file:///footage/A.mov"
    assert not cut.view.remarks


def test_a_version_that_is_not_known_is_said(tmp_path: Path) -> None:
    cut = opened(tmp_path, fcpxml([Shot("A", 0, 60, Fraction(24))], Fraction(24), version="1.99"))
    assert "1.99" in cut.view.remarks[0].what


def test_the_samples_ask_for_what_they_say() -> None:
    samples = Path(__file__).resolve().parents[2] / "sample_timelines"
    view = open_cut(samples / "final_cut_24.fcpxml").view
    found = resolve(view, find_marks(view))
    assert not [p for p in found.problems if p.blocks]
    rows = [
        (r.timecode, int(r.region.first - r.clip.media.start.value), r.mark.prompt)
        for r in found.requests
        if r.clip.media.start
    ]
    assert rows == [
        # The keyword stands on frame 48; the clip begins with 24.
        ("01:00:01:00", 48, "a gull lands on the mast"),
        # Frame 36 at record 72, less the 12 of the dissolve.
        ("01:00:03:12", 48, "the clock strikes and the cat looks up"),
        # At 200 % from frame 96 at record 156: ten frames on.
        ("01:00:06:22", 116, "the boat turns into the wind"),
        # 25 in 24, frame for frame: frame 20 at record 200.
        ("01:00:08:18", 30, "the signal is red"),
        ("01:00:10:04", 20, "the lamp goes out"),
        ("01:00:12:04", 12, "the big fish turns away"),
        # The multicam begins at frame 50 of the angle's fish.
        ("01:00:14:16", 50, "more bubbles, and brighter"),
    ]
    assert [r.clip.beside for r in found.requests] == [True, False, True, True, False, True, False]
    in_and_out = found.requests[2]
    assert in_and_out.record == (166, 178)


def test_an_opentimelineio_view() -> None:
    samples = Path(__file__).resolve().parents[2] / "sample_timelines"
    timeline = open_cut(samples / "final_cut_24.fcpxml").timeline
    assert timeline.global_start_time.value == 86_400
    assert [track.kind for track in timeline.tracks] == ["Video", "Video", "Audio", "Audio"]
    assert timeline.tracks[0].range_of_child_at_index(1).start_time.value == 72
