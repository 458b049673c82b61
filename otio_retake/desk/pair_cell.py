"""Makes a pair in a child process: decoding and encoding large pictures takes more memory than a server should.

A child that is stopped leaves nothing: what it wrote is beside the place, and put there when it has ended well.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pydantic import TypeAdapter

from ..child import SAID, environment, last_words, stop
from ..errors import RetakeError
from ..media.facts import MediaFacts
from ..spans import Span
from .pairs import make_pair

_FACTS = TypeAdapter(MediaFacts)

SECONDS = 120
SECONDS_A_FRAME = 3
"""What a child may take: two minutes, and three seconds a frame at the worst, as for 8K on a busy machine."""


def cook_pair(original: MediaFacts, take: MediaFacts | None, span: Span, path: Path) -> None:
    """Writes the pair of ``original`` and ``take`` to ``path``, as `pairs.make_pair` does. Raises a ``RetakeError``."""
    asked = {
        "original": _FACTS.dump_python(original, mode="json"),
        "take": None if take is None else _FACTS.dump_python(take, mode="json"),
        "span": [span.first, span.end],
        "path": str(path),
    }
    command = [sys.executable, "-m", "otio_retake.desk.pair_cell"]
    seconds = SECONDS + SECONDS_A_FRAME * len(span)
    where = str((take or original).path)
    try:
        done = subprocess.run(
            command, input=json.dumps(asked).encode(), capture_output=True, timeout=seconds, env=environment(),
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise RetakeError(
            f"the pictures for the page were not made within {seconds} s", where=where, fix="look at it once more"
        ) from None
    if done.returncode == SAID:
        said = json.loads(last_words(done.stderr))
        raise RetakeError(said["what"], where=said["where"], fix=said["fix"])
    if done.returncode != 0:
        raise RetakeError(
            "the pictures for the page could not be made: their maker was stopped", where=where,
            fix="look at it once more; it may need more memory than there is",
        )  # fmt: skip


def _main() -> None:
    asked = json.loads(sys.stdin.buffer.read())
    take = None if asked["take"] is None else _FACTS.validate_python(asked["take"])
    try:
        make_pair(_FACTS.validate_python(asked["original"]), take, Span(*asked["span"]), Path(asked["path"]))
    except RetakeError as error:
        stop(json.dumps({"what": error.what, "where": error.where, "fix": error.fix}))


if __name__ == "__main__":
    _main()
