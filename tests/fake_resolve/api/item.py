"""An item of a timeline."""

from __future__ import annotations

from typing import Any

from ..profiles import since
from ..state import Item, Timeline
from .base import BadArguments, Refused, members, text, whole
from .colors import ColorsApi
from .composition import Composition
from .graph import Graph
from .markers import MarkersApi
from .reach import ReachApi
from .takes import TakesApi

CDL = {"NodeIndex", "Slope", "Offset", "Power", "Saturation"}


class TimelineItemApi(ReachApi, TakesApi, MarkersApi, ColorsApi):
    """What an item is and how it looks; where it lies and its takes are next door."""

    it: Item

    @property
    def timeline(self) -> Timeline | None:
        return self.project.timeline_of(self.it)

    def GetName(self) -> str:
        return self.it.shown_name

    @since(20, 2)
    def SetName(self, name) -> bool:
        """fact: item-set-name-20-2."""
        self.it.name = text(name)
        return True

    def GetUniqueId(self) -> str:
        """fact: item-ids-stable, item-ids-doubted."""
        return self.it.uid if self.knobs.item_ids == "stable" else self.world.uid()

    def GetMediaPoolItem(self):
        """fact: items-without-media."""
        return self.it.media

    @since(21, 1)
    def GetType(self) -> str:
        """fact: additions-21-1."""
        return self.it.kind

    @since(19)
    def GetTrackTypeAndIndex(self) -> list:
        """fact: item-getters-19-0."""
        timeline = self.timeline
        place = timeline.track_of(self.it) if timeline else None
        if place is None:
            raise Refused("the item is on no track")
        return [place[0], self.n(place[1])]

    @since(19)
    def GetLinkedItems(self) -> list:
        """fact: item-getters-19-0."""
        timeline = self.timeline
        if timeline is None or not self.it.link:
            return []
        return [other for other in timeline.items() if other.link == self.it.link and other is not self.it]

    def GetClipEnabled(self) -> bool:
        return self.it.enabled

    def SetClipEnabled(self, Bool) -> bool:
        if not isinstance(Bool, bool):
            raise BadArguments("not a bool")
        self.it.enabled = Bool
        return True

    def GetProperty(self, propertyKey=None):
        """A transition has none. fact: transitions-listed."""
        values: dict[str, Any] = {} if self.it.kind == "transition" else self.it.properties
        if propertyKey is None:
            return dict(values)
        if text(propertyKey) not in values:
            raise Refused(f"no property {propertyKey!r}")
        return values[propertyKey]

    def SetProperty(self, propertyKey, propertyValue) -> bool:
        """fact: properties-no-speed."""
        if text(propertyKey) not in self.it.properties or self.it.kind == "transition":
            raise Refused(f"no property {propertyKey!r}")
        self.it.properties[propertyKey] = propertyValue
        return True

    @since(21, 1)
    def GetProperties(self) -> dict:
        return dict(self.it.properties)

    @since(21, 1)
    def SetProperties(self, properties) -> bool:
        if not isinstance(properties, dict) or not set(properties) <= set(self.it.properties):
            raise Refused("not all are properties")
        self.it.properties.update(properties)
        return True

    @since(21, 1)
    def GetSpeed(self) -> dict:
        """fact: no-speed-getter-before-21-1."""
        return {"Percentage": float(self.it.speed * 100)}

    @since(21, 1)
    def GetFades(self) -> dict:
        return {"FadeIn": self.it.fades[0], "FadeOut": self.it.fades[1]}

    @since(19)
    def GetNodeGraph(self, layerIdx=None):
        return Graph(self.it)

    def GetNumNodes(self) -> int:
        return self.n(len(self.it.grade))

    def SetCDL(self, cdlMap) -> bool:
        """fact: take-settings-of-clip."""
        if not isinstance(cdlMap, dict) or set(cdlMap) != CDL:
            raise BadArguments(f"not a map of {sorted(CDL)}")
        number = str(cdlMap["NodeIndex"])
        if number not in map(str, range(1, len(self.it.grade) + 1)):
            raise Refused(f"no node {number}")
        self.it.corrections[int(number)] = {key: value for key, value in cdlMap.items() if key != "NodeIndex"}
        return True

    def CopyGrades(self, tgtTimelineItems) -> bool:
        """The grade of each target is wholly replaced. fact: copy-grades-wholesale."""
        for target in members(tgtTimelineItems, Item):
            target.grade, target.corrections = list(self.it.grade), dict(self.it.corrections)
        return True

    def GetCurrentVersion(self) -> dict:
        return {"versionName": "Version 1", "versionType": self.n(0)}

    def GetVersionNameList(self, versionType) -> list:
        return ["Version 1"] if whole(versionType) == 0 else []

    def AddFusionComp(self):
        """fact: take-settings-of-clip."""
        name = f"Composition {len(self.it.compositions) + 1}"
        self.it.compositions.append(name)
        return Composition(self.it, name)

    def GetFusionCompCount(self) -> int:
        return self.n(len(self.it.compositions))

    def GetFusionCompNameList(self) -> list:
        return list(self.it.compositions)
