"""Everything that can go wrong, as one tree.

    RetakeError
    ├── CutError            a cut file cannot be read, understood or written
    ├── MediaError          a media file cannot be used
    │   ├── MediaOffline        it is not where the cut says
    │   ├── MediaUnreadable     it is there, but damaged or not a movie
    │   ├── MediaUnsupported    it is sound, but of a kind that is refused
    │   └── ResultUnread        a result could not be looked at on this machine; it may well be good
    ├── SettingsError       a setting, option or override is not valid
    ├── ProjectError        the project folder or its ledger cannot be used
    │   ├── ProjectTooNew       it was written by a newer version
    │   └── ProjectBusy         another process holds it
    ├── PlanRefused         the plan has problems, so nothing was sent
    ├── NotConfirmed        nobody accepted the plan, so nothing was sent
    ├── BudgetExceeded      the plan costs more than the budget leaves
    │   └── AlreadyBought       this very order was paid for before
    ├── OrderError          an order cannot do what was asked of it in its state
    │   └── JobTaken            the service's job belongs to another order
    └── ServiceError        a retake service said no, or said nothing
        ├── ServiceRefused      known not accepted: a new attempt may follow
        ├── OutcomeUnknown      it may have been accepted: nobody may send it again
        ├── JobFailed           accepted, then failed; perhaps charged
        ├── ResultExpired       finished, but no longer to be had
        ├── ResultUnusable      what came back is not a movie within bounds
        └── ServiceTrouble      a read or an upload failed; it may be tried again

Each message says what is wrong, where (file, clip, timecode) and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class RetakeError(Exception):
    """Base of all errors that a user can meet."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.fix:
            lines.append(f"  to do: {self.fix}")
        return "\n".join(lines)


class CutError(RetakeError):
    """A cut file cannot be read, understood or written."""


class MediaError(RetakeError):
    """A media file cannot be used."""


class MediaOffline(MediaError):
    """The media is not where the cut says it is. ``places`` are the paths that were looked at, a line each."""

    def __init__(self, what: str, *, where: str = "", fix: str = "", places: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.places = places


class MediaUnreadable(MediaError):
    """The media is there, but it is damaged or not a movie."""


class MediaUnsupported(MediaError):
    """The media is sound, but of a kind that is refused."""


class ResultUnread(MediaError):
    """A result could not be looked at, for a reason of this machine: it may well be good, so nothing is said of it."""

    exit_code = 1


class SettingsError(RetakeError):
    """A setting, an option in a mark, or an override is not valid."""


class ProjectError(RetakeError):
    """The project folder or its ledger cannot be used."""


class ProjectTooNew(ProjectError):
    """The project folder was written by a newer version of this program."""


class ProjectBusy(ProjectError):
    """Another process holds the project and did not let go in time."""


class PlanRefused(RetakeError):
    """The plan has problems, so nothing was sent."""


class NotConfirmed(RetakeError):
    """Nobody accepted the plan, so nothing was sent."""

    exit_code = 3


class BudgetExceeded(RetakeError):
    """The plan costs more than the budget leaves, so nothing more was sent."""

    exit_code = 3


class AlreadyBought(BudgetExceeded):
    """The very order was paid for before, so it was not sent again; the budget is not the matter."""


class OrderError(RetakeError):
    """An order cannot do what was asked of it in the state that it is in."""


class JobTaken(OrderError):
    """The job that a service named for an order is known as another order's."""


class ServiceError(RetakeError):
    """A retake service said no, or said nothing."""

    exit_code = 1


class ServiceRefused(ServiceError):
    """The service is known not to have accepted a submit; a new attempt may follow."""

    def __init__(self, what: str, *, kind: str, where: str = "", fix: str = "", retry_after: int | None = None) -> None:
        super().__init__(what, where=where, fix=fix)
        self.kind = kind
        self.retry_after = retry_after


class OutcomeUnknown(ServiceError):
    """A submit may have been accepted: it must not be sent again until somebody knows."""


class JobFailed(ServiceError):
    """The service accepted a job and then failed it."""

    def __init__(self, what: str, *, kind: str, charged: bool | None, where: str = "", fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.kind = kind
        self.charged = charged


class ResultExpired(ServiceError):
    """The service finished the job, but its result can no longer be fetched."""


class ResultUnusable(ServiceError):
    """What the service sent back is not a movie within the bounds set for it."""


class ServiceTrouble(ServiceError):
    """A read or an upload failed in a way that may pass; it costs nothing to try again.

    ``passing`` is False where the service did answer, but not what was asked: the next answer may well be the same.
    """

    def __init__(
        self, what: str, *, where: str = "", fix: str = "", retry_after: int | None = None, passing: bool = True
    ) -> None:
        super().__init__(what, where=where, fix=fix)
        self.retry_after = retry_after
        self.passing = passing


Level = Literal["problem", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of the list of what stands in the way, or should be known.

    ``timecode`` is where it is in the cut, ``clip`` what it is about. A ``problem`` keeps its request from being
    ordered; a ``warning`` does not; a ``note`` merely explains a decision.
    """

    timecode: str
    clip: str
    what: str
    fix: str
    level: Level = "problem"
    mark_id: str = ""
    places: str = ""
    """Paths that this is about, a line each: for the screen of whoever asks, and for nothing that is handed on."""

    @property
    def blocks(self) -> bool:
        """Whether the request that this row is about can be ordered."""
        return self.level == "problem"
