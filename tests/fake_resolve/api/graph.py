"""An item's grade. A grade is a list of its nodes' labels, enough to see whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from ..state import Item
from .base import Api, Refused, whole


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes of an item."""

    item: Item

    @property
    def gone(self) -> bool:
        return self.item.gone


class GraphApi(Api):
    """Its nodes can be counted and read."""

    def GetNumNodes(self) -> int:
        return self.n(len(self.it.item.grade))

    def GetNodeLabel(self, nodeIndex) -> str:
        number = whole(nodeIndex)
        if not 1 <= number <= len(self.it.item.grade):
            raise Refused("no such node")
        return self.it.item.grade[number - 1]
