"""What an editor has before a script runs: projects, bins, media, timelines. No part of the API."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from .frames import drops, frames_of, rate_of
from .measured import measured
from .stage import Stage
from .state import Folder, Media, Project, Timeline, Track

if TYPE_CHECKING:
    from .fake import FakeResolve


class Setup:
    """Builds into the open project."""

    def __init__(self, fake: FakeResolve):
        self.fake = fake

    def _project(self) -> Project:
        project = self.fake.world.project
        assert project is not None, "no project is open"
        return project

    def project(self, name: str, rate: str = "24", **settings: str) -> Project:
        """A new project, opened in place of the one that was."""
        world = self.fake.world
        root = Folder(world.uid(), "Master")
        own = {"timelineFrameRate": rate, "timelineResolutionWidth": "1920", "timelineResolutionHeight": "1080"}
        project = Project(world.uid(), name, root, root, settings=own | settings, opened=1)
        world.projects.append(project)
        world.project = project
        return project

    def project_rate(self, project: Project) -> Fraction:
        return rate_of(project.settings["timelineFrameRate"])

    def folder(self, name: str, parent: Folder | None = None) -> Folder:
        """A bin in the root, or in another."""
        made = Folder(self.fake.world.uid(), name)
        (parent or self._project().root).folders.append(made)
        return made

    # --- media --------------------------------------------------------------------------------------------------------

    def known(self, path: str | Path, frames: int, rate: str = "24", **facts: Any) -> Media:
        """Says what a file holds, for an import of it; the file need not be there.

        ``facts`` are fields of ``Media``: kind, start_timecode, first, channels, size.
        """
        name = facts.pop("name", "") or PurePath(path).name
        media = Media("", name, str(path), frames, rate_of(rate), drop=drops(rate), **facts)
        self.fake.world.known[str(path)] = media
        return media

    def media(
        self, path: str | Path, frames: int, rate: str = "24", folder: Folder | None = None, **facts: Any
    ) -> Media:
        """An entry of the media pool, with what its file holds given."""
        media = replace(self.known(path, frames, rate, **facts), uid=self.fake.world.uid())
        (folder or self._project().root).clips.append(media)
        return media

    def media_file(self, path: str | Path, folder: Folder | None = None) -> Media:
        """An entry of the media pool for a real file, measured."""
        media = self.read(str(path))
        assert media is not None, f"{path} cannot be read"
        (folder or self._project().root).clips.append(media)
        return media

    def read(self, path: str) -> Media | None:
        """A new entry for a file that is known or there; ``None`` otherwise."""
        media = self.fake.world.known.get(path) or measured(path)
        if media is None:
            return None
        fresh: dict[str, Any] = {"extra": {}, "metadata": {}, "markers": {}, "flags": [], "marks": {}}
        return replace(media, uid=self.fake.world.uid(), **fresh)

    # --- timelines ----------------------------------------------------------------------------------------------------

    def track(self, project: Project, kind: str, number: int, subtype: str = "") -> Track:
        lock = self.fake.world.uid()
        project.locks[lock] = False
        return Track(kind, f"{kind.title()} {number}", lock, subtype=subtype)

    def timeline(
        self, name: str, label: str = "24", start: str = "01:00:00:00", video: int = 1, audio: int = 1
    ) -> Stage:
        """A new timeline, current. ``label`` is its rate as Resolve writes it: 23.976, 25, 29.97 DF."""
        project, world = self._project(), self.fake.world
        media = Media(world.uid(), name, "", 0, rate_of(label), "Timeline", start, drops(label))
        first = frames_of(start, rate_of(label), drops(label))
        state = Timeline(world.uid(), name, label, first, media, playhead=first)
        media.timeline = state
        for kind, count in (("video", video), ("audio", audio)):
            state.tracks[kind] = [
                self.track(project, kind, number, "mono" if kind == "audio" else "") for number in range(1, count + 1)
            ]
        project.timelines.append(state)
        project.folder.clips.append(media)
        project.current = state
        return Stage(self.fake, state)
