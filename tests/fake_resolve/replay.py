"""A Resolve that answers what another one answered: from the transcript of a self-check, call by call.

The lines are those of ``retake_in_resolve.self_check.transcript``. The same script asks the same of both, in
another folder and at another time: paths are alike by file name, times by form, and answers have those of now.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from .recorded import exports, is_object, read

_STAMP = re.compile(r"\d{8}-\d{6}")
_RAISED = {kind.__name__: kind for kind in (AttributeError, OSError, RuntimeError, TypeError, ValueError)}


class Strayed(BaseException):
    """A call that was never recorded. Not for a script to catch, which takes any ``Exception`` for a failed call."""


class Thing:
    """A handle of what was recorded, known by its number."""

    __slots__ = ("_class", "_number", "_replay")

    def __init__(self, replay: Replay, number: int, kind: str):
        self._replay, self._number, self._class = replay, number, kind

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._replay.attribute(self, name)


class Replay:
    """``resolve`` is the handle. Each recorded call answers once, in its order among those of its object and name.

    While ``recorded`` is off, nothing was written down: then Resolve tells its version, and has no project open.
    """

    def __init__(self, path: Path):
        self.head, self.lines = read(path)
        self.recorded = True
        self._calls = [line for line in self.lines if "n" in line and is_object(line["on"])]
        self._waiting: dict[tuple[int, str], list[dict[str, Any]]] = {}
        for line in self._calls:
            self._waiting.setdefault((line["on"]["object"], line["name"]), []).append(line)
        self._offered = {key for key, lines in self._waiting.items() if not lines[0].get("missing")}
        self._exports = dict(exports(self.lines))
        self._things: dict[int, Thing] = {}
        self._now: dict[str, str] = {}
        self.resolve = self._thing(0, "Resolve")

    @property
    def left(self) -> list[str]:
        """The recorded calls that were not asked."""
        waiting = {line["n"] for lines in self._waiting.values() for line in lines}
        return [_said(line) for line in self._calls if line["n"] in waiting]

    def offers(self, thing: Any, name: str) -> bool:
        """Whether an object had a method: looking is in no transcript, but what was there was called."""
        return self.recorded and isinstance(thing, Thing) and (thing._number, name) in self._offered

    def attribute(self, thing: Thing, name: str) -> Any:
        """A method; a constant; ``None`` where the method was missing."""
        if not self.recorded:
            return lambda *args: self._unrecorded(name)
        waiting = self._waiting.get((thing._number, name), [])
        if waiting and (waiting[0].get("missing") or waiting[0].get("constant")):
            return self._value(waiting.pop(0).get("result"))
        if name.isupper():
            raise self._strayed({"on": _plain(thing), "name": name, "constant": True})
        return lambda *args: self._answer(thing, name, [_plain(each) for each in args])

    def _unrecorded(self, name: str) -> Any:
        version = self.head["version"]
        known = {"GetVersion": version, "GetVersionString": ".".join(map(str, version))}
        known |= {"GetProductName": self.head["product"], "GetProjectManager": Thing(self, -1, "ProjectManager")}
        return known.get(name)

    def _answer(self, thing: Thing, name: str, args: list[Any]) -> Any:
        waiting = self._waiting.get((thing._number, name), [])
        line = next((line for line in waiting if _alike(line.get("args")) == _alike(args)), None)
        if line is None:
            raise self._strayed({"on": _plain(thing), "name": name, "args": args})
        waiting.remove(line)
        self._learn(line["args"], args)
        if "raised" in line:
            kind, _, text = line["raised"].partition(": ")
            raise _RAISED.get(kind, type(kind, (Exception,), {}))(text)
        if line["n"] in self._exports:
            Path(args[0]).write_text(json.dumps(self._exports[line["n"]]), encoding="utf-8")
        return self._value(line["result"])

    def _strayed(self, asked: dict[str, Any]) -> Strayed:
        left = self.left
        return Strayed(f"{_said(asked)} was not recorded; " + (f"next is {left[0]}" if left else "all else was asked"))

    def _learn(self, recorded: Any, asked: Any) -> None:
        """What a path or a time of the recording is now."""
        if isinstance(recorded, str) and recorded != asked:
            self._now[recorded] = asked
        elif isinstance(recorded, list):
            for one, other in zip(recorded, asked, strict=True):
                self._learn(one, other)
        elif isinstance(recorded, dict) and "map" in recorded:
            self._learn(recorded["map"], asked["map"])

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(each) for each in value]
        if isinstance(value, dict) and "map" in value:
            return {self._value(key): self._value(held) for key, held in value["map"]}
        if isinstance(value, dict):
            return self._thing(value["object"], value["class"])
        return self._now.get(value, value) if isinstance(value, str) else value

    def _thing(self, number: int, kind: str) -> Thing:
        return self._things.setdefault(number, Thing(self, number, kind))


def _plain(value: Any) -> Any:
    """An argument as a transcript has it."""
    if isinstance(value, Thing):
        return {"object": value._number, "class": value._class}
    if isinstance(value, dict):
        return {"map": [[_plain(key), _plain(held)] for key, held in value.items()]}
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def _alike(value: Any) -> str:
    """Arguments without what differs between two runs: the folders of paths, and times."""
    return json.dumps(_without(value))


def _without(value: Any) -> Any:
    if isinstance(value, str):
        return _STAMP.sub("time", re.split(r"[/\\]", value)[-1])
    if isinstance(value, list):
        return [_without(each) for each in value]
    return {"map": _without(value["map"])} if isinstance(value, dict) and "map" in value else value


def _said(line: dict[str, Any]) -> str:
    on = f"{line['on']['class'] or 'object'} {line['on']['object']}"
    args = "" if line.get("constant") else "(" + json.dumps(line["args"], ensure_ascii=False)[1:-1] + ")"
    return f"{line['n']}: {on}.{line['name']}{args}" if "n" in line else f"{on}.{line['name']}{args}"
