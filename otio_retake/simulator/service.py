"""What is alike in all five services: who may ask, how a submit is taken in, how a job is looked at, how one says no.

Each service's own module adds its addresses, its forms and its shapes.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any, ClassVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ..errors import SettingsError
from .asking import Ask, Raw, Refusal, Refused, Unanswered
from .deliveries import deliver, undeliverable
from .faults import ONE_FAILS, Fault
from .files import Stored
from .house import House
from .jobs import Job, Jobs, price
from .results import FILE_URL, PRIVATE_URL, CutShort, NoAnswer, result_answer

Handler = Callable[[Request], Awaitable[Response]]

STATUS: Mapping[str, int] = {
    "auth": 401, "funds": 402, "permission": 403, "not-found": 404, "too-large": 413,
    "invalid": 400, "not-uploaded": 400, "unfetched": 400, "conflict": 400, "filtered": 422,
    "rate": 429, "rate-unsaid": 429, "concurrency": 429, "overloaded": 529,
    "server": 500, "gateway": 502, "unavailable": 503, "timeout": 504,
}  # fmt: skip
"""The HTTP status of each kind of refusal, where a service has no other for it."""

SAYS: Mapping[str, str] = {
    "auth": "the API key is missing or not valid", "funds": "insufficient credits",
    "permission": "this account may not use the model", "too-large": "the request is too large",
    "filtered": "the content was rejected by the safety filters", "rate": "too many requests",
    "rate-unsaid": "too many requests", "concurrency": "too many jobs at once",
    "overloaded": "the service is overloaded", "server": "an unexpected error occurred",
    "gateway": "bad gateway", "unavailable": "the service is unavailable", "timeout": "the request timed out",
    "not-found": "not found", "not-uploaded": "the video was not found, or is no longer there",
}  # fmt: skip

LEAST_FRAMES = 73
MOST_SIZE = (3840, 2160)


class Service(ABC):
    """One service on the simulator's port, under ``/name``."""

    name: ClassVar[str]
    places: ClassVar[int | None] = None
    """Jobs at once, as documented; None where nothing is said."""
    refuses_when_full: ClassVar[bool] = False
    """Whether a submit above that is refused; otherwise it waits."""
    most_bytes: ClassVar[Mapping[str, int]] = {}
    """The largest video, by how it came: ``upload``, ``link`` or ``data``."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._deliveries: set[asyncio.Task[None]] = set()

    @property
    def jobs(self) -> Jobs:
        """The jobs of this service."""
        return self.house.jobs[self.name]

    # --- what each service adds -------------------------------------------------------------------------------------

    @abstractmethod
    def own_routes(self) -> list[Route]:
        """The service's addresses, below its prefix."""

    @abstractmethod
    def refuse(self, refusal: Refusal) -> Response:
        """A no, in the service's shape."""

    @abstractmethod
    def knows(self, request: Request) -> bool:
        """Whether a key came along, in the service's form."""

    def late(self, problem: Refusal) -> bool:
        """Whether a request with that problem is accepted at first, and fails as a job."""
        return False

    def conflict(self, ask: Ask) -> Refusal | None:
        """Why a request may not become a job beside those that there are."""
        return None

    def new_id(self, ask: Ask) -> str:
        """The id of a new job."""
        return str(uuid.uuid4())

    # --- the addresses ----------------------------------------------------------------------------------------------

    def routes(self) -> list[Route]:
        """All addresses of the service."""
        result = Route(f"/{self.name}/results/{{job}}/{{number:int}}.{{ending}}", self.open(self._result))
        return [result, *self.own_routes()]

    def at(self, path: str, handler: Handler, *methods: str) -> Route:
        """An address that asks for a key."""

        async def locked(request: Request) -> Response:
            if not self.knows(request):
                raise Refused(self.refusal("auth"))
            return await handler(request)

        return Route(f"/{self.name}{path}", self.open(locked), methods=list(methods) or ["GET"])

    def public(self, path: str) -> Route:
        """Files of ours that anybody may read who knows where they are."""

        async def read(request: Request) -> Response:
            stored = self.house.files.named(request.url.path)
            if stored is None:
                return Response("Not Found", 404, media_type="text/plain")
            return FileResponse(stored.path, media_type="video/mp4")

        return Route(f"/{self.name}{path}", read)

    def open(self, handler: Handler) -> Handler:
        """A handler whose refusals become answers."""

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as error:
                return self.refuse(error.refusal)
            except Raw as error:
                return Response(error.body, error.status, media_type=error.content_type)
            except Unanswered as error:
                return NoAnswer(hangs=error.hangs)
            except ClientDisconnect:
                return NoAnswer()

        return answered

    # --- a submit ---------------------------------------------------------------------------------------------------

    async def body(self, request: Request) -> Any:
        """The JSON of a request. Raises ``Refused``."""
        content = await request.body()
        try:
            return await run_in_threadpool(json.loads, content) if len(content) > 1_000_000 else json.loads(content)
        except (ValueError, RecursionError):
            raise Refused(Refusal("invalid", "the body is not JSON")) from None

    async def accept(self, request: Request, ask: Ask) -> Job:
        """Makes a job of a request; every fault that strikes a submit strikes here. Raises ``Refused``."""
        video, problem = await run_in_threadpool(self._look, ask)
        digest = ask.digest(video.sha256 if video else ask.video)
        try:
            asked = self.house.faults.asked(self.name, ask.prompt, digest)
        except SettingsError as error:
            raise Refused(Refusal("invalid", f"{error.what}; {error.fix}", "prompt")) from None
        fault = asked.first("submit")
        if fault is not None and fault.name == "upload-expired":
            problem = problem or Refusal("not-uploaded", SAYS["not-uploaded"], "video")
        elif fault is not None:
            await self.strike(fault)
        if problem is not None and not self.late(problem):
            raise Refused(problem)
        if self.refuses_when_full and self.jobs.full():
            raise Refused(self.refusal("concurrency"))
        if conflict := self.conflict(ask):
            raise Refused(conflict)
        number = self.jobs.of(digest) + 1
        faults = asked.for_job()
        # One that fails of several is not charged, and the others tell what they cost.
        paid = ask.results - (ONE_FAILS in faults and ask.results > 1)
        amount = price(video.seconds, paid) if video is not None and problem is None else Decimal(0)
        job = Job(self.new_id(ask), self.name, ask, video, digest, number, amount, faults, here(request))
        if problem is not None:
            job.failure, job.charged = problem, False
        self.jobs.add(job)
        if ask.webhook or ask.put_to:
            # The loop keeps no task alive by itself.
            task = asyncio.create_task(self._deliver(job))
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)
        if fault := asked.first("accepted"):
            await self.strike(fault)
        return job

    async def _deliver(self, job: Job) -> None:
        await job.over.wait()
        await deliver(job, job.ask.put_to, job.ask.webhook, self.payloads(job))

    def payloads(self, job: Job) -> list[dict[str, Any]]:
        """What a webhook is told of a job that has ended."""
        return []

    def _look(self, ask: Ask) -> tuple[Stored | None, Refusal | None]:
        """The video of a request, and what is wrong with the request."""
        video, problem = None, ask.problem or undeliverable(ask.webhook, ask.put_to)
        try:
            if ask.video:
                video = self.house.files.find(ask.video, self.most_bytes)
                if problem is None:
                    problem = self.unfit(ask, video)
        except Refused as error:
            problem = problem or error.refusal
        return video, problem

    def unfit(self, ask: Ask, video: Stored) -> Refusal | None:
        """Why the model behind the service would not take ``video``: the limits of LTX, which serves them all."""
        picture = video.facts().video
        size = sorted((picture.width, picture.height), reverse=True)
        if size[0] > MOST_SIZE[0] or size[1] > MOST_SIZE[1]:
            return Refusal("invalid", f"the video has {picture.width}x{picture.height}; at most 3840x2160", "video")
        if picture.frames < LEAST_FRAMES:
            return Refusal("invalid", f"the video has {picture.frames} frames; at least {LEAST_FRAMES}", "video")
        if ask.start >= video.seconds:
            return Refusal("invalid", "start_time is at or past the end of the video", "start")
        return None

    # --- a job ------------------------------------------------------------------------------------------------------

    async def polled(self, ident: str) -> Job:
        """The job that is asked for. Raises ``Refused``; the faults of polling strike here."""
        job = self.jobs.by_id.get(ident)
        if fault := self.house.faults.during("poll", self.name, job.faults if job else None):
            await self.strike(fault)
        self.jobs.advance()
        if job is None or job.gone:
            raise Refused(self.refusal("not-found", "the request was not found"))
        return job

    def hidden(self, job: Job) -> bool:
        """Whether a job is not listed yet; asking is what wears it off."""
        return self.house.faults.during("lookup", self.name, job.faults) is not None

    def link(self, job: Job, number: int = 0) -> str:
        """Where a result is to be had, or what a fault says in its place."""
        if job.has("file-url"):
            return FILE_URL
        if job.has("private-url"):
            return PRIVATE_URL
        ending = job.results[number].suffix if job.results else ".mp4"
        return f"{job.base}/{self.name}/results/{job.id}/{number}{ending}"

    async def _result(self, request: Request) -> Response:
        job = self.jobs.by_id.get(request.path_params["job"])
        number = request.path_params["number"]
        if job is None or number >= len(job.results) or not self.may_fetch(request, job):
            return Response("Not Found", 404, media_type="text/plain")
        if fault := self.house.faults.during("result", self.name, job.faults):
            if fault.name == "result-drop":
                return NoAnswer()
            if fault.name == "wrong-length":
                return CutShort(job.results[number], "video/mp4")
            return Response(fault.says, STATUS[fault.kind], media_type="text/plain")
        return Response("Not Found", 404) if job.gone else result_answer(request, job, number)

    def may_fetch(self, request: Request, job: Job) -> bool:
        """Whether a link to a result is whole; those of most services are public."""
        return True

    # --- faults -----------------------------------------------------------------------------------------------------

    def refusal(self, kind: str, message: str = "") -> Refusal:
        """A refusal of ``kind`` in general words."""
        return Refusal(kind, message or SAYS.get(kind, kind), retry_after=1 if kind == "rate" else None)

    async def strike(self, fault: Fault) -> None:
        """Lets a fault of a request happen: raises what becomes of the request, or returns after a while."""
        if fault.kind and fault.bare:
            status = STATUS[fault.kind]
            raise Raw(status, f"<html><body><h1>{status} {HTTPStatus(status).phrase}</h1></body></html>".encode())
        if fault.kind:
            raise Refused(self.refusal(fault.kind))
        if fault.name.endswith("garbled"):
            raise Raw(200, b'{"id": "cut-', "application/json")
        if fault.name == "slow-answer":
            await asyncio.sleep(3)
        elif fault.name == "hang":
            raise Unanswered(hangs=True)
        else:
            raise Unanswered

    async def upload_fault(self) -> None:
        """Lets a fault of uploads happen, where one is set."""
        if fault := self.house.faults.during("upload", self.name):
            await self.strike(fault)


def here(request: Request) -> str:
    """The simulator's address, as the client knows it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def said(status: int, body: Any, refusal: Refusal | None = None, **headers: str) -> Response:
    """JSON, with ``Retry-After`` where the refusal has one."""
    answer = JSONResponse(body, status, headers={name.replace("_", "-"): value for name, value in headers.items()})
    if refusal is not None and refusal.retry_after is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def iso(moment: float) -> str:
    """A time as the services write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
