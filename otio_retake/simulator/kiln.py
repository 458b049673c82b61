"""Makes the results: real media for real uploads, in a few worker threads; or one file for everybody."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from ..durable import written_beside
from ..media.slate import Slate, answer
from . import distort
from .faults import MEDIA, beside
from .jobs import Job
from .reading import PADDING, changed_frames


@dataclass
class Kiln:
    """Where results are made. ``canned`` is the file that every job gets, where there is one."""

    folder: Path
    canned: Path | None = None
    _workers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(os.cpu_count() or 2, thread_name_prefix="otio-retake-kiln")
    )

    def begin(self, job: Job, switches: Collection[str]) -> Future[list[Path]]:
        """Starts to make the results of ``job``; ``switches`` are set for all of them, its own faults come on top."""
        if self.canned is not None:
            done: Future[list[Path]] = Future()
            done.set_result([self.canned] * job.ask.results)
            return done
        faults = frozenset(switches) | {name for name in MEDIA if job.has(name)}
        return self._workers.submit(self._fire, job, faults)

    def close(self) -> None:
        """Starts nothing more; what is being made is finished."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _fire(self, job: Job, faults: frozenset[str]) -> list[Path]:
        return [self._one(job, number, faults) for number in range(job.ask.results)]

    def _one(self, job: Job, number: int, faults: frozenset[str]) -> Path:
        ask, video = job.ask, job.video
        assert video is not None, "a job without a video has failed before"
        facts = video.facts()
        rate, frames = facts.video.rate, facts.video.frames
        changed = changed_frames(
            ask.start,
            ask.duration,
            rate,
            frames,
            whole="int-reading" in faults,
            padding=PADDING if "padded" in faults else 0,
        )
        slate = Slate(changed, ask.mode, beside(ask.prompt), job.number + number, f"{job.service}, simulated")
        # The same question has the same answer: a test that asks it again and again does not wait for it every time.
        asked = hashlib.sha256(repr((video.sha256, slate)).encode()).hexdigest()[:32]
        plain = self.folder / f"{asked}.mp4"
        if not plain.is_file():
            answer(video.path, slate, plain)
        if not distort.needed(faults, facts, _written(rate), ask.format):
            return plain
        made = plain.with_name(f"{plain.stem}-{'-'.join(sorted(faults)) or 'made'}.{ask.format.lower()}")
        if not made.is_file():
            with written_beside(made) as part:
                distort.distort(plain, changed, rate, faults, part, ask.format)
        return made


def _written(rate: Fraction) -> Fraction:
    """The rate that the answer is first written at."""
    return Fraction(int(rate))
