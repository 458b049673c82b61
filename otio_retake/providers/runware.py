"""Runware: https://runware.ai/docs (model lightricks:3@1; task polling, task details, media storage, errors).

Everything is a POST of an array of tasks to one address; an answer has ``data``, ``errors``, or both. A task's UUID is
made here, so the service can be asked for it whatever became of the answer, and takes it no second time.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..capabilities import SERVICES
from ..errors import OutcomeUnknown, ResultExpired, ServiceError, ServiceTrouble
from ..keys import need_key
from ..orders import OrderSpec
from .absences import Absences
from .answers import MODE_WORDS, amount, before_sending, cannot_read, identity, said
from .base import Found, Progress, Report, Submission, Upload
from .parameters import RunwareParameters, parameters_for
from .runware_answers import Told, in_details, kind_of, name_of, refusal, told_by
from .wire import Enclosed, Wire, base_url, unsent

BASE = "https://api.runware.ai/v1"

FIRST_LOOK, MOST_LOOK = 1.5, 8.0
"""Seconds between looks at a job; the documents ask to begin at one to two and to look less and less often."""

REST = 300.0
"""Seconds for which results of which nothing is said are waited for, once others of their task have come or failed.

They were paid for, and are made at the same time; but one error may stand for several.
"""


class Runware:
    """Runware's retake of Lightricks' model. Its windows are whole seconds."""

    capabilities = SERVICES["runware"]
    can_find = True
    can_cancel = False

    def __init__(self) -> None:
        self._made: Wire | None = None
        self._missing = Absences()
        self._looks: dict[str, int] = {}
        self._ready: dict[str, float] = {}

    @property
    def _wire(self) -> Wire:
        if self._made is None:
            self._made = Wire("runware", base_url("runware", BASE), _proof)
        return self._made

    def close(self) -> None:
        """Lets go of connections."""
        if self._made is not None:
            self._made.close()
            self._made = None

    def check_options(self, options: Iterable[tuple[str, str]]) -> None:
        """Raises ``SettingsError`` for options that the task does not have."""
        parameters_for("runware", options)

    # --- upload -----------------------------------------------------------------------------------------------------

    def upload(self, pull: Path, order: OrderSpec, progress: Progress) -> Upload:
        """The pull goes into the account's media storage inside JSON; what is kept of it is its UUID."""
        answer = self._wire.embed("", lambda: _stored(pull), progress=progress)
        told = told_by(answer)
        reference = next((found for item in told.data if (found := identity(item.get("mediaUUID")))), "")
        if not reference:
            if told.errors:
                raise ServiceError(
                    f"runware refused the pull: {said('runware', told.errors[0].get('message'))}",
                    where="service runware",
                    fix="check the key and the account at Runware" if answer.status_code in (401, 402, 403) else
                    "ask Runware; nothing was ordered and nothing paid",
                )  # fmt: skip
            raise cannot_read("runware", answer, "take the pull")
        return Upload(reference)

    def _forget(self, reference: str) -> None:
        """Asks the service to delete a pull that it no longer needs. Where that fails, it is the service's to keep."""
        task = {"taskType": "mediaStorage", "taskUUID": str(uuid.uuid4()), "operation": "delete", "media": reference}
        with suppress(ServiceError):
            self._wire.read("POST", "", json=[task])

    # --- submit -----------------------------------------------------------------------------------------------------

    def submit(self, submission: Submission) -> str:
        """Sends the task, once. The token is its UUID."""
        parameters = before_sending(submission.order, RunwareParameters)
        with unsent("runware"):
            task = _task(submission, parameters)
        answer = self._wire.once("", json=[task])
        told = told_by(answer).of(submission.token)
        if told.data or told.repeated:
            # Only one request ever had this UUID: a conflict says that something on the way sent it twice.
            return submission.token
        if refused := refusal(answer, told):
            raise refused
        raise OutcomeUnknown(f"runware answers {answer.status_code}, which says nothing")

    def find(self, submission: Submission) -> Found | None:
        """Asks for the UUID, first among the tasks at work, then among all that ever were."""
        token = submission.token
        if self._known(token):
            self._missing.there(submission.attempt)
            return Found(token)
        return Found(None) if self._missing.never_received(submission, local=self._wire.local) else None

    def _known(self, token: str) -> bool:
        answers = (self._ask(kind, token) for kind in ("getResponse", "getTaskDetails"))
        return any(told.data or told.errors for told in answers)

    # --- poll and fetch ---------------------------------------------------------------------------------------------

    def poll(self, remote: str, submission: Submission) -> Report:
        """How the task stands, over all of its results."""
        job = _job(remote)
        told = self._look(job.ident)
        if told is None:
            if self._missing.sure(job.ident, local=self._wire.local):
                return Report("expired")
            return Report("running", look_again=1.0 if self._wire.local else MOST_LOOK)
        self._missing.there(job.ident)
        # Addresses among the options are no matter any more, and may no longer be in the environment.
        heeded = [(k, v) for k, v in submission.order.options if k in ("number_results", "ttl")]
        wanted = RunwareParameters.read(heeded)
        done, failed = told.results, told.failures
        silent = len(done) + len(failed) < wanted.number_results
        # Those that are there have to be fetched before they expire.
        patience = min(REST, wanted.ttl / 2) if wanted.ttl else REST
        if not job.names and (told.at_work or (silent and self._awaits(job, done, failed, patience))):
            looks = self._looks[remote] = self._looks.get(remote, 0) + 1
            return Report("running", look_again=min(FIRST_LOOK * 1.05**looks, MOST_LOOK))
        costs = [cost for item in (*done, *failed) if (cost := amount(item.get("cost"))) is not None]
        billed = sum(costs[1:], costs[0]) if costs else None
        if done:
            # Where some results failed, the others are what there is.
            whole = billed if all(amount(item.get("cost")) is not None for item in done) else None
            expires = self._ready.setdefault(job.ident, time.time()) + wanted.ttl if wanted.ttl else None
            names = job.names or tuple(name_of(item) for item in done)
            kept = replace(job, names=names).pack() if all(names) else ""
            return Report("ready", results=len(names), billed=whole, expires_at=expires, remote=kept)
        if all("cancel" in str(error.get("code")).lower() for error in failed):
            return Report("cancelled", billed=billed)
        error = failed[0]
        charged = None if billed is None else billed > 0
        return Report(
            "failed",
            billed=billed if charged else None,
            charged=charged,
            kind=kind_of(str(error.get("code"))) or "provider",
            message=said("runware", error.get("message")),
        )

    def _awaits(
        self, job: Job, done: Collection[dict[str, Any]], failed: Collection[dict[str, Any]], patience: float
    ) -> bool:
        """Whether results may come yet of which nothing is said. A task of which all is said to have failed has none.

        Without names a later run could not tell that these were waited for, so then they are not.
        """
        if not failed or not done:
            return not failed
        rest = f"{job.ident} beyond {len(done)} and {len(failed)}"
        named = all(name_of(item) for item in done)
        return named and not self._missing.sure(rest, local=self._wire.local, stretch=patience)

    def fetch(self, remote: str, number: int, into: Path, submission: Submission, progress: Progress) -> None:
        """Downloads the ``number``-th result; after the last, the pull is deleted at the service.

        Which one that is was written down when the task was ready: the service may name them in another order now.
        """
        job = _job(remote)
        told = self._look(job.ident)
        results = told.results if told is not None else ()
        if job.names:
            wanted = [item for item in results if name_of(item) in job.names[number - 1 : number]]
        else:
            wanted = list(results[number - 1 : number])
        if not wanted:
            raise ResultExpired(
                "runware no longer has the result",
                where="service runware",
                fix="ask Runware; then order it again with --again",
            )
        self._wire.download(str(wanted[0]["videoURL"]), into, progress)
        if number == len(job.names or results) and identity(submission.upload):
            self._forget(submission.upload)

    def cancel(self, remote: str) -> None:
        """There is no way to. Raises ``ServiceError``."""
        raise ServiceError("runware has no way to stop a task", where="service runware", fix="wait for its result")

    def _look(self, remote: str) -> Told | None:
        """What the service says of a task, at work or long done; None where it does not know it."""
        told = self._ask("getResponse", remote)
        if told.data or told.errors:
            return told
        past = in_details(self._ask("getTaskDetails", remote), remote)
        # An acknowledgement alone says nothing of a task that is no longer at work.
        return past if past.results or past.failures else None

    def _ask(self, kind: str, token: str) -> Told:
        """What the service says of one task; nothing where it does not know it."""
        answer = self._wire.read("POST", "", json=[{"taskType": kind, "taskUUID": token}])
        told = told_by(answer)
        mine = told.about(token)
        refused = answer.status_code in (401, 402, 403)
        if (mine.data or mine.errors or told.missing) and not refused:
            return mine
        if refused or answer.status_code == 400:
            raise cannot_read("runware", answer, "say how the task stands")
        raise ServiceTrouble(
            f"runware answers {answer.status_code}, which says nothing",
            where="service runware",
            fix="nothing: it is asked again; nothing was paid",
            passing=False,
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A task: its UUID, and the names of its results in the order in which they were first seen whole."""

    ident: str
    names: tuple[str, ...] = ()

    def pack(self) -> str:
        """As the ledger keeps it."""
        return json.dumps({"id": self.ident, "v": self.names}, separators=(",", ":"))


def _job(remote: str) -> Job:
    """The task that the ledger keeps, or that a person named by its UUID."""
    try:
        told = json.loads(remote)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return Job(remote)
    names = told.get("v")
    return Job(str(told.get("id")), tuple(str(name) for name in names) if isinstance(names, list) else ())


def _proof() -> Mapping[str, str]:
    return {"Authorization": f"Bearer {need_key('runware').reveal()}"}


def _stored(pull: Path) -> Enclosed:
    """The task that stores a pull. Each try has its own UUID, for the service takes none twice."""
    task = {"taskType": "mediaStorage", "taskUUID": str(uuid.uuid4()), "operation": "upload", "media": "|"}
    before, after = json.dumps([task]).split("|")
    return Enclosed(pull, f"{before}data:video/mp4;base64,", after)


def _task(submission: Submission, parameters: RunwareParameters) -> dict[str, Any]:
    order = submission.order
    window = order.spans.seconds
    task: dict[str, Any] = {
        "taskType": "videoInference",
        "taskUUID": submission.token,
        "model": order.model,
        "deliveryMethod": "async",
        "outputType": "URL",
        "inputs": {"video": submission.upload},
        "providerSettings": {
            "lightricks": {
                "startTime": _whole(window.start_ms),
                "duration": _whole(window.duration_ms),
                "mode": MODE_WORDS[order.mode],
            }
        },
        **parameters.body(),
    }
    if order.prompt:
        task["positivePrompt"] = order.prompt
    return task


def _whole(milliseconds: int) -> int:
    """Whole seconds, which is all that the service takes. The plan made the window so."""
    seconds, rest = divmod(milliseconds, 1000)
    if rest:
        raise ValueError(f"runware takes whole seconds, not {milliseconds} ms")
    return seconds
