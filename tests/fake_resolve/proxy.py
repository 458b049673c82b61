"""What a script holds: a new object at each call, over state that is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .fake import FakeResolve

PLAIN = (str, int, float, bool, type(None))


class Proxy:
    """A handle. Two handles of one thing are not equal, and each is true. fact: proxies-not-equal, proxies-truthy."""

    __slots__ = ("_fake", "_it", "_opened", "_project", "_session")

    def __init__(self, fake: FakeResolve, it: Any):
        self._fake = fake
        self._it = it
        self._session = fake.session
        self._project = fake.world.project
        self._opened = self._project.opened if self._project else 0

    def __getattr__(self, name: str) -> Any:
        """A call, a constant, or ``None``. fact: unknown-attribute-none."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self._fake.attribute(self, name)

    def __dir__(self) -> list[str]:
        return self._fake.names(self._it)

    def __repr__(self) -> str:
        return f"<{self._fake.kind(self._it)} at {id(self):#x}>"


class Method:
    """One call of one handle, as Resolve gives it: it takes no keywords. fact: no-keyword-arguments."""

    __slots__ = ("_name", "_proxy")

    def __init__(self, proxy: Proxy, name: str):
        self._proxy = proxy
        self._name = name

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        if keywords:
            raise TypeError(f"{self._name}() takes no keyword arguments")
        return self._proxy._fake.call(self._proxy, self._name, args)


def inside(value: Any, alive: Any) -> Any:
    """An argument as the fake works with it; a dead handle is ``None``. fact: plain-arguments-only."""
    if isinstance(value, Proxy):
        return value._it if alive(value) else None
    if type(value) in PLAIN:
        return value
    if type(value) in (list, tuple):
        return [inside(each, alive) for each in value]
    if type(value) is dict:
        return {inside(key, alive): inside(each, alive) for key, each in value.items()}
    raise TypeError(f"cannot convert {type(value).__name__} for Resolve")


def outside(fake: FakeResolve, value: Any) -> Any:
    """An answer as a script sees it."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, (list, tuple)):
        return [outside(fake, each) for each in value]
    if isinstance(value, dict):
        return {key: outside(fake, each) for key, each in value.items()}
    return Proxy(fake, value)
