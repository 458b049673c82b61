"""One cut at work: settings, the cut, its project, and the plan, whoever asks for them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from .bought import charges_elsewhere, without_bought
from .budget import Limits
from .capabilities import Capabilities
from .cuts import Cut, open_cut
from .cuts.marker_edl import with_markers
from .cuts.model import Marker, View
from .cuts.paths import Places
from .errors import CutError, Problem, ProjectError, RetakeError, SettingsError
from .ledger import Ledger
from .linking import linked, marked_spans, rate_of_media
from .markless import without_marks
from .marks import Marks, Vocabulary, find_marks
from .media.library import Library
from .originals import with_originals
from .plan import Planner, make_plan
from .plan_list import read_plan
from .planned import REHEARSAL, NoOrders, Override, Plan, PlanItem, doubts, with_orders
from .project import Project, find_project
from .providers.base import Providers
from .requests import Requests, resolve
from .settings import Resolved, Settings, load
from .steps.workshop import Reporter, Workshop
from .takes_store import takes, target
from .vocabulary import capabilities_from, unfit, vocabulary


@dataclass
class Session:
    """A cut and its settings; everything else is made when it is first asked for.

    ``heed`` hears what should be known and stands in nobody's way: a plug-in that does not fit, with what to do.
    """

    source: Path
    flags: dict[str, Any]
    again: bool | Collection[str] = False
    """Whether one more take is asked for: of every mark that is done, or of those with these ids."""
    reworded: Mapping[str, Override] = field(default_factory=dict)
    """What is changed of marks for this session alone; what the ledger holds of them does not count then."""
    rehearse: str = ""
    heed: Callable[[str, str], None] = lambda _what, _fix: None
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
        """The cut's own path; for a saved plan, where it was then, else beside the list."""
        if self.saved is None:
            return self.source
        beside = self.source.absolute().parent / self.saved.cut.name
        return beside if not self.saved.cut.exists() and beside.exists() else self.saved.cut

    @cached_property
    def cut(self) -> Cut:
        """The cut, read; for a plan that was saved, the very file that it was made from."""
        cut = open_cut(self.cut_path, self.settings.maps, edl_rate=self.settings.edl_rate)
        if cut.view.rate_guessed and (rate := rate_of_media(cut.view, self._library_of(cut))) is not None:
            cut = open_cut(self.cut_path, self.settings.maps, edl_rate=str(rate), edl_rate_why="as its media runs")
        # A cut's millions of small objects live as long as the command: no collection need look through them.
        gc.freeze()
        cut.keep_in(self.project.folder)
        if self.saved is not None and cut.sha256 != self.saved.cut_sha256:
            raise CutError(
                "the cut has changed since the list was written",
                where=f"{self.cut_path}, listed in {self.source}",
                fix="write the list anew with `otio-retake plan CUT --save LIST.json`; what was ordered is kept",
            )
        return cut

    @cached_property
    def view(self) -> View:
        """What the cut says, with the originals of takes that an editor has put in their place.

        A list of markers that belongs to it is joined to it, and marked clips that it names by timecode are linked.
        """
        return linked(self._marked, marked_spans(self._marked, self.marks.marks), self.library)

    @cached_property
    def _joined(self) -> View:
        """What the cut says, with the list of markers that belongs to it."""
        view = self.cut.view
        return with_markers(view, self.settings.markers) if self.settings.markers is not None else view

    @property
    def joined(self) -> tuple[Marker, ...]:
        """The markers of the list that belongs to the cut; they do not stand in its document."""
        return self._joined.markers[len(self.cut.view.markers) :]

    @cached_property
    def _marked(self) -> View:
        view = self._joined
        if not self.project.exists:
            return view
        ledger = self.ledger
        return with_originals(view, takes(ledger), lambda ident: target(ledger, ident))

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
        return self._library_of(self.cut)

    def _library_of(self, cut: Cut) -> Library:
        places = Places(cut.media_folder, self.settings.maps, self.settings.media_root)
        return Library(places, self.project.facts if self.project.exists else None)

    @property
    def ledger(self) -> Ledger:
        """The ledger; made where there is none."""
        if self._ledger is None:
            self._ledger = Ledger.open(self.project)
            if "library" in self.__dict__:
                self.library.cache = self.project.facts
        return self._ledger

    @property
    def existing(self) -> Ledger:
        """The ledger of a project that is there already. Raises ``ProjectError`` where nothing was ever ordered."""
        if not self.project.exists:
            raise ProjectError(
                "nothing was ordered for this cut yet",
                where=str(self.project.folder),
                fix="name the cut, or its project with --project",
            )
        return self.ledger

    def close(self) -> None:
        """Lets go of everything."""
        if self._ledger is not None:
            if "library" in self.__dict__:
                self.library.remember()
            self._ledger.close()
        self.providers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the way to the plan ----------------------------------------------------------------------------------------

    @cached_property
    def words(self) -> Vocabulary:
        """The order language with what services and plug-ins add to it."""
        for error in unfit(self.providers).values():
            self.heed(error.what, error.fix)
        return vocabulary(self.providers, self.settings.mark_color)

    @cached_property
    def marks(self) -> Marks:
        """What the editor wrote."""
        return find_marks(self._marked, self.words)

    @cached_property
    def requests(self) -> Requests:
        """What that asks for."""
        return resolve(self.view, self.marks)

    def capabilities(self, service: str, model: str) -> Capabilities:
        """What a service can do with ``model``, or its usual one: as is known of it, or as its plug-in says."""
        found = capabilities_from(self.providers, service)
        return replace(found, model=model) if model and service != REHEARSAL else found

    def check(self, service: str, model: str, options: tuple[tuple[str, str], ...]) -> str:
        """Raises ``SettingsError`` for a model or options that a service does not take; else what should be known.

        A rehearsal heeds none of them.
        """
        from .providers.parameters import PARAMETERS, check_model, parameters_for

        if service == REHEARSAL:
            return ""
        if service in PARAMETERS:
            parameters_for(service, options)
            return check_model(service, model)
        check = getattr(self.providers.get(service), "check_options", None) if service in Providers.names() else None
        if check is not None:
            try:
                check(options)
            except SettingsError:
                raise
            except Exception as error:
                raise SettingsError(
                    f"{Providers.origin(service)} cannot check its options ({type(error).__name__})",
                    where=f"service {service}",
                    fix="report it to whoever wrote it, or take the options out of the mark",
                ) from error
        elif options:
            raise SettingsError(
                f"{service} has no options of its own", where=f"option {options[0][0]}", fix="take it out of the mark"
            )
        return ""

    @property
    def overrides(self) -> Mapping[str, Override]:
        """What was changed of the marks by hand, by their ids."""
        return {**(self.ledger.overrides() if self.project.exists else {}), **self.reworded}

    @property
    def planner(self) -> Planner:
        """What a plan is made with, against what was ordered already and changed by hand."""
        known = self.ledger if self.project.exists else None
        return Planner(
            media=self.library,
            settings=self.settings,
            services=self.capabilities,
            overrides=self.overrides,
            known=known or NoOrders(),
            check=self.check,
            again=self.again,
            rehearse=self.rehearse,
        )

    def plan(self) -> Plan:
        """The plan, against what was ordered already, here and in the user's other projects."""
        if self.saved is not None:
            made = self._refreshed(self.saved)
        else:
            made = make_plan(self.view, self.requests, self.planner, self.marks.suspects)
            made = replace(made, problems=(*without_marks(self._marked, self.marks), *made.problems))
        charges = charges_elsewhere(self.ledger if self.project.exists else None)
        again = self.again if isinstance(self.again, bool) else frozenset(self.again)
        return without_bought(made, charges, self.project.folder, again=again, rehearses=self.rehearse)

    def _refreshed(self, plan: Plan) -> Plan:
        """A plan that was saved, at today's prices, against what has been ordered since.

        Whatever would be sent is checked as if it stood in a mark: a list may have been changed by hand.
        """
        items: list[PlanItem] = [replace(item, new=(), known=(), superseded=(), held=()) for item in plan.items]
        items = with_orders(items, self.ledger if self.project.exists else NoOrders(), again=self.again)
        kept, problems = [], [*plan.problems, *doubts(items)]
        for item in items:
            try:
                if item.to_send:
                    self.check(item.service, item.model, item.options)
                kept.append(replace(item, cost_each=self._cost(item)))
            except RetakeError as error:
                what = f"{error.what} (in {self.source.name})"
                problems.append(Problem(item.timecode, item.clip, what, error.fix, mark_id=item.mark_id))
        return replace(plan, items=tuple(kept), problems=tuple(problems))

    def _cost(self, item: PlanItem) -> Decimal:
        service, spans = self.capabilities(item.service, item.model), item.spans
        return service.cost(spans.count, spans.body, spans.base, item.options)

    def workshop(self, reporter: Reporter, budget: Decimal | None) -> Workshop:
        """The place where orders are carried out."""
        settings = self.settings
        limits = Limits(budget, settings.budget_project, settings.budget_day)
        find: Callable[[str], Path | None] = self.library.places.find
        return Workshop(
            self.project, self.ledger, self.providers, limits, find, reporter,
            strict=settings.strict, concurrency=settings.concurrency,
        )  # fmt: skip
