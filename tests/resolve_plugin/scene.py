"""An editor's cut in the fake Resolve, a session on it, and plans as the core would write them."""

from __future__ import annotations

import json
import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

from retake_in_resolve import exchange, place, snapshot
from retake_in_resolve.applying import apply
from retake_in_resolve.asking import Asking
from retake_in_resolve.collect import collect
from retake_in_resolve.exchange import Session
from retake_in_resolve.revert import revert
from retake_in_resolve.saying import Saying

from tests.fake_resolve import FakeResolve, frozen

BIN = "Retakes"


class Scene:
    """`short` is frames 100..148 of its media, `long` 200..296, `taken` has a take of the editor's own that is seen."""

    def __init__(
        self,
        folder: Path,
        profile: str = "21.0.4 Studio",
        label: str = "24",
        start: str = "01:00:00:00",
        named: bool = True,
        **knobs: Any,
    ):
        self.folder = folder
        self.label = label
        self.fake = FakeResolve(profile, **knobs)
        setup = self.fake.setup
        if named:
            setup.project("Feature", rate=label.removesuffix(" DF"))
        rate = label.removesuffix(" DF")
        self.bin = setup.folder("Rushes")
        self.shot = setup.media(folder / "shot.mov", 1000, rate, self.bin, channels=2)
        self.other = setup.media(folder / "other.mov", 500, rate, self.bin, channels=0, kind="Video")
        self.stage = setup.timeline("Cut 4", label, start, video=2, audio=2)
        self.short = self.stage.clip(self.shot, 0, 48, 100, sound=True, grade=["warm"])
        self.long = self.stage.clip(self.shot, 48, 96, 200)
        self.taken = self.stage.clip(self.shot, 144, 60, 10, takes=[(self.other, 30)], selected=2)
        self.tail = self.stage.clip(self.other, 204, 50, 0)
        self.title = self.stage.title(10, 20, track=2)
        self.over = self.stage.clip(self.other, 150, 20, 77, track=2)
        self.short.properties["ZoomX"] = 1.25
        self.mark = self.stage.mark(60, 12, name="RETAKE", note="rain", color="Fuchsia")
        self.clip_mark = self.stage.mark_clip(self.short, 5, 10, name="RETAKE", note="smile")
        self.stage.playhead(33)
        project = self.fake.world.project
        assert project is not None
        project.folder = self.bin
        self.project = project
        self.fake.world.page = "color"
        self.state = folder / "state"
        self.said: list[str] = []
        self.session: Session | None = None
        self.snapshot: dict[str, Any] = {}
        self.record: Any = None
        """Told of every call of the scripts."""

    # --- the plugin -----------------------------------------------------------------------------------------------

    @property
    def asking(self) -> Asking:
        return Asking(self.fake.resolve, pause=lambda seconds: None, record=self.record)

    def goes_elsewhere(self, call: int) -> tuple[Any, list[str]]:
        """The editor opens another timeline right after a call of the scripts; that timeline, and the calls."""
        other = self.fake.setup.timeline("Other")
        other.clip(self.other, 0, 50)
        self.project.current = self.stage.state
        calls: list[str] = []

        def after_a_call(thing: Any, name: str, *told: Any) -> None:
            calls.append(name)
            if len(calls) == call:
                self.project.current = other.state

        self.record = after_a_call
        return other, calls

    @property
    def saying(self) -> Saying:
        return Saying(write=self.said.append)

    def take_snapshot(self) -> dict[str, Any]:
        asking = self.asking
        return snapshot.take(asking, place.here(asking))

    def begin(self) -> Session:
        """Read the timeline and make a session of it, as `Retake` does."""
        self.session = Session.begin(str(self.state))
        self.session.write(exchange.SNAPSHOT, self.take_snapshot())
        self.snapshot = self.session.read(exchange.SNAPSHOT)
        return self.session

    def hand(self, plan: dict[str, Any]) -> dict[str, Any]:
        """Put a plan into the session's folder, as the core does."""
        assert self.session is not None
        self.session.write(exchange.PLAN, plan)
        return plan

    def apply(self, plan: dict[str, Any]) -> dict[str, Any]:
        self.hand(plan)
        return apply(self.asking, self.session, self.session.plan(), self.saying)

    def collect(self) -> list[dict[str, Any]]:
        return collect(self.asking, str(self.state), self.saying)

    def revert(self) -> list[dict[str, Any]]:
        return revert(self.asking, str(self.state), self.saying)

    def as_told(self, said: list[str]) -> None:
        """The editor deletes the empty track that they were told may be ours: nobody knows whose it is."""
        if any("delete it if it is not yours" in line for line in said):
            for tracks in self.stage.state.tracks.values():
                tracks[2:] = [track for track in tracks[2:] if track.items or track.name.startswith("Retakes")]

    # --- what the core writes -------------------------------------------------------------------------------------

    def row(self, item: Any) -> tuple[dict[str, Any], list[Any]]:
        """What the snapshot says of an item, and its track; found by its place, as ids may change."""
        kind, number, _ = self.stage.state.track_of(item) or ("", 0, None)
        for track in self.snapshot["tracks"]:
            for row in track["items"] if (track["kind"], track["index"]) == (kind, number) else ():
                if row["start"] == item.start:
                    return row, [kind, number]
        raise LookupError(item)

    def movie(self, name: str, frames: int, **facts: Any) -> Path:
        """A file of ours: the fake is told what it holds, on disk it is only something."""
        path = self.folder / "takes" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"movie")
        facts.setdefault("kind", "Video")
        self.fake.setup.known(path, frames, self.label.removesuffix(" DF"), **facts)
        return path

    def take(self, item: Any, ident: str = "t1", kind: str = "take", **more: Any) -> dict[str, Any]:
        """A take of the whole of an item with handles of 12 frames; or of a `region=(first, length)` of it."""
        row, track = self.row(item)
        first, length = more.pop("region", (0, row["duration"]))
        sound = kind == "sound"
        handles = 0 if sound else 12
        name = more.pop("name", f"shot_rtk{ident}_v001")
        frames = length + 2 * handles
        facts = {"kind": "Audio", "channels": 2} if sound else {}
        path = self.movie(name + (".wav" if sound else ".mov"), frames, **facts)
        told: dict[str, Any] = {
            "ident": ident,
            "name": name,
            "path": str(path),
            "frames": frames,
            "comment": "retake of shot",
            "reel": name,
            "kind": kind,
            "item": row["id"],
            "expects": {
                "track": track,
                "start": row["start"],
                "duration": row["duration"],
                "left_offset": row["left_offset"],
                "media": row["media"],
                "takes": row["takes"]["count"],
                "selected": row["takes"]["selected"],
            },
            "bounds": [handles, handles + length],
            "record": [row["start"] + first, length],
            "track_name": "Retakes",
            "enabled": False,
            "properties": dict(row["properties"]) if kind == "above" else {},
            "copy_grade": kind == "above",
        }
        return told | more

    def plan(self, *takes: dict[str, Any], revision: int = 1, **more: Any) -> dict[str, Any]:
        assert self.session is not None
        told = {
            "otio_retake_apply": 1,
            "revision": revision,
            "snapshot": self.session.snapshot_digest(),
            "project": self.snapshot["project"]["id"],
            "timeline": self.snapshot["timeline"]["id"],
            "rate": self.snapshot["timeline"]["rate"],
            "activate": False,
            "bin": [BIN, "Cut 4"],
            "takes": list(takes),
            "marks": [],
            "pick": {},
        }
        return told | more

    def every_kind(self, **more: Any) -> dict[str, Any]:
        """Two takes of one clip, one of a clip with takes, one above, one sound, and the ids of two markers."""
        frame = self.clip_mark
        color = {"color": "Fuchsia", "name": "RETAKE"}
        row, _ = self.row(self.short)
        marks = [
            {"where": "timeline", "item": "", "frame": 60, "duration": 12, "custom": "otio-retake:m1", **color},
            {"where": "item", "item": row["id"], "frame": frame, "duration": 10, "custom": "otio-retake:m2", **color},
        ]
        heard = next(item for item in self.stage.track(1, "audio").items if item.start == self.short.start)
        return self.plan(
            self.take(self.short, "a1"),
            self.take(self.short, "a2"),
            self.take(self.taken, "b1"),
            self.take(self.long, "c1", "above", region=(12, 30)),
            self.take(self.long, "c2", "above", region=(20, 30)),
            self.take(heard, "d1", "sound", region=(4, 20)),
            marks=marks,
            **more,
        )

    # --- what is true ---------------------------------------------------------------------------------------------

    def picture(self) -> dict[str, Any]:
        """The cut without what is ours."""
        return frozen(
            self.stage.state,
            ours=(str(self.folder / "takes"),),
            our_tracks=self.our_tracks(),
            our_custom="otio-retake:",
        )

    def our_tracks(self) -> list[str]:
        """The names of tracks above the editor's two of each kind: one that is just made has no name of ours."""
        tracks = self.stage.state.tracks
        return [track.name for kind in ("video", "audio") for track in tracks[kind][2:]]

    def whole(self) -> dict[str, Any]:
        """All that an editor can see of the project, without ids and without the time in names."""
        return {
            "cut": frozen(self.stage.state),
            "timelines": len(self.project.timelines),
            "current": self.project.current.name if self.project.current else "",
            "page": self.fake.world.page,
            "folder": self.project.folder.name,
            "playhead": self.stage.state.playhead,
            "bins": _bins(self.project.root),
            "enabled": [item.enabled for item in self.stage.state.items()],
        }

    def editors_place(self) -> tuple[Any, ...]:
        state = self.stage.state
        current = self.project.current
        return (self.fake.world.page, self.project.folder.name, current.name if current else "", state.playhead)

    def items(self, kind: str = "video", track: int | None = None) -> list[tuple[int, int, int, str]]:
        """`(track, first, length, file)` of each item, frames from the start of the timeline."""
        found = []
        for number, each in enumerate(self.stage.state.tracks[kind], 1):
            for item in each.items:
                if track in (None, number):
                    name = Path(item.media.path).name if item.media else item.name
                    found.append((number, item.start - self.stage.state.start, item.duration, name))
        return found

    def copy(self) -> bytes:
        return pickle.dumps((self.fake.world, self.fake.saved))


def _bins(folder: Any) -> Any:
    clips = sorted(clip.name.split(" - before")[0] for clip in folder.clips)
    return {folder.name: [clips, [_bins(inner) for inner in folder.folders]]}


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {line["ident"]: line["outcome"] for line in report["results"]}


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda held: str(held) if isinstance(held, Fraction) else repr(held)))
