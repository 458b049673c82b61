"""Requests, facts and capabilities become a plan: what would be sent, what comes of it, what it costs.

A plan is pure: it reads, and spends nothing. All problems of a cut stand in it together. What a person accepts is its
digest; a plan that changed has another.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from .capabilities import Capabilities, Mode, money
from .cuts.laying import covered, lay
from .cuts.model import Address, Clip, Media, View
from .cuts.paths import file_name
from .errors import Level, MediaError, MediaOffline, Problem, RetakeError
from .listening import sound_of
from .marks import MARK_KEYS
from .media.facts import MediaFacts
from .media.fit import Fit, fit
from .media.library import Found
from .media.sound import SoundSource
from .planned import AGAIN, REHEARSAL, KnownOrders, NoOrders, Override, Plan, PlanItem, doubts, with_orders
from .rates import nominal, timecode
from .requests import Requests, RetakeRequest
from .resemblance import compare, said_of
from .settings import Settings
from .sources import SourceMap, source_map
from .spans import CannotSend, PullSpans, Span, solve, usual_context

NEAR = 1
"""Frames by which a clip may reach past its media before that is a problem: editors round up."""


class MediaSource(Protocol):
    """Where facts come from: `media.library.Library`, or what a test makes up."""

    def facts(self, written: str) -> MediaFacts:
        """The facts of the media that a cut's path means, or a ``MediaError``."""

    def found(self, written: str, fits: Callable[[MediaFacts], bool]) -> Found:
        """The same with how it was found; among files of one name it is the one that ``fits``."""

    def progressive(self, facts: MediaFacts) -> bool:
        """Whether a file that is flagged as fields holds whole pictures."""


@dataclass(frozen=True)
class Planner:
    """What `make_plan` needs beside the requests."""

    media: MediaSource
    settings: Settings
    services: Callable[[str, str], Capabilities]
    overrides: Mapping[str, Override] = field(default_factory=dict)
    known: KnownOrders = field(default_factory=NoOrders)
    check: Callable[[str, str, tuple[tuple[str, str], ...]], str] = lambda _service, _model, _options: ""
    """Raises ``SettingsError`` for a model or options that a service does not take; else what should be known."""
    again: bool | Collection[str] = False
    """Whether one more take is to be ordered of what is done: of all marks, or of those with these ids."""
    rehearse: str = ""
    """Plan as for this service, but send nothing to it."""


def make_plan(view: View, requests: Requests, planner: Planner, suspects: tuple[Problem, ...] = ()) -> Plan:
    """The plan for ``requests``, with every problem of the cut in the order of its timecode."""
    items: list[PlanItem] = []
    problems = list(requests.problems)
    for request in requests.requests:
        override = planner.overrides.get(request.mark_id, Override())
        if override.skip:
            problems.append(_row(request, "skipped by hand", "take the skip back to order it", "note"))
            continue
        work = _Item(view, request, planner, override)
        item = work.make()
        problems += work.rows
        if item is not None:
            items.append(item)
    items, clashes = _apart(items)
    problems += clashes
    items = with_orders(items, planner.known, again=planner.again, overridden=planner.overrides)
    problems += doubts(items)
    items, uncertain = _certain(items, requests)
    problems += uncertain
    order = {"problem": 0, "warning": 1, "note": 2}
    problems.sort(key=lambda row: (row.timecode, order[row.level]))
    currency = next((item.currency for item in items), "USD")
    return Plan(view.path, view.rate, tuple(items), tuple(problems), suspects, currency)


def _certain(items: list[PlanItem], requests: Requests) -> tuple[list[PlanItem], list[Problem]]:
    """``items`` without what would be ordered anew by a marker of which nobody knows what it covers; what exists stays.

    What was ordered for it already is shown and placed as ever: nothing is paid for by that.
    """
    doubtful = {r.mark_id: (r, marker) for r in requests.requests if (marker := r.doubtful) is not None}
    kept, rows = [], []
    for item in items:
        if item.new and item.mark_id in doubtful:
            request, marker = doubtful[item.mark_id]
            rows.append(_row(request, marker.doubt, marker.fix))
            if not (item.known or item.earlier):
                continue
            item = replace(item, new=())
        kept.append(item)
    return kept, rows


def _row(request: RetakeRequest, what: str, fix: str, level: Level = "problem", places: str = "") -> Problem:
    return Problem(request.timecode, request.clip.name, what, fix, level, request.mark_id, places)


def _apart(items: list[PlanItem]) -> tuple[list[PlanItem], list[Problem]]:
    """Requests whose regions do not overlap on their clip, and a problem for each pair that does."""
    kept: list[PlanItem] = []
    by_clip: dict[Address, list[PlanItem]] = {}
    rows: list[Problem] = []
    for item in items:
        there = by_clip.setdefault(item.address, [])
        other = next((k for k in there if len(k.region.cut(item.region))), None)
        if other is None:
            kept.append(item)
            there.append(item)
            continue
        what = f"the mark overlaps the one at {other.timecode} on the same clip"
        rows.append(
            Problem(item.timecode, item.clip, what, "part them, or run one after the other", mark_id=item.mark_id)
        )
    return kept, rows


class _Item:
    """Works out one request. Everything that is wrong with it is collected, not just the first."""

    def __init__(self, view: View, request: RetakeRequest, planner: Planner, override: Override) -> None:
        self.view = view
        self.request = request
        self.planner = planner
        self.override = override
        self.rows: list[Problem] = []
        self.remarks: list[str] = []
        mark, settings = request.mark, planner.settings
        self.prompt = mark.prompt if override.prompt is None else override.prompt
        self.mode: Mode = override.mode or mark.mode or settings.mode
        self.takes = override.takes or mark.takes or settings.takes
        self.color = mark.key("color") or settings.color
        self.seam = mark.key("seam") or settings.seam
        self.size = mark.key("size") or settings.size
        self.handles = int(mark.key("handles") or settings.handles)
        context = mark.key("context")
        said = int(context) if context is not None else settings.context
        self.context = said if override.context is None else override.context

    def wrong(self, what: str, fix: str, level: Level = "problem", places: str = "") -> None:
        self.rows.append(_row(self.request, what, fix, level, places))

    @property
    def blocked(self) -> bool:
        return any(row.blocks for row in self.rows)

    def make(self) -> PlanItem | None:
        """The item; None where something blocks it."""
        service = self._service()
        found = self._source()
        if found is None or service is None:
            return None
        media, mapped = found
        picture = mapped.facts.video
        self._refusals(mapped.facts)
        if self.request.clip.speed.refused:
            # Which frames are seen is not known: that others lie outside the media would lead astray.
            return None
        region, shown, needed = self._spans(mapped)
        if region is None:
            return None
        answer = solve(region, picture.frames, nominal(picture.rate), service, context=self.context)
        if isinstance(answer, CannotSend):
            labels = ", ".join(self._label(mapped, frame) for frame in answer.split)
            self.wrong(answer.what, f"{answer.fix}{' at ' + labels if labels else ''}")
            return None
        try:
            sound = sound_of(self.request, mapped, self.planner.media, self._sound_wish(), self.mode)
        except MediaError as error:
            self._unusable(error)
            return None
        self.remarks += sound.remarks
        place = fit(picture, service.canvas)
        self._remark(mapped, answer, place, service)
        if self.mode != "audio" and not self.request.clip.beside and self.request.clip.laid_by_time:
            self._check_laid(mapped, answer, region, shown)
        if self.blocked:
            return None
        return self._item(media, mapped, service, answer, place, sound.source, region, shown, needed)

    def _item(
        self,
        media: Media,
        mapped: SourceMap,
        service: Capabilities,
        spans: PullSpans,
        place: Fit,
        sound: SoundSource | None,
        region: Span,
        shown: Span,
        needed: Span,
    ) -> PlanItem:
        request, mark = self.request, self.request.mark
        base_digest = _base_digest(request, self.prompt, self.mode)
        digest = f"{base_digest}{AGAIN}" if mark.again else base_digest
        price = service.cost(spans.count, spans.body, spans.base, self._options(service))
        return PlanItem(
            mark_id=request.mark_id,
            digest=digest,
            base_digest=base_digest,
            timecode=request.timecode,
            record=(Fraction(request.record[0]), Fraction(request.record[1])),
            address=request.clip.address,
            clip=request.clip.name,
            media=mapped.facts,
            written=media.url,
            clock=mapped.rate,
            zero=mapped.zero,
            scale=mapped.scale,
            region=region,
            shown=shown,
            needed=needed,
            replaced=self._replaced(spans, region, shown),
            spans=spans,
            fit=place,
            sound=sound,
            mode=self.mode,
            service=REHEARSAL if self.planner.rehearse else service.service,
            model=service.model,
            prompt=self.prompt,
            takes=self.takes,
            options=self._options(service),
            color=self.color,
            seam=self.seam,
            size=self.size,
            handles=self.handles,
            cost_each=Decimal(0) if self.planner.rehearse else price,
            currency=service.price.currency,
            generation=1 + int(media.ours.get("generation", 1)) if media.ours else 1,
            new=(),
            known=(),
            remarks=tuple(self.remarks),
            context=usual_context(service) if self.context is None else self.context,
            above=bool(self.planner.settings.editor) or not request.clip.beside,
            asked_service=self.override.service or mark.service,
            asked_model=mark.key("model") or "",
            rehearses=self.planner.rehearse,
            would_each=price if self.planner.rehearse else Decimal(0),
        )

    # --- what goes in -----------------------------------------------------------------------------------------------

    def _service(self) -> Capabilities | None:
        mark, planner = self.request.mark, self.planner
        name = planner.rehearse or self.override.service or mark.service or planner.settings.service
        model = mark.key("model") or (planner.settings.model if name == planner.settings.service else "")
        try:
            service = planner.services(name, model)
        except RetakeError as error:
            self.wrong(error.what, error.fix)
            return None
        if self.mode not in service.modes:
            self.wrong(
                f"{name} cannot replace {self.mode}", f"choose from {', '.join(service.modes)}, or another service"
            )
        try:
            doubt = planner.check(name, service.model, self._options(service))
        except RetakeError as error:
            self.wrong(error.what, error.fix)
        else:
            if doubt:
                self.wrong(doubt, "name another with model=, or try one order first", "warning")
        if service.prompt_required and not self.prompt:
            self.wrong(f"{name} needs a prompt", "write it after RETAKE: or into the marker's note")
        elif service.paid and not self.prompt.strip():
            self.wrong("the prompt is empty", f"write what should happen, unless {name} shall decide", "warning")
        if service.prompt_most is not None and len(self.prompt) > service.prompt_most:
            self.wrong(
                f"the prompt has {len(self.prompt)} characters; {name} takes {service.prompt_most}", "shorten it"
            )
        return service

    def _options(self, service: Capabilities) -> tuple[tuple[str, str], ...]:
        """The mark's options that are the service's own."""
        ours = [key for key, _ in self.request.mark.keys if key in MARK_KEYS]
        return tuple((k, v) for k, v in self.request.mark.keys if k in service.options or k not in ours)

    def _source(self) -> tuple[Media, SourceMap] | None:
        """The media to be sent and how the cut counts it: the original, or a take where the mark says ``from=``."""
        clip = self.request.clip
        media = clip.media
        wanted = self.request.mark.key("from")
        if wanted:
            media = next((take for take in clip.takes if take.key in (wanted, f"retake.{wanted}")), clip.media)
            if media is clip.media:
                names = ", ".join(take.key.removeprefix("retake.") for take in clip.takes) or "none"
                self.wrong(f"the clip has no take {wanted!r}", f"its takes are: {names}")
            else:
                self.wrong(
                    "a take is the source: colour and detail suffer with each generation",
                    "use the original unless this take is what you want to go on from",
                    "problem" if self.planner.settings.strict else "warning",
                )
        if refused := cannot_serve(clip, media):
            self.wrong(*refused)
        elif clip.speed.ask and not self.request.mark.key("speed"):
            self.wrong(
                clip.speed.ask, "write speed=normal into the mark where the clip is neither retimed nor reversed"
            )
        if media.kind != "file":
            return None
        try:
            found = self.planner.media.found(media.url, lambda facts: not compare(media, facts, clip.rate).against)
            for saying in said_of(media, found, clip.rate):
                self.wrong(*saying)
            if found.by_name and compare(media, found.facts, clip.rate).against:
                return None
            mapped = source_map(clip, media, found.facts)
        except MediaError as error:
            self._unusable(error)
            return None
        for remark in mapped.remarks:
            self.wrong(remark, "check that the first frame is right", "warning")
        return media, mapped

    def _unusable(self, error: MediaError) -> None:
        """What is wrong with a file, by its name; where it was looked for, for the screen."""
        where = f" ({file_name(error.where) or error.where})" if error.where else ""
        self.wrong(f"{error.what}{where}", error.fix, places=error.places if isinstance(error, MediaOffline) else "")

    def _refusals(self, facts: MediaFacts) -> None:
        """What is not served yet, or not without a word from the editor."""
        picture = facts.video
        if picture.fields and not self.planner.media.progressive(facts):
            self.wrong("the media is interlaced", "de-interlace it, or mark a progressive copy")
        kind = picture.colour.kind
        if kind in ("709",) or self.color == "passthrough" or (kind == "unknown" and self.color == "709"):
            return
        if kind == "unknown":
            self.wrong("the media does not say its colour", "write color=709 if it is Rec.709, else color=passthrough")
        else:
            self.wrong(
                f"the media is {picture.colour}, not Rec.709",
                "write color=passthrough to send its values as they are, or mark a Rec.709 copy",
            )

    def _spans(self, mapped: SourceMap) -> tuple[Span | None, Span, Span]:
        """Region, what the clip shows and what the cut needs of it, within the media."""
        clip, media = self.request.clip, Span(0, mapped.facts.video.frames)
        asked, shown = mapped.span(self.request.region), mapped.span(clip.shown)
        needed = mapped.span(clip.needed)
        region = asked.cut(media)
        over = max(asked.end - media.end, media.first - asked.first, 0)
        if not len(region) or over > NEAR:
            length = mapped.facts.video.frames
            self.wrong(
                f"the clip uses frames {asked.first} to {asked.end - 1} of a file that has {length}",
                "relink it to the right media, or mend its in point",
            )
            return None, shown, needed
        if over:
            self.wrong("the clip reaches a frame past its media", "nothing: the frame is left out", "warning")
        return region, shown.cut(media), needed.cut(media)

    def _replaced(self, spans: PullSpans, region: Span, shown: Span) -> Span:
        """What a take shows of what comes back."""
        return region if self.seam == "mark" else spans.changed.cut(shown.join(region))

    def _check_laid(self, mapped: SourceMap, spans: PullSpans, region: Span, shown: Span) -> None:
        """Refuses a take that its editor could never lay above the clip, before anything is paid for it."""
        clip, picture = self.request.clip, mapped.facts.video
        replaced = self._replaced(spans, region, shown)
        file = spans.changed.join(region).widen(self.handles).cut(Span(0, picture.frames))
        scale = clip.source.exact_rate / mapped.rate
        record = covered(clip, *(mapped.position(frame) * scale for frame in (replaced.first, replaced.end)))

        def at(frame: int) -> Fraction:
            return mapped.frames(clip.source_of(frame, frame))[0] - file.first

        within = math.ceil(clip.visible[0]), math.floor(clip.visible[1])
        if record[0] < record[1] and lay(record, within, at, len(file), picture.rate / self.view.rate) is None:
            length = record[1] - record[0]
            self.wrong(
                f"its media runs at another rate, and no whole number of its frames lasts {length} frames there",
                "trim the clip by a frame, or render it in place, and mark what comes of it",
            )

    def _sound_wish(self) -> str:
        return self.request.mark.key("sound") or self.planner.settings.sound

    def _label(self, mapped: SourceMap, frame: int) -> str:
        """The record timecode of a source frame."""
        unit = self.request.clip.source.exact_rate
        position = mapped.position(frame) * unit / mapped.rate
        return self.view.timecode(self.request.clip.record_of(position))

    # --- what should be known ---------------------------------------------------------------------------------------

    def _remark(self, mapped: SourceMap, spans: PullSpans, place: Fit, service: Capabilities) -> None:
        clip, facts = self.request.clip, mapped.facts
        picture = facts.video
        say = self.remarks.append
        if self.request.through:
            self.wrong(f"looked through: {', '.join(self.request.through)}", "nothing", "note")
        # Media of 23.976 in a cut at 24 plays frame for frame: that is no speed.
        if clip.speed.scalar != 1 and clip.speed.scalar * clip.source.exact_rate != clip.rate:
            say(f"the clip runs at {float(clip.speed.scalar * 100):g} %; source frames are sent")
        if clip.speed.warning:
            self.wrong(clip.speed.warning, "look at the take in the cut", "warning")
        if picture.variable:
            say(f"uneven frame rate: pull and take run evenly at {float(picture.rate):.5g}")
        if not facts.timecode:
            say(f"the media has no timecode; takes count from {timecode(0, picture.rate)}")
        if spans.pad_head or spans.pad_tail:
            held = spans.pad_head + spans.pad_tail
            say(f"the media is short: {held} frames are held to fill what the service needs, and cut off again")
        result_lines = max(service.canvas) if place.height > place.width else min(service.canvas)
        if place.upright[1] > result_lines:
            say(f"a {result_lines}-line result in a {place.upright[1]}-line take")
        if self.planner.rehearse and service.paid:
            each = service.cost(spans.count, spans.body, spans.base, self._options(service))
            say(f"rehearsed: {service.service} would take {money(each, service.price.currency)} for each take")
        if place.bars:
            say(f"sent with bars in {place.width}x{place.height}; they are cut off again")


_NO_MOVIE = {
    "sequence": "the media is an image sequence; those are not taken yet",
    "generator": "the clip is a generator: there is no media to retake",
    "missing": "the clip's media is missing: the cut names no file",
    "unknown": "the clip has no media of its own",
}


def cannot_serve(clip: Clip, media: Media) -> tuple[str, str] | None:
    """Why no retake can be made of ``clip`` playing ``media``, whatever its file holds, and what to do; else None."""
    if clip.speed.refused:
        return clip.speed.refused, clip.speed.fix or "render it in place, or mark the clip where it runs straight"
    if media.kind in _NO_MOVIE:
        return _NO_MOVIE[media.kind], "relink it, or render it as a movie and link that"
    return None


_NOT_IN_WORDS = frozenset({"speed", "handles", "seam", "size", "model"})
"""Keys that ask a service for nothing else: what an editor says of the clip's speed, and how takes are made of what
comes back. A model is compared with the order's own, as a service is."""


def _base_digest(request: RetakeRequest, prompt: str, mode: Mode) -> str:
    """Text and options of a mark, as far as they make another order: not how many takes, not whether again, not of
    whom.
    """
    mark = request.mark
    keys = tuple(pair for pair in mark.keys if pair[0] not in _NOT_IN_WORDS)
    # Where the service once stood is nothing now, so that most digests in older ledgers are still found.
    parts = (prompt, mode, "", str(mark.one_frame), repr(keys))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
