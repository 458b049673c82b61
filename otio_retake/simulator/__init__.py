"""The five services on this machine, with faults and a bill: to try a setup, and every failure, without money.

    with Simulator(latency=0.2) as sim:
        subprocess.run([...], env={**os.environ, **sim.environment()})
        assert sim.bill() == []

docs/simulator.md says what it imitates, and how well.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import httpx

from ..errors import SettingsError

if TYPE_CHECKING:
    from .server import Server

__all__ = ["Simulator"]


class Simulator:
    """A simulator in this process; it listens as long as the ``with`` block lasts."""

    def __init__(
        self,
        *,
        port: int = 0,
        latency: float = 0.0,
        concurrency: int | None = None,
        faults: tuple[str, ...] = (),
        script: Path | None = None,
        canned: Path | None = None,
        media: str = "exact",
    ) -> None:
        """``media`` and ``faults`` as on the command line. Raises ``SettingsError``."""
        from .house import Options, media_switches
        from .server import Server

        self._server: Server = Server(
            Options(latency, concurrency, media_switches(media), tuple(faults), script, canned), port
        )
        self.url = self._server.url
        self.port = self._server.port

    def __enter__(self) -> Simulator:
        self._server.start()
        self._http = httpx.Client(base_url=f"{self.url}/_simulator", trust_env=False, timeout=60)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()
        self._server.stop()

    @property
    def running(self) -> bool:
        """Whether it still listens."""
        return self._server.running

    def environment(self) -> dict[str, str]:
        """What to set so that every service is this simulator."""
        from .server import environment

        return environment(self.url)

    # --- what a test looks at ---------------------------------------------------------------------------------------

    def bill(self) -> list[dict[str, Any]]:
        """Every accepted submit that is charged, oldest first."""
        return list(self._get("bill")["bill"])

    def free(self) -> list[dict[str, Any]]:
        """Every accepted submit that is not charged."""
        return list(self._get("bill")["free"])

    def total(self) -> str:
        """The sum of the bill."""
        return str(self._get("bill")["total"])

    def requests(self, service: str | None = None) -> list[dict[str, Any]]:
        """Every request that came, oldest first, without what is secret in it."""
        found = self._get("requests", {"service": service} if service else {})
        return list(found["requests"])

    # --- what a test sets -------------------------------------------------------------------------------------------

    def fault(self, *texts: str) -> None:
        """Lets something go wrong from now on: ``503@fal*2``. Raises ``SettingsError``."""
        self._post("faults", {"faults": list(texts)})

    def lift(self, name: str | None = None) -> None:
        """Takes faults back that are set: those of one name, or all."""
        self._http.delete("/faults", params={"fault": name} if name else None).raise_for_status()

    def change(self, **options: Any) -> None:
        """Changes ``latency``, ``concurrency`` or ``media``. Raises ``SettingsError``."""
        self._post("options", options)

    def reset(self) -> None:
        """Everything as at the start: no jobs, no bill, no requests, the first faults; the options stay."""
        self._post("reset", {})

    def _get(self, what: str, params: dict[str, str] | None = None) -> dict[str, Any]:
        return dict(self._http.get(f"/{what}", params=params).raise_for_status().json())

    def _post(self, what: str, body: dict[str, Any]) -> None:
        answer = self._http.post(f"/{what}", json=body)
        if answer.status_code == 400:
            found = answer.json()
            raise SettingsError(found["error"], where="the simulator", fix=found["fix"])
        answer.raise_for_status()
