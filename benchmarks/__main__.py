"""``python -m benchmarks [--only a,c] [--quick] [--rounds N]``."""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version

from . import peer, table
from .measuring import FOLDER, Figure, Run, Skipped, cores

BENCHMARKS = {
    "a": ("pull", "a pull against the ffmpeg program"),
    "b": ("hour", "a pull from an hour against one from a minute"),
    "c": ("conform", "a take against the ffmpeg program"),
    "d": ("memory", "peak memory at 4K"),
    "e": ("timeline", "20,000 clips against OpenTimelineIO"),
    "f": ("startup", "the start of the command line"),
    "x": ("xmeml", "FCP 7 XML against OpenTimelineIO's adapter"),
    "p": ("fcpxml", "Final Cut Pro XML against OpenTimelineIO's adapter"),
    "g": ("edit_list", "edit lists against OpenTimelineIO's adapter"),
    "m": ("avid", "5,000 clips of an AAF against OpenTimelineIO's adapter"),
    "k": ("desk", "the desk with 300 requests in a browser"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what is asked for, prints the table, writes the figures."""
    options = _options(arguments)
    keys = list(dict.fromkeys(key.strip() for key in options.only.split(","))) if options.only else list(BENCHMARKS)
    unknown = [key for key in keys if key not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    run = Run(options.rounds or (1 if options.quick else 3), options.quick)
    figures: list[Figure] = []
    skipped: dict[str, str] = {}
    began = time.perf_counter()
    for key in keys:
        module, what = BENCHMARKS[key]
        print(f"{key}  {what} ...", file=sys.stderr, flush=True)
        try:
            figures += importlib.import_module(f".{module}", __package__).measure(run)
        except Skipped as reason:
            skipped[key] = f"{what}: {reason}"
    about = {
        "python": platform.python_version(),
        "cores": cores(),
        "machine": platform.platform(),
        "av": version("av"),
        "opentimelineio": version("opentimelineio"),
        "ffmpeg": peer.version(),
        "rounds": run.rounds,
        "quick": run.quick,
        "seconds": round(time.perf_counter() - began),
    }
    print(table.text(figures, skipped, about))
    rows = [{**asdict(figure), "ratio": figure.ratio, "reached": figure.reached} for figure in figures]
    FOLDER.mkdir(parents=True, exist_ok=True)
    results = {"about": about, "figures": rows, "skipped": skipped}
    (FOLDER / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    listed = "\n".join(f"  {key}  {what}" for key, (_, what) in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        "benchmarks",
        description="Ratios measured side by side.\n\n" + listed,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", metavar="a,c", help="just these")
    parser.add_argument("--quick", action="store_true", help="one round of shorter work: a look, not a figure")
    parser.add_argument("--rounds", type=int, metavar="N", help="runs of each side; the median counts [3]")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
