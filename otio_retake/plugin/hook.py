"""Puts the retake marks of whatever was read into metadata["otio_retake"], as otio-retake understands them.

Each marked clip gets ``marks``: text, mode, takes, service, options, and the region in frames of its media. The
timeline gets all of them, with ``problems`` and ``suspects``. Nothing else is changed. It never breaks a read: what it
does not understand becomes a line in the log ``otio_retake``. The environment variable OTIO_RETAKE_HOOK=off turns it
off, ``-H mark_color=PURPLE`` names a colour that makes a mark whatever the marker says.
"""

from __future__ import annotations

import os
from typing import Any


def hook_function(in_timeline: Any, argument_map: Any = None) -> Any:
    """Returns what was read, with its marks in its metadata; runs at ``post_adapter_read``."""
    if os.environ.get("OTIO_RETAKE_HOOK", "").lower() == "off":
        return in_timeline
    try:
        from otio_retake.plugin.marking import write_marks

        colour = argument_map.get("mark_color", "") if argument_map else ""
        write_marks(in_timeline, str(colour or os.environ.get("OTIO_RETAKE_MARK_COLOR", "")))
    except Exception as error:
        import logging

        what = str(error).replace("\n", ", ") or type(error).__name__
        logging.getLogger("otio_retake").warning("retake marks were not read: %s", what)
    return in_timeline
