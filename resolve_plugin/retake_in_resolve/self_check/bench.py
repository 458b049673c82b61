"""A project of our own in Resolve, with a fresh timeline for each measurement: one must not colour the next."""

import io
import json
import os

from .. import FORMAT, handing_over, numbers, tracks
from ..asking import Away
from ..finding import NotFound

SEQUENCE = (1001, 48)
"""First number and count of the pictures of the test sequence."""


class Bench(object):
    """The open throw-away project, our test media by name, and what was found so far."""

    def __init__(self, asking, transcript, saying, pointer, folder, files):
        self.asking = asking
        self.transcript = transcript
        self.saying = saying
        self.pointer = pointer
        self.folder = folder
        self.files = files
        self.rate = "24"
        self.manager = asking.must(asking.resolve, "GetProjectManager")
        self.project = self.pool = self.timeline = None
        self.step = ""
        self.disagreed = []
        self._made = []

    def open_project(self, name, rate):
        """Make and open a project whose timelines run at that rate."""
        project = self.asking.tell(self.manager, "CreateProject", name)
        current = self.asking.ask(self.manager, "GetCurrentProject")
        if project is None or self.asking.ask(current, "GetName") != name:
            raise Away("Resolve did not make the project %s. Is a window of Resolve open?" % name)
        self.project, self.rate = current, rate
        self._made.append(name)
        self.asking.tell(current, "SetSetting", "timelineFrameRate", rate)
        if "29.97" in rate:
            self.asking.tell(current, "SetSetting", "timelineDropFrameTimecode", "1")
        self.pool = self.asking.must(current, "GetMediaPool")

    def close_projects(self):
        """Close and delete what was made, and nothing else."""
        current = self.asking.ask(self.manager, "GetCurrentProject")
        if current is not None and self.asking.ask(current, "GetName") in self._made:
            self.asking.tell(self.manager, "CloseProject", current)
        for name in self._made:
            self.asking.tell(self.manager, "DeleteProject", name)

    def name(self, kind):
        """The file name of a test movie at this project's rate: `counted` (240 frames), or `take` (120 others)."""
        rate = self.rate.replace(" DF", "").replace(".", "")
        return "check_%s_%s.mov" % (rate, {"counted": "a", "take": "b"}[kind])

    def media(self, name):
        """A test movie in the media pool."""
        root = self.asking.must(self.pool, "GetRootFolder")
        path = self.files[name]["path"]
        for clip in numbers.listed(self.asking.ask(root, "GetClipList")):
            if self.asking.ask(clip, "GetClipProperty", "File Path") == path:
                return clip
        made = numbers.listed(self.asking.tell(self.pool, "ImportMedia", [path]))
        if not made:
            raise Away("Resolve did not import %s. Is its folder readable for Resolve?" % path)
        return made[0]

    def sequence(self):
        """The numbered pictures in the media pool."""
        first, frames = SEQUENCE
        path = os.path.join(self.folder, "check_sequence", "check.%04d.png")
        clip = {"FilePath": path, "StartIndex": first, "EndIndex": first + frames - 1}
        made = numbers.listed(self.asking.tell(self.pool, "ImportMedia", [clip]))
        return made[0] if made else None

    def fresh(self, name):
        """A new timeline, current, beginning at one hour."""
        timeline = self.asking.tell(self.pool, "CreateEmptyTimeline", name)
        if timeline is None:
            raise Away("Resolve did not make the timeline %s. Is a window of Resolve open?" % name)
        self.asking.tell(self.project, "SetCurrentTimeline", timeline)
        self.timeline = self.asking.must(self.project, "GetCurrentTimeline")
        return self.timeline

    def start(self):
        """The first frame of the timeline."""
        return numbers.frame(self.asking.must(self.timeline, "GetStartFrame"))[0]

    def clip(self, media, first, end, at, kind=1, track=1, **more):
        """Put media frames `[first, end)` on a track, `at` frames after the timeline's start; what came of it."""
        told = {"mediaPoolItem": media, "startFrame": first, "endFrame": end, "trackIndex": track}
        told["recordFrame"] = self.start() + at
        if kind is not None:
            told["mediaType"] = kind
        told.update(more)
        self.asking.tell(self.pool, "AppendToTimeline", [told])
        found = tracks.at(self.asking, self.on(track), self.start() + at)
        return None if found is None else found.thing

    def on(self, track, kind="video"):
        """The items of a track."""
        return tracks.items_of(self.asking, self.timeline, kind, track)

    def spans(self, track=1, kind="video"):
        """`[[start from the timeline's start, length]]` of the items of a track."""
        found = [tracks.span(self.asking, item) for item in self.on(track, kind)]
        return [None if span is None else [span[0] - self.start(), span[1]] for span in found]

    def takes(self, item):
        """`{count, selected, list: [[first, end, file name]]}` as Resolve tells it, not made better."""
        count = numbers.whole(self.asking.ask(item, "GetTakesCount"), 0)
        listed = []
        for index in range(1, count + 1):
            told = self.asking.ask(item, "GetTakeByIndex", index)
            told = told if isinstance(told, dict) else {}
            name = numbers.text(self.asking.ask(told.get("mediaPoolItem"), "GetName"))
            listed.append([told.get("startFrame"), told.get("endFrame"), name])
        selected = numbers.whole(self.asking.ask(item, "GetSelectedTakeIndex"), 0)
        return {"count": count, "selected": selected, "list": listed}

    def found(self, facts, agrees, **values):
        """Keep what a measurement found."""
        self.transcript.found(self.step, facts, agrees, values)
        if agrees is False:
            self.disagreed.append("%s: %s" % (self.step, ", ".join(facts)))

    def constant(self, name):
        """A constant of the handle; None where this Resolve does not know it."""
        value = getattr(self.asking.resolve, name, None)
        self.transcript.constant(self.asking.resolve, name, value)
        return value


def make_media(pointer, folder):
    """Let the core make the test movies in a folder: `{name: {path, frames}}`. Raises NotFound."""
    code, said = handing_over.run(pointer, ["resolve", "self-check-media", folder], folder)
    try:
        with io.open(os.path.join(folder, "media.json"), encoding="utf-8") as file:
            told = json.load(file)
    except (OSError, ValueError):
        told = {}
    if code or told.get("otio_retake_check_media") != FORMAT:
        last = said.strip().splitlines()[-1:] or [""]
        raise NotFound("The test movies could not be made (%s). Run `otio-retake resolve doctor`." % last[0])
    return {row["name"]: dict(row, path=os.path.join(folder, row["name"])) for row in told["files"]}
