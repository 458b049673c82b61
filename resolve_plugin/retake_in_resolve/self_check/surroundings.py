"""Around the script: its Python, its environment, what outlives it; and what only a person at the machine can try."""

import os
import subprocess
import sys

from .. import handing_over, numbers

PATIENCE = 30
"""Seconds that a person is given for each thing to be done by hand. Nothing has to be done."""

HEARTBEAT = """
import os, sys, time
for second in range(600):
    if os.path.exists(sys.argv[1] + ".stop") or not os.path.isdir(os.path.dirname(sys.argv[1])):
        break
    with open(sys.argv[1], "w") as file:
        file.write(str(time.time()))
    time.sleep(1)
"""


def python(bench):
    """14. Which Python runs, what it was given, and whether a child outlives Resolve (see `heartbeat`)."""
    names = sorted(
        name for name in os.environ if name.startswith(("PYTHON", "DYLD_", "LD_", "QT_", "RESOLVE", "FUSION"))
    )
    values = {
        "version": sys.version,
        "executable": os.path.basename(sys.executable or ""),
        "file": "__file__" in bench.saying.names,
        "globals": sorted(name for name in bench.saying.names if not name.startswith("_"))[:40],
        "environment": names,
    }
    heartbeat = os.path.join(bench.folder, "heartbeat")
    try:
        handing_over.detached(
            [bench.pointer["python"], "-c", HEARTBEAT, heartbeat],
            env=handing_over.scrubbed(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as fault:
        values["child"] = str(fault)
    bench.found(["menu-python-child"], None, **values)


def undo(bench):
    """15. Whether one undo takes a take back. By hand."""
    from .take_bounds import beside

    item, take = beside(bench, "undo")
    bench.asking.tell(item, "AddTake", take, 12, 60)
    before = bench.takes(item)["count"]
    bench.saying.say("By hand, within %d seconds: press Ctrl+Z (Cmd+Z) once on the Edit page. Or wait." % PATIENCE)
    after = _until(bench, lambda: bench.takes(item)["count"], before)
    bench.found(["undo-unmeasured"], None, before=before, after=after, spans=bench.spans())


def marker_by_hand(bench):
    """1, by hand. Where a marker counts that a person puts on a clip."""
    bench.fresh("marker by hand")
    item = bench.clip(bench.media(bench.name("counted")), 40, 100, 0)
    bench.saying.say(
        "By hand, within %d seconds: select the clip, playhead on its first frame, press M. Or wait." % PATIENCE
    )

    def marks():
        return sorted(numbers.whole(key, -1) for key in bench.asking.ask(item, "GetMarkers") or {})

    bench.found(["clip-markers-source-space"], None, frames=_until(bench, marks, []), left_offset=40)


def window_open(bench):
    """16. What calls answer while a window of Resolve is open. By hand."""
    bench.saying.say(
        "By hand, within %d seconds: open File > Project Settings, and close it again. Or wait." % PATIENCE
    )
    silent = 0
    for _ in range(PATIENCE):
        silent += not bench.asking.awake()
        bench.asking.pause(1)
    bench.found(["busy-answers-none"], None, silent_seconds=silent)


def _until(bench, look, before):
    """What is seen once it is another than before, or at the end of a person's time."""
    now = before
    for _ in range(PATIENCE):
        now = look()
        if now != before:
            break
        bench.asking.pause(1)
    return now
