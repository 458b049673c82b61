"""The measurements, one after another: none stops the next, and nothing of the editor's is touched."""

import os

from .. import exchange, numbers, snapshot
from ..asking import Away, Unreadable
from ..finding import NotFound
from . import clocks, placing, surroundings, take_bounds, take_life
from .bench import Bench, make_media
from .transcript import Transcript

EVERY_RATE = (clocks.clip_marker, clocks.ends, take_bounds.equal)
"""What may differ from rate to rate."""

ONCE = (
    take_bounds.other_length,
    take_bounds.no_bounds,
    take_bounds.same_media,
    take_bounds.other_rate,
    take_bounds.sequence,
    take_life.kept,
    take_life.deleted,
    take_life.duplicated,
    placing.overlap,
    placing.deleting,
    placing.selection,
    placing.export_with_takes,
    surroundings.python,
)
BY_HAND = (surroundings.undo, surroundings.marker_by_hand, surroundings.window_open)

RATES = ("23.976", "29.97 DF", "24")

UNTITLED = "Untitled Project"


def check(asking, pointer, saying, by_hand=True):
    """Measure, and say where the transcript is. The exit code. Raises Away and NotFound before anything is made."""
    may(asking)
    folder = os.path.join(pointer["state"], "self-check", exchange.stamp())
    os.makedirs(folder)
    saying.say("Making test movies in %s ..." % folder)
    files = make_media(pointer, folder)
    path = os.path.join(folder, "transcript.jsonl")
    transcript = Transcript(path, asking.resolve, snapshot.resolve(asking))
    asking.record = transcript.record
    bench = Bench(asking, transcript, saying, pointer, folder, files)
    try:
        for rate in RATES:
            _rate(bench, rate, EVERY_RATE + (ONCE + (BY_HAND if by_hand else ()) if rate == RATES[-1] else ()))
    finally:
        asking.record = None
        transcript.close()
    bench.close_projects()
    for line in bench.disagreed:
        saying.say("Other than expected: " + line)
    saying.tell("The self-check is done. Please send this file to the makers of otio-retake: %s" % path, asking)
    return 0


def may(asking):
    """Raises NotFound where a project is open that could hold anybody's work: it would be closed unsaved."""
    manager = asking.must(asking.resolve, "GetProjectManager")
    project = asking.ask(manager, "GetCurrentProject")
    if project is None:
        return
    empty = numbers.whole(asking.ask(project, "GetTimelineCount"), 0) == 0
    if asking.ask(project, "GetName") != UNTITLED or not empty:
        raise NotFound(
            "The self-check makes projects of its own, for which the open one is closed. Save yours, choose "
            "File > New Project without naming it, then run the self-check again."
        )


def _rate(bench, rate, measurements):
    """All measurements that are made in a project of one rate."""
    try:
        bench.open_project("otio-retake self-check %s %s" % (exchange.stamp(), rate), rate)
    except (Away, Unreadable) as fault:
        bench.saying.say(str(fault))
        return
    for measure in measurements:
        bench.step = "%s %s" % (measure.__name__, rate)
        bench.transcript.step(bench.step)
        bench.saying.say("Measuring %s ..." % bench.step)
        try:
            measure(bench)
        except Exception as fault:  # a Resolve that behaves otherwise is what is looked for: the rest is still measured
            bench.found([], None, fault="%s: %s" % (type(fault).__name__, fault))
