"""AAF files as documents: every property of every object, so that two can be compared."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import aaf2
from aaf2 import properties

Document = dict[str, Any]


def document(source: Path | bytes, folder: Path) -> Document:
    """Header, definitions, media objects and embedded media of a file; media objects by their id."""
    path = source if isinstance(source, Path) else folder / "document.aaf"
    if isinstance(source, bytes):
        path.write_bytes(source)
    with aaf2.open(str(path), "r") as file:
        storage = file.content
        header = {p.name: _value(p) for p in file.header.properties() if p.name not in ("Content", "Dictionary")}
        return {
            "header": header,
            "definitions": {p.name: _value(p) for p in file.dictionary.properties()},
            "mobs": {str(mob.mob_id): _object(mob) for mob in storage.mobs},
            "essence": [str(key) for key, _ in storage["EssenceData"].items()] if "EssenceData" in storage else [],
        }


def _object(item: Any) -> Document:
    return {"class": type(item).__name__, **{p.name: _value(p) for p in item.properties()}}


def _value(prop: Any) -> Any:
    if isinstance(prop, properties.StrongRefProperty):
        return _object(prop.value)
    if isinstance(prop, properties.StrongRefVectorProperty):
        return [_object(item) for item in prop]
    if isinstance(prop, properties.StrongRefSetProperty):
        return {str(key): _object(item) for key, item in prop.items()}
    if isinstance(prop, properties.WeakRefProperty):
        return str(prop.value.unique_key) if prop.value is not None else None
    if isinstance(prop, properties.WeakRefArrayProperty):
        return sorted(str(item.unique_key) for item in prop)
    if isinstance(prop, properties.StreamProperty):
        with io.BytesIO(prop.open("r").read()) as data:
            return data.getvalue()
    return bytes(prop.data)


def added(before: Document, after: Document) -> tuple[list[str], list[Any]]:
    """The media objects and the slots of the sequence that ``after`` has more; asserts that there is nothing else."""
    assert after["header"] == before["header"]
    assert after["essence"] == before["essence"]
    for name, definitions in before["definitions"].items():
        assert {key: after["definitions"][name][key] for key in definitions} == definitions
    slots: list[Any] = []
    for ident, mob in before["mobs"].items():
        there = after["mobs"][ident]
        assert {**there, "Slots": None} == {**mob, "Slots": None}
        count = len(mob["Slots"])
        assert there["Slots"][:count] == mob["Slots"]
        slots += there["Slots"][count:]
    return [ident for ident in after["mobs"] if ident not in before["mobs"]], slots
