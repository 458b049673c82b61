"""`status --write-marks`: the marks of a cut say in their editor what became of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ..cuts import FORMS
from ..errors import CutError
from ..mark_states import mark_states, marker_states
from .machine import print_json
from .session import Session
from .showing import console, table
from .working import check_output, save, show_losses

_STYLES = {"done": "green", "failed": "red", "unknown": "magenta", "waiting": "yellow"}


def write_states(
    cut: Path, output: Path | None, *, overwrite: bool, project: Path | None = None, json: bool = False
) -> None:
    """Writes the cut with the state of each mark; nothing else in it changes."""
    if output is None:
        raise CutError("nobody said where to write the cut", where=str(cut), fix="add -o PATH")
    if cut.is_dir() and cut.suffix.lower() not in FORMS:
        raise CutError("this is a folder", where=str(cut), fix="name the cut whose marks are to be written")
    with Session(cut, {"project": project}) as session:
        check_output(session, output, overwrite=overwrite)
        requests = session.requests.requests
        orders = {order.key: order for order in session.ledger.orders()} if session.project.exists else {}
        states = mark_states(requests, session.plan().items, orders)
        markers = marker_states(requests, states)
        patched = session.cut.write_marks(markers)
        for request in requests:
            if request.mark.by_colour:
                what = "it is known by its colour alone, which stays"
                patched.losses.left_out.append(f"{request.timecode} {request.clip.name}: {what}")
        save(session, patched, output, overwrite=overwrite)
        rows = [
            {"timecode": r.timecode, "clip": r.clip.name, "mark": r.mark_id, "state": states[r.mark_id]}
            for r in requests
        ]
        if json:
            losses = {"warnings": patched.losses.warnings, "left_out": patched.losses.left_out}
            print_json({"marks": rows, "written": output, **losses})
            return
        made = table("timecode", ("clip", {"ratio": 1}), "state")
        made.expand = True
        for row in rows:
            made.add_row(row["timecode"], row["clip"], f"[{_STYLES[row['state']]}]{row['state']}[/]")
        console().print(made)
        show_losses(patched.losses)
        counted = ", ".join(f"{count} {state}" for state, count in sorted(Counter(states.values()).items()))
        console().print(f"[bold]written: {output}[/bold] ({counted or 'no marks'})")
