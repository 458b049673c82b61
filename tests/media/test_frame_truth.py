"""Frame truth: pulls and takes hold exactly the frames that they should, over every kind of file."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from otio_retake.capabilities import SERVICES
from otio_retake.spans import Span
from tests.media import truth

KINDS = [
    "audio_long.mp4", "dnxhr_hqx_25.mov", "editlist_preroll.mp4", "frag_2398.mp4", "h264_2398_bf3_tc.mp4",
    "h264_2398_intra.mp4", "h264_24_onekey.mp4", "h264_5994.mp4", "hevc10_2398.mp4", "mkv_2398.mkv", "no_audio.mp4",
    "phone_vfr_rot90.mp4", "prores_hq_2398_tc.mov", "prores_proxy_2997df.mov", "untagged_fullrange.mp4",
]  # fmt: skip
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


def test_every_progressive_clip_is_in_the_list(shared_media: Path) -> None:
    assert truth.shared_names(shared_media) == KINDS


def drawn_region(data: st.DataObject, clip: truth.Clip) -> Span:
    """Any stretch of a clip that a service of 20 s can take."""
    frames = clip.facts.video.frames
    first = data.draw(st.integers(0, frames - 1), "first")
    return Span(first, data.draw(st.integers(first + 1, min(frames, first + 60)), "end"))


def check_pull(clip: truth.Clip, region: Span, service: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        spans = truth.spans_of(clip, region, SERVICES[service])
        pulled = truth.pull_of(clip, spans, Path(folder))
        assert truth.wrong_in_pull(clip, spans, pulled) == []
        assert abs(truth.lag_in_pull(clip, spans, pulled) or 0) <= 1


def check_take(clip: truth.Clip, region: Span, service: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = truth.rehearsed(clip, region, SERVICES[service], Path(folder))
        assert made.verdict.certainty != "contradicted", made.verdict.why
        assert truth.wrong_in_take(clip, made) == []
        assert truth.wrong_in_sound(clip, made) == []
        assert (made.verdict.offset, made.verdict.rate) == (0, 1)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=3, **PATIENT)
@given(st.data())
def test_a_pull_holds_exactly_the_asked_frames(shared_media: Path, name: str, data: st.DataObject) -> None:
    clip = truth.shared_clip(shared_media, name)
    service = data.draw(st.sampled_from(["rehearsal", "ltx", "runware"]), "service")
    check_pull(clip, drawn_region(data, clip), service)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=1, **PATIENT)
@given(st.data())
def test_a_take_holds_source_and_slates_where_they_belong(shared_media: Path, name: str, data: st.DataObject) -> None:
    clip = truth.shared_clip(shared_media, name)
    check_take(clip, drawn_region(data, clip), "rehearsal")


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=3, **PATIENT)
@given(st.data())
def test_many_takes_hold_source_and_slates_where_they_belong(
    shared_media: Path, name: str, data: st.DataObject
) -> None:
    clip = truth.shared_clip(shared_media, name)
    service = data.draw(st.sampled_from(["rehearsal", "ltx", "runware"]), "service")
    check_take(clip, drawn_region(data, clip), service)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ret_24_same_index.mp4", "certain"),
        ("ret_24_drop1head.mp4", "certain"),
        ("ret_24_dropmid1.mp4", "contradicted"),
        ("ret_25_resampled.mp4", "certain"),
        ("ret_24_unchanged.mp4", "certain"),
        ("ret_24_hardjump.mp4", "certain"),
    ],
)
def test_simulated_results_are_aligned_or_refused_as_their_map_says(
    shared_media: Path, tmp_path: Path, name: str, expected: str
) -> None:
    import json

    from otio_retake.media.verify.verdict import verify
    from otio_retake.rates import window_seconds
    from otio_retake.spans import PullSpans

    manifest = json.loads((shared_media / "manifest.json").read_text())["clips"][name]
    clip = truth.shared_clip(shared_media, manifest["returned_for"])
    section = Span(*manifest["section"])
    whole = Span(0, clip.facts.video.frames)
    spans = PullSpans(section, section, section, whole, 0, 0, 24, window_seconds(section.first, len(section), 24))
    pulled = truth.pull_of(clip, spans, tmp_path)
    verdict = verify(pulled.path, shared_media / name, spans, "video")
    assert verdict.certainty == expected, verdict.why
    if expected != "contradicted":
        # Every frame of the section is the one that the map names; a doubled one may be either of its twins.
        assert [manifest["map"][verdict.index(k)] for k in range(section.first, section.end)] == list(
            range(section.first, section.end)
        )
    if name == "ret_24_dropmid1.mp4":
        assert verdict.rejected
        assert "1 frame lost inside the window" in verdict.why
    if name == "ret_24_unchanged.mp4":
        assert verdict.changed is None
        assert any(c.name == "changed" and c.level == "warn" for c in verdict.checks)
    elif expected == "certain":
        assert verdict.changed == section


def test_a_retake_without_sound_still_compares_its_picture(shared_media: Path, tmp_path: Path) -> None:
    clip = truth.shared_clip(shared_media, "no_audio.mp4")
    made = truth.rehearsed(clip, Span(40, 52), replace(SERVICES["rehearsal"]), tmp_path, "video")
    assert made.verdict.certainty == "certain"
    assert truth.wrong_in_take(clip, made) == []
