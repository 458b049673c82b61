"""The words that marks may use on this machine: the order language with what services and plug-ins add to it."""

from __future__ import annotations

from .capabilities import SERVICES, Capabilities, capabilities_of
from .marks import MARK_KEYS, Vocabulary
from .providers.base import Providers


def vocabulary(providers: Providers, colour: str = "") -> Vocabulary:
    """The words of every service that is installed; ``colour`` is that of marks that say nothing."""
    names = providers.names()
    keys = {key for name in names for key in capabilities_from(providers, name).options}
    return Vocabulary(tuple(dict.fromkeys((*SERVICES, *names))), (*MARK_KEYS, *sorted(keys)), colour)


def capabilities_from(providers: Providers, service: str) -> Capabilities:
    """What a service can do: as is known of it, else as its plug-in says."""
    if service in SERVICES or service not in providers.names():
        return capabilities_of(service)
    return providers.get(service).capabilities
