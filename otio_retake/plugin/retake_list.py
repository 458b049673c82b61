"""Lists of retakes, `.retakelist`: the requests of a cut as JSON, checked, and back again as a string-out.

Writing gives every mark of the timeline in the words of `otio-retake plan --json`, with every problem. Reading gives
a timeline of the marked regions one after the other, each with all of its takes as media references.
"""

from __future__ import annotations

from typing import Any


def read_from_string(input_str: str) -> Any:
    """The string-out of a list: one clip for each region, its original active, its takes beside it."""
    from otio_retake.plugin.string_out import string_out

    return string_out(input_str)


def write_to_string(input_otio: Any, settings: str = "") -> str:
    """The list of the requests of a timeline. ``settings`` names a folder whose retake.toml counts."""
    from otio_retake.plugin.writing import list_of

    return list_of(input_otio, settings)


def write_to_file(input_otio: Any, filepath: str, settings: str = "") -> bool:
    """Writes the list, whole or not at all; a retake.toml beside it or above it counts."""
    from otio_retake.plugin.writing import write_list

    write_list(input_otio, filepath, settings)
    return True
