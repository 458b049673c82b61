"""What all calls share: refusing, numbers and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..fake import FakeResolve
    from ..knobs import Knobs
    from ..state import Project, Timeline, World

MARKER_COLORS = [
    "Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia", "Rose", "Lavender", "Sky", "Mint", "Lemon",
    "Sand", "Cocoa", "Cream",
]  # fmt: skip
"""fact: marker-colours, flags-marker-colours."""

CLIP_COLORS = [
    "Orange", "Apricot", "Yellow", "Lime", "Olive", "Green", "Teal", "Navy", "Blue", "Purple", "Violet", "Pink", "Tan",
    "Beige", "Brown", "Chocolate",
]  # fmt: skip
"""fact: clip-colours."""


class Refused(Exception):
    """Resolve will not: the script gets ``None`` or ``False``. fact: failure-falsy."""


class BadArguments(Refused):
    """The script gave what the call cannot take. fact: wrong-arguments."""


class Api:
    """Calls on one thing, ``it``."""

    def __init__(self, fake: FakeResolve, it: Any):
        self.fake = fake
        self.it = it

    @property
    def knobs(self) -> Knobs:
        return self.fake.knobs

    @property
    def world(self) -> World:
        return self.fake.world

    @property
    def project(self) -> Project:
        if self.world.project is None:
            raise Refused("no project is open")
        return self.world.project

    def n(self, value: float) -> int | float:
        """A number as this version gives it. fact: numbers-as-float, numbers-int-21-1."""
        return float(value) if self.knobs.numbers == "float" else int(value)

    def current(self, timeline: Timeline | None) -> bool:
        return timeline is not None and self.project.current is timeline


def whole(value: Any) -> int:
    """A number of frames or an index: 24 and 24.0 alike."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadArguments(f"{value!r} is not a number")
    return round(value)


def text(value: Any) -> str:
    """A string, and nothing else."""
    if not isinstance(value, str):
        raise BadArguments(f"{value!r} is not a string")
    return value


def color_of(name: Any, known: list[str]) -> str:
    if name not in known:
        raise Refused(f"no colour {name!r}")
    return text(name)


def members(values: Any, kind: type) -> list[Any]:
    """A list of handles of one kind, every one alive."""
    if not isinstance(values, list) or not values or not all(isinstance(value, kind) for value in values):
        raise BadArguments(f"not a list of {kind.__name__}")
    return values


def numbered(values: list[Any]) -> dict[float, Any]:
    """A list as the deprecated calls give it. fact: deprecated-lists-as-dicts."""
    return {float(number): value for number, value in enumerate(values, 1)}
