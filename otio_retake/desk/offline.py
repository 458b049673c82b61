"""The page as one file: opens without a network and without this program, plays, and saves what was picked.

Everything is inside: the modules as one script, the board, the numbers, and each movie, sound and picture in an
element of its own, so that no text of it is longer than browsers take. What may run in it is named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import RetakeError
from ..legible import one_line
from .shell import SHELL

if TYPE_CHECKING:
    from .desk import Desk

ENTRY = "desk.js"

_MADE_BY = '<meta name="generator" content="otio-retake-desk">'

_IMPORT = re.compile(r'^import\s*\{[^}]*\}\s*from\s*"\./([a-z_]+\.js)";?\s*?$', re.MULTILINE)
_EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:function|const|let|class)\b)", re.MULTILINE)

_CHUNK = 3 << 19
"""Bytes that are encoded at a time: a multiple of three, so that pieces of base64 join."""


def page(desk: Desk) -> Iterator[bytes]:
    """The file, piece by piece. What cannot be made is left out, and the page says so where it is missed."""
    board = {**desk.board(), "offline": True, "said": [], "working": None}
    script, style = bundle(_texts()), _texts()["desk.css"]
    yield _head(script, style, board["cut"]["name"]).encode()
    yield _json("board", board)
    for request in board["requests"]:
        if request["stills"]:
            yield from _element(desk, "strip", request["id"], "", f"strip-{request['id']}")
        for take in request["made"]:
            yield from _take(desk, take)
    yield f'<script type="module">{script}</script>\n</body>\n</html>\n'.encode()


def _take(desk: Desk, take: Mapping[str, Any]) -> Iterator[bytes]:
    ident = take["id"]
    yield _json(f"numbers-{ident}", desk.numbers(ident))
    if not take["there"]:
        return
    yield from _element(desk, "pair", ident, "", f"pair-{ident}")
    for side in ("a", "b"):
        if take[f"sound_{side}"]:
            yield from _element(desk, "sound", ident, side, f"sound-{side}-{ident}")


def _element(desk: Desk, kind: Any, ident: str, part: str, name: str) -> Iterator[bytes]:
    """One file as an element that holds it, named ``name``; nothing where it cannot be made."""
    try:
        path = desk.file(kind, ident, part)
    except (RetakeError, KeyError):
        return
    data_kind = f"{kind}-{part}" if part else kind
    yield f'<script type="application/octet-stream" data-kind="{data_kind}" id="{html.escape(name)}">'.encode()
    yield from _encoded(path)
    yield b"</script>\n"


def _encoded(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield base64.b64encode(chunk)


def _json(name: str, value: Any) -> bytes:
    """A value as an element; nothing in it can end the element."""
    text = json.dumps(value, default=str).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return f'<script type="application/json" id="{html.escape(name)}">{text}</script>\n'.encode()


def _texts() -> dict[str, str]:
    return {name: file.content.decode() for name, file in SHELL.items()}


def _head(script: str, style: str, name: str) -> str:
    """The page's shell with its style inside, and a policy that lets nothing else run or load."""
    policy = (
        f"default-src 'none'; script-src 'sha256-{_hash(script)}'; style-src 'sha256-{_hash(style)}';"
        " img-src blob: data:; media-src blob:; base-uri 'none'; form-action 'none'"
    )
    shell = _texts()["index.html"]
    shell = re.sub(r"<link[^>]*>\s*", "", shell)
    shell = re.sub(r"<script[^>]*></script>\s*", "", shell)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n{_MADE_BY}\n'
    shell = shell.replace("<head>", f"<head>\n{meta}", 1)
    title = f"<title>{html.escape(one_line(name))}</title>"
    shell = re.sub(r"<title>.*?</title>", lambda _: title, shell, count=1)
    shell = shell.replace("</head>", f"<style>{style}</style>\n</head>", 1)
    return shell[: shell.rindex("</body>")]


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def bundle(texts: Mapping[str, str]) -> str:
    """The modules as one: each after those it takes from, without its imports and exports.

    Names at the top of a module are its own among all of them.
    """
    done: dict[str, str] = {}

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in done or name in above:
            return
        for other in _IMPORT.findall(texts[name]):
            add(other, (*above, name))
        done[name] = _EXPORT.sub("", _IMPORT.sub("", texts[name])).strip()

    add(ENTRY, ())
    return "\n" + "\n".join(done.values()) + "\n"
