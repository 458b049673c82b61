"""GMI Cloud's request queue at ``/gmi``. It has no upload: a video is a link.

Written after the model's quick-start page and what public clients expect (2026). A rate limit may come as a failed
record; results stand in ``outcome.video_url`` or in ``outcome.media_urls``. No page shows the list's shape: here it
is ``{"requests": [...], "total", "page", "page_size"}``, the newest first.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .asking import MODES, Ask, Refusal, Refused, read_form, seconds
from .files import Stored
from .jobs import Job
from .service import STATUS, Service, iso, said

MODEL = "ltx-2-pro-retake"
REQUESTS = "/api/v1/ie/requestqueue/apikey/requests"
LONGEST = 21

_STATES = {
    "queued": "queued", "running": "processing", "ready": "success", "failed": "failed", "cancelled": "cancelled",
}  # fmt: skip


class Payload(BaseModel):
    """The page's parameters."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    video_uri: str = Field(min_length=1)
    start_time: float = Field(0, ge=0)
    duration: float = Field(5, ge=2)
    prompt: str | None = None
    mode: Literal["replace_audio", "replace_video", "replace_audio_and_video"] = "replace_audio_and_video"


class RequestForm(BaseModel):
    """What is posted."""

    model_config = ConfigDict(strict=True)

    model: str
    payload: Payload


class Gmi(Service):
    """GMI Cloud."""

    name = "gmi"
    most_bytes: ClassVar = {"link": 100_000_000, "data": 15_000_000}

    def own_routes(self) -> list[Route]:
        """The queue."""
        return [
            self.at(REQUESTS, self._submit, "POST"),
            self.at(REQUESTS, self._list),
            self.at(f"{REQUESTS}/{{id}}", self._status),
        ]

    def knows(self, request: Request) -> bool:
        """``Authorization: Bearer``."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and bool(key.strip())

    def refuse(self, refusal: Refusal) -> Response:
        """``{"error": str}``."""
        return said(STATUS[refusal.kind], {"error": refusal.message}, refusal)

    def late(self, problem: Refusal) -> bool:
        """What is wrong with the video is found by the worker."""
        return problem.field in ("video", "start")

    def unfit(self, ask: Ask, video: Stored) -> Refusal | None:
        """The page's own limit as well."""
        if video.seconds > LONGEST:
            return Refusal("invalid", f"the video lasts longer than {LONGEST} seconds", "video")
        return super().unfit(ask, video)

    async def _submit(self, request: Request) -> Response:
        body = await self.body(request)
        form, problem, _ = read_form(RequestForm, body)
        if form is None:
            assert problem is not None
            raise Refused(problem)
        if form.model != MODEL:
            raise Refused(self.refusal("not-found", f"model {form.model} not found"))
        payload = form.payload
        job = await self.accept(
            request,
            Ask(
                payload.video_uri,
                seconds(payload.start_time),
                seconds(payload.duration),
                payload.prompt or "",
                MODES[payload.mode],
                body,
                MODEL,
            ),
        )
        return said(200, self._record(job))

    async def _status(self, request: Request) -> Response:
        return said(200, self._record(await self.polled(request.path_params["id"])))

    async def _list(self, request: Request) -> Response:
        query = request.query_params
        size = min(int(query["page_size"]), 100) if query.get("page_size", "").isdigit() else 20
        page = int(query["page"]) if query.get("page", "").isdigit() else 1
        self.jobs.advance()
        shown = [job for job in reversed(self.jobs.by_id.values()) if not self.hidden(job)]
        rows = [self._record(job) for job in shown[(page - 1) * size : page * size]]
        return said(200, {"requests": rows, "total": len(shown), "page": page, "page_size": size})

    def _record(self, job: Job) -> dict[str, Any]:
        record: dict[str, Any] = {
            "request_id": job.id,
            "model": MODEL,
            "status": _STATES[job.state],
            "payload": job.ask.body["payload"],
            "outcome": {},
            "created_at": iso(job.accepted_at),
            "queued_at": iso(job.accepted_at),
            "updated_at": iso(job.ended_at or job.started_at or job.accepted_at),
        }
        if job.state == "ready":
            url = self.link(job)
            shot = f"{url.rpartition('.')[0]}.jpg"
            one = {"media_urls": [{"id": "0", "url": url}]} if job.has("other-shape") else {"video_url": url}
            record["outcome"] = {**one, "thumbnail_image_url": shot}
        if job.failure is not None and job.state == "failed":
            record |= {"error": job.failure.message, "error_message": job.failure.message}
            record["outcome"] = {"error": job.failure.message}
        return record
