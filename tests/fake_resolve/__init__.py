"""A DaVinci Resolve that is not there: as unkind to scripts as the real one, and as little to be believed.

``FakeResolve`` has everything. ``render`` says what a viewer shows, ``frozen`` makes a timeline comparable,
``served`` gives the same Resolve to a script in another process.
"""

from .fake import FakeResolve
from .faults import Call, ClientKilled, HangsForEver
from .picture import frozen
from .profiles import PROFILES
from .remote import Served, served
from .seen import Seen, render

__all__ = [
    "PROFILES", "Call", "ClientKilled", "FakeResolve", "HangsForEver", "Seen", "Served", "frozen", "render", "served",
]  # fmt: skip
