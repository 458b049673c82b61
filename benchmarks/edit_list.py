"""Edit lists of 5,000 events: read, marks found and takes written as a list of their own, against the published
OpenTimelineIO adapter, which reads the same list and writes it again. Twice as many events say how it grows.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from .measuring import FOLDER, Cost, Figure, Run, Skipped, child, in_turns

BAR = 0.2
"""Five times faster."""

EVENTS = 5000
_LENGTH = 48
_MARKED = 20
"""Every so many events there is a locator with an order."""


def measure(run: Run) -> list[Figure]:
    """The two sides, each in a process of its own; then ours with twice as many events."""
    try:
        import otio_cmx3600_adapter  # noqa: F401
    except ImportError:
        raise Skipped("the OpenTimelineIO adapter for edit lists is not installed") from None
    FOLDER.mkdir(parents=True, exist_ok=True)
    cut, twice, out = FOLDER / "cut.edl", FOLDER / "twice.edl", FOLDER / "out.edl"
    events = EVENTS // 10 if run.quick else EVENTS
    write_cut(cut, events)
    write_cut(twice, 2 * events)

    def took(job: str, path: Path) -> Cost:
        return child(job, cut=path, out=out).cost

    ours, theirs = in_turns(run, lambda: took("edl_ours", cut), lambda: took("edl_theirs", cut))
    larger, smaller = in_turns(run, lambda: took("edl_ours", twice), lambda: took("edl_ours", cut))
    for path in (cut, twice, out):
        path.unlink(missing_ok=True)
    return [
        Figure.of("g", f"EDL, {events} events, {events // _MARKED} takes / OTIO", ours, theirs, BAR),
        Figure.of("g", f"EDL, {2 * events} events / {events}", larger, smaller, 2.5),
    ]


def write_cut(path: Path, events: int) -> None:
    """A list at 24 frames a second, of clips of two seconds, with names, files and locators."""
    from otio_retake.rates import timecode

    rate = Fraction(24)
    lines = ["TITLE: BIG", "FCM: NON-DROP FRAME", ""]
    for number in range(events):
        first, at = 86_400 + number * 37 % 2000, number * _LENGTH
        source = [timecode(frame, rate) for frame in (first, first + _LENGTH)]
        record = [timecode(frame, rate) for frame in (at, at + _LENGTH)]
        lines.append(f"{number + 1:06}  A{number % 400:03}C001 V     C        {' '.join(source + record)}")
        lines += [f"* FROM CLIP NAME: shot {number}", f"* SOURCE FILE: A{number % 400:03}C001_0101AB"]
        if number % _MARKED == 0:
            lines.append(f"* LOC: {timecode(at + 12, rate)} RED     RETAKE: take {number}, she looks up and smiles")
    path.write_text("\n".join(lines) + "\n")


# --- the two sides, in a child process ------------------------------------------------------------------------------


def theirs(cut: str, out: str) -> Any:
    """The adapter reads the list and writes it."""
    import opentimelineio as otio

    otio.adapters.from_name("cmx_3600").module()

    def work() -> dict[str, Any]:
        timeline = otio.adapters.read_from_file(cut, "cmx_3600", rate=24)
        otio.adapters.write_to_file(timeline, out, "cmx_3600", rate=24)
        return {}

    return work


def ours(cut: str, out: str) -> Any:
    """The list is read, its marks become requests, and a take for each goes into a list that is saved."""
    from otio_retake.cuts import open_cut
    from otio_retake.marks import find_marks
    from otio_retake.requests import resolve

    def work() -> dict[str, Any]:
        opened = open_cut(Path(cut))
        requests = resolve(opened.view, find_marks(opened.view)).requests
        placed = [_placement(request, number) for number, request in enumerate(requests)]
        patched = opened.apply(placed, Path(out).parent)
        opened.save(patched, Path(out), replace=True)
        if not placed or len(patched.added) != len(placed):
            raise RuntimeError(f"{len(patched.added)} of {len(placed)} takes placed")
        return {"takes": len(placed)}

    return work


def _placement(request: Any, number: int) -> Any:
    from otio_retake.spans import Span
    from otio_retake.takes import Placement, TakeFile, TakeSpec

    clip = request.clip
    span = Span(0, _LENGTH)
    spec = TakeSpec(
        kind="region", picks=((f"{number:032x}", 1),), span=span, needed=span, fingerprint="", sha256="0" * 64,
        timecode="01:00:00:00", codec="ProRes 422 HQ", rate=clip.rate, replaced=(span,), made_as=(),
    )  # fmt: skip
    path = Path(f"/footage/retakes/takes/shot_rtk{number:07x}_v001.mov")
    take = TakeFile(f"{number:020x}", "", 1, path, "made", spec)
    record = (Fraction(request.record[0]), Fraction(request.record[1]))
    start = Fraction(request.region.first)
    return Placement("above", clip.address, take, clip.rate, (start, Fraction(_LENGTH)), record, start)
