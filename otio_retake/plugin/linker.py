"""Makes a take of otio-retake the one that is shown, or the original again: ``take=latest|picked|N|original``.

Beside its clip's media, a take is made the active media reference; on a track above, it is enabled and the others
over the same frames are disabled. Where the words are not given with ``-M``, the environment variable OTIO_RETAKE_TAKE
says them, else it is ``picked``: the take that was picked with otio-retake, else what the cut has. A take that lacks
frames which the clip needs is not made active; that is a line in the log ``otio_retake``.
"""

from __future__ import annotations

import os
from typing import Any


def link_media_reference(in_clip: Any, media_linker_argument_map: Any = None) -> Any:
    """Switches the take of one clip, and returns the media that it then shows."""
    from otio_retake.plugin.choosing import choose

    said = (media_linker_argument_map or {}).get("take") or os.environ.get("OTIO_RETAKE_TAKE") or "picked"
    choose(in_clip, str(said))
    return in_clip.media_reference
