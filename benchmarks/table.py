"""The figures as a plain table, 80 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from .measuring import Figure

WIDTH = 80
_ROW = "{:<2} {:<34} {:>8} {:>8} {:>6} {:>5} {}"


def text(figures: Sequence[Figure], skipped: Mapping[str, str], about: Mapping[str, Any]) -> str:
    """Figures, bars and what became of them, then the notes and the machine."""
    lines = [_ROW.format("", "", "ours", "theirs", "ratio", "bar", "").rstrip(), "-" * WIDTH]
    for figure in figures:
        what = textwrap.wrap(figure.what, 34)
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        bar = "" if figure.bar is None else f"{figure.bar:g}"
        verdict = {True: "reached", False: "NOT reached", None: ""}[figure.reached]
        values = (_value(figure.ours, figure), "" if figure.theirs is None else _value(figure.theirs, figure))
        lines.append(_ROW.format(figure.key, what[0], *values, ratio, bar, verdict).rstrip())
        lines += [f"   {line}" for line in what[1:]]
        lines += textwrap.wrap(figure.note, WIDTH, initial_indent="     ", subsequent_indent="     ")
    lines += [line for key, why in skipped.items() for line in textwrap.wrap(f"{key}  skipped: {why}", WIDTH)]
    lines += ["-" * WIDTH, *textwrap.wrap(", ".join(f"{name} {value}" for name, value in about.items()), WIDTH)]
    return "\n".join(lines)


def _value(number: float, figure: Figure) -> str:
    places = 0 if figure.unit in ("MB", "") or number >= 1000 else 2 if figure.unit == "s" else 1
    return f"{number:.{places}f} {figure.unit}".rstrip()
