"""`make demo`: makes media, plans a small cut and runs it, all in `demo/` beside this folder.

    python sample_timelines/demo.py [FOLDER]

It needs no service and sends nothing: the rehearsal answers with slates. Run it again, and nothing new is ordered.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import opentimelineio

from otio_retake.durable import write_text, written_beside
from otio_retake.spans import Span
from sample_timelines.clips import FISH, HARBOUR
from sample_timelines.contact_sheet import Sheet, draw_sheet
from sample_timelines.make_media import MEDIA, make_media
from sample_timelines.make_timelines import TIMELINES

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "demo"
CUT, OUT, SHEET = "cut.otio", "cut-retakes.otio", "contact-sheet.png"

_TAKE = "retake.v"


def main(folder: Path = FOLDER, media: Path = MEDIA) -> int:
    """The whole demonstration, in ``folder``; returns the exit code."""
    began = time.monotonic()
    heading("1  Footage", "a few small clips, made here; every frame shows its number")
    made = make_media(media, say=lambda line: print(f"   made {line}", flush=True))
    print(f"   {len(made)} files in {shown(media)}")
    set_up(folder, media)
    heading("2  The cut", f"{shown(folder / CUT)}: three clips with three marks, as an editor exports it")
    for line in marks_of(folder / CUT):
        print(f"   {line}")
    heading("3  The plan", f"otio-retake plan {CUT}")
    if code := command(folder, "plan", CUT):
        return code
    new = to_send(folder)
    heading("4  The run", f"otio-retake run {CUT} -o {OUT} --yes")
    if code := command(folder, "run", CUT, "-o", OUT, "--yes"):
        return code
    heading("5  What came of it", "takes beside untouched originals")
    show_takes(folder)
    last_words(folder, new, time.monotonic() - began)
    return 0


def set_up(folder: Path, media: Path) -> None:
    """Puts the cut and its media into ``folder``. What is there stays, with everything that was ordered."""
    (folder / "media").mkdir(parents=True, exist_ok=True)
    if not (folder / CUT).is_file():
        write_text(folder / CUT, TIMELINES["demo"]())
    for clip in (HARBOUR, FISH):
        copy = folder / "media" / clip.file
        if not copy.is_file():
            with written_beside(copy) as part:
                shutil.copyfile(media / clip.file, part)


def command(folder: Path, *words: str) -> int:
    """Runs otio-retake as a person would, in ``folder``."""
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", "otio_retake", *words], cwd=folder, env=_environment()).returncode


def to_send(folder: Path) -> int:
    """How many marks are not done yet."""
    call = [sys.executable, "-m", "otio_retake", "plan", CUT, "--json"]
    plan = subprocess.run(call, cwd=folder, env=_environment(), capture_output=True, check=True)
    return int(json.loads(plan.stdout)["to_send"])


def _environment() -> dict[str, str]:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


# --- what there is to see -------------------------------------------------------------------------------------------


def heading(title: str, below: str) -> None:
    """A line that stands out."""
    print(f"\n{title}\n   {below}", flush=True)


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def marks_of(cut: Path) -> list[str]:
    """Every marker, as an editor reads it."""
    timeline = opentimelineio.adapters.read_from_file(str(cut))
    found = [(clip.name, marker) for clip in timeline.find_clips() for marker in clip.markers]
    found += [("timeline", marker) for marker in timeline.tracks.markers]
    lines = []
    for place, marker in found:
        text = " / ".join([marker.name, *filter(None, marker.comment.splitlines())])
        lines.append(f"{place:9} {marker.marked_range.duration.value:3.0f} f  {text}")
    return lines


def takes_of(
    timeline: opentimelineio.schema.Timeline,
) -> list[tuple[opentimelineio.schema.Clip, str, opentimelineio.schema.ExternalReference]]:
    """Each clip with a take, the take's key and its media reference, in the order of the cut."""
    return [
        (clip, key, reference)
        for clip in timeline.find_clips()
        for key, reference in sorted(clip.media_references().items())
        if key.startswith(_TAKE)
    ]


def show_takes(folder: Path) -> None:
    """Lists the takes, and draws the first one beside its source."""
    timeline = opentimelineio.adapters.read_from_file(str(folder / OUT))
    takes = takes_of(timeline)
    for clip, key, reference in takes:
        at = timeline.global_start_time + clip.transformed_time(clip.trimmed_range().start_time, timeline.tracks)
        print(f"   {at.to_timecode()}  {clip.name:9} {key}  {Path(reference.target_url).name}")
        for order in reference.metadata["otio_retake"]["orders"]:
            first, end = order["replaced"]
            print(f"      frames {first}-{end - 1} are new, {order['verdict']}: {order['prompt']}")
    clip, key, reference = takes[0]
    about = reference.metadata["otio_retake"]
    order = about["orders"][0]
    sheet = Sheet(
        source=folder / clip.media_reference.target_url,
        take=folder / reference.target_url,
        take_first=about["span"][0],
        replaced=Span(*order["replaced"]),
        title=order["prompt"],
        below=f"{clip.name}, {key}, {order['service']}: the slate stands where a retake would be",
    )
    draw_sheet(sheet, folder / SHEET)


def last_words(folder: Path, new: int, seconds: float) -> None:
    """Where everything is, and how to look at it."""
    here = shown(folder)
    ordered = f"{new} marks were ordered" if new else "nothing new was ordered: every mark was done already"
    print(f"""
   {ordered}; {seconds:.0f} s

Look at it
   {here}/{SHEET}    source and take, frame beside frame
   {here}/retakes/takes/       the takes: play them beside {here}/media/
   {here}/{OUT}     the cut with its takes: OpenRV, xSTUDIO, raven and
                               mrv2 open it, the first three with a choice of
                               takes; an editor shows the take that is active

Go on, in {here}/
   otio-retake takes list {OUT}
   otio-retake takes pick {OUT} v002 --at 01:00:01:00 -o picked.otio
   otio-retake run {CUT} -o {OUT} --again --yes""")


if __name__ == "__main__":
    sys.exit(main(*(Path(word).absolute() for word in sys.argv[1:2])))
