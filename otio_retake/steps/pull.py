"""planned → pulled: the frames that are sent, as one file in the project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from ..durable import write_text
from ..media.pull import RECIPE, Pulled, pull
from ..orders import Order, OrderSpec, State
from .workshop import Workshop

_SPEC = TypeAdapter(OrderSpec)


def run(order: Order, shop: Workshop) -> None:
    """Writes the pull of ``order`` and its manifest. Doing it again writes the same frames to the same place."""
    path = remake(order, shop)
    shop.ledger.move(order.key, State.PULLED, pull=shop.project.store(path))


def remake(order: Order, shop: Workshop) -> Path:
    """Writes the pull without moving the order: for one whose pull was purged."""
    spec = order.spec
    facts = shop.facts(order)
    sound = spec.sound
    if sound is not None:
        own = sound.facts.path == spec.media.path
        sound = replace(sound, facts=facts if own else shop.same(sound.facts, str(sound.facts.path)))
    service = shop.provider(order).capabilities
    path = shop.project.pull(order.key)
    made = pull(
        facts, spec.spans, spec.fit, sound, path, most_bytes=service.most_bytes, progress=shop.progress(order, "pull")
    )
    write_manifest(order, made, path.with_suffix(".json"))
    return path


def write_manifest(order: Order, made: Pulled, path: Path) -> None:
    """What is needed to understand a pull without the ledger: which frames of what, and how they were made."""
    manifest = {
        "order": order.key,
        "recipe": RECIPE,
        "frames": made.frames,
        "sha256": made.sha256,
        "bytes": made.size,
        "rate_factor": made.crf,
        "spec": _SPEC.dump_python(order.spec, mode="json"),
    }
    write_text(path, TypeAdapter(dict[str, object]).dump_json(manifest, indent=1).decode() + "\n")
