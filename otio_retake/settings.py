"""Every setting, in one model: file below environment below flag; each value knows where it came from.

Files: ``retake.toml`` beside the cut or in a folder above it, below that the user's own
(`otio-retake settings show` names both). Environment: ``OTIO_RETAKE_`` and the name in capitals.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from .capabilities import Mode
from .errors import SettingsError
from .marks import MOST_TAKES
from .rates import exact_rate

PREFIX = "OTIO_RETAKE_"
"""What the name of an environment variable of ours begins with."""

ELSEWHERE = ("STATE", "HOOK", "TAKE", "UPLOADER", "PICTURES", "CHROMIUM")
"""Variables of ours that are no settings; so are those of an uploader (``S3_``…) and of addresses (…``_URL``)."""

_NEAR = 0.8
"""How like a known name an unknown one must be to be a slip; others may be a plug-in's own."""

FILE_NAME = "retake.toml"


class Settings(BaseModel):
    """What can be set. Times are frames, money is in the service's currency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str = Field("rehearsal", description="the retake service that marks go to")
    model: str = Field("", description="the service's model; empty for its default")
    mode: Mode = Field("video", description="what a mark replaces when it does not say: video, audio, both")
    takes: int = Field(1, ge=1, le=MOST_TAKES, description="takes of each region when a mark does not say xN")
    context: int | None = Field(None, ge=0, le=2000, description="frames sent and billed on each side of the window")
    handles: int = Field(24, ge=0, le=10_000, description="frames of original picture delivered on each side of a take")
    seam: Literal["changed", "mark"] = Field("changed", description="replace all that the service changed, or the mark")
    color: Literal["", "709", "passthrough"] = Field("", description="what to do with sources that are not Rec.709")
    size: Literal["source", "native"] = Field("source", description="scale takes to the source, or keep their size")
    sound: Literal["cut", "own", "none"] = Field("cut", description="the sound that is sent with a picture")
    codec: Literal["auto", "prores", "h264"] = Field("auto", description="codec of takes; auto is ProRes")
    color_match: bool = Field(True, description="undo a measured colour shift of a result")
    mark_color: str = Field("", description="a marker colour that makes a mark whatever the marker says")
    concurrency: int | None = Field(
        None, ge=1, le=200, description="jobs of ours at one service at a time; else what the service is known to take"
    )
    strict: bool = Field(False, description="hold what is ambiguous instead of placing it with a warning")
    editor: Literal["", "resolve", "premiere", "kdenlive", "hiero", "flame"] = Field(
        "", description="write takes on tracks above, in the shape of: resolve, premiere, kdenlive, hiero, flame"
    )
    markers: Path | None = Field(None, description="a list of markers that belongs to the cut, as an EDL")
    edl_rate: str = Field("", description="frames a second of edit lists, which do not say it: 23.976, 25, 29.97")
    activate: bool = Field(False, description="make the newest take active instead of the original")
    budget: Decimal | None = Field(None, ge=0, description="most that one run may spend")
    budget_project: Decimal | None = Field(None, ge=0, description="most that the project may spend")
    budget_day: Decimal | None = Field(None, ge=0, description="most that you may spend in a day, over all projects")
    media_root: tuple[Path, ...] = Field((), description="folders in which moved media is searched by name")
    map: tuple[str, ...] = Field((), description="FROM=TO: media that was under FROM is under TO here")
    project: Path | None = Field(None, description="the project folder; else `retakes` beside the cut or above it")

    @field_validator("media_root", "map", mode="before")
    @classmethod
    def _many(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part for part in value.split(os.pathsep) if part)
        if isinstance(value, list | tuple) and any(not isinstance(part, str | Path) for part in value):
            raise ValueError("write a text in quotes, or a list of them")
        if not isinstance(value, list | tuple | Path):
            raise ValueError("write a text in quotes, or a list of them")
        return (value,) if isinstance(value, Path) else value

    @field_validator("edl_rate", mode="before")
    @classmethod
    def _rate(cls, value: Any) -> Any:
        text = str(value).strip()
        try:
            known = not text or 1 <= exact_rate(text) <= 240
        except ValueError:
            known = False
        if not known:
            raise ValueError("write 23.976, 24, 25, 29.97, 30, 50, 59.94 or 60")
        return text

    @field_validator("map")
    @classmethod
    def _pairs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pair in value:
            if not all(pair.partition("=")[::2]):
                raise ValueError(f"write FROM=TO, not {pair!r}")
        return value

    @property
    def maps(self) -> tuple[tuple[str, Path], ...]:
        """The pairs of ``map``."""
        return tuple((old, Path(new).expanduser()) for old, _, new in (pair.partition("=") for pair in self.map))


@dataclass(frozen=True)
class Resolved:
    """The settings, and where each value came from: ``flag``, a variable's or a file's name, or ``default``."""

    settings: Settings
    origins: Mapping[str, str]


def user_file() -> Path:
    """The user's own settings file."""
    return user_config_path("otio-retake") / FILE_NAME


def nearest_file(start: Path) -> Path | None:
    """``retake.toml`` in ``start`` or a folder above it."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def load(start: Path, flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None) -> Resolved:
    """The settings for a cut in the folder ``start``. Flags that are None or empty do not count.

    Raises ``SettingsError`` naming the file, the variable or the flag that is wrong.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for path in (user_file(), nearest_file(start.absolute())):
        if path is not None and path.is_file():
            for name, value in _file(path).items():
                values[name] = _anchored(name, value, path.parent)
                origins[name] = str(path)
    _check_names(environment)
    for name in Settings.model_fields:
        said = environment.get(PREFIX + name.upper())
        if said:
            values[name], origins[name] = said, PREFIX + name.upper()
    for name, value in (flags or {}).items():
        if value is not None and value != () and value != []:
            values[name], origins[name] = value, "flag"
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise _explained(error, origins) from None
    return Resolved(settings, {name: origins.get(name, "default") for name in Settings.model_fields})


def check_places(resolved: Resolved) -> None:
    """Refuses folders and maps that were given as flags and lead nowhere. Raises ``SettingsError``.

    A file of settings may name the volumes of several machines; what is missing of those is said where media is.
    """
    settings, origins = resolved.settings, resolved.origins
    if origins["media_root"] == "flag":
        for root in settings.media_root:
            if not root.is_dir():
                what = "--media-root names a file" if root.exists() else "--media-root names a folder that is not there"
                raise SettingsError(what, where=str(root.absolute()), fix="give a folder; is its volume mounted?")
    if origins["map"] == "flag":
        for old, new in settings.maps:
            if not new.exists():
                what = f"--map {old}=… leads to what is not there"
                raise SettingsError(what, where=str(new.absolute()), fix="check TO; is its volume mounted?")


def _check_names(environment: Mapping[str, str]) -> None:
    """Raises ``SettingsError`` for a variable that is nearly one of ours: a limit that is misspelt is none."""
    known = [*(name.upper() for name in Settings.model_fields), *ELSEWHERE]
    for variable in sorted(environment):
        name = variable.removeprefix(PREFIX)
        if name == variable or not environment[variable] or name in known:
            continue
        if name.endswith("_URL") or name.startswith("S3_"):
            continue
        if near := difflib.get_close_matches(name, known, 1, _NEAR):
            raise SettingsError(
                f"there is no setting called {variable}",
                where="the environment",
                fix=f"did you mean {PREFIX}{near[0]}? else unset it",
            )


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"the settings file is no TOML: {error}", where=str(path), fix="mend the line") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file cannot be read: {error}", where=str(path), fix="check it") from None


def _anchored(name: str, value: Any, folder: Path) -> Any:
    """Paths in a file are meant from where the file is."""
    if name in ("project", "markers") and isinstance(value, str):
        return folder / Path(value).expanduser()
    if name == "media_root":
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(part, str) for part in listed):
            # What it should be is said where every other value is looked at.
            return value
        return tuple(folder / Path(part).expanduser() for part in listed)
    return value


def _explained(error: ValidationError, origins: Mapping[str, str]) -> SettingsError:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    where = f"{name}, from {origins.get(name, 'a flag')}"
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, Settings.model_fields, 1)
        fix = f"did you mean {near[0]}?" if near else "`otio-retake settings show` lists what can be set"
        return SettingsError(f"there is no setting called {name!r}", where=where, fix=fix)
    said = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    field = Settings.model_fields.get(name)
    return SettingsError(
        f"{first.get('input')!r} is not valid here: {said}", where=where, fix=(field.description or "") if field else ""
    )
