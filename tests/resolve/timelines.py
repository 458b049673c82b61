"""Snapshots of Resolve timelines made up for tests, as the scripts in Resolve write them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from otio_retake.cuts import open_cut
from otio_retake.cuts.resolve_cut import ResolveCut
from otio_retake.rates import NTSC, nominal, timecode

RATES: dict[str, Fraction] = {
    "23.976": 24 * NTSC, "24": Fraction(24), "25": Fraction(25), "29.97 DF": 30 * NTSC, "29.97": 30 * NTSC,
    "59.94": 60 * NTSC,
}  # fmt: skip
"""Rates as Resolve writes them."""

STARTS = ("00:00:00:00", "01:00:00:00", "10:00:00:00")

# Frames that stand for these labels: hours times nominal frames; drop-frame leaves out 108 labels an hour at 29.97.
START_FRAMES: dict[tuple[str, str], int] = {
    ("23.976", "01:00:00:00"): 86_400, ("23.976", "10:00:00:00"): 864_000, ("24", "01:00:00:00"): 86_400,
    ("24", "10:00:00:00"): 864_000, ("25", "01:00:00:00"): 90_000, ("25", "10:00:00:00"): 900_000,
    ("29.97", "01:00:00:00"): 108_000, ("29.97", "10:00:00:00"): 1_080_000, ("29.97 DF", "01:00:00:00"): 107_892,
    ("29.97 DF", "10:00:00:00"): 1_078_920, ("59.94", "01:00:00:00"): 216_000, ("59.94", "10:00:00:00"): 2_160_000,
}  # fmt: skip


@dataclass
class Timeline:
    """A timeline under way. Positions of items are given from its start."""

    rate: str = "24"
    start: str = "01:00:00:00"
    tracks: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    markers: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    program: dict[str, Any] = field(default_factory=dict)

    @property
    def exact(self) -> Fraction:
        return RATES[self.rate]

    @property
    def first(self) -> int:
        """The timeline's first frame, absolute."""
        return START_FRAMES.get((self.rate, self.start), 0)

    def file(self, ident: str, path: str, frames: int = 240, *, rate: str = "", start: int = 0, **more: Any) -> str:
        """A movie in the media pool; ``start`` is the frame that its timecode labels its first with."""
        written = rate or self.rate
        exact = RATES[written]
        drop = "DF" in written
        self.media[ident] = {
            "name": Path(path).name, "path": path, "type": "Video + Audio", "fps": written.replace(" DF", ""),
            "frames": str(frames), "start": "0", "start_timecode": timecode(start, exact, drop=drop),
            "drop": "1" if drop else "0", "resolution": "1920x1080", "audio_channels": "2", "reel": "", "markers": [],
            **more,
        }  # fmt: skip
        return ident

    def track(self, *items: dict[str, Any], kind: str = "video", name: str = "", **more: Any) -> None:
        """A track above those of its kind."""
        index = 1 + sum(track["kind"] == kind for track in self.tracks)
        made = {"kind": kind, "index": index, "name": name or f"{kind.title()} {index}", "enabled": True,
                "locked": False, "items": list(items), **more}  # fmt: skip
        self.tracks.append(made)

    def item(self, ident: str, at: int, length: int, left: int, media: str, **more: Any) -> dict[str, Any]:
        """An item that plays ``media`` from its frame ``left`` on, with true getters of its source."""
        frames = self.media.get(media, {}).get("frames", "")
        right = int(frames) - left - length if frames else 0
        made: dict[str, Any] = {
            "id": ident, "name": ident, "start": self.first + at, "duration": length, "left_offset": left,
            "right_offset": right, "source_start": left, "source_end": left + length, "enabled": True, "type": "",
            "media": media, "linked": [], "markers": [], "uneven": False,
            "takes": {"count": 0, "selected": 0, "list": []}, "properties": {"Pan": 0.0, "ZoomX": 1.5}, "speed": None,
            "color": "",
        }  # fmt: skip
        return {**made, **more}

    def write(self, folder: Path, name: str = "snapshot.rtksnap") -> ResolveCut:
        """The snapshot as a file, opened."""
        path = folder / name
        path.write_text(json.dumps(self.document()), encoding="utf-8")
        cut = open_cut(path)
        assert isinstance(cut, ResolveCut)
        return cut

    def document(self) -> dict[str, Any]:
        return {
            "otio_retake_snapshot": 1, "made_at": "2026-01-31T14:05:02Z",
            "resolve": {"product": "DaVinci Resolve Studio", "version": [21, 0, 4, 5, ""], "version_text": "21.0.4.5",
                        "studio": True, "platform": "linux", "python": "3.10.13", **self.program},
            "project": {"id": "project-1", "name": "A film"},
            "timeline": {"id": "timeline-1", "name": "Reel 1", "rate": self.rate, "drop": "DF" in self.rate,
                         "start_frame": self.first,
                         "start_timecode": timecode(self.first, self.exact, drop="DF" in self.rate),
                         "width": 1920, "height": 1080},
            "tracks": self.tracks, "media": self.media, "markers": self.markers, "selection": None,
            "mark_in_out": None, "playhead": "", "current_item": "", **self.more,
        }  # fmt: skip


def marker(frame: int, text: str = "RETAKE: rain", duration: int = 1, **more: Any) -> dict[str, Any]:
    """A marker in the clock of what holds it."""
    return {"frame": frame, "duration": duration, "color": "Red", "name": text, "note": "", "custom": "", **more}


def hour(rate: str) -> int:
    """The frame that 01:00:00:00 labels, counted straight on."""
    return 3600 * nominal(RATES[rate])
