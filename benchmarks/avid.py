"""An AAF of Media Composer read, given takes and written, against OpenTimelineIO's adapter: read it and write it again.

Both go through pyaaf2. The adapter writes the sequence anew, without its markers and speeds; ours adds fifty takes.
Twice the clips take twice the time: that is the second line.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from .measuring import FOLDER, Cost, Figure, Run, Skipped, child, in_turns

CLIPS, TAKES, MEDIA, LENGTH = 5000, 50, 100, 48


def measure(run: Run) -> list[Figure]:
    """The two sides, each in a process of its own; by the clock the child of ours counts with it."""
    try:
        import otio_aaf_adapter  # noqa: F401
    except ImportError:
        raise Skipped("otio-aaf-adapter is not installed") from None
    clips = CLIPS // 10 if run.quick else CLIPS
    cut, half, out = FOLDER / "cut.aaf", FOLDER / "half.aaf", FOLDER / "cut_out.aaf"
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_cut(cut, clips)
    write_cut(half, clips // 2)

    def took(job: str, path: Path) -> Cost:
        out.unlink(missing_ok=True)
        return child(job, cut=path, out=out).cost

    mine, other = in_turns(run, lambda: took("avid_patched", cut), lambda: took("avid_adapter", cut))
    whole, halved = in_turns(run, lambda: took("avid_patched", cut), lambda: took("avid_patched", half))
    for path in (cut, half, out):
        path.unlink()
    return [
        Figure.of("m", f"{clips} clips, {TAKES} takes / adapter", mine, other),
        Figure.of("m", f"{clips} clips / {clips // 2} clips", whole, halved),
    ]


def write_cut(path: Path, clips: int) -> None:
    """One track of picture with a tenth of its clips at 200 %, and a marker on every hundredth."""
    from sample_timelines.editors.avid import Mark, Movie, Piece, write_aaf

    rate = Fraction(24)
    movies = [
        Movie(f"A{n:03}.mov", f"file:///Volumes/Footage/A{n:03}.mov", rate, 86_400, 2400, tape=f"A{n:03}")
        for n in range(MEDIA)
    ]
    pieces = [
        Piece(LENGTH, movies[n % MEDIA], n % 2000, speed=Fraction(1 if n % 10 else 2)) for n in range(clips)
    ]  # fmt: skip
    every = clips // TAKES
    marks = [Mark(n * LENGTH + 5, f"RETAKE: take {n}") for n in range(0, clips, every)]
    write_aaf(path, "big", rate, 86_400, [pieces], marks=marks)


# --- the two sides, in a child process ------------------------------------------------------------------------------


def avid_patched(cut: str, out: str) -> Any:
    """Ours: the cut read, takes placed over every hundredth clip, the new cut written."""
    from otio_retake.cuts import open_cut
    from tests.cuts.placements import above

    def work() -> dict[str, Any]:
        opened = open_cut(Path(cut))
        marked = [clip for clip in opened.view.clips() if clip.markers]
        patched = opened.apply([above(clip, n + 1) for n, clip in enumerate(marked)], Path(out).parent)
        opened.save(patched, Path(out), replace=True)
        return {"takes": len(patched.added)}

    return work


def avid_adapter(cut: str, out: str) -> Any:
    """OpenTimelineIO's adapter reads the file and writes it."""
    import opentimelineio as otio

    otio.adapters.from_name("AAF").module()

    def work() -> dict[str, Any]:
        otio.adapters.write_to_file(otio.adapters.read_from_file(cut, "AAF"), out, "AAF")
        return {}

    return work
