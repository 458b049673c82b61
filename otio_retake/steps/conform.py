"""verified → conformed: takes are made of the results for a target, once none of its orders is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..errors import OrderError, RetakeError
from ..ledger import Ledger
from ..media.conform import Part, conform
from ..media.sound_take import SoundPart, conform_sound
from ..media.verify.verdict import Verdict
from ..orders import Order, State
from ..spans import Span
from ..takes import (
    Pick,
    TakeFile,
    TakeSpec,
    Target,
    TargetPart,
    combinations,
    has_handles,
    made_as,
    serves,
    take_ident,
)
from ..takes_store import add_take, close_target, is_free, name_of, next_version, renew_take, takes, will_make
from ..takes_store import target as find_target
from .verify import VERDICT
from .workshop import Workshop

LEAST_BEYOND = 3
"""Frames by which a measured change must pass the predicted one to be believed: less is noise at the seam."""

Progress = Callable[[int, int], None]


def ready(target: Target, ledger: Ledger) -> bool:
    """Whether every order of ``target`` has come to its end."""
    return all(ledger.order(key).settled for part in target.parts for key in part.orders)


def run(target: Target, shop: Workshop, progress: Progress | None = None) -> list[TakeFile]:
    """Makes every take of ``target`` that is not there yet, and closes it. Returns those made.

    A take that serves there and whose file is gone is made again, for as long as its results are here; what keeps one
    from that is said, and keeps no other.
    """
    made = []
    for take in [take for take in takes(shop.ledger) if serves(take, target) and take.is_gone]:
        try:
            made.append(make_again(take, shop, progress))
        except RetakeError as error:
            shop.reporter.say(f"{take.name} cannot be made again: {error.what} ({error.where})")
    orders = orders_of(target, shop.ledger)
    found = [picks_of(part, orders) for part in target.parts]
    parts = [part for part, picks in zip(target.parts, found, strict=True) if picks]
    serving = [take for take in takes(shop.ledger) if serves(take, target) and take.spec.made_as == made_as(target)]
    there = [take for take in serving if has_handles(take, target)]
    for picks in combinations(found):
        if not any(take.spec.picks == picks for take in there):
            made.append(make(target, parts, picks, orders, shop, progress))
    for key in {key for picks in found for key, _ in picks}:
        if shop.ledger.order(key).state is State.VERIFIED:
            shop.ledger.move(key, State.CONFORMED)
    close_target(shop.ledger, target.ident)
    return made


def orders_of(target: Target, ledger: Ledger) -> dict[str, Order]:
    """The orders of ``target`` by key, as they are asked for of its file: all their spans count its frames.

    Raises ``OrderError`` where nobody knows which of its frames those are.
    """
    orders = {key: ledger.order_in(key, target.media.fingerprint) for part in target.parts for key in part.orders}
    for order in orders.values():
        if order.spec.media.fingerprint != target.media.fingerprint:
            raise OrderError(
                f"order {order.short} was made for {order.spec.media.path.name}; which frames of this file it is for"
                " is not known",
                where=str(target.media.path),
                fix="run the cut that plays this file",
            )
    return orders


def picks_of(part: TargetPart, orders: dict[str, Order]) -> list[Pick]:
    """The verified results for a region, in the order in which they were asked for."""
    return [(key, r.number) for key in part.orders for r in orders[key].results if r.state == "verified"]


def make(
    target: Target,
    parts: list[TargetPart],
    picks: tuple[Pick, ...],
    orders: dict[str, Order],
    shop: Workshop,
    progress: Progress | None = None,
) -> TakeFile:
    """Makes one take of ``target``: ``picks`` for ``parts``, in their order."""
    mark = f"{target.kind}:{target.media.fingerprint}:{parts[0].mark}"
    ident = take_ident(target, picks)
    # Stopped dead between the file and the ledger, it is written once more in the same place.
    version, path = name_of(shop.ledger, ident) or _named(target, parts[0], ident, mark, orders[picks[0][0]], shop)
    maker = _sound if target.kind == "sound" else _picture
    spec = maker(target, parts, picks, orders, path, shop, progress)
    take = TakeFile(ident, target.ident, version, path, "made", spec)
    add_take(shop.ledger, take, mark)
    return take


def make_again(take: TakeFile, shop: Workshop, progress: Progress | None = None) -> TakeFile:
    """Makes a take whose file is gone as it was made at first: the same frames, under its own name, in its own state.

    Raises a ``RetakeError`` where its media or a result is gone as well.
    """
    made_for = find_target(shop.ledger, take.target)
    if made_for is None:
        raise RetakeError("nothing is known of what it was made for", where=str(take.path), fix="drop it")
    orders = orders_of(made_for, shop.ledger)
    parts = [next(part for part in made_for.parts if key in part.orders) for key, _ in take.spec.picks]
    for key, number in take.spec.picks:
        _, result = _result(orders[key], number, shop)
        if not result.is_file():
            raise RetakeError("its result is gone too", where=str(result), fix="bring it back from a copy")
    maker = _sound if take.spec.kind == "sound" else _picture
    again = replace(take, spec=maker(made_for, parts, take.spec.picks, orders, take.path, shop, progress))
    renew_take(shop.ledger, again)
    return again


def _named(target: Target, part: TargetPart, ident: str, mark: str, first: Order, shop: Workshop) -> tuple[int, Path]:
    """The next version of a mark's takes whose name is free, and its file; kept before anything is written there."""
    ledger = shop.ledger
    # What was asked in other words before is counted on from: its takes stand beside these.
    alike = [take for take in takes(ledger) if (take.spec.kind == "sound") == (target.kind == "sound")]
    before = max((take.version for take in alike if take.spec.picks[0][0] in part.orders), default=0)
    version = max(next_version(ledger, mark), before + 1)
    ending = ".wav" if target.kind == "sound" else ".mov"

    def place(number: int) -> Path:
        return shop.project.take(f"{first.spec.stem}_rtk{first.short}_v{number:03}{ending}")

    while not is_free(ledger, place(version)):
        version += 1
    will_make(ledger, ident, version, place(version))
    return version, place(version)


def _picture(
    target: Target,
    parts: list[TargetPart],
    picks: tuple[Pick, ...],
    orders: dict[str, Order],
    path: Path,
    shop: Workshop,
    progress: Progress | None,
) -> TakeSpec:
    facts = shop.same(target.media, target.written)
    pieces: list[Part] = []
    notes: list[str] = []
    for part, (key, number) in zip(parts, picks, strict=True):
        order = orders[key]
        verdict, result = _result(order, number, shop)
        changed = changed_by(order, verdict)
        if changed != order.spec.spans.changed:
            notes.append(f"the service changed {changed}, not {order.spec.spans.changed}")
        replaced = part.replaced(changed)
        correct = target.color_match and verdict.correct
        pieces.append(
            Part(
                replaced=replaced,
                result=result,
                spans=order.spec.spans,
                fit=order.spec.fit,
                offset=verdict.offset,
                rate=verdict.rate,
                phase=verdict.phase,
                gains=verdict.gains if correct else None,
                offsets=verdict.offsets,
            )
        )
        notes += [f"{check.name}: {check.value}" for check in verdict.warnings]
    reel = f", source reel {facts.reel}" if facts.reel else ""
    comment = f"otio-retake take of orders {' '.join(key[:7] for key, _ in picks)}{reel}"
    pieces = _apart(pieces)
    made = conform(
        facts,
        target.span,
        pieces,
        path,
        codec=target.codec,
        native=target.native,
        comment=comment,
        progress=progress,
    )
    return TakeSpec(
        kind=target.kind,
        picks=picks,
        span=made.span,
        needed=target.needed,
        fingerprint=facts.fingerprint,
        sha256=made.sha256,
        timecode=made.timecode,
        codec=made.codec,
        rate=facts.video.rate,
        replaced=tuple(piece.replaced for piece in pieces),
        made_as=made_as(target),
        notes=tuple(notes),
        about=about(picks, orders, [piece.replaced for piece in pieces], made.sha256),
    )


def changed_by(order: Order, verdict: Verdict) -> Span:
    """What a result really changed, in source frames: as planned, or more where more was measured."""
    spans = order.spec.spans
    planned = spans.changed
    if verdict.changed is None:
        return planned
    measured = verdict.changed.shift(spans.pull.first - spans.pad_head).cut(spans.pull)
    return Span(
        measured.first if planned.first - measured.first >= LEAST_BEYOND else planned.first,
        measured.end if measured.end - planned.end >= LEAST_BEYOND else planned.end,
    )


def _apart(pieces: list[Part]) -> list[Part]:
    """Neighbours that would overlap meet halfway between their regions."""
    ordered = sorted(pieces, key=lambda piece: piece.spans.region)
    for k in range(len(ordered) - 1):
        here, there = ordered[k], ordered[k + 1]
        if here.replaced.end > there.replaced.first:
            middle = (here.spans.region.end + there.spans.region.first) // 2
            at = min(max(middle, there.replaced.first), here.replaced.end)
            ordered[k] = replace(here, replaced=Span(here.replaced.first, at))
            ordered[k + 1] = replace(there, replaced=Span(at, there.replaced.end))
    return ordered


def _sound(
    target: Target,
    parts: list[TargetPart],
    picks: tuple[Pick, ...],
    orders: dict[str, Order],
    path: Path,
    shop: Workshop,
    progress: Progress | None,
) -> TakeSpec:
    part, (key, number) = parts[0], picks[0]
    order = orders[key]
    verdict, result = _result(order, number, shop)
    source = order.spec.sound
    assert source is not None, "a plan without sound to replace is refused"
    facts = shop.facts(order)
    own = source.facts.path == order.spec.media.path
    source = replace(source, facts=facts if own else shop.same(source.facts, str(source.facts.path)))
    replaced = part.replaced(order.spec.spans.changed)
    offset = verdict.offset if verdict.rate == 1 else 0
    piece = SoundPart(replaced, result, order.spec.spans, offset, verdict.lag or 0)
    made = conform_sound(source, facts.video.rate, target.span, piece, path)
    if progress:
        progress(1, 1)
    clock = source.facts.picture.start if source.facts.picture else Fraction(0)
    return TakeSpec(
        kind="sound",
        picks=picks,
        span=target.span,
        needed=target.needed,
        fingerprint=facts.fingerprint,
        sha256=made.sha256,
        timecode="",
        codec="PCM 24 bit",
        rate=facts.video.rate,
        replaced=(replaced,),
        made_as=made_as(target),
        first_sample=made.first,
        samples=made.count,
        sound_rate=made.rate,
        since_midnight=source.facts.start_seconds - clock + Fraction(made.first, made.rate),
        about=about(picks, orders, [replaced], made.sha256),
    )


def _result(order: Order, number: int, shop: Workshop) -> tuple[Verdict, Path]:
    result = next(r for r in order.results if r.number == number)
    return VERDICT.validate_json(result.verdict), shop.project.load(result.path)


def about(picks: tuple[Pick, ...], orders: dict[str, Order], replaced: list[Span], sha256: str) -> dict[str, Any]:
    """What stands in a timeline's metadata about a take: every order inside it, traceable."""
    inside = []
    for (key, number), span in zip(picks, replaced, strict=True):
        spec, last = orders[key].spec, orders[key].attempt
        result = next(r for r in orders[key].results if r.number == number)
        billed = last.billed if last is not None and last.billed is not None else spec.cost
        inside.append(
            {
                "order": key,
                "result": number,
                "service": spec.service,
                "model": spec.model,
                "mode": spec.mode,
                "prompt": spec.prompt,
                "mark": spec.mark_id,
                "region": [spec.region.first, spec.region.end],
                "window": [spec.spans.window.first, spec.spans.window.end],
                "replaced": [span.first, span.end],
                "verdict": VERDICT.validate_json(result.verdict).certainty,
                "cost": str(billed),
                "currency": spec.currency,
            }
        )
    generation = max(orders[key].spec.generation for key, _ in picks)
    return {"sha256": sha256, "generation": generation, "orders": inside}
