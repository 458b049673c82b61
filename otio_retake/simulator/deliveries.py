"""What a service brings by itself when a job ends: a result put to an address, a webhook.

Only addresses on this machine are served. fal and Runware try a webhook again, with growing pauses, until it is
answered with 2xx; here that is a few times, and quicker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx

from .asking import Refusal
from .files import is_here
from .jobs import Job
from .results import TYPES

PAUSES = (0.1, 0.3, 1.0)
"""Seconds before the second, third and fourth try."""


def undeliverable(*addresses: str | None) -> Refusal | None:
    """Why something cannot be brought there."""
    for address in addresses:
        if address and not is_here(urlsplit(address).hostname or ""):
            return Refusal("invalid", "the simulator brings results to addresses on this machine only", "webhook")
    return None


async def deliver(job: Job, put_to: str, webhook: str, payloads: Iterable[Mapping[str, Any]]) -> None:
    """Puts the results of a job that has ended to ``put_to``, then posts ``payloads`` to ``webhook``."""
    async with httpx.AsyncClient(trust_env=False, timeout=15) as client:
        for path in job.results if put_to else ():
            content = await asyncio.to_thread(path.read_bytes)
            headers = {"Content-Type": TYPES.get(path.suffix, "video/mp4")}
            with suppress(httpx.HTTPError):
                await client.put(put_to, content=content, headers=headers)
        for payload in payloads if webhook else ():
            for pause in (*PAUSES, 0.0):
                with suppress(httpx.HTTPError):
                    if (await client.post(webhook, json=dict(payload))).is_success:
                        break
                await asyncio.sleep(pause)
