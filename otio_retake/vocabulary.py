"""The words that marks may use on this machine: the order language with what services and plug-ins add to it."""

from __future__ import annotations

from .capabilities import SERVICES, Capabilities, capabilities_of
from .errors import SettingsError
from .marks import MARK_KEYS, Vocabulary
from .providers.base import Providers


def vocabulary(providers: Providers, colour: str = "") -> Vocabulary:
    """The words of every service that is installed; ``colour`` is that of marks that say nothing."""
    names = providers.names()
    broken = unfit(providers)
    keys = {key for name in names if name not in broken for key in capabilities_from(providers, name).options}
    return Vocabulary(tuple(dict.fromkeys((*SERVICES, *names))), (*MARK_KEYS, *sorted(keys)), colour)


def unfit(providers: Providers) -> dict[str, SettingsError]:
    """The plug-ins that are installed and cannot be used, with why: only who asks for one need mind."""
    found = {}
    for name in providers.names():
        try:
            capabilities_from(providers, name)
        except SettingsError as error:
            found[name] = error
    return found


def capabilities_from(providers: Providers, service: str) -> Capabilities:
    """What a service can do: as is known of it, else as its plug-in says."""
    if service in SERVICES or service not in providers.names():
        return capabilities_of(service)
    return providers.get(service).capabilities
