"""Colour and flags of an item or an entry of the pool."""

from __future__ import annotations

from .base import CLIP_COLORS, MARKER_COLORS, Api, Refused, color_of, numbered


class ColorsApi(Api):
    """The calls that both have."""

    def AddFlag(self, color) -> bool:
        color_of(color, MARKER_COLORS)
        if color not in self.it.flags:
            self.it.flags.append(color)
        return True

    def GetFlagList(self) -> list:
        return list(self.it.flags)

    def GetFlags(self) -> dict:
        return numbered(self.it.flags)

    def ClearFlags(self, color) -> bool:
        going = [flag for flag in self.it.flags if color in ("All", flag)]
        if not going:
            raise Refused("no such flag")
        self.it.flags = [flag for flag in self.it.flags if flag not in going]
        return True

    def GetClipColor(self) -> str:
        return self.it.color

    def SetClipColor(self, colorName) -> bool:
        """A generator says True and keeps nothing. fact: clip-colours."""
        color_of(colorName, CLIP_COLORS)
        if getattr(self.it, "kind", "") != "generator":
            self.it.color = colorName
        return True

    def ClearClipColor(self) -> bool:
        self.it.color = ""
        return True
