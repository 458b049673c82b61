"""In and out marks, of a timeline or an entry of the pool. They count from its start. fact: marks-relative."""

from __future__ import annotations

from ..profiles import since
from .base import Api, Refused, whole


class MarksApi(Api):
    """The calls that both have. fact: mark-in-out-19-1."""

    def _kinds(self, kind: str) -> tuple[str, ...]:
        if kind not in ("video", "audio", "all"):
            raise Refused(f"no marks of {kind!r}")
        return ("video", "audio") if kind == "all" else (kind,)

    @since(19, 1)
    def GetMarkInOut(self) -> dict:
        """Kinds that have none are absent. fact: marks-relative."""
        return {kind: {"in": self.n(i), "out": self.n(o)} for kind, (i, o) in self.it.marks.items()}

    @since(19, 1)
    def SetMarkInOut(self, mark_in, mark_out, type="all") -> bool:
        first, last = whole(mark_in), whole(mark_out)
        if first > last:
            raise Refused("in lies after out")
        self.it.marks.update(dict.fromkeys(self._kinds(type), (first, last)))
        return True

    @since(19, 1)
    def ClearMarkInOut(self, type="all") -> bool:
        for kind in self._kinds(type):
            self.it.marks.pop(kind, None)
        return True
