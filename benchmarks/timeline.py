"""Twenty thousand clips and a thousand marks, read, planned, placed and saved, against OpenTimelineIO's own way
through the same file: read it and write it again.

Media is answered for at once, as from a warm cache; takes are made up, as nothing about them is read when they are
placed. A second line goes the whole way of the ``place`` command, with the thousand orders and takes in a ledger.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

from .measuring import FOLDER, Cost, Figure, Run, Told, child, in_turns

BAR = 2.5
CLIPS, MARKS, MEDIA = 20_000, 1000, 400
RATE = Fraction(24_000, 1001)
LENGTH, FIRST, AVAILABLE = 48, 86_400, 2400


def measure(run: Run) -> list[Figure]:
    """The two sides, each in a process of its own."""
    cut, out = FOLDER / "cut.otio", FOLDER / "cut_out.otio"
    clips = CLIPS // 10 if run.quick else CLIPS
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_cut(cut, clips)
    project = FOLDER / "timeline_project"
    seen: dict[str, Told] = {}

    def took(job: str, **more: Path) -> Cost:
        out.unlink(missing_ok=True)
        shutil.rmtree(project, ignore_errors=True)
        seen[job] = child(job, cut=cut, out=out, **more)
        return seen[job].cost

    rounds = Run(max(run.rounds, 3), run.quick)
    mine, other = in_turns(rounds, lambda: took("in_memory"), lambda: took("their_way"))
    whole = took("whole_way", project=project)
    shutil.rmtree(project)
    for path in (out, cut):
        path.unlink()
    takes = seen["in_memory"].said["takes"]
    return [
        Figure.of("e", f"{clips} clips, {takes} takes / OTIO", mine, other, BAR, note=_parts(seen["in_memory"])),
        Figure.of("e", "the place command / OTIO", whole, other, note=_parts(seen["whole_way"])),
    ]


def _parts(told: Told) -> str:
    return ", ".join(f"{name} {seconds:.2f}" for name, seconds in told.said["parts"].items())


def write_cut(path: Path, clips: int) -> None:
    """Two tracks of picture and two of sound, linked as DaVinci Resolve links them, written by OpenTimelineIO."""
    import opentimelineio as otio

    rate = float(RATE)
    time, span = otio.opentime.RationalTime, otio.opentime.TimeRange

    def stretch(first: int, length: int) -> Any:
        return span(time(first, rate), time(length, rate))

    def clip(number: int, link: int) -> Any:
        name = f"A{number % MEDIA:03}C{number % 7:03}.mov"
        media = otio.schema.ExternalReference(f"/footage/{name}", stretch(FIRST, AVAILABLE))
        media.name = name
        first = FIRST + 200 + number * 37 % 2000
        return otio.schema.Clip(name, media, stretch(first, LENGTH), metadata={"Resolve_OTIO": {"Link Group ID": link}})

    def mark(number: int, first: int, length: int) -> Any:
        text = f"RETAKE: take {number}, she looks up and smiles"
        return otio.schema.Marker(text, stretch(first, length), metadata={"Resolve_OTIO": {"Note": "as discussed"}})

    timeline = otio.schema.Timeline("big", metadata={"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}})
    timeline.global_start_time = time(FIRST, rate)
    kinds = [("Video 1", "Video"), ("Video 2", "Video"), ("Audio 1", "Audio"), ("Audio 2", "Audio")]
    tracks = [otio.schema.Track(name, kind=kind) for name, kind in kinds]
    timeline.tracks.extend(tracks)
    marks, each = clips * MARKS // CLIPS, clips // 4
    every = each // (marks * 9 // 10)
    for number in range(each):
        for track in (tracks[0], *tracks[2:]):
            track.append(clip(number, number + 1))
        if number % 2:
            tracks[1].append(otio.schema.Gap(source_range=stretch(0, LENGTH // 2)))
        tracks[1].append(clip(number + 3, each + number + 1))
        if number % every == 0 and number // every < marks * 9 // 10:
            made = tracks[0][-1]
            length = 12 if number % (4 * every) else 0
            made.markers.append(mark(number, round(made.source_range.start_time.value) + 18, length))
    for number in range(marks - marks * 9 // 10):
        timeline.tracks.markers.append(mark(number, number * 480 + 3, 12))
    otio.adapters.write_to_file(timeline, str(path))


# --- the two sides, in a child process ------------------------------------------------------------------------------


def their_way(cut: str, out: str) -> Any:
    """OpenTimelineIO reads the file and writes it."""
    import opentimelineio as otio

    otio.adapters.from_name("otio_json").module()

    def work() -> dict[str, Any]:
        otio.adapters.write_to_file(otio.adapters.read_from_file(cut), out)
        # Ours waits for the disk, so theirs does.
        handle = os.open(out, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        return {}

    return work


class Answers:
    """Facts of any file, at once."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def facts(self, written: str) -> Any:
        """A camera's ProRes with sound."""
        from otio_retake.media.facts import Colour, MediaFacts, Picture, Sound

        if written not in self._known:
            colour = Colour(1, 1, 1, full_range=False, range_known=True)
            picture = Picture(
                codec="prores", profile="HQ", pixel_format="yuv422p10le", bits=10, width=1920, height=1080,
                pixel_aspect=Fraction(1), rotation=0, rate=RATE, frames=AVAILABLE, start_pts=0,
                time_base=Fraction(1, 24_000), variable=False, fields=False, colour=colour, alpha=False, chroma="422",
            )  # fmt: skip
            sound = Sound(1, "pcm_s24le", 48_000, 2, "stereo", "s32", AVAILABLE * 2002)
            self._known[written] = MediaFacts(
                path=Path(written), container="mov", size=1, modified=1, picture=picture, sounds=(sound,),
                timecode="01:00:00:00", reel="", fingerprint=hashlib.sha256(written.encode()).hexdigest()[:24],
            )  # fmt: skip
        return self._known[written]

    def found(self, written: str, fits: Any) -> Any:
        """The same, at the path that the cut names."""
        from otio_retake.media.library import Found

        return Found(self.facts(written))

    def progressive(self, facts: Any) -> bool:
        """All of it is."""
        return True


class _Clock:
    def __init__(self) -> None:
        import time

        self._now = time.perf_counter
        self._last = self._now()
        self.parts: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = self._now()
        self.parts[name], self._last = now - self._last, now


def in_memory(cut: str, out: str) -> Any:
    """What ``marks``, ``plan`` and ``place`` do, but for looking at media and into the ledger."""
    from otio_retake.session import Session

    def work() -> dict[str, Any]:
        clock = _Clock()
        with Session(Path(cut), {}) as session:
            session.__dict__["library"] = Answers()
            opened = session.cut
            clock.lap("open")
            _ = session.requests
            clock.lap("marks")
            plan = session.plan()
            clock.lap("plan")
            placed = [_placement(item, number) for number, item in enumerate(plan.items)]
            patched = opened.apply(placed, Path(out).parent)
            clock.lap("place")
            opened.save(patched, Path(out))
            clock.lap("save")
        if plan.blocking or len(patched.added) != len(placed):
            raise RuntimeError(f"{len(plan.blocking)} problems, {len(patched.added)} of {len(placed)} takes placed")
        return {"parts": clock.parts, "takes": len(placed)}

    return work


def _take(item: Any, number: int, target: Any, folder: Path) -> Any:
    from otio_retake.takes import TakeFile, TakeSpec, made_as, take_ident

    keys = tuple(key for part in target.parts for key in part.orders[:1]) if target else ("0" * 32,)
    picks = tuple((key, 1) for key in keys)
    about = {
        "sha256": "0" * 64,
        "generation": 1,
        "orders": [{"order": key, "service": item.service, "prompt": item.prompt, "cost": "0"} for key in keys],
    }
    span = target.span if target else item.needed.widen(item.handles)
    spec = TakeSpec(
        kind="clip", picks=picks, span=span, needed=item.needed, fingerprint=item.media.fingerprint, sha256="0" * 64,
        timecode="01:00:00:00", codec="ProRes 422 HQ", rate=RATE, replaced=(item.replaced,),
        made_as=made_as(target) if target else (), about=about,
    )  # fmt: skip
    ident = take_ident(target, picks) if target else hashlib.sha256(str(number).encode()).hexdigest()[:20]
    path = folder / f"{Path(item.clip).stem}_rtk{number:07}_v001.mov"
    return TakeFile(ident, target.ident if target else "", 1, path, "made", spec)


def _placement(item: Any, number: int) -> Any:
    from otio_retake.takes import Placement

    take = _take(item, number, None, Path("/footage/retakes/takes"))
    span = take.spec.span
    return Placement(
        kind="reference", address=item.address, take=take, clock=item.clock,
        available=(span.first / item.scale + item.zero, len(span) / item.scale), written=item.written,
    )  # fmt: skip


def whole_way(cut: str, out: str, project: str) -> Any:
    """The way of ``otio-retake place``, after a thousand orders were carried out."""
    from otio_retake.admission import look_up
    from otio_retake.session import Session
    from otio_retake.turnover import write_cut as write_turnover

    os.environ["OTIO_RETAKE_STATE"] = str(Path(project) / "state")
    flags = {"project": Path(project)}
    _seed(Path(cut), flags)

    def work() -> dict[str, Any]:
        clock = _Clock()
        with Session(Path(cut), flags) as session:
            session.__dict__["library"] = _Library(session)
            _ = session.cut
            clock.lap("open")
            _ = session.requests
            clock.lap("marks")
            plan = session.plan()
            clock.lap("plan")
            admitted = look_up(plan, session.ledger, session.settings)
            clock.lap("look up")
            written = write_turnover(session, admitted, Path(out), activate=False, overwrite=False)
            clock.lap("place and save")
        return {"parts": clock.parts, "takes": written.added}

    return work


class _Library(Answers):
    """The same where a session wants its library."""

    def __init__(self, session: Any) -> None:
        super().__init__()
        self.cache: Path | None = session.project.facts

    def remember(self) -> None:
        """There is nothing to keep."""


def _seed(cut: Path, flags: dict[str, Any]) -> None:
    """Writes orders and takes as if every mark had been carried out."""
    from otio_retake.admission import gather, spec_of
    from otio_retake.orders import order_key
    from otio_retake.session import Session
    from otio_retake.takes_store import add_take, add_target

    with Session(cut, flags) as session:
        session.__dict__["library"] = _Library(session)
        ledger = session.ledger
        plan = session.plan()
        with ledger.write("benchmark") as db:
            keys = {}
            for item in plan.items:
                spec = spec_of(item, 1)
                key = order_key(spec, item.mark_id)
                ledger.admit(key, spec, accepted=True)
                keys[item.mark_id] = (key,)
            db.execute("UPDATE orders SET state = 'conformed'")
            admitted = gather(plan.items, keys, ledger, session.settings, add=False)
            for number, (target, items) in enumerate(admitted.targets):
                take = _take(items[0], number, target, session.project.folder / "takes")
                take.path.parent.mkdir(exist_ok=True)
                take.path.touch()
                add_target(ledger, target)
                add_take(ledger, take, items[0].base_digest)
            db.execute("UPDATE targets SET state = 'made'")
