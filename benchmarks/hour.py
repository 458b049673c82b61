"""A pull from a file of an hour against the same from a file of a minute."""

from __future__ import annotations

from .material import HD, LIGHT_HOUR, LIGHT_MINUTE, Kind, made
from .measuring import FOLDER, Cost, Figure, Run, child, in_turns

BAR = 1.2


def measure(run: Run) -> list[Figure]:
    """Facts, content and pull of a span near the end: what a file that was never seen goes through."""
    minute, hour = made(LIGHT_MINUTE), made(LIGHT_HOUR)
    length = 48 if run.quick else 144

    def whole(kind: Kind) -> Cost:
        first = kind.frames - 2 * kind.loop + 20
        out, region = FOLDER / f"pull_{kind.name}.mp4", (first, first + length)
        cost = child("meeting", source=kind.path, out=out, region=region, most=HD).cost
        out.unlink()
        return cost

    whole(LIGHT_HOUR), whole(LIGHT_MINUTE)
    ours, theirs = in_turns(run, lambda: whole(LIGHT_HOUR), lambda: whole(LIGHT_MINUTE))
    long, short = in_turns(
        run, lambda: child("looking", source=hour).cost, lambda: child("looking", source=minute).cost
    )
    # Some gigabytes, made in seconds: not worth keeping.
    hour.unlink()
    return [
        Figure.of("b", "facts + content + pull, of an hour / of a minute", ours, theirs, BAR),
        Figure.of("b", "the facts alone", long, short),
    ]
