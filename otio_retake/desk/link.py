"""The link to the desk: a file that only its owner may read, and the browser that opens it.

The address with the token in it is never an argument of a program: everybody on a machine can see those.
"""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path

from ..durable import explained, written_beside

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}">
<title>The desk</title>
<p><a href="{address}">Open the desk</a></p>
</html>
"""


def write_link(path: Path, port: int, token: str) -> None:
    """Writes a page that leads to the desk, over an older one; whole or not at all, and for its owner only.

    Raises ``RetakeError`` where ``path`` cannot be written.
    """
    page = _PAGE.format(address=f"http://127.0.0.1:{port}/#t={token}")
    with written_beside(path) as part:
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(page.encode("ascii"))


def remove_link(path: Path) -> None:
    """Removes it, if it is there. Raises ``RetakeError``."""
    with explained(path):
        path.unlink(missing_ok=True)


def open_link(path: Path) -> bool:
    """Opens it in the person's browser. False where there is none, or no screen to show it on."""
    if not _has_screen():
        return False
    try:
        return webbrowser.open(path.absolute().as_uri())
    except (webbrowser.Error, OSError):
        return False


def _has_screen() -> bool:
    """Without one, a browser would be one for terminals, and take over the one that the desk runs in."""
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
