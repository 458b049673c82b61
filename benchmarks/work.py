"""What is measured in a child process: ``python -m benchmarks.work JOB JSON`` prints seconds, peak and result as JSON.

The seconds are those of the work alone: a run of the program imports its libraries once for all its pulls and takes.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from otio_retake.capabilities import capabilities_of
from otio_retake.media.conform import Part, conform
from otio_retake.media.facts import MediaFacts, read_facts
from otio_retake.media.fit import Fit, fit
from otio_retake.media.packets import content_of
from otio_retake.media.pull import pull
from otio_retake.media.sound import own_sound
from otio_retake.rates import nominal
from otio_retake.spans import CannotSend, PullSpans, Span, solve

from . import edit_list
from .avid import avid_adapter, avid_patched
from .fcpxml import fcpxml_adapter, fcpxml_patched
from .measuring import peak_memory
from .timeline import in_memory, their_way, whole_way
from .xmeml import xmeml_adapter, xmeml_patched


def spans_for(facts: MediaFacts, first: int, end: int) -> PullSpans:
    """The spans of a pull for frames ``[first, end)``, as a plan for LTX makes them."""
    picture = facts.video
    spans = solve(Span(first, end), picture.frames, nominal(picture.rate), capabilities_of("ltx"))
    assert not isinstance(spans, CannotSend)
    return spans


def canvas_of(facts: MediaFacts, most: tuple[int, int]) -> Fit:
    """How the source lies in a pull of at most ``most`` pixels."""
    return fit(facts.video, (most[0], most[1]))


def pulling(source: str, out: str, region: tuple[int, int], most: tuple[int, int]) -> Callable[[], dict[str, Any]]:
    """A pull of a file whose facts are known."""
    facts = read_facts(Path(source))
    spans, place = spans_for(facts, *region), canvas_of(facts, most)
    sound = own_sound(facts, facts.video)

    def work() -> dict[str, Any]:
        made = pull(facts, spans, place, sound, Path(out))
        return {"first": spans.pull.first, "frames": made.frames, "base": spans.base}

    return work


def meeting(source: str, out: str, region: tuple[int, int], most: tuple[int, int]) -> Callable[[], dict[str, Any]]:
    """Everything that a file which was never seen goes through: facts, content for the order's key, pull."""

    def work() -> dict[str, Any]:
        facts = read_facts(Path(source))
        spans, place = spans_for(facts, *region), canvas_of(facts, most)
        sound = own_sound(facts, facts.video)
        content_of(facts, spans.pull, sound)
        pull(facts, spans, place, sound, Path(out))
        return {"frames": spans.count}

    return work


def looking(source: str) -> Callable[[], dict[str, Any]]:
    """The facts of a file."""
    return lambda: {"frames": read_facts(Path(source)).video.frames}


def conforming(
    source: str, result: str, out: str, span: tuple[int, int], region: tuple[int, int], most: tuple[int, int]
) -> Callable[[], dict[str, Any]]:
    """A take of frames ``span`` with ``region`` from a result, which was pulled in ``most`` pixels."""
    facts = read_facts(Path(source))
    spans, place = spans_for(facts, *region), canvas_of(facts, most)
    part = Part(Span(*region), Path(result), spans, place, offset=0, rate=Fraction(1))

    def work() -> dict[str, Any]:
        made = conform(facts, Span(*span), [part], Path(out))
        return {"copied": made.copied, "codec": made.codec, "in_result": spans.in_pull(region[0])}

    return work


JOBS: dict[str, Callable[..., Callable[[], dict[str, Any]]]] = {
    "pulling": pulling,
    "meeting": meeting,
    "looking": looking,
    "conforming": conforming,
    "in_memory": in_memory,
    "their_way": their_way,
    "whole_way": whole_way,
    "xmeml_adapter": xmeml_adapter,
    "xmeml_patched": xmeml_patched,
    "fcpxml_adapter": fcpxml_adapter,
    "fcpxml_patched": fcpxml_patched,
    "edl_ours": edit_list.ours,
    "edl_theirs": edit_list.theirs,
    "avid_patched": avid_patched,
    "avid_adapter": avid_adapter,
}


def main() -> None:
    """Does one job and says what it took."""
    work = JOBS[sys.argv[1]](**json.loads(sys.argv[2]))
    began, used = time.perf_counter(), time.process_time()
    said = work()
    took = {"seconds": time.perf_counter() - began, "processor": time.process_time() - used}
    print(json.dumps({**said, **took, "peak": peak_memory()}))


if __name__ == "__main__":
    main()
