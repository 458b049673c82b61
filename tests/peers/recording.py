"""Requests as the simulator wrote them down, made fit to be compared: what differs from run to run is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IDS = re.compile(rf"(?<![0-9a-f])(?:{_UUID}|[0-9a-f]{{32}})(?![0-9a-f])", re.IGNORECASE)
_FILE = re.compile(r"(/\{id\})/[^/]+\.mp4$")


def comparable(record: dict[str, Any]) -> dict[str, Any]:
    """Method, path, query, form of authority, content type, body. Ids, names of files, hosts and nulls are left out."""
    return {
        "method": record["method"],
        "path": _path(record["path"]),
        "query": record["query"],
        "auth": record["auth"],
        "content_type": record["content_type"],
        "json": _plain(record["json"]),
        "sha256": record["sha256"] if record["bytes"] else None,
    }


def kinds(records: Iterable[dict[str, Any]]) -> dict[tuple[str, ...], dict[str, Any]]:
    """The first request of each kind: a method and a path, and at Runware what its task is."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for record in map(comparable, records):
        body = record["json"]
        tasks = tuple(task["taskType"] for task in body) if isinstance(body, list) else ()
        found.setdefault((record["method"], record["path"], *tasks), record)
    return found


def _path(path: str) -> str:
    return _FILE.sub(r"\1/{file}", _IDS.sub("{id}", path))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in sorted(value.items()) if inner is not None}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        return _path(urlsplit(value).path if value.startswith("http://") else value)
    return value
