"""Reads and changes AAF files in a child process, with a deadline and a limit of memory.

An AAF is a file system in a file: a damaged or hostile one can lead its reader around in circles, or make it ask for
any amount of memory. What the child says is plain values; what it writes is a new file.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..child import environment, last_words, limit_memory, stop
from ..errors import CutError

MOST_MEMORY = 4 << 30
"""Address space of the child."""

SECONDS = 120
SECONDS_PER_MEGABYTE = 20
SECONDS_PER_TAKE = 2
"""How long the child may take. pyaaf2 reads a megabyte of structure in a second and writes a take in a twentieth of
one, on a machine that has nothing else to do."""

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a file that is structured storage begins ([MS-CFB] 2.2)."""

_AGAIN = "export the sequence again as AAF, without embedded media"


def need_pyaaf2(path: Path) -> None:
    """Raises ``CutError`` where the library that reads AAF is not installed."""
    if find_spec("aaf2") is None:
        raise CutError("reading AAF needs pyaaf2", where=str(path), fix="pip install 'otio-retake[aaf]'")


def outline_of(path: Path, content: bytes) -> dict[str, Any]:
    """What `aaf_outline` says of an AAF file. Raises ``CutError``."""
    need_pyaaf2(path)
    if not content.startswith(SIGNATURE):
        raise CutError("this is no AAF file: it is not structured storage", where=str(path), fix=_AGAIN)
    with tempfile.TemporaryDirectory(prefix="otio-retake-") as folder:
        # A copy, so that what is read is what takes are put into, whatever becomes of the file meanwhile.
        copy, said = Path(folder, "copy.aaf"), Path(folder, "outline.json")
        copy.write_bytes(content)
        _run(path, len(content), "read", [str(copy), str(said)])
        outline: dict[str, Any] = json.loads(said.read_bytes())
        return outline


def patched(path: Path, content: bytes, edits: dict[str, Any]) -> tuple[bytes, list[str]]:
    """The file's ``content`` with ``edits`` done to it, as `aaf_patch` understands them, and what could not be copied.

    Raises ``CutError``.
    """
    need_pyaaf2(path)
    with tempfile.TemporaryDirectory(prefix="otio-retake-") as folder:
        copy, list_ = Path(folder, "copy.aaf"), Path(folder, "edits.json")
        copy.write_bytes(content)
        list_.write_text(json.dumps(edits))
        more = SECONDS_PER_TAKE * sum(len(edit) for edit in edits.values())
        _run(path, len(content), "patch", [str(copy), str(list_)], more)
        lost: list[str] = json.loads(list_.read_bytes())
        return copy.read_bytes(), lost


def _run(path: Path, size: int, job: str, arguments: list[str], more: int = 0) -> None:
    done_to = "read" if job == "read" else "changed"
    seconds = SECONDS + SECONDS_PER_MEGABYTE * (size >> 20) + more
    command = [sys.executable, "-m", "otio_retake.cuts.aaf_cell", job, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, env=environment(), check=False)
    except subprocess.TimeoutExpired:
        raise CutError(f"the AAF cannot be {done_to} within {seconds} s", where=str(path), fix=_AGAIN) from None
    if done.returncode != 0:
        why = last_words(done.stderr) or "its reader was stopped"
        fix = "export one sequence at a time" if "sequence" in why and "holds" in why else _AGAIN
        raise CutError(f"the AAF cannot be {done_to}: {why}", where=str(path), fix=fix)


# --- in the child ---------------------------------------------------------------------------------------------------


def _main(job: str, file: Path, other: Path) -> None:
    limit_memory(MOST_MEMORY)
    # pyaaf2 shuffles directories to balance them: the same edits shall make the same file.
    random.seed(0)
    from .aaf_outline import MOST_BYTES, Unreadable, read_outline
    from .aaf_patch import CannotPatch, patch

    try:
        if job == "read":
            text = json.dumps(read_outline(file))
            if len(text) > MOST_BYTES:
                stop("it says more than a sequence should")
            other.write_text(text)
        else:
            other.write_text(json.dumps(patch(file, json.loads(other.read_bytes()))))
    except (Unreadable, CannotPatch) as error:
        stop(str(error))
    except MemoryError:
        stop("it needs more memory than a sequence should")
    except RecursionError:
        stop("its objects are nested too deep")
    except Exception:  # pyaaf2 raises anything at all over a damaged file
        stop("it is damaged, or cut short")


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
