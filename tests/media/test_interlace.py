"""Fields are refused by measurement; whole pictures that are only flagged as fields pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.interlace import is_progressive
from tests.media import truth
from tests.media.footage import Kind, make


def flagged(facts: MediaFacts) -> MediaFacts:
    return replace(facts, picture=replace(facts.video, fields=True))


def test_real_fields_are_seen(shared_media: Path) -> None:
    facts = read_facts(shared_media / "interlaced_25i_tff.mp4")
    assert facts.video.fields
    assert not is_progressive(facts)


def test_every_progressive_clip_passes_though_it_were_flagged(shared_media: Path) -> None:
    names = [name for name in truth.shared_names(shared_media) if "2398" in name or "onekey" in name]
    assert [name for name in names if not is_progressive(flagged(read_facts(shared_media / name)))] == []


def test_fields_that_are_woven_are_seen_and_whole_pictures_are_not(tmp_path: Path) -> None:
    import av

    whole = make(tmp_path / "whole.mov", Kind(codec="prores_aw", pixel_format="yuv422p10le", frames=48))
    assert is_progressive(flagged(read_facts(whole)))
    from otio_retake.media.frames import read_frames
    from otio_retake.spans import Span

    facts = read_facts(whole)
    frames = [frame.to_ndarray(format="gray") for _, frame in read_frames(facts, Span(0, 48))]
    with av.open(str(tmp_path / "woven.mov"), "w") as out:
        stream = out.add_stream("prores_aw", rate=25)
        stream.width, stream.height, stream.pix_fmt = facts.video.width, facts.video.height, "yuv422p10le"
        for index in range(40):
            # The lower field is five frames later: what moves is combed.
            woven = frames[index].copy()
            woven[1::2] = frames[index + 5][1::2]
            out.mux(stream.encode(av.VideoFrame.from_ndarray(woven, format="gray").reformat(format="yuv422p10le")))
        out.mux(stream.encode(None))
    assert not is_progressive(flagged(read_facts(tmp_path / "woven.mov")))
