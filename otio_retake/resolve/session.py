"""The desk over one timeline of DaVinci Resolve, from the hand-over of a snapshot to the last report.

The scripts in Resolve start it as a program of its own and may end at once: it goes on without them, and they find it
again by the files of the folder. What is written on the desk is a plan; they carry it out and report.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from .. import session as core
from ..cuts.resolve_exchange import APPLY, DESK, ENDED, SNAPSHOT, STARTED, reports, waiting, write_file
from ..cuts.resolve_snapshot import read_snapshot
from ..desk.desk import Desk
from ..desk.link import open_link
from ..desk.serving import Serving, ended_politely
from ..errors import CutError, RetakeError
from ..settings import load
from .alone import alone
from .folders import own_folder, private
from .history import reverted, told_in
from .learned import learn_from_report, learn_from_reverted, learn_from_snapshot

LOOK = 0.3
"""Seconds between two looks into the folder."""

FORSAKEN = 30 * 60.0
"""Seconds after which a desk that no page looks at ends, when nothing is at work and nothing is waited for."""

Say = Callable[[str], None]


class ResolveDesk(Desk):
    """A desk that knows when a page last looked at it."""

    def __init__(self, session: core.Session, output: Path) -> None:
        super().__init__(session, output)
        self.seen = time.monotonic()

    def live(self) -> dict[str, Any]:
        """What changes while orders are at work: asked for twice a second while a page is open."""
        self.seen = time.monotonic()
        return super().live()


def serve_session(
    folder: Path, flags: dict[str, Any], *, rehearse: str = "", browser: bool = True, say: Say,
    forsaken: float = FORSAKEN,
) -> None:  # fmt: skip
    """Serves the desk for the snapshot in ``folder`` until nobody needs it. Raises a ``RetakeError``.

    Whatever ends it, ``ended.json`` says so: the scripts in Resolve wait for nothing more. A project folder of our own
    is this user's alone; one that was named may be a team's, and is written as the user's other files are.
    """
    folder = folder.absolute()
    if not (folder / SNAPSHOT).is_file():
        raise CutError(
            "there is no snapshot of a timeline here", where=str(folder), fix="run Retake in Resolve: it makes one"
        )
    with alone(folder):
        (folder / ENDED).unlink(missing_ok=True)
        write_file(folder / STARTED, {"pid": os.getpid(), "at": _now()})
        why = "a fault of the program"
        try:
            ours = _named(folder / SNAPSHOT, flags) is None
            with private() if ours else nullcontext():
                why = _served(folder, flags, rehearse, browser, say, forsaken)
        except RetakeError as error:
            why = f"{error.what} ({error.where}): {error.fix}"
            raise
        finally:
            with suppress(RetakeError):
                write_file(folder / ENDED, {"why": why, "at": _now()})


def _served(
    folder: Path, flags: dict[str, Any], rehearse: str, browser: bool, say: Say, forsaken: float
) -> str:  # fmt: skip
    path = folder / SNAPSHOT
    project = project_folder(path, flags)
    if _named(path, flags) is None:
        own_folder(project.parent)
    # Takes go where Resolve looks for them: the shape of another editor's file has no meaning here.
    told = {**flags, "project": project, "editor": ""}
    with core.Session(path, told, rehearse=rehearse) as session:
        desk = ResolveDesk(session, folder / APPLY)
        session.heed = lambda what, fix: desk.worker.watch.say(f"{what}: {fix}")
        try:
            for text in learn_from_snapshot(session):
                desk.worker.watch.say(text)
            known = {report.revision for report in reports(folder)}
            back = set(reverted(folder))
            for report in reports(folder):
                learn_from_report(session, report)
            learn_from_reverted(session, told_in(folder).taken_back)
            desk.begin()
            with ended_politely(), Serving(desk, link_folder=folder, said=desk.worker.watch.say) as serving:
                write_file(folder / DESK, {"link": str(serving.link)})
                opened = browser and open_link(serving.link)
                head = "the desk is open in the browser; its link is" if opened else "open the desk with"
                say(f"{head} {serving.link}")
                return _watched(folder, desk, serving, known, back, forsaken)
        finally:
            desk.close()
            (folder / DESK).unlink(missing_ok=True)


def _watched(
    folder: Path, desk: ResolveDesk, serving: Serving, known: set[int], back: set[str], forsaken: float
) -> str:
    """Looks for reports until the desk is not needed any more; why it ended."""
    try:
        while serving.running:
            for report in reports(folder):
                if report.revision not in known:
                    known.add(report.revision)
                    for text in learn_from_report(desk.session, report):
                        desk.worker.watch.say(text)
            for name, idents in reverted(folder).items():
                if name not in back:
                    back.add(name)
                    for text in learn_from_reverted(desk.session, idents):
                        desk.worker.watch.say(text)
            at_work = desk.worker.running or desk.kitchen.waiting or waiting(folder) is not None
            if not at_work and time.monotonic() - desk.seen > forsaken:
                return "nobody has looked at the desk for a while"
            time.sleep(LOOK)
    except KeyboardInterrupt:
        return "it was asked to end"
    return "its page could not be served any longer"


def _named(snapshot: Path, flags: dict[str, Any]) -> Path | None:
    """The project that somebody has named, in the settings or by a flag."""
    return load(snapshot.parent, flags).settings.project


def project_folder(snapshot: Path, flags: dict[str, Any]) -> Path:
    """The project of a timeline: as said or set, else one for each project of Resolve, beside the hand-overs."""
    said = _named(snapshot, flags)
    if said is not None:
        return said
    state = snapshot.parent.parent.parent if snapshot.parent.parent.name == "sessions" else snapshot.parent
    _, told = read_snapshot(snapshot)
    known = told.project.id or told.project.name or "project"
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", known).strip("-")[:60]
    if plain != known:
        plain = f"{plain}-{hashlib.sha256(known.encode()).hexdigest()[:8]}".strip("-")
    return state / "projects" / plain


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
