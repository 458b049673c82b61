"""The command line with short waits: ``python -m tests.hasty ARGUMENTS``.

Everything is as a user has it, but that a run does not look at a job, or try something again, only after seconds. How
long it waits is tested by itself.
"""

from __future__ import annotations

import sys

from otio_retake.steps import find, gone, pace, patience, submit

MOST = 0.25
"""Seconds to the next look at a job."""


def hurry() -> None:
    """Shortens the waits of this process."""
    find.LOOK_AGAIN = submit.FIRST_WAIT = MOST
    gone.STRETCH = 2 * MOST
    patience.FIRST_WAIT, patience.MOST_WAIT = 0.1, 1.0
    usual = pace.Pace.wait
    pace.Pace.wait = lambda *asked: min(usual(*asked), MOST)  # type: ignore[method-assign]


if __name__ == "__main__":
    from otio_retake.cli import main

    hurry()
    sys.argv[0] = "otio-retake"
    main()
