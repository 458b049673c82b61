"""A take says what it is in one line of text, and is found by it again."""

from __future__ import annotations

from otio_retake.cuts.signature import signature, signed
from tests.cuts.placements import take


def test_what_is_signed_is_found_in_any_text_around_it() -> None:
    made = take(7)
    line = signature(made)
    assert signed(f"note by hand; {line}, and more") == {
        "take": made.ident,
        "version": 7,
        "orders": tuple(key[:7] for key, _ in made.spec.picks),
    }


def test_what_editors_write_is_no_signature() -> None:
    assert signed("v001 take 2 of order 66") is None
