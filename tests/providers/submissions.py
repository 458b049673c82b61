"""Submissions for tests of single providers: of an order there is what a provider reads of one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from otio_retake.capabilities import SERVICES
from otio_retake.orders import OrderSpec
from otio_retake.providers.base import Submission
from otio_retake.rates import WindowSeconds

TOKEN = "0b9f3c1e-1111-4222-8333-444455556666"


def submission(service: str, upload: str, pull: Path, token: str = TOKEN, **more: Any) -> Submission:
    """An attempt at ``service``, of which nobody knows when it began; ``more`` is of the order."""
    known = {
        "service": service, "model": SERVICES[service].model, "mode": "video", "prompt": "rain", "options": (),
        "spans": SimpleNamespace(seconds=WindowSeconds(2000, 3000)), **more,
    }  # fmt: skip
    return Submission(token, "key", cast(OrderSpec, SimpleNamespace(**known)), upload, pull)
