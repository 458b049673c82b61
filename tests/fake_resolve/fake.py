"""The fake itself: a profile, knobs, what Resolve remembers, and the one door that every call goes through."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .api import above, composition, folder, graph, item, media, pool, project, timeline
from .api.base import Api, BadArguments, Refused
from .constants import constant
from .faults import Call, Faults
from .knobs import Knobs
from .profiles import PROFILES, Profile, has
from .proxy import PLAIN, Method, Proxy, inside, outside
from .setup import Setup
from .state import Folder, Item, Media, Project, Timeline, World


@dataclass(eq=False, frozen=True, slots=True)
class Handle:
    """What has no state of its own: Resolve, its project manager, Fusion, ``bmd``."""

    kind: str


APIS: dict[str, type[Api]] = {
    "Resolve": above.ResolveApi,
    "ProjectManager": above.ProjectManagerApi,
    "Fusion": above.FusionApi,
    "bmd": above.BmdApi,
    "Project": project.ProjectApi,
    "MediaPool": pool.MediaPoolApi,
    "Folder": folder.FolderApi,
    "MediaPoolItem": media.MediaPoolItemApi,
    "Timeline": timeline.TimelineApi,
    "TimelineItem": item.TimelineItemApi,
    "Graph": graph.GraphApi,
    "FusionComp": composition.CompositionApi,
}

KINDS: dict[type, str] = {
    Project: "Project",
    pool.Pool: "MediaPool",
    Folder: "Folder",
    Media: "MediaPoolItem",
    Timeline: "Timeline",
    Item: "TimelineItem",
    graph.Graph: "Graph",
    composition.Composition: "FusionComp",
}


@cache
def calls_of(profile: Profile, kind: str) -> dict[str, Any]:
    """The calls that a version's handles of one kind have."""
    found = inspect.getmembers(APIS[kind], inspect.isfunction)
    called = [(name, function) for name, function in found if name[0].isupper() or name == "scriptapp"]
    return {name: function for name, function in called if has(profile, function)}


@cache
def _parameters(function: Any) -> inspect.Signature:
    """The parameters that a script fills: all but ``self``."""
    signature = inspect.signature(function)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


class FakeResolve:
    """A Resolve of one version and edition.

    ``resolve`` is what a script holds. ``setup`` builds what the editor has. ``faults`` arms what goes wrong.
    ``log`` has every call. Knobs are those of ``Knobs``.
    """

    def __init__(self, profile: str = "21.0.4 Studio", world: World | None = None, **knobs: Any):
        self.profile = PROFILES[profile]
        self.knobs = Knobs(**knobs).for_profile(self.profile)
        self.world = world or World()
        self.faults = Faults()
        self.log: list[Call] = []
        self.session = 1
        self.saved: dict[str, bytes] = {}
        self.setup = Setup(self)
        if world is None:
            self.setup.project("Untitled Project")

    # --- ways in ------------------------------------------------------------------------------------------------------

    @property
    def resolve(self) -> Any:
        """A handle of Resolve, whatever the edition."""
        return Proxy(self, Handle("Resolve"))

    def menu(self) -> dict[str, Any] | None:
        """The globals of a script from the menu; ``None`` where no Python is listed. fact: free-21-1-no-python."""
        if not self.profile.menu_python:
            return None
        fusion = Proxy(self, Handle("Fusion"))
        return {"resolve": self.resolve, "fusion": fusion, "fu": fusion, "app": fusion, "bmd": self.handle("bmd")}

    def external(self) -> Any:
        """What ``scriptapp("Resolve")`` gives a script outside of Resolve. fact: external-studio-only."""
        return self.resolve if self.profile.external and not self.faults.vanished else None

    def handle(self, kind: str) -> Any:
        return Proxy(self, Handle(kind))

    def proxy(self, it: Any) -> Any:
        """A handle of anything that ``setup`` made."""
        return Proxy(self, it)

    # --- the door -----------------------------------------------------------------------------------------------------

    def kind(self, it: Any) -> str:
        return it.kind if isinstance(it, Handle) else KINDS[type(it)]

    def names(self, it: Any) -> list[str]:
        return sorted(calls_of(self.profile, self.kind(it)))

    def attribute(self, proxy: Proxy, name: str) -> Any:
        kind = self.kind(proxy._it)
        if self.faults.vanished and self.faults.gone_attributes:
            return None
        if name in calls_of(self.profile, kind):
            return Method(proxy, name)
        if kind == "Resolve":
            return constant(name, self.profile, self.knobs.numbers == "float")
        if kind == "Fusion" and name == "UIManager":
            return self._ui_manager()
        return None

    def _ui_manager(self) -> Any:
        """fact: uimanager-studio-only, free-popup-blocks."""
        if self.profile.ui_manager:
            return self.handle("bmd")
        self.faults.busy(self.knobs.popup_blocks)
        return None

    def alive(self, proxy: Proxy) -> bool:
        """Whether a handle still stands for something. fact: closed-project-dead-handles."""
        if proxy._session != self.session or getattr(proxy._it, "gone", False):
            return False
        if isinstance(proxy._it, Handle):
            return True
        project = proxy._project
        return project is not None and project is self.world.project and project.opened == proxy._opened

    def call(self, proxy: Proxy, name: str, args: tuple[Any, ...]) -> Any:
        """One call of a script: counted, logged, perhaps failed, answered."""
        kind = self.kind(proxy._it)
        function = calls_of(self.profile, kind)[name]
        fault = self.faults.next()
        entry = Call(self.faults.calls, kind, getattr(proxy._it, "uid", ""), name, tuple(map(told, args)), fault=fault)
        self.log.append(entry)
        if fault == "gone":
            if self.faults.gone_error is not None:
                raise self.faults.gone_error
            return None
        if fault == "killed before":
            self.faults.kill()
        answer = falsy(function)
        if fault != "busy":
            real = self._answered(entry, proxy, function, args)
            answer = answer if fault == "busy, done" else real
        entry.answer = told(answer)
        if self.faults.dying:
            entry.fault = "killed after"
            self.faults.kill()
        return answer

    def _answered(self, entry: Call, proxy: Proxy, function: Any, args: tuple[Any, ...]) -> Any:
        given = [inside(value, self.alive) for value in args]
        if not self.alive(proxy):
            entry.why = "the handle is dead"
            return None
        api = APIS[entry.on](self, proxy._it)
        try:
            try:
                _parameters(function).bind(*given)
            except TypeError as error:
                raise BadArguments(str(error)) from None
            return outside(self, function(api, *given))
        except Refused as refusal:
            entry.why = str(refusal)
            if isinstance(refusal, BadArguments) and self.knobs.raise_instead:
                raise TypeError(str(refusal)) from None
            return falsy(function)

    # --- a life longer than a script's --------------------------------------------------------------------------------

    def come_back(self, lose_unsaved: bool = False) -> Any:
        """Resolve is started again: old handles stay dead. fact: vanished-resolve.

        With ``lose_unsaved`` each project is as it was last saved.
        """
        self.faults.clear()
        self.session += 1
        if lose_unsaved:
            open_name = self.world.project.name if self.world.project else ""
            self.world.projects = [pickle.loads(kept) for kept in self.saved.values()]
            self.world.project = next((p for p in self.world.projects if p.name == open_name), None)
        return self.resolve

    def keep(self, project: Project) -> None:
        """Saves a project as Resolve does."""
        self.saved[project.uid] = pickle.dumps(project)

    def save(self, path: Path) -> None:
        """Writes all that Resolve remembers to a file."""
        path.write_bytes(pickle.dumps((self.profile.name, self.knobs, self.world, self.saved)))

    @classmethod
    def load(cls, path: Path) -> FakeResolve:
        """The Resolve that ``save`` wrote."""
        name, knobs, world, saved = pickle.loads(path.read_bytes())
        fake = cls(name, world=world)
        fake.knobs, fake.saved = knobs, saved
        return fake


@cache
def falsy(function: Any) -> Any:
    """What a call answers that failed: ``False`` where it says whether it worked. fact: failure-falsy."""
    return False if inspect.signature(function).return_annotation in (bool, "bool") else None


def told(value: Any) -> Any:
    """A value for the log: handles as kind and id."""
    if isinstance(value, Proxy):
        return f"<{value._fake.kind(value._it)} {getattr(value._it, 'name', '')}>"
    if isinstance(value, (list, tuple)):
        return [told(each) for each in value]
    if isinstance(value, dict):
        return {key: told(each) for key, each in value.items()}
    return value if type(value) in PLAIN else repr(value)
