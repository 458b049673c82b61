"""Five thousand clips of FCP 7 XML read, eight hundred takes placed and the file saved, against the published adapter's
own way through the same file: read it and write it again.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

from .measuring import FOLDER, Cost, Figure, Run, Skipped, Told, child, in_turns

BAR = 0.2
CLIPS, MEDIA, EVERY = 5000, 400, 2
LENGTH, AVAILABLE = 48, 2400
RATE = Fraction(24_000, 1001)

_RATE = "<rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>"


def measure(run: Run) -> list[Figure]:
    """The two sides, each in a process of its own; and ours with a quarter of the clips."""
    import opentimelineio

    if "fcp_xml" not in opentimelineio.adapters.available_adapter_names():
        raise Skipped("otio-fcp-adapter is not installed")
    FOLDER.mkdir(parents=True, exist_ok=True)
    cut, out = FOLDER / "cut.xml", FOLDER / "cut_out.xml"
    clips = CLIPS // 10 if run.quick else CLIPS
    seen: dict[str, Told] = {}

    def took(job: str) -> Cost:
        out.unlink(missing_ok=True)
        seen[job] = child(job, cut=cut, out=out)
        return seen[job].cost

    write_xmeml(cut, clips // 4)
    quarter = took("xmeml_patched")
    write_xmeml(cut, clips)
    mine, other = in_turns(run, lambda: took("xmeml_patched"), lambda: took("xmeml_adapter"))
    longer = mine.processor / quarter.processor
    note = f"{seen['xmeml_patched'].said['takes']} takes; {longer:.1f} times as long as a quarter of it"
    for path in (cut, out):
        path.unlink()
    return [Figure.of("x", f"{clips} clips of FCP 7 XML / its adapter", mine, other, BAR, note=note)]


def write_xmeml(path: Path, clips: int) -> None:
    """Picture and two channels of sound, linked, with a mark on every clip, as Premiere writes them."""
    rows: list[list[str]] = [[], [], []]
    for number in range(clips // len(rows)):
        for row, items in enumerate(rows):
            items.append(_clip(number, row))
    end = ["\t\t\t\t\t<enabled>TRUE</enabled>", "\t\t\t\t</track>"]
    video, *audio = ("\n".join(["\t\t\t\t<track>", *items, *end]) for items in rows)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n<xmeml version="4">\n\t<sequence MZ.EditLine="0">'
    sound = "\n".join(audio)
    body = f"\t\t<name>big</name>{_RATE}\n\t\t<media>\n\t\t\t<video>\n{video}\n\t\t\t</video>\n\t\t\t<audio>\n{sound}"
    path.write_text(f"{head}\n{body}\n\t\t\t</audio>\n\t\t</media>\n\t</sequence>\n</xmeml>\n")


def _clip(number: int, row: int) -> str:
    which = number % MEDIA
    first = 200 + number * 37 % 2000
    name = f"A{which:03}C{number % 7:03}.mov"
    file = f'<file id="file-{which}"/>'
    if number < MEDIA and row == 0:
        label = f"{_RATE}<string>01:00:00:00</string><frame>86400</frame><displayformat>NDF</displayformat>"
        shape = "<samplecharacteristics><width>1920</width><height>1080</height></samplecharacteristics>"
        file = (
            f'<file id="file-{which}"><name>{name}</name><pathurl>file://localhost/footage/{name}</pathurl>{_RATE}'
            f"<duration>{AVAILABLE}</duration><timecode>{label}</timecode><media><video>{shape}</video></media></file>"
        )
    lines = [
        f"<name>{name}</name>",
        "<enabled>TRUE</enabled>",
        f"<duration>{AVAILABLE}</duration>",
        _RATE,
        f"<start>{number * LENGTH}</start>",
        f"<end>{number * LENGTH + LENGTH}</end>",
        f"<in>{first}</in>",
        f"<out>{first + LENGTH}</out>",
        file,
        "<marker><comment>as discussed</comment>"
        f"<name>RETAKE: take {number}, she looks up</name><in>{first + 12}</in><out>{first + 24}</out></marker>",
        *(f"<link><linkclipref>clip-{number}-{other}</linkclipref></link>" for other in range(3)),
        "<labels><label2>Iris</label2></labels>",
    ]
    inside = "\n".join(f"\t\t\t\t\t\t{line}" for line in lines)
    return f'\t\t\t\t\t<clipitem id="clip-{number}-{row}">\n{inside}\n\t\t\t\t\t</clipitem>'


# --- the two sides, in a child process ------------------------------------------------------------------------------


def xmeml_adapter(cut: str, out: str) -> Any:
    """OpenTimelineIO's adapter reads the file and writes it."""
    import opentimelineio as otio

    otio.adapters.from_name("fcp_xml").module()

    def work() -> dict[str, Any]:
        otio.adapters.write_to_file(otio.adapters.read_from_file(cut, "fcp_xml"), out, "fcp_xml")
        # Ours waits for the disk, so theirs does.
        handle = os.open(out, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        return {}

    return work


def xmeml_patched(cut: str, out: str) -> Any:
    """The file opened, takes placed on tracks above, and saved."""
    from otio_retake.cuts import open_cut

    def work() -> dict[str, Any]:
        opened = open_cut(Path(cut))
        clips = [clip for clip in opened.view.clips() if clip.kind == "Video"][::EVERY]
        placed = [_placement(clip, number) for number, clip in enumerate(clips)]
        patched = opened.apply(placed, Path(out).parent)
        opened.save(patched, Path(out))
        if len(patched.added) != len(placed):
            raise RuntimeError(f"{len(patched.added)} of {len(placed)} takes placed")
        return {"takes": len(placed)}

    return work


def _placement(clip: Any, number: int) -> Any:
    from otio_retake.spans import Span
    from otio_retake.takes import Placement, TakeFile, TakeSpec

    first = int(clip.record[0]) + 12
    source = Fraction(clip.source_of(first, first).first)
    spec = TakeSpec(
        kind="region", picks=((f"{number:032x}", 1),), span=Span(0, 60), needed=Span(24, 36), fingerprint="f",
        sha256="0" * 64, timecode="01:00:10:00", codec="ProRes 422 HQ", rate=RATE, replaced=(Span(24, 36),),
        made_as=("changed", "auto", "source", "as it came"),
    )  # fmt: skip
    take = TakeFile(f"{number:020x}", "", 1, Path(f"/footage/retakes/takes/A_rtk{number:07x}_v001.mov"), "made", spec)
    return Placement(
        "above", clip.address, take, RATE, (source - 24, Fraction(60)), (Fraction(first), Fraction(first + 12)), source,
        written=clip.media.url,
    )  # fmt: skip
