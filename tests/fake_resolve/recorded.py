"""The lines of a self-check's transcript: whole, or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FORMAT = 1


class NotATranscript(ValueError):
    """The file is no transcript, or not a whole one."""


def read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The head and the other lines. Raises NotATranscript."""
    lines: list[dict[str, Any]] = []
    known, calls = {0}, 0
    for number, text in enumerate(path.read_bytes().removesuffix(b"\n").split(b"\n"), 1):
        try:
            line = json.loads(text)
            if number == 1:
                _check_head(line)
            elif "n" in line:
                calls += 1
                _check_call(line, calls, known)
                known.update(_objects(line.get("result")))
        except (ValueError, KeyError, TypeError) as fault:
            raise NotATranscript(
                f"{path.name}, line {number}: not of a whole transcript of form {FORMAT} ({fault!r}). "
                "Take transcript.jsonl from the folder of a self-check, as it is."
            ) from fault
        lines.append(line)
    return lines[0], lines[1:]


def _check_head(line: dict[str, Any]) -> None:
    if line["otio_retake_transcript"] != FORMAT:
        raise ValueError("another form")
    if not line["product"] or not line["version"]:
        raise ValueError("no version of Resolve")


def _check_call(line: dict[str, Any], number: int, known: set[int]) -> None:
    if line["n"] != number:
        raise ValueError(f"call {number} is lacking")
    if not {"result", "raised", "missing"} & set(line):
        raise ValueError("no answer")
    if not set(_objects([line["on"], line.get("args")])) <= known:
        raise ValueError("an object comes from nowhere")


def exports(lines: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Calls that wrote a cut to a file, each with a document of which the same is found as was found of that file."""
    number = 0
    for line in lines:
        number = line["n"] if line.get("name") == "Export" else number
        told = line.get("found", {}).get("exported") or {}
        if "timeline_markers" in told:
            first = {
                "source_range": {"start_time": told["source"]},
                "markers": [{"marked_range": {"start_time": start}} for start in told["markers"]],
                "media_references": {name: {} for name in told["references"]},
            }
            clips = [{"OTIO_SCHEMA": "Clip.2"} | (first if index == 0 else {}) for index in range(told["clips"])]
            yield number, {"tracks": {"markers": [{"name": n} for n in told["timeline_markers"]], "children": clips}}


def _objects(value: Any) -> Iterator[int]:
    if is_object(value):
        yield value["object"]
    for each in value if isinstance(value, list) else value.get("map", []) if isinstance(value, dict) else []:
        yield from _objects(each)


def is_object(value: Any) -> bool:
    return isinstance(value, dict) and "object" in value
