"""The snapshot that the scripts in DaVinci Resolve take of a timeline, as a file: ``snapshot.rtksnap``.

Resolve counts in four ways, and a snapshot keeps each number as it was given (Blackmagic's scripting README, and what
others have measured of it): *A* absolute frames of the timeline, its start timecode included; *R* frames from the
timeline's start; *S* frames of an item's source, counted as its left offset is; *M* frames of a media file from 0.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ..errors import CutError
from .reading import read_bytes

ENDING = ".rtksnap"
VERSION = 1

_AGAIN = "run Retake again in Resolve, under Workspace, Scripts"

Frame = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
"""A position beyond this is no position: a year at 30 frames a second."""

Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class _Row(BaseModel):
    """A part of a snapshot. A newer script may say more than is known here."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RawMarker(_Row):
    """A marker, its frame in the clock of what holds it."""

    frame: Frame
    duration: Frame = 1
    color: str = ""
    name: str = ""
    note: str = ""
    custom: str = ""


class RawTake(_Row):
    """One take of an item's take list: its media, and the half-open frames of it that it plays."""

    media: str = ""
    start: Frame | None = None
    end: Frame | None = None


class RawTakes(_Row):
    """An item's take list; nothing where it is no take selector. ``selected`` counts from 1."""

    count: Count = 0
    selected: Count = 0
    list: tuple[RawTake, ...] = ()


class RawItem(_Row):
    """An item on a track. ``start`` is in A; ``left_offset`` and its markers are in S.

    ``right_offset`` is how many frames it could be drawn out at its end.
    """

    id: str
    name: str = ""
    start: Frame
    duration: Count
    left_offset: Frame | None = None
    right_offset: Frame | None = None
    source_start: Frame | None = None
    source_end: Frame | None = None
    enabled: bool = True
    type: str = ""
    media: str = ""
    linked: tuple[str, ...] = ()
    markers: tuple[RawMarker, ...] = ()
    uneven: bool = False
    takes: RawTakes = RawTakes()
    properties: dict[str, Any] = Field(default_factory=dict)
    speed: float | None = None
    color: str = ""


class RawTrack(_Row):
    """A track; ``index`` counts from 1, from the bottom."""

    kind: Literal["video", "audio"]
    index: int
    name: str = ""
    enabled: bool = True
    locked: bool = False
    items: tuple[RawItem, ...] = ()

    @field_validator("items", mode="before")
    @classmethod
    def _that_lie_somewhere(cls, value: Any) -> Any:
        """Without what Resolve lists, but gives no place: such items are not in the timeline."""
        if not isinstance(value, list):
            return value
        return [row for row in value if not isinstance(row, dict) or not _is_ghost(row)]


def _is_ghost(row: dict[str, Any]) -> bool:
    return row.get("start") is None or row.get("duration") is None


class RawMedia(_Row):
    """A clip of the media pool, as its columns say."""

    name: str = ""
    path: str = ""
    type: str = ""
    fps: str = ""
    frames: str = ""
    start: str = ""
    start_timecode: str = ""
    drop: str = ""
    resolution: str = ""
    audio_channels: str = ""
    reel: str = ""
    markers: tuple[RawMarker, ...] = ()


class RawTimeline(_Row):
    """The timeline itself; ``rate`` as Resolve writes it: ``23.976``, ``29.97 DF``."""

    id: str
    name: str = ""
    rate: str
    drop: bool | None = None
    start_frame: Frame
    start_timecode: str = ""
    width: int | None = None
    height: int | None = None


class RawProject(_Row):
    """The project that the timeline is of."""

    id: str = ""
    name: str = ""


class RawResolve(_Row):
    """The program. ``clip_markers``: what the frame of an item's marker counts, where a self-check has shown it."""

    product: str = ""
    version: tuple[int | str, ...] = ()
    version_text: str = ""
    studio: bool | None = None
    platform: str = ""
    python: str = ""
    clip_markers: Literal["source", "offset"] = "source"


class RawInOut(_Row):
    """In and out of the timeline in R; the out is inclusive."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    first: Frame | None = Field(None, alias="in")
    last: Frame | None = Field(None, alias="out")


class Snapshot(_Row):
    """All that is known of a timeline."""

    otio_retake_snapshot: int
    made_at: str = ""
    resolve: RawResolve = RawResolve()
    project: RawProject = RawProject()
    timeline: RawTimeline
    tracks: tuple[RawTrack, ...] = ()
    media: dict[str, RawMedia] = Field(default_factory=dict)
    markers: tuple[RawMarker, ...] = ()
    selection: tuple[str, ...] | None = None
    mark_in_out: RawInOut | None = None
    playhead: str = ""
    current_item: str = ""

    @field_validator("otio_retake_snapshot")
    @classmethod
    def _known(cls, value: int) -> int:
        if value > VERSION:
            raise ValueError(f"it is of version {value}, this program knows {VERSION}: update otio-retake")
        return value


def read_snapshot(path: Path) -> tuple[bytes, Snapshot]:
    """The bytes of a snapshot and what they say. Raises ``CutError``."""
    data = read_bytes(path, "snapshot (.rtksnap)", _AGAIN)
    try:
        return data, Snapshot.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part)[:60] for part in first["loc"][:6])
        said = first["msg"][:200].removeprefix("Value error, ")
    raise CutError(
        f"this is no snapshot of a timeline: {said}", where=f"{path}{', ' if place else ''}{place}", fix=_AGAIN
    )
