"""Jobs are looked at as often as their service likes, and just when they usually end."""

from __future__ import annotations

from otio_retake.steps.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_without_experience_the_service_is_heeded() -> None:
    pace = Pace(Clock())
    pace.began("a")
    assert pace.wait("ltx", "a", 5) == 5
    assert pace.wait("ltx", "never seen", 5) == 5


def test_jobs_are_looked_at_when_they_usually_end() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.began("first")
    clock.now = 30
    pace.ended("ltx", "first")
    pace.began("second")
    assert pace.wait("ltx", "second", 5) == 5, "far from its end"
    assert pace.wait("fal", "second", 5) == 5, "another service's jobs say nothing"
    clock.now = 57
    assert pace.wait("ltx", "second", 5) == 3.25, "three seconds are left, and a little"
    clock.now = 60.3
    assert pace.wait("ltx", "second", 5) == 1, "any moment now"
    clock.now = 70
    assert pace.wait("ltx", "second", 5) == 5, "this one is slow: the service is heeded again"
