"""Documents are changed in place, in their own style."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otio_retake.cuts.splice import (
    Broken,
    apply_edits,
    insert_element,
    insert_member,
    place_of,
    read_value,
    walk_array,
    walk_object,
)

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=12,
)
STYLES = [None, 1, 2, 4, "\t"]


@given(st.dictionaries(st.text(max_size=6), VALUES, max_size=5), VALUES, st.sampled_from(STYLES), st.booleans())
def test_a_member_is_added_and_all_else_stays(document: dict[str, Any], value: Any, indent: Any, crlf: bool) -> None:
    text = json.dumps({"outer": document, "after": 1}, indent=indent, ensure_ascii=False)
    text = text.replace("\n", "\r\n") if crlf else text
    place = place_of(text, 0, "outer")
    assert place is not None
    changed = apply_edits(text, [insert_member(text, place.start, "\0new", value)])
    assert json.loads(changed) == {"outer": {**document, "\0new": value}, "after": 1}
    assert changed.startswith(text[: place.start])
    assert changed.endswith(text[place.end :])
    if indent is not None and crlf:
        assert "\n" not in changed.replace("\r\n", "")


@given(st.lists(VALUES, max_size=5), VALUES, st.sampled_from(STYLES))
def test_an_element_is_added_and_all_else_stays(elements: list[Any], value: Any, indent: Any) -> None:
    text = json.dumps({"list": elements}, indent=indent)
    place = place_of(text, 0, "list")
    assert place is not None
    changed = apply_edits(text, [insert_element(text, place.start, value)])
    assert json.loads(changed) == {"list": [*elements, value]}


@given(VALUES, st.sampled_from(STYLES))
def test_places_are_where_values_are(value: Any, indent: Any) -> None:
    text = f"  {json.dumps({'a': [1, value, {'b': value}], 'c': value}, indent=indent)}\n"
    for path, expected in ((("a", 1), value), (("a", 2, "b"), value), (("c",), value), (("a", 0), 1)):
        found = place_of(text, 0, *path)
        assert found is not None
        assert found.value == expected
        assert json.loads(text[found.start : found.end]) == expected
    assert place_of(text, 0, "nowhere") is None


def test_the_indentation_of_the_document_is_kept() -> None:
    text = '{\n    "a": {\n        "b": 1\n    }\n}\n'
    changed = apply_edits(text, [insert_member(text, text.index('{\n        "b"'), "c", {"d": [1]})])
    assert changed == (
        '{\n    "a": {\n        "b": 1,\n        "c": {\n            "d": [\n                1\n            ]\n'
        "        }\n    }\n}\n"
    )


@pytest.mark.parametrize(
    "text", ["{", '{"a"', '{"a":', '{"a": 1', '{"a": 1,}', '{"a" 1}', "{1: 2}", "[1]", '{"a": tru}']
)
def test_what_is_broken_says_where(text: str) -> None:
    with pytest.raises(Broken) as caught:
        walk_object(text, 0, lambda _key, place: read_value(text, place).end)
    assert 0 <= caught.value.position <= len(text)
    assert "line 1, column" in caught.value.line_in(text)


def test_arrays_are_walked_in_order() -> None:
    text = "[1, [2, 3] , {}]"
    seen = []

    def visit(place: int) -> int:
        value = read_value(text, place)
        seen.append(value.value)
        return value.end

    assert walk_array(text, 0, visit) == len(text)
    assert seen == [1, [2, 3], {}]


def test_edits_may_not_overlap() -> None:
    from otio_retake.cuts.splice import Edit

    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abcdef", [Edit(0, 3, "x"), Edit(2, 4, "y")])


def test_deep_nesting_is_an_error_not_a_crash() -> None:
    text = "[" * 200_000 + "]" * 200_000
    with pytest.raises(Broken, match="nested"):
        read_value(text, 0)
