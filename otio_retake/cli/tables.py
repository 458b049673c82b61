"""Tables of the command line, by one rule: what is copied or paid is never shortened and never broken.

Where a terminal is too narrow, text is wrapped first, then names of clips are shortened in their middle, then the
columns that say least are left out. Where not even that helps, each row is set over several lines, cell by cell.
Elsewhere than on a terminal nothing is too narrow: a line of a table is a line of the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from ..legible import legible

GAP = 2
LEAST_NAME, MOST_NAME = 10, 20
"""Letters of a name that are always shown, and those that it has before text gets more room."""
LEAST_WORDS = 16


@dataclass(frozen=True, slots=True)
class Column:
    """One column. With a ``spare`` above 0 it may be left out: the highest goes first."""

    name: str
    fits: Literal["whole", "name", "words"] = "whole"
    spare: int = 0


def named(called: str, spare: int = 0) -> Column:
    """A column that may be shortened: names of clips and tracks."""
    return Column(called, "name", spare)


def worded(called: str, spare: int = 0) -> Column:
    """A column that may be wrapped: prompts, remarks, what to do."""
    return Column(called, "words", spare)


def spared(called: str, rank: int) -> Column:
    """A column that is left out before anything of it would be missing."""
    return Column(called, "whole", rank)


def table(*columns: str | Column, title: str = "") -> Table:
    """An empty table; a column that is only named is always shown whole."""
    return Table([Column(each) if isinstance(each, str) else each for each in columns], title)


class Table:
    """Rows of text that a console prints as wide as it is."""

    def __init__(self, columns: list[Column], title: str = "") -> None:
        self.columns = columns
        self.title = title
        self._rows: list[list[Text]] = []

    def add_row(self, *cells: str | Text) -> None:
        """One cell for each column; text is shown as it is, without markup."""
        self._rows.append([cell if isinstance(cell, Text) else Text(legible(cell)) for cell in cells])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self.title:
            yield Text(self.title, "bold")
        head = [Text(column.name, "dim") for column in self.columns]
        rows = [head, *self._rows] if any(column.name for column in self.columns) else self._rows
        natural = [max((_width(row[k]) for row in rows), default=0) for k in range(len(self.columns))]
        shown = [k for k, width in enumerate(natural) if width]
        widths = self._widths(shown, natural, options.max_width)
        for row in rows if widths is not None else self._rows:
            if widths is None:
                yield from _packed(console, [(self.columns[k], row[k]) for k in shown], options.max_width)
            else:
                yield from _aligned(console, [(self.columns[k], row[k]) for k in widths], list(widths.values()))

    def _widths(self, shown: list[int], natural: list[int], most: int) -> dict[int, int] | None:
        """The width of each column that is shown; None where the columns do not fit side by side."""
        shown = list(shown)

        def least(k: int) -> int:
            column = self.columns[k]
            floor = {"whole": natural[k], "name": LEAST_NAME, "words": LEAST_WORDS}[column.fits]
            return min(natural[k], max(floor, cell_len(column.name)))

        def room(widths: Iterable[int]) -> int:
            return most - sum(widths) - GAP * (len(shown) - 1)

        while room(least(k) for k in shown) < 0:
            spared = [k for k in shown if self.columns[k].spare]
            if not spared:
                return None
            shown.remove(max(spared, key=lambda k: self.columns[k].spare))
        widths = {k: least(k) for k in shown}
        names = [k for k in shown if self.columns[k].fits == "name"]
        texts = [k for k in shown if self.columns[k].fits == "words"]
        # The shortest first: what it does not need is for the others.
        texts.sort(key=lambda k: natural[k])
        for k, upto in [*((k, MOST_NAME) for k in names), *((k, most) for k in texts), *((k, most) for k in names)]:
            left = room(widths.values())
            share = left // (len(texts) - texts.index(k)) if k in texts else left
            widths[k] += max(min(share, natural[k] - widths[k], upto - widths[k]), 0)
        return widths


def shortened(text: Text, width: int) -> Text:
    """``text`` in at most ``width`` cells, without its middle: names of clips differ at both ends."""
    if cell_len(text.plain) <= width:
        return text
    head = (width - 1) * 2 // 3
    tail = width - 1 - head
    first = chop_cells(text.plain, head)[0] if head else ""
    last = chop_cells(text.plain[::-1], tail)[0][::-1] if tail else ""
    return Text(f"{first}…{last}", text.style)


def _width(cell: Text) -> int:
    return max((cell_len(line) for line in cell.plain.split("\n")), default=0)


def _lines(console: Console, column: Column, cell: Text, width: int) -> list[Text]:
    """The lines of a cell in a column that is so wide."""
    if column.fits == "name":
        return [shortened(cell, width)]
    if column.fits == "words":
        return list(cell.wrap(console, max(width, 1)))
    return list(cell.split("\n", allow_blank=True))


def _aligned(console: Console, cells: list[tuple[Column, Text]], widths: list[int]) -> Iterable[Text]:
    """A row with its cells side by side, over as many lines as its longest text has."""
    found = [_lines(console, column, cell, width) for (column, cell), width in zip(cells, widths, strict=True)]
    for number in range(max(map(len, found), default=0)):
        line = Text()
        for lines, width in zip(found, widths, strict=True):
            part = lines[number] if number < len(lines) else Text()
            part.rstrip()
            line.append_text(part)
            line.append(" " * (width - cell_len(part.plain) + GAP))
        line.rstrip()
        yield line


def _packed(console: Console, cells: list[tuple[Column, Text]], most: int) -> Iterable[Text]:
    """A row with as many cells on each line as fit whole, each with its column's name; later lines are indented."""
    line = Text()
    for column, cell in cells:
        head = Text(f"{column.name} ", "dim") if column.name else Text()
        for part in _lines(console, column, cell, most - GAP - len(head)) if cell.plain else ():
            part.rstrip()
            part = head + part
            head = Text()
            if line.plain.strip() and cell_len(line.plain) + GAP + cell_len(part.plain) > most:
                yield line
                line = Text(" " * GAP)
            elif line.plain.strip():
                line.append(" " * GAP)
            line.append_text(part)
    yield line
