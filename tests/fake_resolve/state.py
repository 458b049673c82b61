"""What Resolve remembers: plain objects that live on when a script dies, and can be saved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from .frames import drops, rate_of

TRACK_KINDS = ("video", "audio", "subtitle")

PROPERTIES: dict[str, Any] = {
    "Pan": 0.0, "Tilt": 0.0, "ZoomX": 1.0, "ZoomY": 1.0, "ZoomGang": True, "RotationAngle": 0.0,
    "AnchorPointX": 0.0, "AnchorPointY": 0.0, "Pitch": 0.0, "Yaw": 0.0, "FlipX": False, "FlipY": False,
    "CropLeft": 0.0, "CropRight": 0.0, "CropTop": 0.0, "CropBottom": 0.0, "CropSoftness": 0.0, "CropRetain": False,
    "DynamicZoomEase": 0.0, "CompositeMode": 0.0, "Opacity": 100.0, "Distortion": 0.0, "RetimeProcess": 0.0,
    "MotionEstimation": 0.0, "Scaling": 0.0, "ResizeFilter": 0.0,
}  # fmt: skip
"""What can be set on an item, as it is at first. There is no speed among them. fact: properties-no-speed."""


@dataclass(eq=False, slots=True)
class Marker:
    """A marker. Scripts cannot read the keywords."""

    color: str
    name: str
    note: str
    duration: int
    custom: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(eq=False, slots=True, repr=False)
class Media:
    """An entry of the media pool. ``first`` is the number of a sequence's first file; ``kind`` is Resolve's Type."""

    uid: str
    name: str
    path: str
    frames: int
    rate: Fraction
    kind: str = "Video + Audio"
    start_timecode: str = "00:00:00:00"
    drop: bool = False
    first: int = 0
    channels: int = 0
    size: tuple[int, int] = (1920, 1080)
    codec: str = "Apple ProRes 422 HQ"
    reel: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    markers: dict[int, Marker] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    color: str = ""
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    timeline: Timeline | None = None
    gone: bool = False

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"

    @property
    def still(self) -> bool:
        return self.kind == "Still"

    @property
    def sound_only(self) -> bool:
        return self.kind == "Audio"


@dataclass(eq=False, slots=True)
class Folder:
    """A bin."""

    uid: str
    name: str
    folders: list[Folder] = field(default_factory=list)
    clips: list[Media] = field(default_factory=list)
    gone: bool = False

    def everything(self) -> list[Folder]:
        """This bin and all below it."""
        return [self, *(inner for folder in self.folders for inner in folder.everything())]


@dataclass(eq=False, slots=True)
class Take:
    """One take of an item. ``start`` and ``end`` are as they were given; ``source`` counts from the media's head.

    All else is the item's. fact: take-settings-of-clip, takes-anonymous.
    """

    media: Media
    start: int
    end: int
    source: int
    length: int


@dataclass(eq=False, slots=True, repr=False)
class Item:
    """An item of a track. ``source`` is the frame of the media, from its head, that the first frame shows."""

    uid: str
    kind: str
    start: int
    duration: int
    media: Media | None = None
    source: int = 0
    speed: Fraction = Fraction(1)
    name: str = ""
    takes: list[Take] = field(default_factory=list)
    selected: int = 0
    enabled: bool = True
    markers: dict[int, Marker] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    color: str = ""
    properties: dict[str, Any] = field(default_factory=lambda: dict(PROPERTIES))
    grade: list[str] = field(default_factory=lambda: [""])
    corrections: dict[int, dict[str, Any]] = field(default_factory=dict)
    compositions: list[str] = field(default_factory=list)
    fades: tuple[float, float] = (0.0, 0.0)
    link: str = ""
    channel: int = 0
    subframe: float = 0.0
    gone: bool = False

    def __repr__(self) -> str:
        return f"<{self.kind} {self.shown_name} {self.start}+{self.duration} from {self.source}>"

    @property
    def end(self) -> int:
        """One past the last frame."""
        return self.start + self.duration

    @property
    def shown_name(self) -> str:
        return self.name or (self.media.name if self.media else "")

    def copied(self, uid: str) -> Item:
        """The same under another id."""
        return replace(
            self,
            uid=uid,
            takes=[replace(take) for take in self.takes],
            markers={frame: replace(marker) for frame, marker in self.markers.items()},
            flags=list(self.flags),
            properties=dict(self.properties),
            grade=list(self.grade),
            corrections=dict(self.corrections),
            compositions=list(self.compositions),
        )


@dataclass(eq=False, slots=True)
class Track:
    """A track. ``lock`` names its entry in the project's table of locks."""

    kind: str
    name: str
    lock: str
    enabled: bool = True
    subtype: str = ""
    items: list[Item] = field(default_factory=list)

    def free(self, start: int, end: int) -> bool:
        """Whether nothing lies between two frames. A transition lies on what it joins."""
        return not any(i.kind != "transition" and i.start < end and start < i.end for i in self.items)


@dataclass(eq=False, slots=True, repr=False)
class Timeline:
    """A timeline. Frames of its items are absolute; those of markers and marks are not."""

    uid: str
    name: str
    label: str
    start: int
    media: Media
    tracks: dict[str, list[Track]] = field(default_factory=lambda: {kind: [] for kind in TRACK_KINDS})
    markers: dict[int, Marker] = field(default_factory=dict)
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    playhead: int = 0
    selection: list[Item] = field(default_factory=list)
    gone: bool = False

    def __repr__(self) -> str:
        return f"<Timeline {self.name} {self.label}>"

    @property
    def rate(self) -> Fraction:
        return rate_of(self.label)

    @property
    def drop(self) -> bool:
        return drops(self.label)

    @property
    def end(self) -> int:
        """One past the last frame of the last item."""
        return max((item.end for item in self.items()), default=self.start)

    def items(self) -> list[Item]:
        return [item for _, item in self.placed()]

    def placed(self) -> list[tuple[Track, Item]]:
        """Every item with its track."""
        return [(track, item) for kind in TRACK_KINDS for track in self.tracks[kind] for item in track.items]

    def track_of(self, item: Item) -> tuple[str, int, Track] | None:
        """Kind, number and track of an item; ``None`` where it is on none."""
        for kind in TRACK_KINDS:
            for number, track in enumerate(self.tracks[kind], 1):
                if item in track.items:
                    return kind, number, track
        return None


@dataclass(eq=False, slots=True)
class Job:
    """A render job."""

    uid: str
    settings: dict[str, Any]
    status: str = "Ready"
    percent: int = 0


@dataclass(eq=False, slots=True)
class Project:
    """A project, open or closed."""

    uid: str
    name: str
    root: Folder
    folder: Folder
    timelines: list[Timeline] = field(default_factory=list)
    current: Timeline | None = None
    settings: dict[str, str] = field(default_factory=dict)
    locks: dict[str, bool] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    render: dict[str, Any] = field(default_factory=dict)
    rendering: bool = False
    opened: int = 0
    """How often it was opened: handles of an earlier time are dead."""

    def timeline_of(self, item: Item) -> Timeline | None:
        return next((t for t in self.timelines if t.track_of(item)), None)


@dataclass(eq=False, slots=True)
class World:
    """Everything: what a Resolve that is started again finds."""

    projects: list[Project] = field(default_factory=list)
    project: Project | None = None
    page: str = "edit"
    serial: int = 0
    poisoned: set[str] = field(default_factory=set)
    known: dict[str, Media] = field(default_factory=dict)
    """What the files that tests speak of hold, by path."""
    pool_selection: list[Media] = field(default_factory=list)
    appended: list[Item] = field(default_factory=list)
    """What was appended since the project was saved."""

    def uid(self) -> str:
        """A new id in Resolve's form."""
        self.serial += 1
        return f"{self.serial * 2654435761 % 2**32:08x}-5eed-4000-8000-{self.serial:012x}"
