"""fal: the queue at ``/fal``, the synchronous form at ``/fal/run``, storage at ``/fal/rest``, the CDN at ``/fal/cdn``.

Written after fal-client 1.0.3 and fal's pages on queue, errors and storage (2026). The queue takes any JSON; what is
wrong with it comes out as the result's own error, as FastAPI lists it. Status, result and cancel addresses drop what
follows the app's name.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .asking import MODES, Ask, Refusal, Refused, read_form, seconds
from .house import House
from .jobs import ENDED, Job
from .service import STATUS, Service, here, said

APPS = {"fal-ai/ltx-2.3/retake-video", "fal-ai/ltx-2/retake-video"}

_ERROR_TYPES = {
    "server": "internal_error", "gateway": "runner_incomplete_response", "unavailable": "runner_scheduling_failure",
    "timeout": "request_timeout", "concurrency": "concurrent_requests_limit",
}  # fmt: skip
"""What fal calls the refusals of its platform; the others have no type."""

_CANCELLED = {"detail": "Request was cancelled", "error_type": "client_cancelled"}


class RetakeForm(BaseModel):
    """The model page's input schema."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    video_url: str = Field(min_length=1)
    prompt: str = Field(min_length=1)
    start_time: float = Field(0, ge=0, le=20)
    duration: float = Field(5, ge=2, le=20)
    retake_mode: Literal["replace_audio", "replace_video", "replace_audio_and_video"] = "replace_audio_and_video"


class Fal(Service):
    """fal."""

    name = "fal"
    places = 2

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._parts: dict[str, dict[int, bytes]] = {}

    def own_routes(self) -> list[Route]:
        """Queue, synchronous form, storage, CDN."""
        cdn = "/cdn/files/upload"
        return [
            self.at("/rest/storage/auth/token", self._token, "POST"),
            self.at("/rest/storage/upload/initiate", self._initiate, "POST"),
            Route("/fal/cdn/put/{id}/{file}", self.open(self._put), methods=["PUT"]),
            self.public("/cdn/files/b/{id}/{file}"),
            self.at(f"{cdn}/multipart", self._multipart, "POST"),
            self.at(cdn, self._upload, "POST"),
            self.at("/cdn/files/b/{id}/{file}/multipart/{upload}/complete", self._complete, "POST"),
            self.at("/cdn/files/b/{id}/{file}/multipart/{upload}/{part:int}", self._part, "PUT"),
            self.at("/run/{app:path}", self._at_once, "POST"),
            self.at("/{owner}/{app}/requests/{id}/status/stream", self._stream),
            self.at("/{owner}/{app}/requests/{id}/status", self._status),
            self.at("/{owner}/{app}/requests/{id}/cancel", self._cancel, "PUT"),
            self.at("/{owner}/{app}/requests/{id}", self._response),
            self.at("/{app:path}", self._submit, "POST"),
        ]

    def knows(self, request: Request) -> bool:
        """``Authorization: Key``, or ``Bearer`` with a token of ours at the CDN."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        wanted = "Bearer" if request.url.path.startswith("/fal/cdn/") else "Key"
        return scheme == wanted and bool(key.strip())

    def refuse(self, refusal: Refusal) -> Response:
        """The platform's own shape; that of a model is made by `_failed`."""
        body: dict[str, Any] = {"detail": refusal.message}
        headers = {"x_fal_request_id": str(uuid.uuid4())}
        if kind := _ERROR_TYPES.get(refusal.kind):
            body["error_type"] = headers["x_fal_error_type"] = kind
        if refusal.kind == "filtered":
            body["detail"] = [_detail("prompt", refusal.message, "content_policy_violation")]
        return said(STATUS[refusal.kind], body, refusal, **headers)

    def late(self, problem: Refusal) -> bool:
        """The queue takes everything; the runner looks at it."""
        return True

    # --- jobs -------------------------------------------------------------------------------------------------------

    async def _ask(self, request: Request) -> Ask:
        app = request.path_params["app"]
        if app not in APPS:
            raise Refused(self.refusal("not-found", f'Application "{app}" not found'))
        body = await self.body(request)
        form, problem, rows = read_form(RetakeForm, body)
        if form is None:
            wrong = {"detail": [_detail(".".join(map(str, r["loc"])), r["msg"], r["type"]) for r in rows]}
            prompt = body.get("prompt", "") if isinstance(body, dict) else ""
            return Ask("", seconds(0), seconds(2), str(prompt), "both", body, app, wants=wrong, problem=problem)
        start, duration = seconds(form.start_time), seconds(form.duration)
        webhook = request.query_params.get("fal_webhook", "")
        return Ask(form.video_url, start, duration, form.prompt, MODES[form.retake_mode], body, app, webhook=webhook)

    async def _submit(self, request: Request) -> Response:
        ask = await self._ask(request)
        job = await self.accept(request, ask)
        owner, app = ask.model.split("/")[:2]
        base = f"{here(request)}/fal/{owner}/{app}/requests/{job.id}"
        return said(
            200,
            {
                "status": "IN_QUEUE",
                "request_id": job.id,
                "response_url": base,
                "status_url": f"{base}/status",
                "cancel_url": f"{base}/cancel",
                "queue_position": self.jobs.queued_before(job),
                "logs": None,
                "metrics": {},
            },
            x_fal_request_id=job.id,
        )

    async def _at_once(self, request: Request) -> Response:
        job = await self.accept(request, await self._ask(request))
        await job.over.wait()
        return self._outcome(job)

    async def _status(self, request: Request) -> Response:
        job = await self.polled(request.path_params["id"])
        body = self._state(job, request.query_params.get("logs", "").lower() in ("1", "true"))
        return said(200 if job.state in ENDED else 202, body, x_fal_request_id=job.id)

    async def _stream(self, request: Request) -> Response:
        """Server-sent events until the job is done."""
        job = await self.polled(request.path_params["id"])

        async def events() -> AsyncIterator[bytes]:
            while True:
                yield f"data: {json.dumps(self._state(job, False))}\n\n".encode()
                if job.state in ENDED:
                    return
                await asyncio.sleep(0.1)

        return StreamingResponse(events(), media_type="text/event-stream")

    def _state(self, job: Job, logs: bool) -> dict[str, Any]:
        if job.state == "queued":
            return {"status": "IN_QUEUE", "request_id": job.id, "queue_position": self.jobs.queued_before(job)}
        lines = [{"message": "retake", "level": "INFO", "timestamp": datetime.now(UTC).isoformat()}] if logs else None
        if job.state == "running":
            return {"status": "IN_PROGRESS", "request_id": job.id, "logs": lines}
        body: dict[str, Any] = {
            "status": "COMPLETED",
            "request_id": job.id,
            "logs": lines,
            "metrics": {"inference_time": round(job.ended_at - job.started_at, 3)},
        }
        if job.state == "cancelled":
            body |= {"error": _CANCELLED["detail"], "error_type": _CANCELLED["error_type"]}
        elif job.failure is not None:
            body |= {"error": job.failure.message}
            body |= {} if job.charged else {"error_type": _job_error(job.failure)}
        return body

    async def _response(self, request: Request) -> Response:
        job = await self.polled(request.path_params["id"])
        if job.state not in ENDED:
            return said(400, {"detail": "Request is still in progress"}, x_fal_request_id=job.id)
        return self._outcome(job)

    def _outcome(self, job: Job) -> Response:
        if job.state == "cancelled":
            return said(499, _CANCELLED, x_fal_request_id=job.id, x_fal_error_type="client_cancelled")
        if job.failure is not None:
            return self._failed(job, job.failure)
        url, file = self.link(job), job.results[0]
        video: dict[str, Any] = {"url": url, "content_type": "video/mp4", "file_name": "ltx-retake-output.mp4"}
        if not job.has("other-shape"):
            video["file_size"] = file.stat().st_size
        return said(200, {"video": video}, x_fal_request_id=job.id)

    def payloads(self, job: Job) -> list[dict[str, Any]]:
        """``status`` is OK or ERROR; ``payload`` is what the result's own address answers."""
        outcome = self._outcome(job)
        body: dict[str, Any] = {"request_id": job.id, "gateway_request_id": job.id, "status": "OK"}
        if outcome.status_code != 200:
            body |= {"status": "ERROR", "error": job.failure.message if job.failure else _CANCELLED["detail"]}
        return [body | {"payload": json.loads(bytes(outcome.body))}]

    def _failed(self, job: Job, failure: Refusal) -> Response:
        """An error of the model: a list as FastAPI makes it, or one of the platform."""
        if "detail" in job.ask.wants:
            return said(422, dict(job.ask.wants), x_fal_request_id=job.id, x_fal_retryable="false")
        # fal bills no 5xx: a failure that was charged is one of the model.
        if failure.kind in ("invalid", "too-large", "unfetched", "not-uploaded") or job.charged:
            kind = "file_download_error" if failure.kind in ("unfetched", "not-uploaded") else "value_error"
            field = "start_time" if failure.field == "start" else "video_url"
            body: dict[str, Any] = {"detail": [_detail(field, failure.message, kind)]}
            return said(422, body, x_fal_request_id=job.id, x_fal_retryable="false")
        return self.refuse(failure)

    async def _cancel(self, request: Request) -> Response:
        job = self.jobs.by_id.get(request.path_params["id"])
        if job is None:
            return said(404, {"status": "NOT_FOUND"})
        self.jobs.advance()
        if job.state in ENDED:
            return said(400, {"status": "ALREADY_COMPLETED"})
        waited = job.state == "queued"
        self.jobs.cancel(job)
        return said(200, {"status": "OK"}) if waited else said(202, {"status": "CANCELLATION_REQUESTED"})

    # --- uploads ----------------------------------------------------------------------------------------------------

    async def _token(self, request: Request) -> Response:
        await self.upload_fault()
        return said(
            200,
            {
                "token": uuid.uuid4().hex,
                "token_type": "Bearer",
                "base_url": f"{here(request)}/fal/cdn",
                "expires_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
            },
        )

    def _place(self, request: Request, file: str = "") -> str:
        name = file or request.headers.get("x-fal-file-name", "upload.bin")
        return f"/fal/cdn/files/b/{uuid.uuid4().hex}/{name.replace('/', '_').replace(' ', '_')}"

    async def _upload(self, request: Request) -> Response:
        content = await request.body()
        await self.upload_fault()
        path = self._place(request)
        self.house.files.keep_bytes(path, content)
        return said(200, {"access_url": here(request) + path})

    async def _initiate(self, request: Request) -> Response:
        await self.upload_fault()
        body = await self.body(request)
        url = here(request) + self._place(request, str(body.get("file_name", "")))
        return said(200, {"upload_url": url.replace("/cdn/files/b/", "/cdn/put/"), "file_url": url})

    async def _put(self, request: Request) -> Response:
        content = await request.body()
        await self.upload_fault()
        self.house.files.keep_bytes(request.url.path.replace("/cdn/put/", "/cdn/files/b/"), content)
        return Response(status_code=200)

    async def _multipart(self, request: Request) -> Response:
        await self.upload_fault()
        upload = uuid.uuid4().hex
        self._parts[upload] = {}
        return said(200, {"access_url": here(request) + self._place(request), "uploadId": upload})

    async def _part(self, request: Request) -> Response:
        content = await request.body()
        await self.upload_fault()
        parts = self._parts.get(request.path_params["upload"])
        if parts is None:
            raise Refused(self.refusal("not-found", "no such upload"))
        parts[request.path_params["part"]] = content
        return said(200, {}, ETag=f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"')

    async def _complete(self, request: Request) -> Response:
        listed = (await self.body(request)).get("parts", [])
        parts = self._parts.pop(request.path_params["upload"], {})
        if sorted(row.get("partNumber", 0) for row in listed) != sorted(parts) or not parts:
            raise Refused(self.refusal("invalid", "parts are missing"))
        path = request.url.path.partition("/multipart/")[0]
        self.house.files.keep_bytes(path, b"".join(parts[number] for number in sorted(parts)))
        return said(200, {"access_url": here(request) + path})


def _detail(field: str, message: str, kind: str) -> dict[str, Any]:
    return {"loc": ["body", *([field] if field else [])], "msg": message, "type": kind}


def _job_error(failure: Refusal) -> str:
    return {"filtered": "content_policy_violation", "server": "runner_server_error"}.get(
        failure.kind, _ERROR_TYPES.get(failure.kind, "bad_request")
    )
