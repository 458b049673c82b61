"""What the entries of Workspace > Scripts do. An editor never sees a traceback: only what is wrong and what to do."""

import os
import sys
from typing import List

from . import collect as collecting
from . import exchange, finding, handing_over, place, revert, snapshot, watching
from .asking import Asking, Away, Unreadable
from .exchange import Session, Taken
from .finding import NotFound
from .saying import Saying


def retake(names, pointer_path):
    """Read the timeline, open the desk on it, stay for what it asks to be applied. The exit code."""
    return _guarded(names, pointer_path, _retake)


def collect(names, pointer_path):
    """Put into the open project what is waiting for it."""
    return _guarded(names, pointer_path, _collect)


def take_back(names, pointer_path):
    """Take back everything that was added to the current timeline."""
    return _guarded(names, pointer_path, _take_back)


def self_check(names, pointer_path):
    """Measure how this Resolve behaves, in a project of its own."""
    return _guarded(names, pointer_path, _self_check)


def _guarded(names, pointer_path, work):
    saying = Saying(names)
    try:
        pointer = finding.pointer(pointer_path)
        asking = Asking(finding.handle(names))
        return work(asking, pointer, saying)
    except (Away, Taken, NotFound, Unreadable) as fault:
        saying.say(str(fault))
    except OSError as fault:
        where = fault.filename or "The folder in which Retake keeps its files"
        saying.say("%s: %s. Look whether the disk is there and has room." % (where, fault.strerror or fault))
    except Exception as fault:  # a fault of ours must not look like one of Resolve's
        saying.say(_fault(fault))
    return 1


def _retake(asking, pointer, saying):
    here = place.here(asking)
    if here.timeline is None:
        saying.tell("No timeline is open. Open the cut that you want to work on, then run Retake again.", asking)
        return 1
    asking.stay(here.project, here.timeline_id, "Retake")
    read = snapshot.take(asking, here)
    asking.still()
    asking.leave()
    session = Session.begin(pointer["state"])
    session.write(exchange.SNAPSHOT, read)
    process = handing_over.start(pointer, session)
    if not watching.started(session, process, saying):
        return 1
    saying.say("The timeline was read. The desk opens in your browser; takes come here by themselves.")
    ended = watching.watch(asking, session, pointer["state"], saying)
    saying.say("Retake has ended (%s). Run Retake - Collect for takes that come later." % ended)
    return 0


def _collect(asking, pointer, saying):
    stuck: List[str] = []
    reports = collecting.collect(asking, pointer["state"], saying, stuck)
    if reports or stuck:
        text, details = collecting.told(reports, stuck)
        saying.tell(text, asking, details)
    return 0


def _take_back(asking, pointer, saying):
    stuck: List[str] = []
    reports = revert.revert(asking, pointer["state"], saying, stuck)
    if reports or stuck:
        text, details = revert.told(reports, stuck)
        saying.tell(text, asking, details)
    return 0


def _self_check(asking, pointer, saying):
    from .self_check import checking

    return checking.check(asking, pointer, saying)


def _fault(fault):
    """Where a fault of ours happened, without a traceback."""
    trace = sys.exc_info()[2]
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (
        "" if trace is None else "%s line %d" % (os.path.basename(trace.tb_frame.f_code.co_filename), trace.tb_lineno)
    )
    return (
        "A fault of this script (%s: %s, %s). The timeline is as the journal in the session's folder says; "
        "run Retake - Collect to go on, or Retake - Revert to take everything back."
        % (type(fault).__name__, fault, where)
    )
