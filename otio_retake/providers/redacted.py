"""Words of a service without what nobody may read: addresses, signatures, keys, in whatever way they are written down.

A service repeats in its errors what it was sent, and where its files lie: as an address, as the query of one, as JSON,
as XML, percent-encoded once or twice. What looks like a secret is taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from urllib.parse import unquote

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|data:|www\.)\S+", re.IGNORECASE)
_QUERY = re.compile(r"\S*[?&][^\s=]+=\S*")
"""Part of an address without its beginning: queries are signed."""

_NAME = r"[\w.-]*(?:signature|credential|secret|passw|authori[sz]ation|api[_-]?key|access[_-]?key)[\w.-]*"
_SHORT_NAME = r"(?:[\w.]*[_.-])?(?:token|sig|policy|key|bearer)(?:[_.-][\w.]*)?"
_SCHEME = r"(?:(?:bearer|basic|key|token)\s+)?"
_VALUE = r"[^\s\"'&,;<>(){}\[\]]+"

_NAMED = re.compile(
    rf"(?<!\w)(?P<name>{_NAME})(?P<between>\\?[\"']?\s*[=:>]\s*\\?[\"']?)(?P<value>{_SCHEME}{_VALUE})", re.IGNORECASE
)
_ASSIGNED = re.compile(rf"(?<!\w)(?P<name>{_SHORT_NAME})(?P<between>=[\"']?)(?P<value>{_VALUE})", re.IGNORECASE)
_LONG = re.compile(
    rf"(?<!\w)(?P<name>{_SHORT_NAME})(?P<between>\\?[\"']?\s*[:>\s]\s*\\?[\"']?)(?P<value>[^\s\"'&,;<>(){{}}\[\]]{{16,}})",
    re.IGNORECASE,
)
"""After a short name and without a sign of equality, only what is long is a secret: "policy: violence" is none."""

_OPAQUE = re.compile(r"(?<![\w+/=-])(?=[\w+/-]*\d)(?=[\w+/-]*[A-Za-z])[\w+/-]{40,}={0,2}")
"""Long and without sense. A UUID, by which a request is looked up, is shorter."""

_ESCAPED = re.compile(r"\\u00([0-9a-f]{2})", re.IGNORECASE)

MOST_ROUNDS = 6
"""Times that text may have been encoded: nobody does it more than twice by mistake."""

HIDDEN, LINK = "(hidden)", "(link)"


def redacted(words: str, secrets: Sequence[str]) -> str:
    """``words`` without addresses, signatures and ``secrets``."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), words.replace("\\/", "/"))
    plain = " ".join(_decoded(word, secrets) for word in plain.split(" "))
    for secret in secrets:
        plain = plain.replace(secret, HIDDEN)
    plain = _QUERY.sub(LINK, _ADDRESS.sub(LINK, plain))
    for pattern in (_NAMED, _ASSIGNED, _LONG):
        plain = pattern.sub(rf"\g<name>\g<between>{HIDDEN}", plain)
    return _OPAQUE.sub(HIDDEN, plain)


def _decoded(word: str, secrets: Sequence[str]) -> str:
    """A word as it was before it was encoded, where it then holds something to hide; else as it stands."""
    inner = word
    for _ in range(MOST_ROUNDS):
        once = unescape(unquote(inner))
        if once == inner:
            break
        inner = once
    # What decodes to several words stays one here: it is hidden as one.
    whole = "".join(inner.split())
    hides = any(s in whole for s in secrets) or any(p.search(whole) for p in (_ADDRESS, _QUERY, _NAMED, _ASSIGNED))
    return whole if hides else word
