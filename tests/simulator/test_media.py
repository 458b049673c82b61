"""What comes back, frame by frame: the whole pull with a slate on the service's grid, or one of its known oddities."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otio_retake.capabilities import SERVICES
from otio_retake.errors import RetakeError
from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.slate import read_strip
from otio_retake.media.sound import read_sound
from otio_retake.simulator import Simulator
from otio_retake.simulator.distort import HUGE, distort, plan
from otio_retake.simulator.reading import changed_frames
from otio_retake.spans import CannotSend, Span, solve

from .clips import make_clip
from .talk import LtxTalk, RunwareTalk

RATE = Fraction(24)
CHANGED = Span(33, 57)


# --- which frames ---------------------------------------------------------------------------------------------------


def test_the_emulators_own_example() -> None:
    """s=1.5, e=3.5 at 24 of 121 frames: kept are 0-32 and 89-120."""
    assert changed_frames(Fraction("1.5"), Fraction(2), RATE, 121) == Span(33, 89)


@given(st.integers(0, 4000), st.integers(2000, 6000), st.sampled_from([24, 25, 30, 50]))
def test_a_group_is_made_anew_where_the_window_touches_it(start: int, length: int, rate: int) -> None:
    first, end = Fraction(start * rate, 1000), Fraction((start + length) * rate, 1000)
    count = 8 * 60 + 1
    groups = [(0, 1)] + [(8 * k - 7, 8 * k + 1) for k in range(1, 61)]
    touched = [g for g in groups if g[0] < end and g[1] > first]
    span = changed_frames(Fraction(start, 1000), Fraction(length, 1000), Fraction(rate), count)
    assert (span.first, span.end) == (touched[0][0], touched[-1][1])


@given(st.integers(0, 400), st.integers(1, 100), st.sampled_from([24, 25, 30, 60]), st.booleans())
def test_our_seconds_mean_the_frames_that_the_plan_says(first: int, length: int, base: int, whole: bool) -> None:
    for name in ("ltx", "runware"):
        spans = solve(Span(first, first + length), 600, base, SERVICES[name])
        if isinstance(spans, CannotSend):
            continue
        start, duration = (Fraction(ms, 1000) for ms in (spans.seconds.start_ms, spans.seconds.duration_ms))
        read = changed_frames(start, duration, Fraction(base), spans.count, whole=whole)
        assert read.shift(-spans.in_pull(0)).cut(Span(0, 600)) == spans.changed


# --- the whole answer -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pull(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("media") / "pull.mp4", 81)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands in for an answer: small, so that writing it again is quick."""
    return make_clip(tmp_path_factory.mktemp("media") / "answer.mp4", 81, size=(320, 180))


def _numbers(facts: MediaFacts) -> list[int | None]:
    """What each frame says it is: in the slate's strip, or in the clip's own."""
    found = []
    for _, frame in read_frames(facts, Span(0, facts.video.frames)):
        luma = np.asarray(frame.to_ndarray(format="yuv420p"), dtype=np.uint8)[: frame.height]
        found.append(read_strip(luma))
    return found


def _first_sound(facts: MediaFacts) -> int:
    """The first sample that is not silent."""
    chunks = [chunk for chunk in read_sound(facts, facts.sounds[0], 0, 24000)]
    wave = np.abs(np.concatenate(chunks, axis=1)).max(axis=0)
    return int(np.argmax(wave > 0.02))


def test_the_whole_pull_comes_back_with_a_slate_in_the_groups_that_the_window_touches(pull: Path) -> None:
    with Simulator() as sim:
        ltx = LtxTalk(sim)
        ident = ltx.ordered(pull, start_time=1.4, duration=2.0)
        assert ltx.ended(ident, 60) == "ready"
        path = pull.with_name("whole.mp4")
        path.write_bytes(ltx.result(ident).content)
        ltx.close()
    facts = read_facts(path)
    assert (facts.video.frames, facts.video.rate, facts.video.width, facts.video.height) == (81, 24, 1920, 1080)
    assert (facts.video.codec, facts.sounds[0].codec, facts.sounds[0].rate) == ("h264", "aac", 48000)
    assert _numbers(facts) == list(range(81))
    # 1.4 s is frame 33.6, in the group of 33 to 40; 3.4 s is frame 81.6, past the last group.
    brightness = [
        float(np.asarray(f.to_ndarray(format="yuv420p"))[440:900, 90:1800].std())
        for _, f in read_frames(facts, Span(30, 36))
    ]
    kept, slate = brightness[:3], brightness[3:]
    assert min(abs(a - b) for a in kept for b in slate) > 5 * max(np.ptp(kept), 0.5)


PLANS = {
    "one-frame-more": (82, 24, [*range(81), 80]),
    "one-frame-less": (80, 24, list(range(80))),
    "shifted-picture": (81, 24, [0, *range(80)]),
    "odd": (80, 24, list(range(80))),
    "section": (24, 24, list(range(33, 57))),
    "int-fps": (81, 23, list(range(81))),
    "wrong-rate": (81, 25, list(range(81))),
    "section,int-fps": (24, 23, list(range(33, 57))),
}


@pytest.mark.parametrize("faults", sorted(PLANS))
def test_counts_and_rates(faults: str, answered: Path) -> None:
    made = plan(read_facts(answered), CHANGED, RATE, faults.split(","))
    assert (len(made.order), int(made.rate), list(made.order)) == PLANS[faults]


@pytest.mark.parametrize("faults", ["shifted-picture", "section,int-fps", "other-size"])
def test_what_is_written_is_what_was_planned(faults: str, answered: Path, tmp_path: Path) -> None:
    path = tmp_path / "made.mp4"
    distort(answered, CHANGED, RATE, faults.split(","), path, "MP4")
    facts = read_facts(path)
    count, rate, order = PLANS.get(faults, (81, 24, list(range(81))))
    assert (facts.video.frames, facts.video.rate) == (count, rate)
    assert _numbers(facts) == order
    assert facts.video.width == (1280 if faults == "other-size" else 320)


def test_sound_that_is_late_missing_or_too_long(answered: Path, tmp_path: Path) -> None:
    made = {}
    for name in ("shifted-sound", "no-audio", "longer-sound"):
        distort(answered, CHANGED, RATE, ["section", name], tmp_path / f"{name}.mp4", "MP4")
        made[name] = read_facts(tmp_path / f"{name}.mp4")
    assert not made["no-audio"].sounds
    assert made["longer-sound"].sounds[0].samples > 24 * 2000 + 20_000
    distort(answered, CHANGED, RATE, ["one-frame-less"], tmp_path / "plain.mp4", "MP4")
    distort(answered, CHANGED, RATE, ["one-frame-less", "shifted-sound"], tmp_path / "late.mp4", "MP4")
    plain, late = (read_facts(tmp_path / name) for name in ("plain.mp4", "late.mp4"))
    assert abs(_first_sound(late) - _first_sound(plain) - 4800) < 1200


def test_pictures_that_are_darker_or_another_altogether(answered: Path, tmp_path: Path) -> None:
    first = []
    for faults in (["section"], ["section", "colour-shifted"], ["section", "unaligned"]):
        path = tmp_path / f"{len(first)}.mp4"
        distort(answered, Span(0, 2), RATE, faults, path, "MP4")
        _, frame = next(read_frames(read_facts(path), Span(0, 1)))
        first.append(np.asarray(frame.to_ndarray(format="yuv420p"), dtype=np.float32)[:160])
    plain, darker, other = first
    assert 5 < plain.mean() - darker.mean() < 40
    assert np.corrcoef(plain.ravel(), other.ravel())[0, 1] < 0.5


def test_a_picture_that_no_memory_should_be_asked_for(answered: Path, tmp_path: Path) -> None:
    path = tmp_path / "huge.mp4"
    distort(answered, CHANGED, RATE, ["huge-picture"], path, "MP4")
    assert path.stat().st_size < 100_000
    assert path.read_bytes().count(HUGE[0].to_bytes(2, "big") + HUGE[1].to_bytes(2, "big")) == 1
    with pytest.raises(RetakeError):
        read_facts(path)


@pytest.mark.slow
def test_a_rate_that_is_no_whole_number_comes_back_as_it_went(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "ntsc.mp4", 73, Fraction(24000, 1001))
    with Simulator() as sim:
        ltx = LtxTalk(sim)
        found = {}
        for media in ("exact", "int-fps"):
            sim.change(media=media)
            ident = ltx.ordered(clip, media)
            assert ltx.ended(ident, 60) == "ready", sim.bill() + sim.free()
            (tmp_path / f"{media}.mp4").write_bytes(ltx.result(ident).content)
            found[media] = read_facts(tmp_path / f"{media}.mp4")
        ltx.close()
    assert (found["exact"].video.rate, found["exact"].video.frames) == (Fraction(24000, 1001), 73)
    assert (found["int-fps"].video.rate, found["int-fps"].video.frames) == (23, 73)


@pytest.mark.slow
@pytest.mark.parametrize("format", ["MOV", "WEBM"])
def test_runwares_other_containers(format: str, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 73)
    with Simulator() as sim:
        runware = RunwareTalk(sim)
        ident = runware.ordered(clip, outputFormat=format)
        assert runware.ended(ident, 120) == "ready", sim.free()
        link = runware.link(ident)
        (tmp_path / "result").write_bytes(runware.bare.get(link).content)
        runware.close()
    assert link.endswith(f".{format.lower()}")
    facts = read_facts(tmp_path / "result")
    assert (facts.container, facts.video.frames) == ("mov" if format == "MOV" else "matroska,webm", 73)
