"""LTX (Lightricks) as its OpenAPI document has it: ``/v2/retake`` and ``/v1/retake``, ``/v1/upload`` and its PUT.

The document is api.ltx.video's of July 2026. What it leaves open is decided as the strictest reading: an unknown
model, a start past the end and a second kind of authority on a signed upload are refused.
"""

from __future__ import annotations

import secrets
import time
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from .asking import MODES, Ask, Refusal, Refused, read_form, seconds
from .house import House
from .jobs import Job
from .service import STATUS, Service, here, iso, said

MOST_UPLOAD = 104_857_600
RANGE = f"0,{MOST_UPLOAD}"

_TYPES = {
    "auth": "authentication_error", "funds": "insufficient_funds_error", "permission": "permission_error",
    "not-found": "not_found_error", "too-large": "request_too_large", "filtered": "content_filtered_error",
    "rate": "rate_limit_error", "rate-unsaid": "rate_limit_error", "concurrency": "concurrency_limit_error",
    "overloaded": "overloaded_error", "server": "api_error", "gateway": "api_error",
    "unavailable": "service_unavailable", "timeout": "api_error",
}  # fmt: skip


class RetakeForm(BaseModel):
    """``EditVideoRequest``."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    video_uri: str = Field(min_length=1)
    start_time: float = Field(ge=0)
    duration: float = Field(ge=2)
    prompt: str | None = Field(None, max_length=5000)
    mode: Literal["replace_audio", "replace_video", "replace_audio_and_video"] = "replace_audio_and_video"
    resolution: Literal["1920x1080", "1080x1920"] | None = None
    model: Literal["ltx-2-pro", "ltx-2-3-pro"] = "ltx-2-3-pro"


class Ltx(Service):
    """LTX."""

    name = "ltx"
    places = 2
    refuses_when_full = True
    most_bytes: ClassVar = {"upload": MOST_UPLOAD, "link": 32_000_000, "data": 15_000_000}

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._grants: dict[str, str] = {}

    def own_routes(self) -> list[Route]:
        """The addresses of the document, and the storage behind ``upload_url``."""
        return [
            self.at("/v2/retake", self._submit, "POST"),
            self.at("/v1/retake", self._at_once, "POST"),
            self.at("/v2/{endpoint}/{id}", self._status),
            self.at("/v1/upload", self._upload, "POST"),
            Route("/ltx/storage/{id}", self.open(self._put), methods=["PUT"]),
        ]

    def knows(self, request: Request) -> bool:
        """``Authorization: Bearer``."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and bool(key.strip())

    def refuse(self, refusal: Refusal) -> Response:
        """``{"type": "error", "error": {"type", "message"}}``."""
        body = {"type": "error", "error": _error(refusal)}
        return said(STATUS[refusal.kind], body, refusal, x_request_id=secrets.token_hex(8))

    # --- jobs -------------------------------------------------------------------------------------------------------

    async def _ask(self, request: Request) -> Ask:
        body = await self.body(request)
        form, problem, _ = read_form(RetakeForm, body)
        if form is None:
            assert problem is not None
            raise Refused(problem)
        if form.model == "ltx-2-pro":
            raise Refused(Refusal("invalid", "model ltx-2-pro was removed on 2026-08-15; use ltx-2-3-pro", "model"))
        return Ask(
            form.video_uri,
            seconds(form.start_time),
            seconds(form.duration),
            form.prompt or "",
            MODES[form.mode],
            body,
            form.model,
            wants={"resolution": form.resolution},
        )

    async def _submit(self, request: Request) -> Response:
        job = await self.accept(request, await self._ask(request))
        return said(202, {"id": job.id, "created_at": iso(job.accepted_at)}, x_request_id=secrets.token_hex(8))

    async def _at_once(self, request: Request) -> Response:
        """v1: the movie itself, once it is there; a failed job is an error."""
        job = await self.accept(request, await self._ask(request))
        await job.over.wait()
        if job.state != "ready":
            raise Refused(job.failure or self.refusal("server", "the job was cancelled"))
        headers = {"x-request-id": secrets.token_hex(8)}
        if job.has("other-shape"):
            return JSONResponse({"video_url": self.link(job)}, headers=headers)
        job.fetched += 1
        return FileResponse(job.results[0], media_type="application/octet-stream", headers=headers)

    async def _status(self, request: Request) -> Response:
        if request.path_params["endpoint"] != "retake":
            raise Refused(self.refusal("not-found", "no such job under this endpoint"))
        job = await self.polled(request.path_params["id"])
        body: dict[str, object] = {"id": job.id, "created_at": iso(job.accepted_at), "status": "pending"}
        if job.state == "running":
            body["status"] = "processing"
        elif job.state == "ready":
            body |= {"status": "completed", "result": {"video_url": self.link(job)}}
        elif job.state in ("failed", "cancelled"):
            error = _error(job.failure or self.refusal("server", "the job was cancelled"))
            body |= {"status": "failed", "error": error}
        if job.over.is_set():
            body["completed_at"] = iso(job.ended_at)
        return said(200, body, x_request_id=secrets.token_hex(8))

    def link(self, job: Job, number: int = 0) -> str:
        """A signed link, as to a bucket."""
        plain = super().link(job, number)
        return f"{plain}?X-Goog-Expires=86400&X-Goog-Signature={job.secret}" if plain.startswith("http:") else plain

    def may_fetch(self, request: Request, job: Job) -> bool:
        """Only with the signature, and with nothing else."""
        return request.query_params.get("X-Goog-Signature") == job.secret

    # --- uploads ----------------------------------------------------------------------------------------------------

    async def _upload(self, request: Request) -> Response:
        await self.upload_fault()
        ident, secret = secrets.token_hex(12), secrets.token_hex(32)
        self._grants[ident] = secret
        return said(
            200,
            {
                "upload_url": f"{here(request)}/ltx/storage/{ident}?X-Goog-Expires=3600&X-Goog-Signature={secret}",
                "storage_uri": f"ltx://uploads/{ident}",
                "expires_at": iso(time.time() + 3600),
                "required_headers": {"x-goog-content-length-range": RANGE},
            },
            x_request_id=secrets.token_hex(8),
        )

    async def _put(self, request: Request) -> Response:
        """The bucket: the signature, the required headers, and no key."""
        ident = request.path_params["id"]
        if request.query_params.get("X-Goog-Signature") != self._grants.get(ident, ""):
            return _bucket_error(403, "SignatureDoesNotMatch")
        if "authorization" in request.headers:
            return _bucket_error(400, "InvalidArgument")
        if request.headers.get("x-goog-content-length-range") != RANGE:
            return _bucket_error(403, "MalformedSecurityHeader")
        await self.upload_fault()
        path, done = self.house.files.room(), 0
        with path.open("wb") as file:
            async for chunk in request.stream():
                done += len(chunk)
                if done > MOST_UPLOAD:
                    return _bucket_error(400, "EntityTooLarge")
                file.write(chunk)
        self.house.files.keep(f"ltx://uploads/{ident}", path)
        return Response(status_code=200)


def _error(refusal: Refusal) -> dict[str, str]:
    return {"type": _TYPES.get(refusal.kind, "invalid_request_error"), "message": refusal.message}


def _bucket_error(status: int, code: str) -> Response:
    text = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code></Error>"
    return Response(text, status, media_type="application/xml")
