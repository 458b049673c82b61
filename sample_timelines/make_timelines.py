"""Writes the sample timelines, each as its editor would; the same bytes each time.

    python sample_timelines/make_timelines.py

How an editor writes is in `editors/`, one file for each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from otio_retake.durable import write_text
from sample_timelines.editors.edit_lists import avid_24, resolve_2997df, resolve_markers
from sample_timelines.editors.final_cut import final_cut_24, resolve_fcpxml_24
from sample_timelines.editors.hiero import hiero_23976
from sample_timelines.editors.kdenlive import kdenlive_25
from sample_timelines.editors.plain import demo, plain_mixed
from sample_timelines.editors.premiere import premiere_2997df
from sample_timelines.editors.premiere_xml import premiere_2997df_xml
from sample_timelines.editors.problems import with_problems
from sample_timelines.editors.resolve import phone_30, resolve_24

HERE = Path(__file__).resolve().parent

TIMELINES: dict[str, Callable[[], str]] = {
    "resolve_24": resolve_24,
    "phone_30": phone_30,
    "premiere_2997df": premiere_2997df,
    "kdenlive_25": kdenlive_25,
    "hiero_23976": hiero_23976,
    "plain_mixed": plain_mixed,
    "demo": demo,
    "with_problems": with_problems,
}
"""The text of each timeline, by the name of its file without .otio."""

OTHER_FORMS: dict[str, Callable[[], str]] = {
    "premiere_2997df.xml": premiere_2997df_xml,
    "final_cut_24.fcpxml": final_cut_24,
    "resolve_24.fcpxml": resolve_fcpxml_24,
    "avid_24.edl": avid_24,
    "resolve_2997df.edl": resolve_2997df,
    "resolve_2997df.markers.edl": resolve_markers,
}
"""The text of each timeline in another form, by the name of its file."""


def make_timelines(folder: Path) -> list[Path]:
    """Writes every timeline into ``folder``."""
    paths = []
    for name, text in ({f"{name}.otio": text for name, text in TIMELINES.items()} | OTHER_FORMS).items():
        path = folder / name
        write_text(path, text())
        paths.append(path)
    return paths


if __name__ == "__main__":
    for path in make_timelines(HERE):
        print(path.name)
