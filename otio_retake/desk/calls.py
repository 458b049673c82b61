"""What the page may send: one closed model for each call, with bounds on everything."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ..capabilities import Mode
from ..errors import RetakeError
from ..marks import MOST_TAKES

MOST_ROWS = 20_000
"""Picks or rejections in one file: more than any cut has."""

Ident = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(max_length=200)]
Prompt = Annotated[str, StringConstraints(max_length=20_000)]
Reason = Annotated[str, StringConstraints(max_length=2_000)]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})?$", max_length=20)]


class Call(BaseModel):
    """A body. What is not named in it is refused, and a number is not taken for a text or the other way round."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Enter(Call):
    """The token of the link, for a session."""

    token: Name


class Override(Call):
    """What is changed about a mark. A field that is not there stays as it is; ``clear`` takes all back."""

    request: Ident
    prompt: Prompt = ""
    mode: Mode = "video"
    takes: int = Field(1, ge=1, le=MOST_TAKES)
    service: Name = ""
    context: int = Field(0, ge=0, le=100_000)
    skip: bool = False
    clear: Literal[True] = True

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Override:
        if "clear" in self.model_fields_set and len(self.model_fields_set) > 2:
            raise ValueError("clear stands alone")
        return self


class Again(Call):
    """One more take of a request is planned, or no longer."""

    request: Ident
    on: bool
    prompt: Prompt = ""


class Confirm(Call):
    """Yes to the plan that ``digest`` stands for."""

    digest: Ident
    skip_problems: bool


class Nothing(Call):
    """No more is to be said."""


class OneOrder(Call):
    """An order by its id."""

    order: Ident


class Resolve(Call):
    """What a person knows of an order: ``accepted`` under an ``id``, ``charged`` an ``amount``, and so on."""

    order: Ident
    answer: Literal["accepted", "refused", "written-off", "charged", "not-charged", "there"]
    id: Ident = ""
    amount: Amount = ""

    @model_validator(mode="after")
    def _with_what_it_needs(self) -> Resolve:
        needed = {"accepted": {"id"}, "charged": {"amount"}}.get(self.answer, set())
        if self.model_fields_set - {"order", "answer"} != needed:
            raise ValueError("accepted needs an id, charged an amount, and no other answer has either")
        return self


class Pick(Call):
    """The take that is chosen for a request; none is the original."""

    request: Ident
    take: Ident | None


class Reject(Call):
    """A take that is not wanted, and why."""

    take: Ident
    reason: Reason


class Restore(Call):
    """A rejected take that is wanted after all."""

    take: Ident


class Write(Call):
    """The editor that the cut is written for; empty for the cut's own form."""

    editor: Name


class Ask(Call):
    """What should happen in a region that is offered; no mode is as the settings say."""

    offer: Literal["selection", "in-out", "playhead"]
    prompt: Prompt
    mode: Mode = "video"


class Unask(Call):
    """What was asked for so is taken back."""

    asked: Ident


class PickedRow(Call):
    """One pick in a picks file."""

    mark: Ident
    take: Ident | None
    name: Name


class RejectedRow(Call):
    """One rejection in a picks file."""

    take: Ident
    name: Name
    reason: Reason


class Picks(Call):
    """A picks file."""

    otio_retake_picks: Literal[1]
    cut: Annotated[str, StringConstraints(max_length=1_000)]
    picks: list[PickedRow] = Field(max_length=MOST_ROWS)
    rejected: list[RejectedRow] = Field(max_length=MOST_ROWS)


CALLS: Mapping[str, type[Call]] = MappingProxyType(
    {
        "override": Override,
        "price": Override,
        "again": Again,
        "confirm": Confirm,
        "stop": Nothing,
        "resume": Nothing,
        "cancel": OneOrder,
        "resolve": Resolve,
        "pick": Pick,
        "reject": Reject,
        "restore": Restore,
        "write": Write,
        "picks": Picks,
        "ask": Ask,
        "unask": Unask,
    }
)
"""The calls by the last part of their path."""


class Misread(RetakeError):
    """A body that is not what its call takes."""


def read_call(model: type[Call], body: bytes) -> dict[str, Any]:
    """What was said in ``body``, without what was left out. Raises ``Misread``, which does not repeat what was sent."""
    try:
        return model.model_validate_json(body).model_dump(exclude_unset=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part)[:100] for part in first["loc"][:6]) or "the body"
        raise Misread(
            f"this is not understood: {first['msg'][:300]}",
            where=place,
            fix="load the page again; a file of picks must be one that the desk has written",
        ) from None
