"""The verdict on a result: numbers, each with what it may be and why, and one word for all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Literal

import numpy as np
from av.video.frame import VideoFrame

from ...capabilities import Mode
from ...spans import PullSpans, Span
from ..cell import Looked, looked_at
from ..facts import MediaFacts, read_facts
from ..frames import read_frames
from ..sound import PULL_RATE, own_sound, read_channels, resampled
from . import colour, seams
from .alignment import HALF, REFRAMED, Alignment, Certainty, align
from .change import Change, difference, measure_change
from .colour import ColourFit, fit_colour
from .lag import Lag, measure_lag
from .thumbnails import Floats, Thumbs, read_thumbnails, size_for, write_thumbnails

CheckLevel = Literal["pass", "warn", "reject", "none"]

SECONDS_A_FRAME = 2
"""What a child may take to read a result: half a minute, and two seconds a frame at the worst."""

_PART = 2 * PULL_RATE
"""Sound compared on each side: two seconds."""


@dataclass(frozen=True, slots=True)
class Check:
    """One measurement: its name, its value for people, what came of it, and the reason of its threshold."""

    name: str
    value: str
    level: CheckLevel
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one result.

    ``offset``, ``rate`` and ``phase`` map a frame of the pull to one of the result, which has ``length`` frames;
    ``changed`` is what was measured to have changed, in frames of the pull. ``gains`` and ``offsets`` undo a shift of
    Y, Cb, Cr; ``lag`` is how many samples at 48 kHz the sound is late, None where that cannot be told. A frame of the
    pull whose ``differences`` are above ``threshold`` changed; ``seams`` are (frame of the pull, jump, step, whether
    the source cuts there).
    """

    certainty: Certainty
    why: str
    offset: int
    rate: Fraction
    length: int
    width: int
    height: int
    changed: Span | None
    checks: tuple[Check, ...]
    gains: tuple[float, float, float]
    offsets: tuple[float, float, float]
    correct: bool
    lag: int | None
    sound_rate: int
    differences: tuple[float, ...] = ()
    phase: Fraction = HALF
    threshold: float = 0.0
    seams: tuple[tuple[int, float, float, bool], ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether it may not be placed."""
        return self.certainty == "contradicted" or any(check.level == "reject" for check in self.checks)

    @property
    def warnings(self) -> tuple[Check, ...]:
        """The checks that should be looked at."""
        return tuple(check for check in self.checks if check.level == "warn")

    def index(self, frame: int) -> int:
        """The result's frame for a frame of the pull."""
        return floor(frame * self.rate + self.phase) + self.offset


def verify(pull: Path, result: Path, spans: PullSpans, mode: Mode, *, margin: int = 12, slate: bool = False) -> Verdict:
    """Compares the file that came back with the pull. ``slate`` is whether it is one of ours, meant to be seen.

    Raises ``ResultUnusable`` where it cannot be read within bounds.
    """
    expected = spans.span_in_pull(spans.changed)
    with looked_at(result, expected=spans.count, seconds=30 + SECONDS_A_FRAME * spans.count) as looked:
        came = read_thumbnails(looked.thumbs, looked.thumb_size, min(looked.frames, spans.count + 24))
        sent = _sent_thumbnails(pull, spans.count, looked.thumbs.with_name("sent"))
        return _Court(pull, spans, mode, looked, sent, came, expected, margin, slate).verdict()


def _sent_thumbnails(pull: Path, count: int, path: Path) -> Thumbs:
    facts = read_facts(pull)
    size = size_for(facts.video.width, facts.video.height)
    write_thumbnails(_pictures(facts, count), size, path, count)
    return read_thumbnails(path, size, count)


def _pictures(facts: MediaFacts, count: int) -> Iterable[VideoFrame]:
    for _, frame in read_frames(facts, Span(0, count)):
        yield frame


class _Court:
    def __init__(
        self,
        pull: Path,
        spans: PullSpans,
        mode: Mode,
        looked: Looked,
        sent: Thumbs,
        came: Thumbs,
        expected: Span,
        margin: int,
        slate: bool,
    ) -> None:
        self._pull = pull
        self._spans = spans
        self._mode = mode
        self._looked = looked
        self._sent = sent
        self._came = came
        self._expected = expected
        self._margin = margin
        self._slate = slate
        self._checks: list[Check] = []
        self._measured: list[tuple[int, float, float, bool]] = []

    def verdict(self) -> Verdict:
        sent, came, looked = self._sent, self._came, self._looked
        shaped = sent.shape[2:] == came.shape[2:]
        if not shaped:
            self._say("picture", f"{looked.width}x{looked.height}", "reject", "it was turned on its side")
        # Where only sound is replaced the whole picture should have been kept.
        silent = Span(len(sent) // 2, len(sent) // 2)
        around = self._expected if self._mode != "audio" else silent
        real = Span(self._spans.pad_head, len(sent) - self._spans.pad_tail)
        found = (
            align(sent, came, around, real, sent_rate=Fraction(self._spans.base), came_rate=looked.rate)
            if shaped
            else _misshapen()
        )
        self._count(found)
        self._alignment(found)
        covered = self._covered(found)
        fit, change = ColourFit(why="not measured"), Change(None, 0.0, 0.0, (), 0.0)
        if found.certainty != "contradicted" and covered:
            fit = self._colour(found)
            change = self._change(found, fit)
            self._seams(found, fit)
        lag = self._sound(found)
        return Verdict(
            certainty=found.certainty if covered else "contradicted",
            why=found.why if covered else "the result lacks frames that were to be replaced",
            offset=found.offset,
            rate=found.rate,
            phase=found.phase,
            length=looked.frames,
            width=looked.width,
            height=looked.height,
            changed=change.span,
            checks=tuple(self._checks),
            gains=fit.gains,
            offsets=fit.offsets,
            correct=fit.usable,
            lag=lag,
            sound_rate=looked.sound_rate,
            differences=tuple(round(v, 3) for v in change.values),
            threshold=round(change.threshold, 3),
            seams=tuple(self._measured),
        )

    def _say(self, name: str, value: str, level: CheckLevel, reason: str) -> None:
        self._checks.append(Check(name, value, level, reason))

    # --- frames -----------------------------------------------------------------------------------------------------

    def _count(self, found: Alignment) -> None:
        looked, sent = self._looked.frames, self._spans.count
        more = f"{looked}+" if looked > sent + 24 else str(looked)
        value = f"{more} of {sent} frames at {float(self._looked.rate):.5g}"
        level: CheckLevel = "pass" if looked == sent else "warn"
        self._say("count", value, level, "frames are matched by index; the rate in the file does not matter")

    def _alignment(self, found: Alignment) -> None:
        levels: dict[Certainty, CheckLevel] = {
            "certain": "pass", "probable": "pass", "ambiguous": "warn", "contradicted": "reject",
        }  # fmt: skip
        sides = ", ".join(
            f"{name} {side.offset:+d} f (ratio {side.ratio:.2f})" if side.frames >= 6 else f"{name} no evidence"
            for name, side in (("head", found.head), ("tail", found.tail))
        )
        self._say("alignment", f"{found.certainty}: {sides}", levels[found.certainty], found.why)
        if found.reframed:
            score = max(found.head.score, found.tail.score)
            self._say("framing", f"score {score:.3f}", "warn", f"above {REFRAMED} the picture was cropped or moved")
        if found.rate != 1:
            ratio = f"{float(found.rate):.4f}"
            level: CheckLevel = "warn" if found.rate > 1 else "reject"
            self._say("resampled", ratio, level, "the service resampled in time: one frame is picked for each of ours")

    def _covered(self, found: Alignment) -> bool:
        """Whether the result has a frame for each one that is to be replaced."""
        if found.certainty == "contradicted":
            return True
        ends = (found.index(self._expected.first), found.index(self._expected.end - 1))
        whole = ends[0] >= 0 and ends[1] < self._looked.frames
        if not whole:
            self._say(
                "coverage", f"frames {ends[0]} to {ends[1]} of {self._looked.frames}", "reject", "frames are missing"
            )
        return whole

    def _pairs(self, found: Alignment, frames: Iterable[int]) -> list[tuple[int, int]]:
        """(frame of the pull, frame of the result) where both are there."""
        pairs = [(i, found.index(i)) for i in frames]
        return [(i, j) for i, j in pairs if 0 <= i < len(self._sent) and 0 <= j < len(self._came)]

    # --- picture ----------------------------------------------------------------------------------------------------

    def _colour(self, found: Alignment) -> ColourFit:
        """Measured on kept frames away from what may have changed, else on all that should be kept."""
        whole = range(len(self._sent))
        if self._mode == "audio":
            pairs = self._pairs(found, whole)
        else:
            pairs = self._pairs(found, (i for i in whole if i not in self._expected.widen(self._margin)))
            if len(pairs) < 6:
                pairs = self._pairs(found, (i for i in whole if i not in self._expected))
        if len(pairs) > 48:
            pairs = pairs[:: len(pairs) // 48 + 1]
        if not pairs:
            self._say("colour", "not measured", "none", "no kept frames to compare")
            return ColourFit(why="no kept frames to compare")
        fit = fit_colour(self._sent[[i for i, _ in pairs]], self._came[[j for _, j in pairs]])
        shift = max(fit.middle, 0.0)
        level: CheckLevel = "warn" if shift >= colour.REPORTED else "pass"
        undone = ", undone" if fit.usable else f" ({fit.why})" if fit.why and level == "warn" else ""
        reason = f"from {colour.REPORTED:g} code at mid grey; re-encoding alone stays below {colour.LEAST:g}"
        self._say("colour", f"{shift:.2f} codes, gain {fit.gains[0]:.3f}{undone}", level, reason)
        return fit

    def _change(self, found: Alignment, fit: ColourFit) -> Change:
        values: list[float | None] = [None] * len(self._sent)
        for i, j in self._pairs(found, range(len(self._sent))):
            values[i] = difference(self._sent[i], fit.apply(self._came[j : j + 1])[0])
        change = measure_change(values, self._expected, self._margin)
        reason = "kept frames' median and six deviations: fewer gave false ends, more lose ramps"
        if self._mode == "audio":
            level: CheckLevel = "pass" if change.span is None else "warn"
            self._say("picture kept", "yes" if level == "pass" else f"frames {change.span} differ", level, reason)
            return Change(None, change.times, change.part, change.values, change.threshold)
        if not change.threshold:
            self._say("changed", "not measured", "none", "there are no kept frames to compare with")
            return change
        if change.span is None:
            self._say("changed", "nothing", "warn", "no frame differs more than kept ones do: look at it")
            return change
        near = self._expected.widen(8 + self._margin)
        level = "pass" if near.holds(change.span) else "warn"
        value = f"{change.span}, asked {self._expected}; {change.times:.1f} times kept frames"
        self._say(
            "changed", value, level, reason if level == "pass" else "the service changed frames that it should keep"
        )
        return change

    def _seams(self, found: Alignment, fit: ColourFit) -> None:
        """Both edges of what changed, and of the mark where that is another place."""
        if self._mode == "audio":
            return
        region = self._spans.span_in_pull(self._spans.region)
        for name, span in (("", self._expected), ("mark ", region)):
            if name and span == self._expected:
                continue
            for edge, at in (("in", span.first), ("out", span.end)):
                seam = self._seam(found, fit, at, edge)
                if seam is not None:
                    self._measured.append((at, round(seam.jump, 3), round(seam.step, 3), seam.cut))
                    self._judge_seam(f"{name}seam {edge}", seam, hint=bool(name))

    def _seam(self, found: Alignment, fit: ColourFit, at: int, edge: str) -> seams.Seam | None:
        near = seams.NEIGHBOURS + 1
        before = self._pairs(found, range(max(at - near, 0), at))
        after = self._pairs(found, range(at, min(at + near, len(self._sent))))
        if len(before) < 2 or len(after) < 2:
            return None
        kept, new = (before, after) if edge == "in" else (after, before)
        ours = self._sent[[i for i, _ in kept]].astype(np.float32)
        theirs = fit.apply(self._came[[j for _, j in new]])
        source = self._sent[[i for i, _ in (*before, *after)]].astype(np.float32)
        first, second = (ours, theirs) if edge == "in" else (theirs, ours)
        return seams.measure_seam(first, second, source)

    def _judge_seam(self, name: str, seam: seams.Seam, *, hint: bool) -> None:
        value = f"jump {seam.jump:.2f}, step {seam.step:.1f}"
        if self._slate:
            self._say(name, value, "none", "a slate is meant to be seen")
        elif seam.cut:
            self._say(name, f"{value}, at a cut", "none", "the source itself cuts here")
        elif seam.jump > seams.HARD:
            reason = f"above {seams.HARD:g} lies every cut to another shot, right ones below 1.6"
            self._say(name, value, "none" if hint else "warn", reason)
        elif seam.jump > seams.WARN or seam.step > seams.STEP:
            reason = f"jump above {seams.WARN:g} or step above {seams.STEP:g} code"
            self._say(name, value, "none" if hint else "warn", reason)
        else:
            self._say(name, value, "pass", f"jump up to {seams.WARN:g}, step up to {seams.STEP:g} code")

    # --- sound ------------------------------------------------------------------------------------------------------

    def _sound(self, found: Alignment) -> int | None:
        """The lag of kept sound, where head and tail agree on it; 0 where there is nothing to tell it by."""
        looked = self._looked
        asked = self._mode != "video"
        if not looked.samples:
            level: CheckLevel = "reject" if asked else "none"
            self._say("sound", "none came back", level, "sound was asked for" if asked else "no sound was asked for")
            return None
        if found.certainty == "contradicted":
            return None
        sent = self._sent_sound()
        came = self._came_sound()
        head_end = -(-self._expected.first * PULL_RATE // self._spans.base)
        tail_first = -(-self._expected.end * PULL_RATE // self._spans.base)
        # Sound goes by time: a result that was resampled to another rate plays it where it was.
        shift = found.offset * PULL_RATE // self._spans.base if found.rate == 1 else 0
        if self._mode == "video":
            head_end, tail_first = len(sent), len(sent)
        head = _part(sent, came, max(head_end - _PART, 0), head_end, shift)
        tail = _part(sent, came, tail_first, min(tail_first + _PART, len(sent)), shift)
        sure = [lag for lag in (head, tail) if lag.says == "sure"]
        return self._judge_lag(sure, head, tail, asked)

    def _judge_lag(self, sure: list[Lag], head: Lag, tail: Lag, asked: bool) -> int | None:
        reason = "head and tail may differ by 48 samples, a millisecond: more is a cut or a drift"
        if len(sure) == 2 and abs(head.samples - tail.samples) > 48:
            value = f"head {head.samples:+d}, tail {tail.samples:+d} samples"
            self._say("sound", value, "reject" if asked else "warn", reason)
            return None
        if not sure:
            says = {head.says, tail.says} - {"none"}
            why = "silent" if says == {"silent"} else "nothing to tell it by"
            self._say("sound", f"lag not measured ({why})", "warn" if asked and says else "none", reason)
            return 0
        best = max(sure, key=lambda lag: lag.peak)
        level: CheckLevel = "warn" if abs(best.samples) > 48 and asked else "pass"
        self._say(
            "sound", f"{best.samples:+d} samples late, peak {best.peak:.2f}", level, "the lag is undone by conform"
        )
        return best.samples

    def _sent_sound(self) -> Floats:
        facts = read_facts(self._pull)
        source = own_sound(facts, facts.video)
        count = -(-self._spans.count * PULL_RATE // self._spans.base)
        if source is None:
            return np.zeros(count, np.float32)
        chunks = [chunk.mean(axis=0) for chunk in read_channels(source, 0, count)]
        return np.concatenate(chunks)

    def _came_sound(self) -> Floats:
        looked = self._looked
        raw = np.fromfile(looked.sound, np.float32).reshape(-1, 2).T
        count = round(Fraction(raw.shape[1] * PULL_RATE, looked.sound_rate))
        chunks = resampled(iter([raw]), Fraction(looked.sound_rate), Fraction(PULL_RATE), count)
        return np.concatenate([chunk.mean(axis=0) for chunk in chunks])


def _part(sent: Floats, came: Floats, first: int, end: int, shift: int) -> Lag:
    """The lag over ``[first, end)`` of what was sent, looked for where the picture's offset says it is."""
    at = max(first + shift, 0)
    return measure_lag(sent[at - shift : end], came[at : max(end + shift, at)])


def _misshapen() -> Alignment:
    from .alignment import Side

    return Alignment("contradicted", 0, Fraction(1), Side(0), Side(0), "the picture was turned on its side")
