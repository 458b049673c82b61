"""Tables keep money, timecodes and names of takes whole at every width; clips give way, then what says least."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from otio_retake.cli.tables import Table, named, spared, table, worded
from otio_retake.ledger import Ledger
from otio_retake.project import Project
from tests import cutting
from tests.forked import command_line
from tests.test_orders import spec

PIER = "A001_C003_harbour_from_the_pier"
TAKE = "A001_C003_harbour_rtke6032c8_v001"
ROW = ("e6032c8", "01:00:01:00", "A001_C003_harbour_from_the_pier.mp4", "12", "$1,234.56", TAKE, "sound, switched off")


def status() -> Table:
    made = table("order", "timecode", named("clip"), spared("no", 1), "billed", "take", worded(""))
    made.add_row(*ROW)
    return made


def shown(made: Table, width: int) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width, highlight=False).print(made)
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [1000, 140, 100, 80, 60, 40, 34])
def test_money_timecode_and_take_are_whole_and_no_line_is_too_long(width: int) -> None:
    lines = shown(status(), width)
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for whole in ("e6032c8", "01:00:01:00", "$1,234.56", TAKE):
        assert whole in text
    assert "sound, switched off" in " ".join(text.split())


def test_a_wide_table_is_one_line_a_row() -> None:
    head, line = shown(status(), 1000)
    assert line == "  ".join(ROW)
    assert head.index("billed") == line.index("$1,234.56")


def test_the_clip_is_shortened_in_its_middle_before_a_column_is_left_out() -> None:
    (head, *lines) = shown(status(), 120)
    assert re.search(r"A001_C\S*…\S*mp4", lines[0])
    assert " no " in head
    narrower = "\n".join(shown(status(), 98))
    assert " no " not in narrower
    assert "order" in narrower.splitlines()[0], "a column that says more stays"


def test_where_nothing_fits_each_cell_has_its_columns_name() -> None:
    lines = shown(status(), 40)
    assert lines[0].split("  ") == ["order e6032c8", "timecode 01:00:01:00"]
    assert f"  take {TAKE}" in lines


def test_text_of_cuts_is_shown_as_it_is() -> None:
    made = table(named("clip"), worded("prompt"))
    made.add_row("[red]A001[/red]", "a smile :smile: [b]\x1b[31m")
    made.add_row(Text("ok", "green"), "second\nthird")
    lines = shown(made, 1000)
    assert "[red]A001[/red]" in lines[1]
    assert ":smile: [b]" in lines[1]
    assert "\x1b" not in lines[1]
    assert lines[3].strip() == "third"


def test_columns_of_two_wide_letters_stay_in_step() -> None:
    made = table(named("clip"), "billed")
    made.add_row("映像クリップの長い名前です", "$1.00")
    made.add_row("A", "$2.00")
    head, wide, narrow = shown(made, 30)
    assert head.index("billed") == narrow.index("$2.00")
    assert wide.endswith("$1.00")


def test_a_pipe_gets_whole_lines_and_a_terminal_of_eighty_columns_fits(tmp_path: Path) -> None:
    clip = cutting.clip(PIER, 0, 96, cutting.marker("RETAKE: " + "a gull lands " * 9, 12, 8))
    cutting.write(tmp_path, cutting.track(clip))
    piped = command_line(tmp_path, "marks", "cut.otio", COLUMNS="").stdout.splitlines()
    assert PIER in piped[1]
    assert piped[1].count("a gull lands") == 9
    narrow = command_line(tmp_path, "marks", "cut.otio", COLUMNS="80").stdout
    assert max(map(len, narrow.splitlines())) <= 80
    assert " ".join(narrow.split()).count("gull") == 9


def test_status_keeps_what_an_order_costs_at_eighty_columns(tmp_path: Path) -> None:
    with Ledger.open(Project(tmp_path / "retakes")) as ledger:
        order = replace(spec(), clip=PIER, cost=Decimal("1234.56"), service="runware")
        ledger.admit("5f" * 16, order, accepted=True)
    for width in ("80", "60", "40", ""):
        text = command_line(tmp_path, "status", ".", COLUMNS=width).stdout
        assert "$1234.56" in text.split("\nestimated")[0]
        assert order.timecode in text
        assert max(map(len, text.splitlines()[:3])) <= int(width or 1000)
    assert order.clip in text, "a file has room for everything"
