"""Small cuts, described once and written as an .fcpxml file and as an .otio file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

FRAMES = 3000
"""Frames of every file."""


@dataclass(frozen=True)
class Mark:
    """A mark on ``length`` frames of the media from ``first`` on, counted in the file; 0 is a point."""

    text: str
    first: int
    length: int = 0
    note: str = ""


@dataclass(frozen=True)
class Shot:
    """A clip of ``count`` record frames, from frame ``first`` of a file whose timecode begins at ``start``."""

    name: str
    first: int
    count: int
    rate: Fraction
    start: int = 0
    speed: Fraction = Fraction(1)
    conform: str = ""
    marks: tuple[Mark, ...] = ()

    def second(self, frame: Fraction | int) -> Fraction:
        """A frame of the file in its own time, timecode included."""
        return Fraction(self.start + frame) / self.rate

    def local(self, frame: Fraction | int) -> Fraction:
        """The same in the clip's own time."""
        return self.second(frame) if self.conform else self.second(frame) / self.speed


def time(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}s" if value.denominator != 1 else f"{value}s"


def frame(rate: Fraction) -> str:
    return time(1 / rate)


def fcpxml(
    shots: Sequence[Shot], rate: Fraction, start: int = 0, drop: bool = False, version: str = "1.11", extra: str = ""
) -> str:
    """The cut as Final Cut Pro writes it."""
    resources = [f'<format id="r1" frameDuration="{frame(rate)}" width="1920" height="1080"/>']
    spine = []
    at = Fraction(start) / rate
    for number, shot in enumerate(shots, 2):
        length = time(shot.count / rate)
        src = f"file:///footage/{shot.name}.mov"
        rep = f'><media-rep kind="original-media" src="{src}"/></asset>' if version != "1.8" else f' src="{src}"/>'
        resources += [
            f'<format id="f{number}" frameDuration="{frame(shot.rate)}" width="1920" height="1080"/>',
            f'<asset id="r{number}" name="{shot.name}" start="{time(shot.second(0))}" '
            f'duration="{time(FRAMES / shot.rate)}" hasVideo="1" format="f{number}"{rep}',
        ]
        inside = ""
        if shot.conform:
            inside += f"<conform-rate {shot.conform}/>"
        elif shot.speed != 1:
            ends = (shot.second(0), shot.second(FRAMES))
            points = "".join(
                f'<timept time="{time(v / shot.speed)}" value="{time(v)}" interp="smooth2"/>' for v in ends
            )
            inside += f"<timeMap>{points}</timeMap>"
        for mark in shot.marks:
            head = f'start="{time(shot.local(mark.first))}"'
            said = f"value={quoteattr(mark.text)}" + (f" note={quoteattr(mark.note)}" if mark.note else "")
            if mark.length:
                last = shot.local(mark.first + mark.length) - shot.local(mark.first)
                inside += f'<keyword {head} duration="{time(last)}" {said}/>'
            else:
                inside += f'<marker {head} duration="{frame(rate)}" {said}/>'
        spine.append(
            f'<asset-clip ref="r{number}" offset="{time(at)}" name="{shot.name}" '
            f'start="{time(shot.local(shot.first))}" duration="{length}" format="f{number}">{inside}</asset-clip>'
        )
        at += shot.count / rate
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="{version}">\n'
        f"<resources>{''.join(resources)}{extra}</resources>\n"
        f'<library><event name="e"><project name="p"><sequence format="r1" duration="{time(at)}" '
        f'tcStart="{time(Fraction(start) / rate)}" tcFormat="{"DF" if drop else "NDF"}">\n<spine>\n'
        + "\n".join(spine)
        + "\n</spine></sequence></project></event></library></fcpxml>\n"
    )


def otio(shots: Sequence[Shot], rate: Fraction, start: int = 0) -> str:
    """The cut as OpenTimelineIO writes it: ranges in the media's own frames, a length in those of the cut."""

    def span(first: float, count: float, first_rate: Fraction, count_rate: Fraction) -> dict[str, Any]:
        def instant(value: float, at: Fraction) -> dict[str, Any]:
            return {"OTIO_SCHEMA": "RationalTime.1", "value": float(value), "rate": float(at)}

        return {
            "OTIO_SCHEMA": "TimeRange.1", "start_time": instant(first, first_rate),
            "duration": instant(count, count_rate),
        }  # fmt: skip

    clips = []
    for shot in shots:
        markers = [
            {
                "OTIO_SCHEMA": "Marker.2", "name": mark.text, "comment": mark.note, "color": "RED", "metadata": {},
                "marked_range": span(shot.start + mark.first, mark.length, shot.rate, shot.rate),
            }
            for mark in shot.marks
        ]  # fmt: skip
        warp = {"OTIO_SCHEMA": "LinearTimeWarp.1", "name": "", "metadata": {}, "time_scalar": float(shot.speed)}
        clips.append(
            {
                "OTIO_SCHEMA": "Clip.2", "name": shot.name, "metadata": {}, "markers": markers, "enabled": True,
                "effects": [warp] if shot.speed != 1 else [],
                "source_range": span(shot.start + shot.first, shot.count, shot.rate, rate),
                "media_references": {"DEFAULT_MEDIA": {
                    "OTIO_SCHEMA": "ExternalReference.1", "metadata": {}, "target_url": f"file:///footage/{shot.name}.mov",
                    "available_range": span(shot.start, FRAMES, shot.rate, shot.rate)}},
                "active_media_reference_key": "DEFAULT_MEDIA",
            }
        )  # fmt: skip
    track = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "name": "V1", "children": clips}
    return json.dumps(
        {
            "OTIO_SCHEMA": "Timeline.1", "name": "p", "metadata": {},
            "global_start_time": {"OTIO_SCHEMA": "RationalTime.1", "value": float(start), "rate": float(rate)},
            "tracks": {"OTIO_SCHEMA": "Stack.1", "children": [track]},
        }
    )  # fmt: skip


def written(folder: Path, name: str, text: str) -> Path:
    """The text in a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
