"""Segmind: the v2 queue and v1 at ``/segmind``, uploads at ``/segmind/workflows``, history at ``/segmind/history``.

Written after the segmind package 1.3.0 and the model's page (2026). A failed job's status and result come with HTTP
422; records last an hour, the history for ever. Running out of credits is 406 (from memory; no page gives a number).
"""

from __future__ import annotations

import math
import uuid
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from .asking import MODES, Ask, Refusal, Refused, read_form, seconds
from .files import decode
from .jobs import Job
from .service import STATUS, Service, here, iso, said

SLUG = "ltx-retake-video"
HISTORY = "/history/inference-request/request-history"

_STATES = {"queued": "QUEUED", "running": "PROCESSING", "ready": "COMPLETED", "failed": "FAILED", "cancelled": "FAILED"}


class RetakeForm(BaseModel):
    """The model page's parameters."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    video_uri: str = Field(min_length=1)
    start_time: float = Field(ge=0)
    duration: float = Field(ge=2)
    prompt: str | None = None
    mode: Literal["replace_audio", "replace_video", "replace_audio_and_video"] = "replace_audio_and_video"


class Segmind(Service):
    """Segmind."""

    name = "segmind"

    def own_routes(self) -> list[Route]:
        """Queue, synchronous form, uploads, history."""
        return [
            self.at("/workflows/upload-asset", self._upload, "POST"),
            self.public("/assets/{id}/{file}"),
            self.at(HISTORY, self._history),
            self.at(f"{HISTORY}/{{id}}", self._record),
            self.at("/v2/requests/{id}/status", self._status),
            self.at("/v2/requests/{id}", self._response),
            self.at("/v2/{slug}", self._submit, "POST"),
            self.at("/v1/{slug}", self._at_once, "POST"),
        ]

    def knows(self, request: Request) -> bool:
        """``x-api-key``."""
        return bool(request.headers.get("x-api-key", "").strip())

    def refuse(self, refusal: Refusal) -> Response:
        """``{"error": str}``."""
        status = 406 if refusal.kind == "funds" else STATUS[refusal.kind]
        return said(status, {"error": refusal.message}, refusal)

    def late(self, problem: Refusal) -> bool:
        """What is wrong with the video is found by the worker."""
        return problem.field in ("video", "start")

    # --- jobs -------------------------------------------------------------------------------------------------------

    async def _ask(self, request: Request) -> Ask:
        if request.path_params["slug"] != SLUG:
            raise Refused(self.refusal("not-found", "Model not found"))
        body = await self.body(request)
        form, problem, _ = read_form(RetakeForm, body)
        if form is None:
            assert problem is not None
            raise Refused(problem)
        start, duration = seconds(form.start_time), seconds(form.duration)
        return Ask(form.video_uri, start, duration, form.prompt or "", MODES[form.mode], body, SLUG)

    async def _submit(self, request: Request) -> Response:
        job = await self.accept(request, await self._ask(request))
        base = f"{here(request)}/segmind/v2/requests/{job.id}"
        return said(
            200, {"request_id": job.id, "status": "QUEUED", "status_url": f"{base}/status", "response_url": base}
        )

    async def _at_once(self, request: Request) -> Response:
        """v1: the movie, as the page's "Returns: Video" has it, or JSON, as its sample reads it."""
        job = await self.accept(request, await self._ask(request))
        await job.over.wait()
        if job.state != "ready":
            raise Refused(job.failure or self.refusal("server", "the job was cancelled"))
        if job.has("other-shape"):
            return said(200, {"output": self.link(job)})
        job.fetched += 1
        return FileResponse(job.results[0], media_type="video/mp4")

    async def _status(self, request: Request) -> Response:
        job = await self.polled(request.path_params["id"])
        return said(422 if _failed(job) else 200, self._state(job))

    async def _response(self, request: Request) -> Response:
        job = await self.polled(request.path_params["id"])
        body = self._state(job)
        if job.state == "ready":
            url = self.link(job)
            body["output"] = {"video_url": url} if job.has("other-shape") else url
        return said(422 if _failed(job) else 200, body)

    def _state(self, job: Job) -> dict[str, Any]:
        body: dict[str, Any] = {"status": _STATES[job.state], "request_id": job.id, "metrics": {}}
        if job.over.is_set():
            body["metrics"]["inference_time"] = round(job.ended_at - job.started_at, 3)
        if job.state == "ready":
            body["metrics"]["cost"] = float(job.amount)
        if _failed(job):
            body["error"] = job.failure.message if job.failure else "the request was cancelled"
        return body

    # --- own requests -----------------------------------------------------------------------------------------------

    async def _history(self, request: Request) -> Response:
        """The newest first, in pages."""
        query = request.query_params
        page, size = _whole(query.get("page"), 1, 10**6), _whole(query.get("per_page"), 20, 100)
        self.jobs.advance()
        rows = [self._row(job) for job in reversed(self.jobs.by_id.values()) if not self.hidden(job)]
        rows = [r for r in rows if query.get("model_name", "") in r["model_name"]]
        rows = [r for r in rows if query.get("status") in (None, r["model_status"])]
        return said(
            200,
            {
                "data": rows[(page - 1) * size : page * size],
                "page": page,
                "per_page": size,
                "total": len(rows),
                "total_pages": math.ceil(len(rows) / size),
            },
        )

    async def _record(self, request: Request) -> Response:
        job = self.jobs.by_id.get(request.path_params["id"])
        self.jobs.advance()
        if job is None or self.hidden(job):
            raise Refused(self.refusal("not-found", "request not found"))
        return said(200, self._row(job))

    def _row(self, job: Job) -> dict[str, Any]:
        state = {"ready": "COMPLETED", "failed": "FAILED", "cancelled": "FAILED"}.get(job.state, "PENDING")
        return {
            "request_id": job.id,
            "model_name": SLUG,
            "model_status": state,
            "credits_deduction": float(job.amount) if job.charged else 0.0,
            "request_body": job.ask.body,
            "generation_url": self.link(job) if job.state == "ready" else None,
            "latency_ms": round((job.ended_at - job.accepted_at) * 1000) if job.over.is_set() else None,
            "model_created": iso(job.accepted_at),
            "error": job.failure.message if job.failure else None,
        }

    # --- uploads ----------------------------------------------------------------------------------------------------

    async def _upload(self, request: Request) -> Response:
        body = await self.body(request)
        await self.upload_fault()
        found = body.get("data_urls") if isinstance(body, dict) else None
        if not isinstance(found, list) or not found or not all(isinstance(url, str) for url in found):
            raise Refused(Refusal("invalid", "data_urls: a list of data URLs is required"))
        urls = []
        for url in found:
            path = f"/segmind/assets/{uuid.uuid4().hex}/input.mp4"
            self.house.files.keep_bytes(path, decode(url))
            urls.append(here(request) + path)
        return said(200, {"file_urls": urls, "message": "Files uploaded successfully"})


def _failed(job: Job) -> bool:
    return job.state in ("failed", "cancelled")


def _whole(text: str | None, usual: int, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.isdigit() else usual
