"""Versions and editions of Resolve, and what each of them has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Profile:
    """One Resolve as a script meets it."""

    name: str
    version: tuple[int, int, int]
    studio: bool

    @property
    def product(self) -> str:
        """fact: product-name."""
        return "DaVinci Resolve Studio" if self.studio else "DaVinci Resolve"

    @property
    def menu_python(self) -> bool:
        """fact: free-21-1-no-python."""
        return self.studio or self.version < (21, 1, 0)

    @property
    def external(self) -> bool:
        """fact: external-studio-only."""
        return self.studio

    @property
    def ui_manager(self) -> bool:
        """fact: uimanager-studio-only."""
        return self.studio or self.version < (19, 1, 0)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("18.6 Studio", (18, 6, 6), True),
        Profile("19.0 free", (19, 0, 3), False),
        Profile("19.1 free", (19, 1, 3), False),
        Profile("20.3 Studio", (20, 3, 2), True),
        Profile("21.0.4 free", (21, 0, 4), False),
        Profile("21.0.4 Studio", (21, 0, 4), True),
        Profile("21.1 Studio", (21, 1, 0), True),
        Profile("21.1 free", (21, 1, 0), False),
    )
}


def since(*version: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a call that older versions do not have."""
    least = (*version, 0, 0, 0)[:3]

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.since = least
        return function

    return mark


def has(profile: Profile, function: Callable[..., Any]) -> bool:
    """Whether this version has the call."""
    return profile.version >= getattr(function, "since", (0, 0, 0))
