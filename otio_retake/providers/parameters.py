"""What may be set for one service alone, by ``key=value`` in a mark; and which models are gone.

One model for each service, with the names that a user types; a model's aliases are the service's own names. What this
program makes itself (video, window, prompt, mode, model) is not here. Nothing is passed on that is not listed.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from ..errors import SettingsError

DAY = 86_400

_FROM_ENVIRONMENT = "env:"


def _address(said: object) -> SecretStr:
    """An ``https`` address, written out or named as ``env:NAME``.

    What is written into a mark stands in the cut, so an address with a query, which may be a signature, has to be kept
    in the environment. The message never repeats the address.
    """
    text = str(said).strip()
    named = text.startswith(_FROM_ENVIRONMENT)
    if named:
        name = text.removeprefix(_FROM_ENVIRONMENT)
        text = os.environ.get(name, "").strip()
        if not text:
            raise ValueError(f"there is no {name} in the environment")
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        raise ValueError("that is no address") from None
    if parts.scheme != "https" or not host or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("an address begins with https://")
    if not named and (parts.query or parts.username or parts.password):
        raise ValueError("an address with a signature or a password does not belong into a cut: write env:NAME")
    return SecretStr(text)


def _word(said: object) -> object:
    """Letters in any case."""
    return said.strip().lower() if isinstance(said, str) else said


def _capitals(said: object) -> object:
    return said.strip().upper() if isinstance(said, str) else said


Address = Annotated[SecretStr, BeforeValidator(_address)]
Switch = Annotated[bool, BeforeValidator(_word)]


class Parameters(BaseModel):
    """The options of one service."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    service: ClassVar[str]
    hidden: ClassVar[frozenset[str]] = frozenset()
    """Options whose values are shown nowhere."""

    @classmethod
    def read(cls, options: Iterable[tuple[str, str]]) -> Self:
        """The options as a mark has them. Raises ``SettingsError``."""
        values: dict[str, str] = {}
        for name, value in options:
            if name not in cls.model_fields:
                # Also a service's own spelling: what is priced and what is sent have to be read from one name.
                raise _unknown(cls, name)
            if values.setdefault(name, value) != value:
                raise SettingsError(
                    f"{name}= is written twice, and differently", where=_where(cls.service, name), fix="keep one"
                )
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise _explained(cls, error) from None

    def body(self) -> dict[str, Any]:
        """What of it stands in the body of a request, under the service's own names; only what was set."""
        return {}


class LtxParameters(Parameters):
    """LTX, https://docs.ltx.io: `retake`."""

    service = "ltx"

    resolution: Annotated[Literal["1920x1080", "1080x1920"], BeforeValidator(_word)] | None = Field(
        None, description="size of the result; by default as the pull lies"
    )
    api: Annotated[Literal["v2", "v1"], BeforeValidator(_word)] = Field(
        "v2", description="v2: a job that is asked after; v1: one long request whose answer is the movie"
    )

    def body(self) -> dict[str, Any]:
        """The resolution; which API is a matter of the path."""
        return {"resolution": self.resolution} if self.resolution else {}


class FalParameters(Parameters):
    """fal, https://fal.ai/docs: the queue. All of these are headers or in the query."""

    service = "fal"
    hidden = frozenset({"webhook"})

    priority: Annotated[Literal["normal", "low"], BeforeValidator(_word)] | None = Field(
        None, description="place in the queue: normal or low"
    )
    start_timeout: int | None = Field(
        None, ge=2, le=7 * DAY, description="seconds within which the work must have begun, 2 or more"
    )
    runner_hint: str | None = Field(
        None, pattern=r"^[!-~]{1,200}$", description="a word that sends orders alike to the same runner, without spaces"
    )
    expires: int = Field(DAY, ge=3600, le=365 * DAY, description="seconds that fal keeps pull and result, 3600 or more")
    webhook: Address | None = Field(None, description="https address that is told of the end, or env:NAME")


class SegmindParameters(Parameters):
    """Segmind, https://docs.segmind.com."""

    service = "segmind"

    api: Annotated[Literal["v2", "v1"], BeforeValidator(_word)] = Field(
        "v2", description="v2: a job that is asked after; v1: one long request whose answer is the movie"
    )


class GmiParameters(Parameters):
    """GMI Cloud, https://docs.gmicloud.ai: nothing beyond what every service takes."""

    service = "gmi"


class RunwareParameters(Parameters):
    """Runware, https://runware.ai/docs: the task `videoInference`."""

    service = "runware"
    hidden = frozenset({"webhook_url", "upload_endpoint"})

    output_format: Annotated[Literal["MP4", "WEBM", "MOV"], BeforeValidator(_capitals)] | None = Field(
        None, alias="outputFormat", description="container of the result: MP4, WEBM or MOV"
    )
    output_quality: int | None = Field(
        None, alias="outputQuality", ge=20, le=99, description="quality of the result, 20 to 99"
    )
    ttl: int | None = Field(None, ge=60, le=365 * DAY, description="seconds that the result is kept, 60 or more")
    number_results: int = Field(1, alias="numberResults", ge=1, le=4, description="results of one order, 1 to 4")
    safety: Annotated[Literal["none", "fast", "full"], BeforeValidator(_word)] | None = Field(
        None, description="content check: none, fast (key frames) or full (all frames)"
    )
    webhook_url: Address | None = Field(
        None, alias="webhookURL", description="https address that is told of the end, or env:NAME"
    )
    upload_endpoint: Address | None = Field(
        None, alias="uploadEndpoint", description="https address that the result is put to as well, or env:NAME"
    )
    include_cost: Switch = Field(True, alias="includeCost", description="whether the answer says what was charged")

    model_config = ConfigDict(populate_by_name=True)

    def body(self) -> dict[str, Any]:
        """The task's own fields. ``safety`` becomes the object that the service knows."""
        found: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value is None:
                continue
            if name == "safety":
                value = {"checkContent": value != "none", "mode": value}
            found[field.alias or name] = value.get_secret_value() if isinstance(value, SecretStr) else value
        return found


PARAMETERS: Mapping[str, type[Parameters]] = {
    model.service: model
    for model in (LtxParameters, FalParameters, SegmindParameters, GmiParameters, RunwareParameters)
}
"""The options of each service of this package."""


def option_names(service: str) -> frozenset[str]:
    """The keys that ``service`` knows; none for a service of somebody else."""
    model = PARAMETERS.get(service)
    return frozenset(model.model_fields) if model is not None else frozenset()


def parameters_for(service: str, options: Iterable[tuple[str, str]]) -> Parameters:
    """The options of an order, checked. Raises ``SettingsError``: what, where, and the nearest that would be right."""
    model = PARAMETERS.get(service)
    if model is None:
        near = difflib.get_close_matches(service, PARAMETERS, 1)
        raise SettingsError(
            f"no options are known for a service called {service!r}",
            where=f"service {service}",
            fix=f"did you mean {near[0]}?" if near else f"known are {', '.join(PARAMETERS)}",
        )
    return model.read(options)


def _where(service: str, name: str) -> str:
    return f"service {service}, option {name}="


def _unknown(model: type[Parameters], name: str) -> SettingsError:
    names = model.model_fields
    near = difflib.get_close_matches(name.lower(), names, 1, 0.5)
    known = f"known are {', '.join(f'{n}=' for n in names)}" if names else "it has none of its own"
    return SettingsError(
        f"{model.service} has no option {name!r}",
        where=_where(model.service, name),
        fix=f"did you mean {near[0]}=?" if near else known,
    )


def _explained(model: type[Parameters], error: ValidationError) -> SettingsError:
    """The first thing that is wrong. The value is shown only where it cannot be a secret."""
    first = error.errors(include_url=False, include_context=False)[0]
    place = str(first["loc"][0]) if first["loc"] else ""
    names = model.model_fields
    name = next((n for n, field in names.items() if place in (n, field.alias)), place)
    field = names[name]
    said = first.get("input")
    if first["type"] == "value_error":
        why = first["msg"].removeprefix("Value error, ")
    else:
        why = first["msg"].removeprefix("Input ")
    shown = "the value" if name in model.hidden else repr(said)
    choices = re.findall(r"'([^']+)'", first["msg"]) if first["type"] == "literal_error" else []
    close = difflib.get_close_matches(str(said).lower(), [c.lower() for c in choices], 1, 0.5) if choices else []
    nearest = next((c for c in choices if close and c.lower() == close[0]), "")
    return SettingsError(
        f"{shown} is not valid for {name}=: {why}",
        where=_where(model.service, name),
        fix=f"did you mean {name}={nearest}?" if nearest else (field.description or ""),
    )


# --- models ---------------------------------------------------------------------------------------------------------

RETIRED: Mapping[str, Mapping[str, str]] = {
    "ltx": {"ltx-2-pro": "LTX removed ltx-2-pro on 2026-08-15; every request that names it is an error"},
}
"""Models that are gone for certain, and what became of them."""

DOUBTFUL: Mapping[str, Mapping[str, str]] = {
    "fal": {
        "fal-ai/ltx-2/retake-video": "fal no longer lists this id, and LTX has removed the model behind it:"
        " fal-ai/ltx-2.3/retake-video is the current one"
    },
    "gmi": {"ltx-2-pro-retake": "its name says ltx-2-pro, which LTX removed on 2026-08-15: it may be gone or remapped"},
    "runware": {
        "lightricks:3@1": "Runware's newer lists do not have it, and LTX has removed ltx-2-pro: it may be gone or"
        " remapped"
    },
}
"""Models that may be gone: they can be ordered, with a warning."""

_ONLY: Mapping[str, tuple[str, ...]] = {"ltx": ("ltx-2-3-pro",)}
"""Services that serve retake by these models and no others."""

_SHAPES: Mapping[str, tuple[str, str]] = {
    "fal": (r"[\w-]+(/[\w.-]+)+", "owner/app/path"),
    "segmind": (r"[\w.-]+", "the name in the model's address"),
    "gmi": (r"[\w.-]+", "the name in the model's page"),
    "runware": (r"[\w-]+:[\w.-]+@[\w.-]+", "provider:model@version"),
}
"""How each service writes the name of a model."""


def check_model(service: str, model: str) -> str:
    """What should be known of a model that may be ordered; empty where there is nothing.

    Raises ``SettingsError`` for one that is gone, does not retake, or is no name of a model at all.
    """
    where = f"service {service}, model {model}"
    only = _ONLY.get(service, ())
    instead = f"use {only[0]}" if only else "see the service's own list of models"
    if gone := RETIRED.get(service, {}).get(model):
        raise SettingsError(gone, where=where, fix=instead)
    if only and model not in only:
        why = f"{service} has no model {model!r} for retake"
        if "fast" in model:
            why = f"{service} does not retake with its fast models"
        elif model.startswith(("ltx-2-5", "ltx-2.5")):
            why = "LTX 2.5 models do not retake"
        raise SettingsError(why, where=where, fix=instead)
    shape, form = _SHAPES.get(service, ("", ""))
    if shape and (not re.fullmatch(shape, model, re.ASCII) or ".." in model):
        raise SettingsError(f"{model!r} is no name of a model at {service}", where=where, fix=f"write {form}")
    return DOUBTFUL.get(service, {}).get(model, "")
