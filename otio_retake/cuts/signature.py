"""How a clip in a cut says that it is a take of ours, in forms that keep no metadata of ours: in one line of text.

Editors drop what they do not know, but keep comments, notes and names. The line stands where a person can read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..takes import TakeFile

_SIGNATURE = re.compile(
    r"otio-retake v(\d{3,}) take ([0-9a-z]+)(?: of orders? ([0-9a-z]+(?: [0-9a-z]{7}\b)*))?", re.IGNORECASE
)

TAKE_FILE = re.compile(r"_rtk[0-9a-f]{7}_v\d{3,}\.(mov|wav)$", re.IGNORECASE)
"""How the names of takes end, whatever cut or project they are from."""


def signature(take: TakeFile) -> str:
    """The line for a take: its version, its id and the short names of its orders."""
    orders = " ".join(key[:7] for key, _ in take.spec.picks)
    return f"otio-retake v{take.version:03} take {take.ident} of order{'s' if ' ' in orders else ''} {orders}"


def signed(text: str) -> Mapping[str, Any] | None:
    """What a text that holds such a line says: ``take``, ``version``, ``orders``; None where there is none."""
    found = _SIGNATURE.search(text)
    if found is None:
        return None
    return {"take": found[2].lower(), "version": int(found[1]), "orders": tuple((found[3] or "").lower().split())}
