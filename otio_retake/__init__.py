"""Marked regions of a cut go to a retake service and come back as alternate takes.

    from pathlib import Path
    from otio_retake import find_marks, open_cut, resolve

    cut = open_cut(Path("cut.otio"))
    requests = resolve(cut.view, find_marks(cut.view))

The way through the package: `open_cut`, `find_marks`, `resolve`, `make_plan`, then `otio_retake.admission` and
`otio_retake.steps`. Names are loaded when they are first used, so that the command line starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__
from .errors import Problem, RetakeError

if TYPE_CHECKING:
    from .capabilities import Capabilities
    from .cuts import Cut, open_cut
    from .marks import find_marks
    from .plan import Planner, make_plan
    from .planned import Plan
    from .requests import RetakeRequest, resolve
    from .settings import Settings
    from .spans import Span

_HOMES = {
    "Capabilities": "capabilities",
    "Cut": "cuts",
    "Plan": "planned",
    "Planner": "plan",
    "RetakeRequest": "requests",
    "Settings": "settings",
    "Span": "spans",
    "find_marks": "marks",
    "make_plan": "plan",
    "open_cut": "cuts",
    "resolve": "requests",
}

__all__ = [
    "Capabilities",
    "Cut",
    "Plan",
    "Planner",
    "Problem",
    "RetakeError",
    "RetakeRequest",
    "Settings",
    "Span",
    "__version__",
    "find_marks",
    "make_plan",
    "open_cut",
    "resolve",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
