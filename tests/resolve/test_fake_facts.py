"""The table of facts: what it says, who names it, and that a test shows each one that the fake has."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

from tests.fake_resolve.knobs import Knobs

ROOT = Path(__file__).resolve().parents[2]
FACTS = json.loads((ROOT / "resolve_plugin" / "api_facts.json").read_text(encoding="utf-8"))
FAKE = sorted((ROOT / "tests" / "fake_resolve").rglob("*.py"))
TESTS = sorted(Path(__file__).parent.glob("test_fake_*.py"))


def named(paths: list[Path]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        for ids in re.findall(r"fact: ([a-z0-9-]+(?:, [a-z0-9-]+)*)", path.read_text(encoding="utf-8")):
            found |= set(ids.split(", "))
    return found


def shown() -> set[str]:
    found: set[str] = set()
    for path in TESTS:
        for ids in re.findall(r"^@shows\(([^)]*)\)", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            found |= set(re.findall(r'"([a-z0-9-]+)"', ids))
    return found


def test_each_fact_is_one_sentence_with_a_grade_and_a_source():
    for fact in FACTS:
        assert list(fact) == ["id", "fact", "grade", "source", "version"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", fact["id"])
        assert fact["fact"][0].isupper() or fact["fact"].startswith("Get")
        assert fact["fact"].endswith(".")
        assert fact["grade"] in ("D", "M", "P", "I")
        assert fact["source"]
        assert fact["version"]
    ids = [fact["id"] for fact in FACTS]
    assert len(ids) == len(set(ids))


def test_what_the_fake_names_is_in_the_table():
    assert named(FAKE) <= {fact["id"] for fact in FACTS}


def test_every_fact_that_the_fake_names_is_shown_by_a_test():
    assert named(FAKE) == shown()


def test_every_knob_names_a_fact_and_is_turned_by_a_test():
    text = (ROOT / "tests" / "fake_resolve" / "knobs.py").read_text(encoding="utf-8")
    turned = "\n".join(path.read_text(encoding="utf-8") for path in TESTS)
    for field in fields(Knobs):
        after = text.split(f"    {field.name}:")[1].split("\n\n")[0]
        assert "fact: " in after, field.name
        assert re.search(rf'\b{field.name}=|"{field.name}":', turned), field.name
