"""What a mark asks by itself, as the cut says it, else the settings: what was changed by hand is compared with that."""

from __future__ import annotations

from ..errors import RetakeError
from ..planned import Override
from ..requests import RetakeRequest
from ..session import Session
from ..spans import usual_context


def in_cut(session: Session, request: RetakeRequest, service: str = "") -> Override:
    """All that could be changed about a request, as it is without a change.

    ``service`` is where it would be sent, where that is changed: what context is usual depends on it. The context is
    None where it cannot be told.
    """
    mark, settings = request.mark, session.settings
    own = mark.service or settings.service
    said = mark.key("context")
    try:
        usual = usual_context(session.capabilities(session.rehearse or service or own, ""))
    except RetakeError:
        usual = None
    return Override(
        prompt=mark.prompt,
        mode=mark.mode or settings.mode,
        takes=mark.takes or settings.takes,
        service=own,
        context=int(said) if said is not None else settings.context if settings.context is not None else usual,
    )
