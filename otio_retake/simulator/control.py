"""The simulator's own address, ``/_simulator``: the bill, the requests that came, what is to go wrong.

It asks for no key and stands on this machine alone.
"""

from __future__ import annotations

import difflib
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import SettingsError
from .faults import FAULTS, fault_named
from .house import House, media_switches, places, seconds


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
            Route("/_simulator/faults", self._lift, methods=["DELETE"]),
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
        try:
            body = await _object(request, ("faults",))
            found = body.get("faults", [])
            listed = found if isinstance(found, list) else [found]
            if not all(isinstance(text, str) for text in listed):
                raise SettingsError("faults are texts", where="faults", fix='write {"faults": ["503@fal*2"]}')
            self._house.add_rules(listed)
        except SettingsError as error:
            return _problem(error)
        return await self._faults(request)

    async def _lift(self, request: Request) -> Response:
        """Takes faults back, also those of the command line; ``?fault=503`` those of that name. Jobs stay."""
        name = request.query_params.get("fault")
        try:
            self._house.lift(fault_named(name, "?fault=").name if name else None)
        except SettingsError as error:
            return _problem(error)
        return await self._faults(request)

    async def _options(self, request: Request) -> Response:
        """``{"latency": 0.5, "concurrency": 3, "media": "int-fps"}``, each of them if it is there."""
        changed: dict[str, Any] = {}
        try:
            body = await _object(request, ("latency", "concurrency", "media"))
            if "latency" in body:
                changed["latency"] = seconds(body["latency"])
            if "concurrency" in body:
                changed["concurrency"] = places(body["concurrency"])
            if "media" in body:
                changed["media"] = media_switches(_text(body["media"]))
        except SettingsError as error:
            return _problem(error)
        self._house.change(**changed)
        options = self._house.options
        said = {"latency": options.latency, "concurrency": options.concurrency, "media": list(options.media)}
        return JSONResponse(said)

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


async def _object(request: Request, known: tuple[str, ...]) -> dict[str, Any]:
    """The JSON object that was sent. Raises ``SettingsError`` for anything else, and for a name that is not known."""
    try:
        found = await request.json()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SettingsError(
            "this is no JSON object", where="the control address", fix=f"send {', '.join(known)} in one"
        )
    for name in found:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            fix = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            raise SettingsError(f"nothing is called {name!r}", where="the control address", fix=fix)
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise SettingsError(f"{value!r} is no text", where="media", fix="write int-fps, for example")
    return value


def _problem(error: SettingsError) -> Response:
    return JSONResponse({"error": error.what, "fix": error.fix}, 400)
