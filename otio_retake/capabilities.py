"""What a retake service can do, as data: limits in frames and in seconds, grid, padding, prices.

The figures come from the services' own pages as read in August to October 2026; each says what is documented and
what is a guard of ours. ``padding`` is what a service is known to change beyond the snapped window; ``doubt`` is how
much further it might reach without saying so, which costs context but changes no prediction.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_UP, Decimal
from fractions import Fraction
from typing import Literal

from .errors import SettingsError
from .providers.parameters import option_names
from .rates import least_body

HOUR, DAY = 3600, 86_400

Mode = Literal["video", "audio", "both"]
MODES: tuple[Mode, ...] = ("video", "audio", "both")


@dataclass(frozen=True, slots=True)
class Grid:
    """Frames that a service can only change together: the first ``lead`` alone, then groups of ``step``."""

    step: int = 1
    lead: int = 0

    def snap(self, first: int, end: int, count: int) -> tuple[int, int]:
        """The frames ``[first, end)`` of a pull of ``count`` frames, widened to whole groups.

        For LTX (lead 1, step 8): 8*floor((s-1)/8)+1, or 0 where s < 1, to 8*ceil((e-1)/8) inclusive.
        """
        start = (first - self.lead) // self.step * self.step + self.lead
        stop = -((self.lead - end) // self.step) * self.step + self.lead
        return max(start, 0), min(stop, count)


LTX_GRID = Grid(step=8, lead=1)
"""LTX's latent frames: frame 0 alone, then 1-8, 9-16, ... (open pipeline; the hosted services are not documented)."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a second costs, of what, and when that was read."""

    per_second: Decimal
    basis: Literal["pull", "window"] = "pull"
    currency: str = "USD"
    read_on: str = ""
    note: str = ""

    def of(self, frames: int, base: int) -> Decimal:
        """The cost of ``frames`` at ``base`` frames a second, rounded up to a hundredth of a cent."""
        exact = Fraction(frames, base) * Fraction(self.per_second)
        return Decimal(math.ceil(exact * 10_000)) / 10_000


FREE = Price(Decimal(0), note="nothing leaves this machine")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One model of one service. Lengths are of the pull as it is sent, at its whole frame rate."""

    service: str
    model: str
    modes: tuple[Mode, ...] = MODES
    grid: Grid = Grid()
    padding: int = 0
    doubt: int = 0
    window_least_ms: int = 0
    window_most_ms: int | None = None
    start_most_ms: int | None = None
    pull_least_frames: int = 1
    pull_least_ms: int = 0
    pull_most_frames: int | None = None
    pull_most_ms: int | None = None
    whole_seconds: bool = False
    most_bytes: int | None = None
    canvas: tuple[int, int] = (1920, 1080)
    prompt_required: bool = False
    prompt_most: int | None = None
    price: Price = FREE
    concurrency: int = 2
    result_life: str = ""
    job_most_seconds: int = DAY
    """How long a run waits for one job, from its submit: far beyond what any takes, so that none is left too early."""

    options: frozenset[str] = field(default_factory=frozenset)
    results_option: str = ""
    """The option that asks for several results of one job, each at the full price; empty where there is none."""

    @property
    def paid(self) -> bool:
        """Whether a submit can cost money."""
        return self.price.per_second > 0

    def least_window(self, base: int) -> int:
        """The fewest frames a window may have at ``base`` frames a second."""
        if self.whole_seconds:
            return max(math.ceil(Fraction(self.window_least_ms * base, 1000)), 1)
        return least_body(self.window_least_ms, base)

    def most_window(self, base: int) -> int | None:
        """The most frames a window may have; None where only the pull's length limits it."""
        if self.window_most_ms is None:
            return None
        return math.floor(Fraction(self.window_most_ms * base, 1000))

    def least_pull(self, base: int) -> int:
        """The fewest frames a pull may have."""
        return max(self.pull_least_frames, math.ceil(Fraction(self.pull_least_ms * base, 1000)), 1)

    def most_pull(self, base: int) -> int | None:
        """The most frames a pull may have; None where there is no limit."""
        limits = []
        if self.pull_most_frames is not None:
            limits.append(self.pull_most_frames)
        if self.pull_most_ms is not None:
            limits.append(math.floor(Fraction(self.pull_most_ms * base, 1000)))
        return min(limits) if limits else None

    def cost(self, pull_frames: int, window_frames: int, base: int, options: Iterable[tuple[str, str]] = ()) -> Decimal:
        """What one job is expected to cost, with all the results that ``options`` ask for."""
        each = self.price.of(pull_frames if self.price.basis == "pull" else window_frames, base)
        try:
            # As the service's own model reads it: "+4" and "4.0" are four.
            asked = int(Decimal(dict(options).get(self.results_option, "1")))
        except ArithmeticError:
            asked = 1
        return each * max(asked, 1)


def money(amount: Decimal, currency: str = "USD") -> str:
    """An amount for people: dollars with cents, more places only where they matter."""
    cents = amount.quantize(Decimal("0.01"), rounding=ROUND_UP)
    text = f"{cents if cents == amount else amount.normalize():f}"
    return f"${text}" if currency == "USD" else f"{text} {currency}"


# --- the services ---------------------------------------------------------------------------------------------------

# Every one of them serves an LTX retake model, so they share the model's limits: at least 73 frames (documented as
# "around 3 seconds"), a window of at least 2 s, at most 20 s and 505 frames (a guard: the hosted upper limit is no
# longer stated), frame groups of 8, and perhaps half a second of unannounced blending, which is the doubt.
_LTX = Capabilities(
    service="",
    model="",
    grid=LTX_GRID,
    doubt=12,
    window_least_ms=2000,
    pull_least_frames=73,
    pull_least_ms=3000,
    pull_most_frames=505,
    pull_most_ms=20_000,
    most_bytes=100_000_000,
    price=Price(Decimal("0.10"), read_on="2026-10"),
)


def _ltx(service: str, model: str, **differences: object) -> Capabilities:
    return replace(_LTX, service=service, model=model, **differences)  # type: ignore[arg-type]


_SERVICES: dict[str, Capabilities] = {
    "rehearsal": Capabilities(service="rehearsal", model="slate", concurrency=2),
    # Jobs take minutes. A job and its result are forgotten 24 h after its end by LTX, 1 h after its submit by Segmind.
    "ltx": _ltx("ltx", "ltx-2-3-pro", prompt_most=5000, result_life="24 h", job_most_seconds=12 * HOUR),
    "fal": _ltx(
        "fal",
        "fal-ai/ltx-2.3/retake-video",
        prompt_required=True,
        window_most_ms=20_000,
        start_most_ms=20_000,
        result_life="as set on upload",
    ),
    "segmind": _ltx(
        "segmind",
        "ltx-retake-video",
        result_life="1 h after submit",
        job_most_seconds=6 * HOUR,
        price=Price(Decimal("0.10"), read_on="2026-08", note="billed by the run, about $0.79 on average"),
    ),
    "gmi": _ltx(
        "gmi",
        "ltx-2-pro-retake",
        most_bytes=32_000_000,
        price=Price(Decimal("0.10"), read_on="2026-08", note="not published; LTX's own price is assumed"),
    ),
    "runware": _ltx(
        "runware",
        "lightricks:3@1",
        whole_seconds=True,
        prompt_required=True,
        prompt_most=5000,
        result_life="as asked by ttl",
        results_option="number_results",
    ),
}

SERVICES: Mapping[str, Capabilities] = {
    name: replace(known, options=option_names(name)) for name, known in _SERVICES.items()
}
"""What each service that this program knows can do, for `--rehearse` and for the service's own module."""


def capabilities_of(service: str) -> Capabilities:
    """The capabilities of ``service``. Raises ``SettingsError`` naming the nearest known service."""
    import difflib

    known = SERVICES.get(service)
    if known is None:
        near = difflib.get_close_matches(service, SERVICES, 1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(SERVICES)}"
        raise SettingsError(f"there is no service called {service!r}", where=f"service {service}", fix=hint)
    return known
