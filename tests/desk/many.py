"""A cut with hundreds of requests and takes, of a few files: for tests of a page that has much to show."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from otio_retake.admission import gather, spec_of
from otio_retake.orders import order_key
from otio_retake.session import Session
from otio_retake.spans import Span
from otio_retake.takes import TakeFile, TakeSpec, Target, made_as, take_ident
from otio_retake.takes_store import add_take, add_target
from sample_timelines.clips import CLOCK, FISH, HARBOUR, Clip
from sample_timelines.make_media import MEDIA

from .driven import CutFolder
from .numbered import Numbered, make_numbered

RATE = 24
LENGTH, HANDLES = 24, 4
"""Frames of a clip, and of a take on each side of it."""

MARKED = (8, 8)
"""Where in its clip a mark begins, and how long it is."""

TAKES = 3

PROMPTS = (
    "she looks up and smiles", "the lamp flickers once", "a gull crosses the sky", "rain begins", "no boom in the shot",
    "the door stays shut", "he turns away from the camera, slowly",
)  # fmt: skip


def fill(place: CutFolder, requests: int = 300) -> None:
    """Writes a cut with so many requests and a project in which each has its takes, some of them picked.

    The samples' media must be there.
    """
    shots = [(clip, first) for first in range(HANDLES, 200) for clip in (HARBOUR, CLOCK, FISH) if _fits(clip, first)]
    _write_cut(place.cut, shots[:requests])
    (place.folder / "retake.toml").write_text(f"handles = {HANDLES}\n")
    files = {clip.file: _a_take(place.folder / "files", clip) for clip in (HARBOUR, CLOCK, FISH)}
    _write_project(place.cut, files)


def _fits(clip: Clip, first: int) -> bool:
    return first + LENGTH + HANDLES <= clip.frames


def _write_cut(path: Path, shots: list[tuple[Clip, int]]) -> None:
    timeline = otio.schema.Timeline("many")
    timeline.global_start_time = RationalTime(RATE * 3600, RATE)
    track = otio.schema.Track("V1", kind="Video")
    timeline.tracks.append(track)
    for number, (clip, first) in enumerate(shots):
        available = TimeRange(RationalTime(clip.start, RATE), RationalTime(clip.frames, RATE))
        media = otio.schema.ExternalReference(str(MEDIA / clip.file), available)
        shown = TimeRange(RationalTime(clip.start + first, RATE), RationalTime(LENGTH, RATE))
        made = otio.schema.Clip(f"{clip.scene}_{number:03}", media, shown)
        marked = TimeRange(shown.start_time + RationalTime(MARKED[0], RATE), RationalTime(MARKED[1], RATE))
        text = f"RETAKE x{TAKES}: {PROMPTS[number % len(PROMPTS)]}, {number}"
        made.markers.append(otio.schema.Marker(text, marked))
        track.append(made)
    otio.adapters.write_to_file(timeline, str(path))


def _a_take(folder: Path, clip: Clip) -> Path:
    """One file that stands for all takes of a clip."""
    folder.mkdir(exist_ok=True)
    kind = Numbered(size=clip.size, rate=Fraction(RATE), frames=LENGTH + 2 * HANDLES)
    return make_numbered(folder / f"{clip.scene}.mov", kind)


def _write_project(cut: Path, files: dict[str, Path]) -> None:
    """Orders and takes in the ledger, as if everything had been carried out."""
    with Session(cut, {}) as session:
        ledger, plan = session.ledger, session.plan()
        assert not plan.blocking
        folder = session.project.folder / "takes"
        folder.mkdir(parents=True, exist_ok=True)
        with ledger.write("filled") as db:
            keys: dict[str, tuple[str, ...]] = {}
            for item in plan.items:
                specs = [spec_of(item, ordinal) for ordinal in range(1, item.takes + 1)]
                keys[item.mark_id] = tuple(order_key(spec, item.mark_id) for spec in specs)
                for key, spec in zip(keys[item.mark_id], specs, strict=True):
                    ledger.admit(key, spec, accepted=True)
            db.execute("UPDATE orders SET state = 'conformed'")
            admitted = gather(plan.items, keys, ledger, session.settings, add=False)
            for number, (target, (item, *_)) in enumerate(admitted.targets):
                add_target(ledger, target)
                for version, key in enumerate(keys[item.mark_id], 1):
                    state: Any = "picked" if version == 1 and number % 3 == 0 else "made"
                    take = _take(item, target, key, version, folder, state)
                    os.link(files[item.media.path.name], take.path)
                    add_take(ledger, take, item.base_digest)
            db.execute("UPDATE targets SET state = 'made'")


def _take(item: Any, target: Target, key: str, version: int, folder: Path, state: Any) -> TakeFile:
    assert len(target.span) == LENGTH + 2 * HANDLES
    picks = ((key, 1),)
    ident = take_ident(target, picks)
    about = {"generation": 1, "orders": [{"order": key, "service": item.service, "prompt": item.prompt, "cost": "0"}]}
    spec = TakeSpec(
        kind=target.kind, picks=picks, span=target.span, needed=item.needed, fingerprint=item.media.fingerprint,
        # Each is known by its own content, though here they share a file: what is made of one is made of one.
        sha256=f"{ident:0>64}", timecode="01:00:00:00", codec="H.264", rate=Fraction(RATE),
        replaced=(Span(item.replaced.first, item.replaced.end),), made_as=made_as(target), about=about,
    )  # fmt: skip
    return TakeFile(ident, target.ident, version, folder / f"{item.clip}_rtk{key[:7]}_v{version:03}.mov", state, spec)
