"""The order language, as an editor writes it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otio_retake.cuts.model import Instant, Marker
from otio_retake.marks import Mark, NotOurs, Vocabulary, read_mark

WORDS = Vocabulary()


def marker(name: str = "", note: str = "", colour: str = "") -> Marker:
    zero = Instant(0.0, 24.0)
    return Marker("record", name, note, colour, zero, zero, None, "the timeline")


def read(name: str = "", note: str = "", colour: str = "", words: Vocabulary = WORDS) -> Mark | None:
    mark, wrong = read_mark(marker(name, note, colour), words)
    assert wrong == [], wrong
    return mark


def wrong(name: str = "", note: str = "") -> list[tuple[str, str]]:
    return read_mark(marker(name, note), WORDS)[1]


def test_the_prompt_is_in_the_name_or_in_the_note() -> None:
    for mark in (read("RETAKE: she looks up"), read("RETAKE", "she looks up"), read("", "retake: she looks up")):
        assert mark is not None
        assert mark.prompt == "she looks up"
        assert (mark.mode, mark.takes, mark.service, mark.again) == (None, None, "", False)


def test_options_stand_before_the_colon() -> None:
    mark = read("RETAKE both x3 @fal again: no boom mic")
    assert mark is not None
    assert (mark.mode, mark.takes, mark.service, mark.again, mark.prompt) == ("both", 3, "fal", True, "no boom mic")


def test_options_without_a_colon() -> None:
    mark = read("retake audio X2 @LTX 1f", "only rain")
    assert mark is not None
    assert (mark.mode, mark.takes, mark.service, mark.one_frame, mark.prompt) == ("audio", 2, "ltx", True, "only rain")


def test_keys_stand_before_the_colon_or_in_the_notes_first_lines() -> None:
    mark = read("RETAKE seam=mark: rain", "context=24\nhandles=12\nand wind = strong\ncolor=709")
    assert mark is not None
    assert dict(mark.keys) == {"seam": "mark", "context": "24", "handles": "12"}
    assert mark.prompt == "rain\nand wind = strong\ncolor=709", "only the first lines are options"


def test_name_and_note_are_joined_name_first() -> None:
    mark = read("RETAKE: she looks up", "and smiles\nslowly")
    assert mark is not None
    assert mark.prompt == "she looks up\nand smiles\nslowly"


def test_a_note_that_repeats_the_name_counts_once() -> None:
    mark = read("RETAKE: rain", "RETAKE: rain")
    assert mark is not None
    assert mark.prompt == "rain"


@pytest.mark.parametrize("edge", ["in", "out"])
def test_in_and_out(edge: str) -> None:
    mark = read(f"RETAKE {edge.upper()}: rain")
    assert mark is not None
    assert mark.edge == edge


@pytest.mark.parametrize("name", ["RETAKES: rain", "retaken", "note: RETAKE", "RETAKE-2", "take", ""])
def test_what_does_not_begin_with_the_whole_word_is_no_mark(name: str) -> None:
    assert read(name) is None


@pytest.mark.parametrize(
    "name", ["RETAKE the shot tomorrow", "Retake this please: thanks", "RETAKE?", "RETAKE (see mail)"]
)
def test_what_begins_so_and_goes_on_otherwise_is_a_suspect(name: str) -> None:
    with pytest.raises(NotOurs):
        read_mark(marker(name), WORDS)


@pytest.mark.parametrize(
    ("name", "what", "fix"),
    [
        ("RETAKE bth: rain", "bth", "both"),
        ("RETAKE vidoe x2: rain", "vidoe", "video"),
        ("RETAKE @fall: rain", "@fall", "@fal"),
        ("RETAKE x0: rain", "x0", "x1"),
        ("RETAKE x99: rain", "x99", "x20"),
        ("RETAKE seem=mark: rain", "seem", "seam="),
        ("RETAKE seam=edge: rain", "seam=edge", "seam=mark"),
        ("RETAKE context=lots: rain", "context=lots", "context=24"),
        ("RETAKE agian: rain", "agian", "again"),
        ("RETAKE x2 x3: rain", "x3", "keep one"),
        ("RETAKE @ltx @fal: rain", "@fal", "keep one"),
        ("RETAKE video audio: rain", "audio", "write both"),
    ],
)
def test_a_slip_in_an_option_is_an_error_with_the_nearest_right_one(name: str, what: str, fix: str) -> None:
    ((said, todo),) = wrong(name)
    assert what in said
    assert fix in todo


def test_a_colour_makes_a_mark_and_a_default_name_is_no_prompt() -> None:
    words = Vocabulary(colour="purple")
    mark = read("Marker 12", "rain", "PURPLE", words)
    assert mark is not None
    assert mark.prompt == "rain"
    assert read("Marker 12", "rain", "GREEN", words) is None


def test_how_many_takes_does_not_make_another_order_but_text_and_again_do() -> None:
    digests = [
        m.digest for m in map(read, ("RETAKE: rain", "RETAKE x3: rain", "RETAKE again: rain", "RETAKE: snow")) if m
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_the_reader(name: str, note: str) -> None:
    for prefix in ("", "RETAKE", "RETAKE "):
        with contextlib.suppress(NotOurs):
            read_mark(marker(prefix + name, note), WORDS)


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=80))
def test_a_prompt_after_the_colon_is_kept_verbatim(prompt: str) -> None:
    mark = read(f"RETAKE: {prompt}")
    assert mark is not None
    assert mark.prompt == prompt.strip()


@pytest.mark.parametrize(
    ("name", "keys", "prompt"),
    [
        ("RETAKE webhook=env:TOLD_AT: she smiles", {"webhook": "env:TOLD_AT"}, "she smiles"),
        ("RETAKE webhook=env:TOLD_AT x2 model=a:1@2: no: no", {"webhook": "env:TOLD_AT", "model": "a:1@2"}, "no: no"),
        ("RETAKE webhook=env:TOLD_AT", {"webhook": "env:TOLD_AT"}, ""),
        ("RETAKE model=a:she smiles", {"model": "a"}, "she smiles"),
        ("RETAKE model=a:she says: no", {"model": "a"}, "she says: no"),
        ("RETAKE:webhook=env:TOLD_AT", {"webhook": "env:TOLD_AT"}, ""),
    ],
)  # fmt: skip
def test_a_colon_in_a_value_does_not_end_the_options(name: str, keys: dict[str, str], prompt: str) -> None:
    mark = read(name, words=Vocabulary(keys=("webhook", "model")))
    assert mark is not None
    assert (dict(mark.keys), mark.prompt) == (keys, prompt)
