"""The bytes of a cut file, or a message that says why there are none."""

from __future__ import annotations

from pathlib import Path

from ..errors import CutError

MOST_BYTES = 2 << 30
"""A cut file above this is no cut."""


def read_bytes(path: Path, what: str, again: str = "export the timeline again") -> bytes:
    """What stands in the file at ``path``. ``what`` names the form, ``again`` how it is exported.

    Raises ``CutError`` for what is no regular file, cannot be read, is too large, or is empty.
    """
    where = str(path)
    try:
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "no regular file" if path.exists() else "not there"
            raise CutError(f"the cut is {kind}", where=where, fix=f"give the path of an exported {what}")
        if path.stat().st_size > MOST_BYTES:
            raise CutError("the file is too large to be a cut", where=where, fix=again)
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise CutError(
            f"the cut cannot be read: {reason}", where=where, fix="check the path and its permissions"
        ) from None
    if not data.strip():
        raise CutError("the cut file is empty", where=where, fix=again)
    return data
