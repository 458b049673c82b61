"""A small cut in the fake Resolve, for tests that need one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fake_resolve import FakeResolve
from tests.fake_resolve.stage import Stage
from tests.fake_resolve.state import Item, Media

Test = TypeVar("Test", bound=Callable[..., None])


def shows(*facts: str) -> Callable[[Test], Test]:
    """Says which entries of ``api_facts.json`` a test shows of the fake."""

    def mark(test: Test) -> Test:
        return test

    return mark


@dataclass
class Cut:
    """Three clips of 48 frames on V1: from frames 12, 100 and 30 of A, B and A; a bed of sound on A1.

    ``retake`` is what ``/take/r1.mov`` holds, 48 frames, not in the pool.
    """

    fake: FakeResolve
    stage: Stage
    a: Media
    b: Media
    items: list[Item]

    @property
    def project(self) -> Any:
        return self.fake.resolve.GetProjectManager().GetCurrentProject()

    @property
    def pool(self) -> Any:
        return self.project.GetMediaPool()

    @property
    def timeline(self) -> Any:
        return self.stage.proxy

    def item(self, index: int = 0) -> Any:
        return self.stage.item(self.items[index])

    def imported(self, path: str = "/take/r1.mov") -> Any:
        return self.pool.ImportMedia([path])[0]


def a_cut(profile: str = "21.0.4 Studio", label: str = "24", start: str = "01:00:00:00", **knobs: Any) -> Cut:
    """The cut, at a rate that is also its media's."""
    fake = FakeResolve(profile, **knobs)
    fake.setup.project("Show", label)
    a = fake.setup.media("/rushes/a.mov", 240, label, channels=2, start_timecode="10:00:00:00")
    b = fake.setup.media("/rushes/b.mov", 480, label)
    for number in (1, 2, 3):
        fake.setup.known(f"/take/r{number}.mov", 48, label, kind="Video")
    stage = fake.setup.timeline("Cut 1", label, start)
    items = [
        stage.clip(a, at=0, duration=48, source=12),
        stage.clip(b, at=48, duration=48, source=100),
        stage.clip(a, at=96, duration=48, source=30),
    ]
    stage.sound(a, at=0, duration=144)
    return Cut(fake, stage, a, b, items)
