"""Text from files and services, made fit for a terminal, a table and a UTF-8 file."""

from __future__ import annotations

import re

_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def legible(text: str) -> str:
    """``text`` with every control character, direction override and half surrogate replaced by U+FFFD.

    Newlines and tabs stay, CR LF becomes a newline.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The same on one line: a name."""
    return text if text.isascii() and text.isprintable() else legible(text).replace("\n", " ").replace("\t", " ")
