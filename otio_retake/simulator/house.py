"""What the five services of one simulator share: its settings, the files, the jobs, the faults, and the kiln."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..errors import SettingsError
from .captured import Captured
from .faults import MEDIA, SERVICES, Faults, parse_rule, read_script
from .files import Files
from .jobs import Job, Jobs
from .kiln import Kiln

EXACT = "exact"
"""The switch for pictures that come back as they should."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a simulator behaves. ``concurrency`` None is what each service documents, ``media`` are lasting faults."""

    latency: float = 0.0
    concurrency: int | None = None
    media: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    script: Path | None = None
    canned: Path | None = None


def media_switches(text: str) -> tuple[str, ...]:
    """The switches in ``exact``, ``int-fps,section`` and the like. Raises ``SettingsError``."""
    names = tuple(word for word in text.replace(",", " ").split() if word != EXACT)
    for name in names:
        if name not in MEDIA:
            raise SettingsError(
                f"there is no way of coming back called {name!r}",
                where="--media",
                fix=f"known are {EXACT}, {', '.join(MEDIA)}",
            )
    return names


MOST_SECONDS = 86_400
"""A job that takes longer than a day is no test."""


def seconds(value: object) -> float:
    """How long a job takes. Raises ``SettingsError`` for what is no length of time."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_SECONDS:
        raise SettingsError(
            f"{value!r} is no length of time", where="latency", fix=f"write seconds, 0 to {MOST_SECONDS}"
        )
    return float(value)


def places(value: object) -> int | None:
    """How many jobs run at once; None, also for 0, is what each service documents. Raises ``SettingsError``."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise SettingsError(
            f"{value!r} is no number of jobs", where="concurrency", fix="write 0 for as documented, or 1 and more"
        )
    return value or None


def _check_movie(path: Path) -> None:
    """Raises ``SettingsError`` for a file that no job could be answered with."""
    from ..media.cell import demuxer_of

    if not path.is_file():
        raise SettingsError("there is no such file", where=str(path), fix="check --canned")
    try:
        known = demuxer_of(path)
    except OSError:
        known = None
    if known is None:
        raise SettingsError("this is no movie", where=str(path), fix="give --canned an MP4, MOV or WebM")


@dataclass
class House:
    """One simulator's state. It lives on the event loop; files and kiln alone are used from threads."""

    options: Options
    folder: Path
    places: Mapping[str, int | None]
    """How many jobs each service documents to run at once."""
    files: Files = field(init=False)
    kiln: Kiln = field(init=False)
    jobs: dict[str, Jobs] = field(default_factory=dict)
    faults: Faults = field(init=False)
    captured: Captured = field(default_factory=Captured)

    def __post_init__(self) -> None:
        seconds(self.options.latency)
        places(self.options.concurrency)
        if self.options.canned is not None:
            _check_movie(self.options.canned)
        self.files = Files(self.folder / "files")
        self.kiln = Kiln(self.folder / "results", self.options.canned)
        self.reset()

    def reset(self) -> None:
        """Everything as it was at the start: no jobs, no bill, no uploads, the faults of the command line."""
        for job in self.accepted():
            # Whoever waits for one is told that it is over.
            self.jobs[job.service].cancel(job)
        options = self.options
        self.faults = Faults(
            [parse_rule(text) for text in options.faults], read_script(options.script) if options.script else []
        )
        self.jobs = {name: self._jobs_of(name) for name in SERVICES}
        self.captured.clear()
        self.files.clear()

    def _jobs_of(self, service: str) -> Jobs:
        return Jobs(
            service,
            latency=lambda: self.options.latency,
            places=lambda: self.options.concurrency or self.places.get(service),
            begin=lambda job: self.kiln.begin(job, self.options.media),
        )

    def change(self, **options: Any) -> None:
        """Changes latency, concurrency or media while it runs."""
        self.options = replace(self.options, **options)

    def add_rules(self, texts: Iterable[str]) -> None:
        """Adds faults. Raises ``SettingsError`` and adds none where one of them is not known."""
        self.faults.rules += [parse_rule(text, "the control address") for text in texts]

    def lift(self, name: str | None) -> None:
        """Takes faults back: those of one name, or all that are set. Those in prompts stay."""
        self.faults.rules = [rule for rule in self.faults.rules if name is not None and rule.fault.name != name]

    def advance(self) -> None:
        """Lets time pass for all jobs."""
        for jobs in self.jobs.values():
            jobs.advance()

    def accepted(self) -> list[Job]:
        """Every job, oldest first."""
        return sorted((job for jobs in self.jobs.values() for job in jobs.by_id.values()), key=lambda j: j.accepted_at)

    def bill(self) -> dict[str, Any]:
        """What was accepted, what of it is charged, and the sum."""
        entries = [job.entry() for job in self.accepted()]
        charged = [entry for entry in entries if entry["charged"]]
        return {
            "bill": charged,
            "free": [entry for entry in entries if not entry["charged"]],
            "total": str(sum((Decimal(str(entry["amount"])) for entry in charged), Decimal(0))),
        }
