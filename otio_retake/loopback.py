"""A place to listen on this machine's own address, for the desk and for the simulator."""

from __future__ import annotations

import os
import socket

from .errors import SettingsError


def bound(port: int) -> socket.socket:
    """A socket on 127.0.0.1 that nobody else listens on; 0 is any free port. Raises ``SettingsError``."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    elif (alone := getattr(socket, "SO_EXCLUSIVEADDRUSE", None)) is not None:
        # On Windows the former would let another program take the port over.
        sock.setsockopt(socket.SOL_SOCKET, alone, 1)
    try:
        sock.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        sock.close()
        reason = getattr(error, "strerror", None) or "it is no port"
        raise SettingsError(
            f"the port cannot be taken ({reason})", where=f"127.0.0.1:{port}", fix="choose another with --port, or 0"
        ) from None
    return sock
