"""A Fusion composition of an item."""

from __future__ import annotations

from dataclasses import dataclass

from ..state import Item
from .base import Api


@dataclass(frozen=True, slots=True)
class Composition:
    """One composition, by its name."""

    item: Item
    name: str

    @property
    def gone(self) -> bool:
        return self.item.gone or self.name not in self.item.compositions


class CompositionApi(Api):
    """What is in it is not modelled."""
