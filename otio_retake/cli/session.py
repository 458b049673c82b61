"""What a command works with: settings, the cut, its project, and the plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..budget import Limits
from ..capabilities import Capabilities, capabilities_of
from ..cuts import Cut, open_cut
from ..cuts.paths import Places
from ..errors import CutError, SettingsError
from ..ledger import Ledger
from ..marks import Marks, Vocabulary, find_marks
from ..media.library import Library
from ..plan import Planner, make_plan
from ..planned import NoOrders, Plan, refreshed
from ..project import Project, find_project
from ..providers.base import Providers
from ..requests import Requests, resolve
from ..settings import Resolved, Settings, load
from ..steps.workshop import Reporter, Workshop

PLAN = TypeAdapter(Plan)


@dataclass
class Session:
    """One command's cut and settings; everything else is made when it is first asked for."""

    source: Path
    flags: dict[str, Any]
    again: bool = False
    rehearse: str = ""
    _ledger: Ledger | None = field(default=None, repr=False)

    @cached_property
    def resolved(self) -> Resolved:
        """The settings, and where they come from."""
        return load(self.source.absolute().parent, self.flags)

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.resolved.settings

    @cached_property
    def saved(self) -> Plan | None:
        """The plan that was saved, where the source is one."""
        return read_plan(self.source) if self.source.suffix.lower() == ".json" else None

    @cached_property
    def cut_path(self) -> Path:
        """The cut's own path, also where the source is a saved plan."""
        return self.saved.cut if self.saved is not None else self.source

    @cached_property
    def cut(self) -> Cut:
        """The cut, read."""
        return open_cut(self.cut_path, self.settings.maps)

    @cached_property
    def project(self) -> Project:
        """The project folder of the cut."""
        return find_project(self.cut_path, self.settings.project)

    @cached_property
    def providers(self) -> Providers:
        """The services that are installed."""
        return Providers()

    @cached_property
    def library(self) -> Library:
        """The cut's media."""
        places = Places(self.cut_path.absolute().parent, self.settings.maps, self.settings.media_root)
        return Library(places, self.project.facts if self.project.exists else None)

    @property
    def ledger(self) -> Ledger:
        """The ledger; made where there is none."""
        if self._ledger is None:
            self._ledger = Ledger.open(self.project)
            self.library.cache = self.project.facts
        return self._ledger

    def close(self) -> None:
        """Lets go of everything."""
        if self._ledger is not None:
            self.library.remember()
            self._ledger.close()
        self.providers.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the way to the plan ----------------------------------------------------------------------------------------

    @cached_property
    def words(self) -> Vocabulary:
        """The order language with what services and plug-ins add to it."""
        from ..capabilities import SERVICES
        from ..marks import MARK_KEYS

        services = tuple(dict.fromkeys((*SERVICES, *self.providers.names())))
        keys = {key for name in self.providers.names() for key in self.providers.get(name).capabilities.options}
        return Vocabulary(services, (*MARK_KEYS, *sorted(keys)), self.settings.mark_color)

    @cached_property
    def marks(self) -> Marks:
        """What the editor wrote."""
        return find_marks(self.cut.view, self.words)

    @cached_property
    def requests(self) -> Requests:
        """What that asks for."""
        return resolve(self.cut.view, self.marks)

    def capabilities(self, service: str, model: str) -> Capabilities:
        """What a service can do: as its provider says, else as is known of it."""
        if service in self.providers.names():
            return self.providers.get(service).capabilities
        return capabilities_of(service)

    def plan(self) -> Plan:
        """The plan, against what was ordered already."""
        if self.saved is not None:
            return refreshed(self.saved, self.ledger, again=self.again) if self.project.exists else self.saved
        known = self.ledger if self.project.exists else None
        planner = Planner(
            media=self.library,
            settings=self.settings,
            services=self.capabilities,
            overrides=known.overrides() if known else {},
            known=known or NoOrders(),
            again=self.again,
            rehearse=self.rehearse,
        )
        return make_plan(self.cut.view, self.requests, planner, self.marks.suspects)

    def workshop(self, reporter: Reporter, budget: Decimal | None) -> Workshop:
        """The place where orders are carried out."""
        settings = self.settings
        limits = Limits(budget, settings.budget_project, settings.budget_day)
        find: Callable[[str], Path | None] = self.library.places.find
        return Workshop(self.project, self.ledger, self.providers, limits, find, reporter, strict=settings.strict)


def read_plan(path: Path) -> Plan:
    """A plan that was saved. Raises ``CutError`` where it is none."""
    try:
        return PLAN.validate_json(path.read_bytes())
    except OSError as error:
        raise CutError(
            f"the list cannot be read: {(error.strerror or '').lower()}", where=str(path), fix="check it"
        ) from None
    except ValidationError:
        raise CutError(
            "this is no list of retakes that this version knows",
            where=str(path),
            fix="write it again with `otio-retake plan CUT --save LIST.json`",
        ) from None


def amount(text: str | None) -> Decimal | None:
    """An amount of money that somebody typed. Raises ``SettingsError``."""
    if text is None:
        return None
    try:
        value = Decimal(text.lstrip("$"))
    except InvalidOperation:
        raise SettingsError(
            f"{text!r} is no amount of money", where="--budget", fix="write 12.50, for example"
        ) from None
    if not value.is_finite() or value < 0:
        raise SettingsError(f"{text!r} is no amount of money", where="--budget", fix="write 12.50, for example")
    return value
