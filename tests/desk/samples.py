"""The project's own samples, retaken by the rehearsal: every frame of theirs says its number, in takes as well."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opentimelineio as otio

from otio_retake.durable import write_text
from sample_timelines.make_media import MEDIA, make_media
from sample_timelines.make_timelines import TIMELINES
from tests.samples.conftest import alone

from .driven import CutFolder


class Sample(CutFolder):
    """A folder with a sample's cut, which finds its media where the samples keep it."""

    def __init__(self, folder: Path, **env: str) -> None:
        home = str(folder / "home")
        super().__init__(folder, **{"HOME": home, "XDG_CONFIG_HOME": home, **env})

    def set_up(self, name: str, *settings: str) -> None:
        """Writes the cut ``name`` and the folder's settings."""
        with alone(MEDIA / ".lock"):
            make_media(MEDIA)
        write_text(self.cut, TIMELINES[name]())
        media_root = f"media_root = {json.dumps(str(MEDIA))}"
        write_text(self.folder / "retake.toml", "\n".join((media_root, *settings, "")))

    def copy(self, folder: Path, **env: str) -> Sample:
        """The same in another folder, as a project is moved."""
        super().copy(folder)
        return Sample(folder, OTIO_RETAKE_STATE=str(folder / "state"), **env)

    def said(self, *words: str) -> Any:
        """What a command prints for machines."""
        done = self.run(*words, "--json", timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def requests(self) -> list[str]:
        """The marks' ids, in the order of the cut."""
        return [row["mark"] for row in self.said("marks", str(self.cut))["marks"]]


def rehearse(folder: Path, name: str, wanted: Sequence[int] = ()) -> Sample:
    """The sample ``name`` in ``folder`` with takes of the requests ``wanted``, or of all; made once for a test run."""
    place = Sample(folder, OTIO_RETAKE_STATE=str(folder / "state"))
    with alone(folder.with_suffix(".lock")):
        if not (folder / "done").exists():
            place.set_up(name)
            for number, mark in enumerate(place.requests()):
                if wanted and number not in wanted:
                    place.said("override", str(place.cut), mark, "--skip")
            done = place.run("run", str(place.cut), "--yes", timeout=600)
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "done").touch()
    return place


@dataclass(frozen=True)
class Clock:
    """Says the record timecode of a file's frames where a clip plays them one for one, as OpenTimelineIO counts."""

    rate: float
    drop: bool
    record: int
    """The record frame under the file's frame 0."""

    @staticmethod
    def of(cut: Path, clip: int) -> Clock:
        """The clock of one clip of a cut of OpenTimelineIO's; drop-frame where its rate is 29.97."""
        timeline = otio.adapters.read_from_file(str(cut))
        found = list(timeline.find_clips())[clip]
        shown, start = found.trimmed_range(), found.media_reference.available_range.start_time
        assert shown.start_time.rate == start.rate == timeline.global_start_time.rate
        played = timeline.global_start_time + found.transformed_time(shown.start_time, timeline.tracks)
        rate = float(start.rate)
        record = round(played.value) - round(shown.start_time.value - start.value)
        return Clock(rate, round(rate, 2) == 29.97, record)

    def label(self, frame: int) -> str:
        """The label of the file's frame ``frame``."""
        exact = {23.976: 24000 / 1001, 29.97: 30000 / 1001}.get(round(self.rate, 3), self.rate)
        return str(otio.opentime.RationalTime(self.record + frame, exact).to_timecode(exact, self.drop))
