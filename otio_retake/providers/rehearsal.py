"""The provider that needs nobody: it answers a pull with a slate, on this machine, at no cost.

A job is a pull that lies there; it is done as soon as it is asked for, and the slate is rendered when it is fetched.
With ``rehearses`` set it behaves within another service's grid, as far as that is known.
"""

from __future__ import annotations

from pathlib import Path

from ..capabilities import SERVICES
from ..media.slate import Slate, answer
from ..orders import OrderSpec
from .base import Found, Progress, Report, Submission, Upload


class Rehearsal:
    """Answers as a service does: the whole pull back, re-encoded, with a slate for what would be made anew."""

    capabilities = SERVICES["rehearsal"]
    can_find = True
    can_cancel = True

    def upload(self, pull: Path, order: OrderSpec, progress: Progress) -> Upload:
        """Nothing leaves this machine."""
        return Upload("local")

    def submit(self, submission: Submission) -> str:
        """The job is known by its order."""
        return f"rehearsal-{submission.key}"

    def find(self, submission: Submission) -> Found | None:
        """Every submit is accepted, answered or not."""
        return Found(f"rehearsal-{submission.key}")

    def poll(self, remote: str, submission: Submission) -> Report:
        """Always ready."""
        return Report("ready")

    def fetch(self, remote: str, number: int, into: Path, submission: Submission, progress: Progress) -> None:
        """Renders the slate."""
        spec = submission.order
        slate = Slate(
            changed=spec.spans.span_in_pull(spec.spans.changed),
            mode=spec.mode,
            prompt=spec.prompt,
            take=spec.ordinal,
            service=f"rehearsal for {spec.rehearses}" if spec.rehearses else "rehearsal",
        )
        answer(submission.pull, slate, into, progress=lambda done, total: progress(done, total))

    def cancel(self, remote: str) -> None:
        """There is nothing to stop."""

    def close(self) -> None:
        """There is nothing to close."""
