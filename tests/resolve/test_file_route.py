"""Where Resolve runs no scripts of ours, a timeline goes out as .otio, and comes back with media that is found."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.desk.numbered import Numbered, make_numbered
from tests.fake_resolve import FakeResolve
from tests.forked import command_line
from tests.resolve.handover import seen
from tests.resolve.shape import broken
from tests.resolve.timelines import RATES

SAMPLES = Path(__file__).resolve().parents[2] / "sample_timelines"


def test_resolves_own_shape_keeps_the_rules() -> None:
    assert broken(json.loads((SAMPLES / "resolve_24.otio").read_text(encoding="utf-8"))) == []


def test_the_rules_can_be_broken() -> None:
    document = json.loads((SAMPLES / "resolve_24.otio").read_text(encoding="utf-8"))

    def changed(change: Any) -> list[str]:
        made = copy.deepcopy(document)
        clip = next(c for c in made["tracks"]["children"][0]["children"] if c["OTIO_SCHEMA"] == "Clip.2")
        change(made, clip, clip["media_references"][clip["active_media_reference_key"]])
        return broken(made)

    assert changed(lambda d, c, r: r.update(target_url="file:///media/a.mov"))
    assert changed(lambda d, c, r: r.update(target_url="media/a.mov"))
    assert changed(lambda d, c, r: r.update(available_range=None))
    assert changed(lambda d, c, r: r["available_range"]["start_time"].update(value=1e7))
    assert changed(lambda d, c, r: c.update(OTIO_SCHEMA="Clip.1"))
    assert changed(lambda d, c, r: c.update(name=""))
    assert changed(lambda d, c, r: c.update(active_media_reference_key="retake"))
    assert changed(lambda d, c, r: c["source_range"]["duration"].update(value=10.5))
    assert changed(lambda d, c, r: c["source_range"]["duration"].update(rate=50.0))
    assert changed(lambda d, c, r: d.update(global_start_time=None))
    assert changed(
        lambda d, c, r: d["tracks"]["children"].append({**d["tracks"]["children"][0], "OTIO_SCHEMA": "Retake.1"})
    )


@pytest.mark.slow
@pytest.mark.parametrize("rate", ["23.976", "25", "29.97 DF"])
def test_out_and_back_by_files(tmp_path: Path, rate: str) -> None:
    fake = FakeResolve("21.1 free")
    fake.setup.project("Show", rate.removesuffix(" DF"))
    drop = "DF" in rate
    kind = Numbered(rate=RATES[rate], frames=200, timecode="01:00:00;00" if drop else "01:00:00:00")
    movie = make_numbered(tmp_path / "A001.mov", kind)
    stage = fake.setup.timeline("Reel 1", rate, "01:00:00;00" if drop else "01:00:00:00")
    clip = stage.clip(fake.setup.media_file(movie), at=0, duration=60, source=40)
    stage.mark_clip(clip, 20, 12, name="RETAKE: rain")
    out, back = tmp_path / "reel.otio", tmp_path / "reel-retakes.otio"
    # By hand: File > Export > Timeline.
    assert stage.proxy.Export(str(out), fake.resolve.EXPORT_OTIO)
    assert broken(json.loads(out.read_text())) == []
    said = command_line(tmp_path, "run", out.name, "-o", back.name, "--for", "resolve", "--yes")
    assert said.returncode == 0, said.stdout + said.stderr
    document = json.loads(back.read_text())
    assert broken(document) == []
    pool = fake.resolve.GetProjectManager().GetCurrentProject().GetMediaPool()
    imported = pool.ImportTimelineFromFile(str(back), {"timelineName": "Reel 1 retakes"})
    assert imported.GetTrackName("video", 2) == "Retakes"
    (take,) = imported.GetItemListInTrack("video", 2)
    assert take.GetMediaPoolItem() is not None, "it is not offline"
    assert take.GetClipEnabled() is False
    record = range(stage.frame(0), stage.frame(60))
    assert seen(imported, record) == [(40 + k, False) for k in range(60)]
    take.SetClipEnabled(True)
    assert seen(imported, record) == [(40 + k, 20 <= k < 32) for k in range(60)]
