"""The provider for the service beside this file: `paid`, and `blind`, which cannot look a lost submit up."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx

from otio_retake.capabilities import SERVICES, Price
from otio_retake.errors import ResultExpired, ServiceRefused, ServiceTrouble
from otio_retake.orders import OrderSpec
from otio_retake.providers.base import Found, Progress, Report, Submission, Upload

PRICE = Price(Decimal(os.environ.get("PAID_SERVICE_PRICE", "0.10")))
LIMITS = replace(SERVICES["ltx"], service="paid", model="one", doubt=0, price=PRICE, concurrency=3)


class Paid:
    """Costs ten cents a second, where nobody says otherwise."""

    capabilities = LIMITS
    can_find = True
    can_cancel = True

    def __init__(self) -> None:
        self._http = httpx.Client(base_url=os.environ["PAID_SERVICE_URL"], timeout=20, trust_env=False)

    def _read(self, path: str, **params: str) -> httpx.Response:
        try:
            answer = self._http.get(path, params=params)
        except httpx.HTTPError as error:
            raise ServiceTrouble(f"the service does not answer ({type(error).__name__})") from None
        if answer.status_code >= 500:
            raise ServiceTrouble(f"the service has trouble ({answer.status_code})", retry_after=1)
        return answer

    def upload(self, pull: Path, order: OrderSpec, progress: Progress) -> Upload:
        answer = self._http.post("/uploads", content=pull.read_bytes())
        return Upload(answer.json()["id"])

    def submit(self, submission: Submission) -> str:
        order = submission.order
        answer = self._http.post(
            "/jobs",
            json={
                "token": submission.token, "order": submission.key, "upload": submission.upload,
                "prompt": order.prompt, "mode": order.mode, "ordinal": order.ordinal, "cost": str(order.cost),
                "changed": [order.spans.span_in_pull(order.spans.changed).first,
                            order.spans.span_in_pull(order.spans.changed).end],
            },
        )  # fmt: skip
        if answer.status_code == 402:
            raise ServiceRefused("the account has no funds", kind="funds", fix="top it up")
        if answer.status_code == 429:
            wait = int(answer.headers.get("Retry-After", "5"))
            raise ServiceRefused("the service is busy", kind="rate", retry_after=wait)
        if answer.status_code == 400:
            raise ServiceRefused("the service refused the request", kind="invalid")
        if answer.status_code != 202:
            raise RuntimeError(f"an answer that is not listed: {answer.status_code}")
        return str(answer.json()["id"])

    def find(self, submission: Submission) -> Found | None:
        jobs = self._read("/jobs", token=submission.token).json()["jobs"]
        return Found(jobs[0] if jobs else None)

    def poll(self, remote: str, submission: Submission) -> Report:
        said = self._read(f"/jobs/{remote}").json()
        billed = Decimal(said["cost"]) if "cost" in said else None
        state = {"ready": "ready", "running": "running", "failed": "failed", "cancelled": "cancelled"}[said["status"]]
        return Report(
            state, said.get("results", 1), billed, said.get("charged"), "job", said.get("error", ""), look_again=0.2
        )  # type: ignore[arg-type]

    def fetch(self, remote: str, number: int, into: Path, submission: Submission, progress: Progress) -> None:
        answer = self._read(f"/jobs/{remote}/results/{number}")
        if answer.status_code == 404:
            raise ResultExpired("the result is gone")
        into.write_bytes(answer.content)

    def cancel(self, remote: str) -> None:
        self._http.delete(f"/jobs/{remote}")

    def close(self) -> None:
        self._http.close()


class Blind(Paid):
    """The same service, without a way to look up what was never answered."""

    capabilities = replace(LIMITS, service="blind")
    can_find = False

    def find(self, submission: Submission) -> Found | None:
        return None
