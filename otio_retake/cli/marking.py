"""`status --write-marks`: the marks of a cut say in their editor what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.text import Text

from ..cuts import FORMS, MarkState, Patched
from ..cuts.marker_edl import write_list
from ..cuts.model import Marker
from ..errors import CutError
from ..mark_states import mark_states, marker_states
from ..turnover import check_output, save
from .machine import print_json
from .session import Session
from .showing import console
from .tables import named, table
from .working import show_losses

_STYLES = {"done": "green", "failed": "red", "unknown": "magenta", "waiting": "yellow"}


def with_states(session: Session, states: Mapping[Marker, MarkState]) -> Patched:
    """The cut with the state of each mark; those of a list of markers go into a new one, beside it."""
    cut, joined = session.cut, set(session.joined)
    if cut.marks_apart:
        return cut.write_marks(states)
    patched = cut.write_marks({marker: state for marker, state in states.items() if marker not in joined})
    if cut.view.writer == "premiere" and "done" in states.values():
        what = "Premiere shows a marker without a colour green as well: a mark that is new looks like one that is done"
        patched.losses.warnings.append(what)
    rows = [(marker, state) for marker, state in states.items() if marker in joined]
    if not rows:
        return patched
    content, left = write_list(f"{cut.view.name or cut.path.stem} marks", rows, cut.view)
    if left:
        patched.losses.left_out.append(f"{left} marks: a marker list holds 999")
    return replace(patched, also=(*patched.also, (".markers.edl", content)))


def write_states(cut: Path, output: Path | None, flags: dict[str, Any], *, overwrite: bool, json: bool = False) -> None:
    """Writes the cut with the state of each mark; nothing else in it changes."""
    if output is None:
        raise CutError("nobody said where to write the cut", where=str(cut), fix="add -o PATH")
    if cut.is_dir() and cut.suffix.lower() not in FORMS:
        raise CutError("this is a folder", where=str(cut), fix="name the cut whose marks are to be written")
    with Session(cut, flags) as session:
        check_output(session, output, overwrite=overwrite)
        requests = session.requests.requests
        orders = {order.key: order for order in session.ledger.orders()} if session.project.exists else {}
        states = mark_states(requests, session.plan().items, orders)
        markers = marker_states(requests, states)
        patched = with_states(session, markers)
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
        made = table("timecode", named("clip"), "state")
        for row in rows:
            made.add_row(row["timecode"], row["clip"], Text(row["state"], _STYLES[row["state"]]))
        console().print(made)
        show_losses(patched.losses)
        counted = ", ".join(f"{count} {state}" for state, count in sorted(Counter(states.values()).items()))
        console().print(f"[bold]written: {output}[/bold] ({counted or 'no marks'})")
