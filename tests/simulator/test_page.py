"""docs/simulator.md names everything that there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from typer.main import get_command

from otio_retake.cli import simulate
from otio_retake.simulator.control import Control
from otio_retake.simulator.faults import FAULTS, in_prompt, parse_rule, read_script

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def test_every_fault_is_described_as_it_is() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (once|always) \| (.+) \|$", PAGE, re.MULTILINE)
    assert rows == [(f.name, "once" if f.times else "always", f.says) for f in FAULTS.values()]


def test_every_option_is_described() -> None:
    app = typer.Typer()
    simulate.register(app)
    options = {name for option in get_command(app).params for name in option.opts if name.startswith("--")}
    completion = {"--install-completion", "--show-completion"}
    assert set(re.findall(r"^\| `(--[a-z-]+)", PAGE, re.MULTILINE)) == options - {"--help"} - completion


def test_every_control_address_is_described() -> None:
    routes = [route for route in Control(None).routes() if route.path.startswith("/_simulator")]  # type: ignore[arg-type]
    said = set(re.findall(r"`(GET|POST|DELETE) (/_simulator/[a-z]+)", PAGE))
    assert said == {(method, r.path) for r in routes for method in r.methods or () if method != "HEAD"}


def test_the_examples_are_faults() -> None:
    assert parse_rule("503@fal*2").left == 2
    examples = [text for text in re.findall(r"`([^`\n]+)`", PAGE) if re.search(r"\[[a-z]", text)]
    assert len(examples) > 3
    for example in examples:
        assert in_prompt(example), example


def test_the_script_on_the_page_is_one(tmp_path: Path) -> None:
    found = re.search(r"(?:^    .*\n){4}", PAGE[PAGE.index("A **script**") :], re.MULTILINE)
    assert found
    script = tmp_path / "script"
    script.write_text(found[0])
    assert [(service, [c.fault.name for c in faults]) for service, faults in read_script(script)] == [
        ("", []), ("", ["drop-after-accept"]), ("fal", ["503", "slow"]),
    ]  # fmt: skip
