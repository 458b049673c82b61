"""The plan: every problem at once, every number right, and nothing ordered twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.media.facts import Colour
from otio_retake.media.pull import RECIPE
from otio_retake.orders import asks
from otio_retake.planned import KnownOrder, Override, PlanItem
from otio_retake.spans import Span
from tests.cutting import Shelf, clip, facts, marker, only, picture, plan_of, track, write


def one_mark(tmp_path: Path, text: str = "RETAKE: rain", first: float = 100, length: float = 12):  # type: ignore[no-untyped-def]
    return write(tmp_path, track(clip("A", 0, 240, marker(text, first, length))))


def test_a_plan_for_a_service_has_its_numbers(tmp_path: Path) -> None:
    item = only(plan_of(one_mark(tmp_path), Shelf(facts("A")), service="ltx"))
    # 12 frames asked; the least window of 2 s is 56 frames on the grid; 25 before, 24 after: 105 frames at 24.
    assert (len(item.region), item.spans.body, item.spans.head, item.spans.tail) == (12, 56, 25, 24)
    assert item.replaced == item.spans.changed == item.spans.window
    assert item.cost_each == Decimal("0.4375")
    assert (item.service, item.model, item.mode, item.takes) == ("ltx", "ltx-2-3-pro", "video", 1)


def test_seam_mark_replaces_just_the_mark(tmp_path: Path) -> None:
    item = only(plan_of(one_mark(tmp_path, "RETAKE seam=mark: rain"), Shelf(facts("A")), service="ltx"))
    assert item.replaced == Span(100, 112)


def test_what_is_replaced_is_cut_to_what_the_clip_shows(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 95, 20, marker("RETAKE: rain", 100, 12))))
    item = only(plan_of(cut, Shelf(facts("A")), service="ltx"))
    assert item.spans.changed.holds(Span(95, 115))
    assert item.replaced == Span(95, 115)


def test_takes_multiply_and_context_costs(tmp_path: Path) -> None:
    cut = one_mark(tmp_path, "RETAKE x3: rain")
    plan = plan_of(cut, Shelf(facts("A")), service="ltx")
    assert plan.cost == 3 * Decimal("0.4375")
    less = plan_of(cut, Shelf(facts("A")), service="ltx", context=12)
    assert less.cost < plan.cost


def test_rehearsing_a_service_plans_within_its_limits_and_costs_nothing(tmp_path: Path) -> None:
    item = only(plan_of(one_mark(tmp_path), Shelf(facts("A")), rehearse="ltx"))
    assert (item.service, item.spans.body, item.cost) == ("rehearsal", 56, 0)
    assert any("$0.4375" in remark for remark in item.remarks)


@pytest.mark.parametrize(
    ("colour", "option", "words"),
    [
        (Colour(1, 1, 1, False, True), "", ""),
        (Colour(1, 1, 1, True, True), "", ""),
        (Colour(2, 2, 2, False, False), "", "does not say its colour"),
        (Colour(2, 2, 2, False, False), "709", ""),
        (Colour(9, 18, 9, False, True), "", "HLG"),
        (Colour(9, 18, 9, False, True), "709", "HLG"),
        (Colour(9, 16, 9, False, True), "passthrough", ""),
        (Colour(6, 6, 6, False, True), "", "601"),
        (Colour(9, 14, 9, False, True), "", "2020"),
        (Colour(1, 9, 1, False, True), "", "log"),
    ],
)
def test_what_is_not_709_needs_a_word(tmp_path: Path, colour: Colour, option: str, words: str) -> None:
    text = f"RETAKE color={option}: rain" if option else "RETAKE: rain"
    plan = plan_of(one_mark(tmp_path, text), Shelf(facts("A", picture(colour=colour))))
    assert [words in p.what for p in plan.blocking] == ([True] if words else [])


def test_interlaced_media_is_refused_unless_it_is_whole_by_measurement(tmp_path: Path) -> None:
    fields = facts("A", picture(fields=True))
    assert "interlaced" in plan_of(one_mark(tmp_path), Shelf(fields, whole=False)).blocking[0].what
    assert plan_of(one_mark(tmp_path), Shelf(fields, whole=True)).blocking == []


def test_a_speed_that_is_refused_is_the_only_word_on_which_frames_are_used(tmp_path: Path) -> None:
    for speed in (-1.0, 1.0):
        shot = clip("A", 500, 40, marker("RETAKE: rain", 500, 12))
        shot["effects"] = [{"OTIO_SCHEMA": "LinearTimeWarp.1", "time_scalar": speed}]
        said = [problem.what for problem in plan_of(write(tmp_path, track(shot)), Shelf(facts("A"))).blocking]
        assert len(said) == 1
        assert ("backwards" if speed < 0 else "the clip uses frames") in said[0]


def test_uneven_media_counts_at_the_rate_of_its_editor(tmp_path: Path) -> None:
    uneven = facts("A", picture(300, Fraction(30), variable=True))
    item = only(plan_of(one_mark(tmp_path), Shelf(uneven)))
    assert item.media.video.rate == 24
    assert item.media.video.frames == 240
    assert any("uneven" in remark for remark in item.remarks)


def test_offline_media_and_image_sequences_by_name(tmp_path: Path) -> None:
    sequence = {"OTIO_SCHEMA": "ImageSequenceReference.1", "target_url_base": "/media/", "name_prefix": "a.",
                "available_range": None}  # fmt: skip
    cut = write(tmp_path, track(
        clip("lost", 0, 40, marker("RETAKE: x", 0)), clip("S", 0, 40, marker("RETAKE: x", 0), reference=sequence),
    ))  # fmt: skip
    plan = plan_of(cut, Shelf())
    assert "lost.mov" in plan.blocking[0].what
    assert "image sequence" in plan.blocking[1].what
    assert all(p.fix for p in plan.blocking)


def test_all_problems_are_listed_at_once_in_the_order_of_the_cut(tmp_path: Path) -> None:
    cut = write(tmp_path, track(
        clip("A", 0, 40, marker("RETAKE bth: x", 0)), clip("gone", 0, 40, marker("RETAKE: x", 0)),
        clip("C", 0, 240, marker("RETAKE @runware", 0)), clip("D", 0, 40, marker("RETAKE IN", 5)),
    ))  # fmt: skip
    plan = plan_of(cut, Shelf(facts("A"), facts("C"), facts("D")))
    assert [(p.timecode, p.clip) for p in plan.blocking] == [
        ("00:00:00:00", "A"), ("00:00:01:16", "gone"), ("00:00:03:08", "C"), ("00:00:13:13", "D"),
    ]  # fmt: skip
    assert "needs a prompt" in plan.blocking[2].what


def test_a_region_that_is_too_long_says_where_to_split(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 0, 960, marker("RETAKE: x", 0), available={})), start=86400)
    cut.view.tracks[0].clips[0]
    plan = plan_of(cut, Shelf(facts("A", picture(960))), service="ltx")
    assert "960 frames" in plan.blocking[0].what
    # Three parts of 320 frames: at 13 s 8 f and 26 s 16 f.
    assert "01:00:13:08, 01:00:26:16" in plan.blocking[0].fix


def test_marks_that_overlap_are_a_problem(tmp_path: Path) -> None:
    cut = write(tmp_path, track(clip("A", 0, 240, marker("RETAKE: x", 50, 20), marker("RETAKE: y", 60, 20))))
    plan = plan_of(cut, Shelf(facts("A")))
    assert len(plan.items) == 1
    assert "overlaps the one at 00:00:02:02" in plan.blocking[0].what


def test_overrides_change_a_request_under_the_marks_id(tmp_path: Path) -> None:
    cut = one_mark(tmp_path)
    plain = only(plan_of(cut, Shelf(facts("A"))))
    said = {plain.mark_id: Override(prompt="snow", mode="both", takes=2)}
    changed = only(plan_of(cut, Shelf(facts("A")), overrides=said))
    assert (changed.prompt, changed.mode, changed.takes) == ("snow", "both", 2)
    assert changed.base_digest != plain.base_digest
    skipped = plan_of(cut, Shelf(facts("A")), overrides={plain.mark_id: Override(skip=True)})
    assert skipped.items == ()


def test_a_take_as_source_is_a_second_generation(tmp_path: Path) -> None:
    made = clip("A", 0, 240, marker("RETAKE from=v001: rain", 100, 12))
    made["media_references"]["retake.v001"] = {
        "OTIO_SCHEMA": "ExternalReference.1", "target_url": "/media/T.mov", "available_range":
        made["source_range"], "metadata": {"otio_retake": {"take": "1", "generation": 1}},
    }  # fmt: skip
    cut = write(tmp_path, track(made))
    shelf = Shelf(facts("A"), facts("T"))
    plan = plan_of(cut, shelf)
    assert only(plan).media.fingerprint == "T"
    assert only(plan).generation == 2
    assert any(p.level == "warning" and "each generation" in p.what for p in plan.problems)
    assert plan_of(cut, shelf, strict=True).blocking
    missing = write(tmp_path, track(clip("A", 0, 240, marker("RETAKE from=v009: rain", 100, 12))))
    assert "no take 'v009'" in plan_of(missing, shelf).blocking[0].what


class Known:
    """Orders that exist. Those that were not sent ask for what ``like`` does."""

    def __init__(self, *orders: KnownOrder, like: PlanItem | None = None) -> None:
        asked = "" if like is None else asks(like, RECIPE)
        self.orders = [replace(o, asks=asked, service=like.service if like else o.service) for o in orders]

    def matching(self, fingerprint: str, region: Span, base_digest: str) -> list[KnownOrder]:
        return [replace(o, digest=o.digest.replace("BASE", base_digest)) for o in self.orders]

    def sent(self, fingerprint: str) -> list[KnownOrder]:
        return []


def order(ordinal: int, state: str = "placed", digest: str = "BASE", unsent: bool = False) -> KnownOrder:
    return KnownOrder(
        f"key{ordinal}", "ltx", Span(100, 112), ordinal, state, digest, unsent=unsent, dead=state == "failed"
    )


@pytest.mark.parametrize(
    ("text", "known", "again", "new"),
    [
        ("RETAKE: x", [], False, (1,)),
        ("RETAKE x3: x", [], False, (1, 2, 3)),
        ("RETAKE: x", [order(1)], False, ()),
        ("RETAKE x3: x", [order(1)], False, (2, 3)),
        ("RETAKE: x", [order(1)], True, (2,)),
        ("RETAKE x3: x", [order(1), order(2), order(3)], True, (4,)),
        ("RETAKE: x", [order(1, "failed")], False, ()),
        ("RETAKE again: x", [order(1)], False, (2,)),
        ("RETAKE again: x", [order(1), order(2, digest="BASE+again")], False, ()),
        ("RETAKE again: x", [order(1), order(2, digest="BASE+again")], True, (3,)),
    ],
)
def test_which_takes_are_to_be_ordered(
    tmp_path: Path, text: str, known: list[KnownOrder], again: bool, new: tuple[int, ...]
) -> None:
    item = only(plan_of(one_mark(tmp_path, text), Shelf(facts("A")), known=Known(*known), again=again))
    assert item.new == new


def test_what_was_not_sent_still_costs(tmp_path: Path) -> None:
    shelf = Shelf(facts("A"))
    known = Known(order(1, "pulled", unsent=True), like=only(plan_of(one_mark(tmp_path), shelf, service="ltx")))
    plan = plan_of(one_mark(tmp_path), shelf, known=known, service="ltx")
    assert plan.cost == Decimal("0.4375")
    assert plan.items[0].status == "open"
    again = only(plan_of(one_mark(tmp_path), shelf, known=known, service="ltx", again=True))
    assert (again.new, again.cost) == ((), plan.cost), "asked again, it is still the one that was not sent"


@pytest.mark.parametrize(
    "changed", [{"service": "fal"}, {"service": "ltx", "context": 0}, {"service": "ltx", "sound": "none"}]
)
def test_what_was_not_sent_and_is_no_longer_what_the_plan_says_is_not_its_order(
    tmp_path: Path, changed: dict[str, str]
) -> None:
    shelf, cut = Shelf(facts("A")), one_mark(tmp_path)
    known = Known(order(1, "refused", unsent=True), like=only(plan_of(cut, shelf, service="ltx")))
    item = only(plan_of(cut, shelf, known=known, **changed))
    assert (item.known, item.new, item.status) == ((), (1,), "new")
    assert [o.key for o in item.superseded] == ["key1"]
    assert item.cost == item.cost_each > 0


def test_a_rehearsal_has_nothing_to_do_with_what_a_service_was_not_sent(tmp_path: Path) -> None:
    shelf, cut = Shelf(facts("A")), one_mark(tmp_path)
    known = Known(order(1, "refused", unsent=True), like=only(plan_of(cut, shelf, service="ltx")))
    for more in ({}, {"rehearse": "ltx"}):
        item = only(plan_of(cut, shelf, known=known, **more))
        assert (item.known, item.new, item.superseded, item.cost) == ((), (1,), (), 0)


def test_the_digest_is_of_what_would_be_sent_and_its_price(tmp_path: Path) -> None:
    shelf = Shelf(facts("A"))
    digests = [
        plan_of(one_mark(tmp_path, text), shelf, service=service).digest
        for text, service in (
            ("RETAKE: rain", "ltx"), ("RETAKE: snow", "ltx"), ("RETAKE x2: rain", "ltx"), ("RETAKE: rain", "fal"),
            ("RETAKE context=0: rain", "ltx"),
        )
    ]  # fmt: skip
    assert len(set(digests)) == 5
    assert plan_of(one_mark(tmp_path), shelf, service="ltx").digest == digests[0]


def test_what_was_rehearsed_is_still_to_be_ordered(tmp_path: Path) -> None:
    rehearsed = Known(replace(order(1), service="rehearsal"))
    shelf = Shelf(facts("A"))
    assert only(plan_of(one_mark(tmp_path), shelf, known=rehearsed, service="ltx")).new == (1,)
    assert only(plan_of(one_mark(tmp_path), shelf, known=rehearsed)).new == ()
    assert only(plan_of(one_mark(tmp_path), shelf, known=rehearsed, rehearse="ltx")).new == ()
    # What another service has made is made.
    assert only(plan_of(one_mark(tmp_path), shelf, known=Known(order(1)), service="fal")).new == ()


def test_two_uses_of_a_shot_each_have_their_own_orders(tmp_path: Path) -> None:
    """Both ask the same in words, of frames that overlap: A of 10 to 19, B of 15 to 24."""
    cut = write(
        tmp_path,
        track(
            clip("A", 0, 100, marker("RETAKE: rain", 10, 10), media="/media/A.mov"),
            clip("B", 0, 100, marker("RETAKE: rain", 15, 10), media="/media/A.mov"),
        ),
    )
    made = [replace(order(k), key=f"key{k}", region=region) for k, region in ((1, Span(10, 20)), (1, Span(15, 25)))]
    made[1] = replace(made[1], key="key2")
    plan = plan_of(cut, Shelf(facts("A")), known=Known(*made), service="ltx")
    assert [[o.key for o in item.known] for item in plan.items] == [["key1"], ["key2"]]
    assert [item.new for item in plan.items] == [(), ()]
    # Trimmed by 3 each is still nearer to its own.
    made = [replace(o, region=Span(o.region.first - 3, o.region.end)) for o in made]
    plan = plan_of(cut, Shelf(facts("A")), known=Known(*made), service="ltx")
    assert [[o.key for o in item.known] for item in plan.items] == [["key1"], ["key2"]]


def test_a_mark_that_grew_says_how_much_was_not_ordered(tmp_path: Path) -> None:
    item = only(plan_of(one_mark(tmp_path, length=40), Shelf(facts("A")), known=Known(order(1)), service="ltx"))
    assert item.status == "done"
    assert item.beyond == 28


def test_another_default_mode_is_another_order(tmp_path: Path) -> None:
    shelf = Shelf(facts("A"))
    kinds = [only(plan_of(one_mark(tmp_path), shelf, mode=mode)).base_digest for mode in ("video", "both")]
    assert len(set(kinds)) == 2
    assert only(plan_of(one_mark(tmp_path, "RETAKE video: rain"), shelf)).base_digest == kinds[0]


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("RETAKE handles=30: rain", True),
        ("RETAKE seam=mark: rain", True),
        ("RETAKE size=native: rain", True),
        ("RETAKE @ltx: rain", True),
        ("RETAKE @ltx model=ltx-2-3-pro: rain", True),
        ("RETAKE @fal: rain", False),
        ("RETAKE @ltx model=ltx-2-3-fast: rain", False),
        ("RETAKE context=60: rain", False),
        ("RETAKE both: rain", False),
        ("RETAKE: snow", False),
        ("RETAKE again: rain", False),
    ],
)
@pytest.mark.parametrize("service", ["ltx", "rehearsal"])
def test_what_asks_a_service_for_nothing_else_leaves_a_mark_done(
    tmp_path: Path, text: str, done: bool, service: str
) -> None:
    shelf = Shelf(facts("A"))
    first = only(plan_of(one_mark(tmp_path), shelf, service="ltx"))
    made = replace(order(1, digest=first.digest), model="ltx-2-3-pro")

    class Words(Known):
        def matching(self, fingerprint: str, region: Span, base_digest: str) -> list[KnownOrder]:
            return self.orders if base_digest == first.base_digest else []

    item = only(plan_of(one_mark(tmp_path, text), shelf, known=Words(made), service=service))
    assert (item.status == "done") is done


def test_an_order_that_is_just_what_would_be_sent_is_the_marks_whatever_its_words_were(tmp_path: Path) -> None:
    shelf = Shelf(facts("A"))
    plain = only(plan_of(one_mark(tmp_path), shelf, service="ltx"))

    class Identical(Known):
        def matching(self, fingerprint: str, region: Span, base_digest: str) -> list[KnownOrder]:
            return []

        def sent(self, fingerprint: str) -> list[KnownOrder]:
            return self.orders

    known = Identical(order(1, digest="of an older version"), like=plain)
    for text in ("RETAKE: rain", f"RETAKE context={plain.context}: rain", "RETAKE sound=cut: rain"):
        item = only(plan_of(one_mark(tmp_path, text), shelf, known=known, service="ltx"))
        assert (item.status, [o.key for o in item.known], item.beyond) == ("done", ["key1"], 0), text
    for text in ("RETAKE context=60: rain", "RETAKE: snow", "RETAKE @fal: rain"):
        assert only(plan_of(one_mark(tmp_path, text), shelf, known=known, service="ltx")).new == (1,), text


def test_the_word_again_adds_to_what_a_mark_has_and_takes_nothing_from_it(tmp_path: Path) -> None:
    shelf, both = Shelf(facts("A")), Known(order(1), order(2, digest="BASE+again"))
    for text, again, new in (
        ("RETAKE again: rain", False, ()),
        ("RETAKE: rain", False, ()),
        ("RETAKE x2: rain", False, ()),
        ("RETAKE x3: rain", False, (3,)),
        ("RETAKE: rain", True, (3,)),
    ):
        item = only(plan_of(one_mark(tmp_path, text), shelf, known=both, again=again))
        assert ([o.key for o in item.known], item.new) == (["key1", "key2"], new), text


@pytest.mark.parametrize("state", ["unknown", "submitting"])
@pytest.mark.parametrize(("text", "again"), [("RETAKE: rain", True), ("RETAKE again: rain", False)])
def test_nothing_more_is_ordered_while_nobody_knows_whether_an_order_was_accepted(
    tmp_path: Path, text: str, again: bool, state: str
) -> None:
    shelf, known = Shelf(facts("A")), Known(order(1), order(2, state))
    plan = plan_of(one_mark(tmp_path, text), shelf, known=known, again=again, service="ltx")
    item = only(plan)
    assert (item.new, item.cost, [o.key for o in item.known]) == ((), 0, ["key1", "key2"])
    (row,) = plan.problems
    assert (row.level, row.mark_id) == ("warning", item.mark_id)
    assert "key2" in row.what
    assert "otio-retake ledger resolve key2" in row.fix


def test_more_takes_are_ordered_of_a_mark_though_nobody_knows_of_one(tmp_path: Path) -> None:
    known = Known(order(1, "unknown"))
    plan = plan_of(one_mark(tmp_path, "RETAKE x2: rain"), Shelf(facts("A")), known=known)
    assert (only(plan).new, plan.problems) == ((2,), ())


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["placed"], "done"),
        (["failed"], "failed"),
        (["rejected"], "rejected"),
        (["expired"], "expired"),
        (["written_off"], "given up"),
        (["cancelled"], "cancelled"),
        (["cancelled", "failed"], "failed"),
        (["failed", "placed"], "done"),
        (["running"], "at the service"),
        (["placed", "fetched"], "at the service"),
        (["unknown"], "unknown"),
        (["placed", "running", "unknown"], "unknown"),
    ],
)
def test_a_request_is_done_only_where_there_is_a_result(tmp_path: Path, states: list[str], status: str) -> None:
    known = Known(*(order(number, state) for number, state in enumerate(states, 1)))
    plan = plan_of(one_mark(tmp_path), Shelf(facts("A")), known=known, service="ltx")
    assert (only(plan).status, plan.rest, plan.sent, plan.cost) == (status, {status: 1}, [], 0)
