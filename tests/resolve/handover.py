"""One timeline of the fake Resolve through the whole house: a snapshot, the desk, a plan, and the script again."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from retake_in_resolve import exchange, place, snapshot
from retake_in_resolve.applying import apply
from retake_in_resolve.asking import Asking
from retake_in_resolve.revert import revert
from retake_in_resolve.saying import Saying

from otio_retake import session as core
from otio_retake.cuts.resolve_exchange import APPLY, SNAPSHOT, reports
from otio_retake.desk.calls import CALLS, read_call
from otio_retake.media.facts import read_facts
from otio_retake.media.frames import read_frames
from otio_retake.media.slate import read_strip
from otio_retake.resolve.learned import learn_from_report, learn_from_snapshot
from otio_retake.resolve.session import ResolveDesk, project_folder
from otio_retake.spans import Span
from tests.desk.numbered import number_in
from tests.fake_resolve import FakeResolve, render
from tests.media.truth import luma


class Handover:
    """What the script hands over, and a desk on it that is spoken to as a page speaks to it."""

    def __init__(self, fake: FakeResolve, state: Path, **flags: Any) -> None:
        self.fake = fake
        self.state = state
        self.said: list[str] = []
        self.folder = self._snapshot()
        path = self.folder / SNAPSHOT
        self.session = core.Session(path, {**flags, "project": project_folder(path, flags), "editor": ""})
        self.desk = ResolveDesk(self.session, self.folder / APPLY)
        self.learned = learn_from_snapshot(self.session)

    @property
    def _asking(self) -> Asking:
        return Asking(self.fake.resolve, pause=lambda seconds: None)

    def _snapshot(self) -> Path:
        self._exchange = exchange.Session.begin(str(self.state))
        asking = self._asking
        self._exchange.write(exchange.SNAPSHOT, snapshot.take(asking, place.here(asking)))
        return Path(self._exchange.folder)

    def close(self) -> None:
        self.desk.close()
        self.session.close()

    def __enter__(self) -> Handover:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def say(self, call: str, **body: Any) -> dict[str, Any]:
        """What the page gets for a call."""
        return self.desk.do(call, read_call(CALLS[call], json.dumps(body).encode()))

    def order(self) -> dict[str, Any]:
        """Confirms what the desk shows, and waits for the run to end; the board as it then is."""
        self.say("confirm", digest=self.desk.board()["confirm"]["digest"], skip_problems=False)
        until = time.monotonic() + 180
        while self.desk.worker.running:
            assert time.monotonic() < until, self.desk.worker.watch.said
            time.sleep(0.05)
        return self.desk.board()

    def write(self) -> dict[str, Any]:
        """The plan, as it was written."""
        self.say("write", editor="")
        plan: dict[str, Any] = json.loads((self.folder / APPLY).read_text(encoding="utf-8"))
        return plan

    def apply(self) -> dict[str, Any]:
        """What the script does with the plan, and what the core learns of it."""
        plan = self._exchange.plan()
        report: dict[str, Any] = apply(self._asking, self._exchange, plan, Saying(write=self.said.append))
        learn_from_report(self.session, reports(self.folder)[-1])
        return report

    def revert(self) -> None:
        revert(self._asking, str(self.state), Saying(write=self.said.append))


def seen(timeline: Any, frames: range, track: int | None = None) -> list[tuple[int | None, bool]]:
    """What a viewer shows at absolute frames: the number in each picture, and whether there is a slate over it."""
    shown = [render(timeline, frame, track=track) for frame in frames]
    found = []
    for path in dict.fromkeys(each.path for each in shown):
        assert path
        wanted = [each.frame for each in shown if each.path == path]
        facts = read_facts(Path(path))
        pictures = dict(read_frames(facts, Span(min(wanted), max(wanted) + 1)))
        found.append((path, pictures))
    pictures_of = dict(found)
    rows = [luma(pictures_of[each.path][each.frame]) for each in shown]
    return [(number_in(row), read_strip(row) is not None) for row in rows]
