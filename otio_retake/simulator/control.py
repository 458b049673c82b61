"""The simulator's own address, ``/_simulator``: the bill, the requests that came, what is to go wrong.

It asks for no key and stands on this machine alone.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import SettingsError
from .faults import FAULTS
from .house import House, media_switches


class Control:
    """The addresses below ``/_simulator``."""

    def __init__(self, house: House) -> None:
        self._house = house

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/_simulator/bill", self._bill),
            Route("/_simulator/requests", self._requests),
            Route("/_simulator/faults", self._faults),
            Route("/_simulator/faults", self._add_faults, methods=["POST"]),
            Route("/_simulator/options", self._options, methods=["POST"]),
            Route("/_simulator/reset", self._reset, methods=["POST"]),
            Route("/bucket/{path:path}", self._put, methods=["PUT"]),
            Route("/bucket/{path:path}", self._get),
        ]

    async def _bill(self, request: Request) -> Response:
        """Accepted submits: charged ones under ``bill``, the others under ``free``."""
        self._house.advance()
        return JSONResponse(self._house.bill())

    async def _requests(self, request: Request) -> Response:
        """What came, oldest first; ``?service=`` keeps those of one."""
        service = request.query_params.get("service")
        kept = [record for record in self._house.captured.kept if service in (None, record["service"])]
        return JSONResponse({"requests": kept})

    async def _faults(self, request: Request) -> Response:
        """What can be made to go wrong, and what is set to."""
        rules = self._house.faults.rules
        return JSONResponse(
            {
                "set": [{"fault": r.fault.name, "service": r.service, "left": r.left} for r in rules],
                "known": {fault.name: f"{fault.stage}: {fault.says}" for fault in FAULTS.values()},
            }
        )

    async def _add_faults(self, request: Request) -> Response:
        """``{"faults": ["503@fal*2"]}``."""
        body = await _object(request)
        found = body.get("faults", [])
        try:
            self._house.add_rules(found if isinstance(found, list) else [str(found)])
        except SettingsError as error:
            return _problem(error)
        return await self._faults(request)

    async def _options(self, request: Request) -> Response:
        """``{"latency": 0.5, "concurrency": 3, "media": "int-fps"}``, each of them if it is there."""
        body = await _object(request)
        changed: dict[str, Any] = {name: body[name] for name in ("latency", "concurrency") if name in body}
        try:
            if "media" in body:
                changed["media"] = media_switches(str(body["media"]))
        except SettingsError as error:
            return _problem(error)
        self._house.change(**changed)
        return JSONResponse({})

    async def _reset(self, request: Request) -> Response:
        """Forgets jobs, bill, requests, uploads, and the faults that were added."""
        self._house.reset()
        return JSONResponse({})

    # --- a bucket for services without an upload of their own -----------------------------------------------------

    async def _put(self, request: Request) -> Response:
        """Takes a file, as a bucket does with a pre-signed link."""
        if "X-Amz-Signature" not in request.query_params:
            return Response("<Error><Code>AccessDenied</Code></Error>", 403, media_type="application/xml")
        path = self._house.files.room()
        with path.open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
        self._house.files.keep(f"bucket:{request.path_params['path']}", path)
        return Response(status_code=200)

    async def _get(self, request: Request) -> Response:
        """Gives it back, with a signature too."""
        stored = self._house.files.named(f"bucket:{request.path_params['path']}")
        if stored is None or "X-Amz-Signature" not in request.query_params:
            return Response("<Error><Code>AccessDenied</Code></Error>", 403, media_type="application/xml")
        return Response(stored.path.read_bytes(), media_type="video/mp4")


async def _object(request: Request) -> dict[str, Any]:
    try:
        found = await request.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _problem(error: SettingsError) -> Response:
    return JSONResponse({"error": error.what, "fix": error.fix}, 400)
