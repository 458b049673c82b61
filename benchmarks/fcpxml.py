"""Five thousand clips of Final Cut Pro XML read, a thousand takes placed and the file saved, against the published
adapter's own way through the same file: read it and write it again.

The file is at 24 frames a second and of version 1.8: the adapter reads no NTSC rates, and no media of later versions.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

from .measuring import FOLDER, Cost, Figure, Run, Skipped, Told, child, in_turns

BAR = 0.2
CLIPS, MEDIA, EVERY = 5000, 400, 5
LENGTH, AVAILABLE = 48, 2400
START = 3600


def measure(run: Run) -> list[Figure]:
    """The two sides, each in a process of its own; and ours with a quarter of the clips."""
    import opentimelineio

    if "fcpx_xml" not in opentimelineio.adapters.available_adapter_names():
        raise Skipped("otio-fcpx-xml-adapter is not installed")
    FOLDER.mkdir(parents=True, exist_ok=True)
    cut, out = FOLDER / "cut.fcpxml", FOLDER / "cut_out.fcpxml"
    clips = CLIPS // 10 if run.quick else CLIPS
    seen: dict[str, Told] = {}

    def took(job: str) -> Cost:
        out.unlink(missing_ok=True)
        seen[job] = child(job, cut=cut, out=out)
        return seen[job].cost

    write_fcpxml(cut, clips // 4)
    quarter = took("fcpxml_patched")
    write_fcpxml(cut, clips)
    rounds = Run(max(run.rounds, 3), run.quick)
    mine, other = in_turns(rounds, lambda: took("fcpxml_patched"), lambda: took("fcpxml_adapter"))
    takes = seen["fcpxml_patched"].said["takes"]
    note = f"{takes} takes; {mine.seconds / quarter.seconds:.1f} times as long as a quarter of it"
    for path in (cut, out):
        path.unlink()
    return [Figure.of("p", f"{clips} clips of Final Cut Pro XML / its adapter", mine, other, BAR, note=note)]


def write_fcpxml(path: Path, clips: int) -> None:
    """Clips with a mark on each, every eighth with another connected above it, as Final Cut writes them."""
    resources = ['<format id="r1" name="FFVideoFormat1080p24" frameDuration="100/2400s" width="1920" height="1080"/>']
    resources += [
        f'<asset id="a{k}" name="{_name(k)}" src="file:///footage/{_name(k)}.mov" start="{START}s" '
        f'duration="{AVAILABLE * 100}/2400s" hasVideo="1" format="r1" hasAudio="1" audioSources="1" audioChannels="2" '
        'audioRate="48000"/>'
        for k in range(MEDIA)
    ]
    spine: list[str] = []
    number = 0
    at = 0
    while number < clips:
        connected = ""
        if number % 8 == 7:
            connected = _clip(number + 1, START * 24 + _first(number) + 4, "", ' lane="1"')
        spine.append(_clip(number, at, connected, ""))
        number += 2 if connected else 1
        at += LENGTH
    lines = "\n".join(f"            {line}" for line in resources)
    story = "\n".join(spine)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n\n<fcpxml version="1.8">\n    <resources>\n'
        f'{lines}\n    </resources>\n    <library>\n        <event name="big">\n            <project name="big">\n'
        f'                <sequence format="r1" duration="{at * 100}/2400s" tcStart="0s" tcFormat="NDF">\n'
        f"                    <spine>\n{story}\n                    </spine>\n                </sequence>\n"
        "            </project>\n        </event>\n    </library>\n</fcpxml>\n"
    )


def _name(number: int) -> str:
    return f"A{number:03}C{number % 7:03}"


def _first(number: int) -> int:
    return 200 + number * 37 % 2000


def _clip(number: int, at: int, connected: str, lane: str) -> str:
    which = number % MEDIA
    first = START * 24 + _first(number)
    lead = " " * 24
    return (
        f'{lead}<asset-clip name="{_name(which)}"{lane} offset="{at * 100}/2400s" ref="a{which}" '
        f'duration="{LENGTH * 100}/2400s" start="{first * 100}/2400s" audioRole="dialogue" tcFormat="NDF">\n'
        f'{lead}    <adjust-transform scale="1.1 1.1"/>\n'
        + (f"{connected}\n" if connected else "")
        + f'{lead}    <marker start="{(first + 12) * 100}/2400s" duration="100/2400s" '
        f'value="RETAKE: take {number}, she looks up" note="as discussed"/>\n'
        f"{lead}</asset-clip>"
    )


# --- the two sides, in a child process ------------------------------------------------------------------------------


def fcpxml_adapter(cut: str, out: str) -> Any:
    """OpenTimelineIO's adapter reads the file and writes it."""
    import opentimelineio as otio

    otio.adapters.from_name("fcpx_xml").module()

    def work() -> dict[str, Any]:
        otio.adapters.write_to_file(otio.adapters.read_from_file(cut, "fcpx_xml"), out, "fcpx_xml")
        # Ours waits for the disk, so theirs does.
        handle = os.open(out, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        return {}

    return work


def fcpxml_patched(cut: str, out: str) -> Any:
    """The file opened, takes placed in auditions or above, and saved."""
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

    kind = "clip" if clip.beside else "region"
    spec = TakeSpec(
        kind=kind, picks=((f"{number:032x}", 1),), span=Span(0, 96), needed=Span(24, 72), fingerprint="f",
        sha256="0" * 64, timecode="01:00:10:00", codec="ProRes 422 HQ", rate=Fraction(24), replaced=(Span(24, 36),),
        made_as=("changed", "auto", "source", "as it came"),
    )  # fmt: skip
    take = TakeFile(f"{number:020x}", "", 1, Path(f"/footage/retakes/takes/A_rtk{number:07x}_v001.mov"), "made", spec)
    source = Fraction(clip.source.value)
    if clip.beside:
        return Placement(
            "reference", clip.address, take, Fraction(24), (source - 24, Fraction(96)), written=clip.media.url
        )
    first = Fraction(clip.record[0]) + 12
    return Placement(
        "above", clip.address, take, Fraction(24), (source - 12, Fraction(60)), (first, first + 12), source + 12,
        written=clip.media.url,
    )  # fmt: skip
