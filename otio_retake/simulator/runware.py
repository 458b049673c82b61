"""Runware: one address, ``/runware``, that takes a list of tasks.

Written after runware-sdk 1.8.0, the model's page and Runware's pages on polling, errors and media storage (2026). A
task's UUID is the client's own: a second task under it is refused with ``conflictTaskUUID`` and costs nothing, and
``getResponse`` and ``getTaskDetails`` find the first by it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .asking import MODES, Ask, Refusal, Refused, read_form, seconds
from .faults import ONE_FAILS
from .files import Stored, decode
from .house import House
from .jobs import ENDED, Job
from .service import STATUS, Service, here, said

MODEL = "lightricks:3@1"
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)

_CODES = {
    "auth": "invalidApiKey", "funds": "insufficientCredits", "permission": "forbidden", "conflict": "conflictTaskUUID",
    "not-found": "taskFailedOrNotFound", "too-large": "valueTooLarge", "filtered": "contentPolicyViolation",
    "rate": "rateLimitExceeded", "rate-unsaid": "rateLimitExceeded", "concurrency": "concurrencyLimitExceeded",
    "overloaded": "serviceUnavailable", "server": "internalServerError", "gateway": "internalServerError",
    "unavailable": "serviceUnavailable", "timeout": "timeoutProvider", "not-uploaded": "invalidVideo",
    "unfetched": "failedToTransferVideo",
}  # fmt: skip
"""Runware says of its codes that they change; their meaning is what a client may lean on."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class Inputs(_Strict):
    """Where the video is. Frame images belong to other uses of the model."""

    video: str = Field(min_length=1)
    frameImages: list[Any] | None = Field(None, max_length=1)


class Lightricks(_Strict):
    """The window, in whole seconds."""

    startTime: int = Field(0, ge=0)
    duration: int = Field(5, ge=1)
    mode: Literal["replace_audio", "replace_video", "replace_audio_and_video"] = "replace_audio_and_video"


class ProviderSettings(_Strict):
    """Settings of the model's maker."""

    lightricks: Lightricks


class Safety(_Strict):
    """What is looked at before it is handed out."""

    checkContent: bool = False
    mode: Literal["none", "fast", "full"] = "none"


class VideoTask(_Strict):
    """``videoInference``, with every parameter of the model's page."""

    taskType: Literal["videoInference"]
    taskUUID: str
    model: str
    inputs: Inputs
    providerSettings: ProviderSettings
    positivePrompt: str | None = Field(None, min_length=1, max_length=5000)
    outputType: Literal["URL"] = "URL"
    outputFormat: Literal["MP4", "WEBM", "MOV"] = "MP4"
    outputQuality: int = Field(95, ge=20, le=99)
    webhookURL: str | None = None
    uploadEndpoint: str | None = None
    deliveryMethod: Literal["async"] = "async"
    safety: Safety | None = None
    ttl: int | None = Field(None, ge=60)
    includeCost: bool = False
    numberResults: int = Field(1, ge=1, le=4)


class Runware(Service):
    """Runware."""

    name = "runware"

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._tasks = {
            "videoInference": self._submit,
            "getResponse": self._poll,
            "getTaskDetails": self._details,
            "mediaStorage": self._media,
            "ping": self._ping,
        }

    def own_routes(self) -> list[Route]:
        """The address, with and without the version, and the stored media."""
        return [
            Route("/runware/v1", self.open(self._tasks_of), methods=["POST"]),
            Route("/runware/", self.open(self._tasks_of), methods=["POST"]),
            Route("/runware", self.open(self._tasks_of), methods=["POST"]),
            self.public("/media/{file}"),
        ]

    def knows(self, request: Request) -> bool:
        """``Authorization: Bearer``; a first task ``authentication`` does as well."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and bool(key.strip())

    def refuse(self, refusal: Refusal) -> Response:
        """One error, without a task."""
        return said(_status(refusal), {"data": [], "errors": [error_of(refusal)]}, refusal)

    def late(self, problem: Refusal) -> bool:
        """What LTX behind it does not take fails as a job."""
        return problem.field == "video" and problem.kind == "invalid"

    def new_id(self, ask: Ask) -> str:
        """The client's own UUID."""
        return ask.token

    def conflict(self, ask: Ask) -> Refusal | None:
        """A UUID is used once."""
        if ask.token in self.jobs.by_id:
            return Refusal("conflict", f"a task with the UUID {ask.token} exists already", "taskUUID")
        return None

    def unfit(self, ask: Ask, video: Stored) -> Refusal | None:
        """The page's rule, then those of LTX."""
        if ask.start + ask.duration > video.seconds:
            return Refusal("invalid", "startTime and duration together exceed the length of the video", "duration")
        if ask.duration < 2:
            return Refusal("invalid", "the provider refuses a duration below 2 seconds", "video")
        return super().unfit(ask, video)

    # --- the list ---------------------------------------------------------------------------------------------------

    async def _tasks_of(self, request: Request) -> Response:
        """Carries out each task; what succeeds is in ``data``, what fails in ``errors``."""
        tasks = await self.body(request)
        if not isinstance(tasks, list) or not tasks or not all(isinstance(task, dict) for task in tasks):
            raise Refused(Refusal("invalid", "the body must be a list of tasks"))
        authority = [task for task in tasks if task.get("taskType") == "authentication" and task.get("apiKey")]
        if not self.knows(request) and not authority:
            raise Refused(self.refusal("auth"))
        data: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        worst: Refusal | None = None
        for task in tasks:
            if task in authority:
                data.append({"taskType": "authentication", "connectionSessionUUID": str(uuid.uuid4())})
                continue
            try:
                carry_out = self._tasks.get(str(task.get("taskType")))
                if carry_out is None:
                    raise Refused(Refusal("invalid", "this taskType is not known", "taskType"))
                found, failed = await carry_out(request, task)
                data += found
                errors += failed
            except Refused as error:
                worst = worst or error.refusal
                errors.append(error_of(error.refusal, task))
        body: dict[str, Any] = {"data": data}
        if errors:
            body["errors"] = errors
        return said(_status(worst) if worst and not data else 200, body, worst)

    async def _submit(self, request: Request, task: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        form, problem, _ = read_form(VideoTask, task)
        if form is None:
            assert problem is not None
            raise Refused(problem)
        if not _UUID4.fullmatch(form.taskUUID):
            raise Refused(Refusal("invalid", "taskUUID must be a UUID v4", "taskUUID"))
        if form.model != MODEL:
            raise Refused(Refusal("invalid", f"model {form.model} is not available", "model"))
        window = form.providerSettings.lightricks
        job = await self.accept(
            request,
            Ask(
                form.inputs.video,
                seconds(window.startTime),
                seconds(window.duration),
                form.positivePrompt or "",
                MODES[window.mode],
                [dict(task)],
                MODEL,
                form.taskUUID,
                form.numberResults,
                form.outputFormat,
                webhook=form.webhookURL or "",
                put_to=form.uploadEndpoint or "",
                wants={"quality": form.outputQuality, "format": form.outputFormat},
            ),
        )
        return [{"taskType": "videoInference", "taskUUID": job.id}], []

    async def _poll(self, request: Request, task: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        ident = str(task.get("taskUUID"))
        known = self.jobs.by_id.get(ident)
        if known is not None and self.hidden(known):
            raise Refused(self.refusal("not-found", "the task failed or was not found"))
        return self._state(await self.polled(ident))

    async def _details(self, request: Request, task: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        ident = str(task.get("taskUUID"))
        self.jobs.advance()
        job = self.jobs.by_id.get(ident)
        if job is None or self.hidden(job):
            raise Refused(self.refusal("not-found", "the task was not found"))
        found, failed = self._state(job)
        response: dict[str, Any] = {"data": found} if found else {}
        if failed:
            response["errors"] = failed
        return [{"taskType": "getTaskDetails", "taskUUID": ident, "request": job.ask.body, "response": response}], []

    def _state(self, job: Job) -> tuple[list[Any], list[Any]]:
        """The items of a task: what is done in ``data``, what failed in ``errors`` or as an item of its own."""
        head = {"taskType": "videoInference", "taskUUID": job.id}
        if job.state not in ENDED:
            return [{**head, "status": "processing"}], []
        task = {"taskUUID": job.id, "taskType": "videoInference"}
        if job.state == "cancelled":
            return [], [error_of(Refusal("not-found", "the task was cancelled"), task) | {"code": "taskCancelled"}]
        if job.failure is not None:
            error = error_of(job.failure, task) | {"code": _job_code(job.failure)}
            if job.has("other-shape"):
                return [{**head, "status": "error", "error": error}], []
            return [], [error | {"status": "error"}]
        lost = job.has(ONE_FAILS) and len(job.results) > 1
        found = [self._item(job, number) for number in range(len(job.results) - lost)]
        failed = [error_of(Refusal("server", "one of the results failed"), task) | {"status": "error"}] if lost else []
        return found, failed

    def payloads(self, job: Job) -> list[dict[str, Any]]:
        """Each item by itself, flat."""
        found, failed = self._state(job)
        return [*found, *failed]

    def _item(self, job: Job, number: int) -> dict[str, Any]:
        item: dict[str, Any] = {
            "taskType": "videoInference",
            "taskUUID": job.id,
            "status": "success",
            "videoUUID": str(uuid.uuid5(uuid.UUID(job.id), str(number))),
            "videoURL": self.link(job, number),
        }
        if job.ask.body[0].get("includeCost"):
            lost = job.has(ONE_FAILS) and job.ask.results > 1
            item["cost"] = float(job.amount / (job.ask.results - lost))
        return item

    async def _media(self, request: Request, task: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        await self.upload_fault()
        head = {"taskType": "mediaStorage", "taskUUID": task.get("taskUUID")}
        media = task.get("media") if task.get("operation") == "upload" else task.get("mediaUUID", task.get("media"))
        if not isinstance(media, str) or not media:
            raise Refused(Refusal("invalid", "media is required", "media"))
        if task.get("operation") == "delete":
            if not self.house.files.forget(media):
                raise Refused(self.refusal("not-found", "no such media"))
            return [{**head, "operation": "delete", "mediaUUID": media}], []
        if task.get("operation") != "upload":
            raise Refused(Refusal("invalid", "operation must be upload or delete", "operation"))
        ident = str(uuid.uuid4())
        path = f"/runware/media/{ident}.mp4"
        if media.startswith(("http://", "https://")):
            self.house.files.also(ident, await run_in_threadpool(self.house.files.find, media, {}))
        else:
            self.house.files.keep_bytes(ident, decode(media))
        if stored := self.house.files.named(ident):
            self.house.files.also(path, stored)
        return [{**head, "operation": "upload", "mediaUUID": ident, "mediaURL": here(request) + path}], []

    async def _ping(self, request: Request, task: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        return [{"taskType": "ping", "pong": True}], []


def error_of(refusal: Refusal, task: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An item of ``errors``."""
    code = _CODES.get(refusal.kind, "invalid" + refusal.field[:1].upper() + refusal.field[1:].replace(".", "_"))
    item: dict[str, Any] = {"code": code, "message": refusal.message}
    if refusal.field:
        item["parameter"] = refusal.field
    for name in ("taskType", "taskUUID"):
        if task is not None and isinstance(task.get(name), str):
            item[name] = task[name]
    return item


def _status(refusal: Refusal) -> int:
    # 422 and 529 are not among the statuses that Runware lists.
    return {"filtered": 400, "overloaded": 503}.get(refusal.kind, STATUS[refusal.kind])


def _job_code(failure: Refusal) -> str:
    """What a job's own failure is called: the maker's, where it comes from behind Runware."""
    return {"server": "inferenceError", "filtered": "providerContentPolicyViolation"}.get(
        failure.kind, "invalidProviderContent" if failure.field == "video" else _CODES.get(failure.kind, "taskFailed")
    )
