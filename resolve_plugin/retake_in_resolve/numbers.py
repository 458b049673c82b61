"""What Resolve answers, as plain values: it says 24 as 24.0, lists as maps, and absent things in many ways.

[numbers-as-float] [numbers-int-21-1] [deprecated-lists-as-dicts] [rate-labels]
"""

import re

UNEVEN = 0.01
"""A frame count further than this from a whole number is a true fraction, not a rounding of Resolve's."""


def tidy(value):
    """The same value with whole floats as integers, in maps (keys too) and lists as well."""
    if isinstance(value, float) and value == value and value not in (float("inf"), float("-inf")):
        return int(value) if value == int(value) else value
    if isinstance(value, dict):
        return {tidy(key): tidy(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [tidy(held) for held in value]
    return value


def frame(value):
    """`(frame, uneven)`: the nearest whole frame, None where it is no number; whether it was a true fraction."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None, False
    if value != value or value in (float("inf"), float("-inf")):
        return None, False
    nearest = round(value)
    return nearest, abs(value - nearest) > UNEVEN


def whole(value, otherwise=None):
    """A number, or a text that is one, as an integer; `otherwise` where it is neither."""
    if isinstance(value, bool):
        return otherwise
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return otherwise
    nearest, uneven = frame(value)
    return otherwise if nearest is None or uneven else nearest


def listed(value):
    """The members of a list, or of a map `{1.0: member}` as older calls answer, in order; [] for anything else."""
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    return list(value) if isinstance(value, (list, tuple)) else []


def text(value):
    """What a person reads: "" for None, numbers without a needless point."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(tidy(value))


def rate(value):
    """Frames per second as a number, from "23.976", "29.97 DF", 24; None where there is none in it."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)", text(value))
    return float(found.group(1)) if found else None


def same_rate(one, other):
    """Whether two of Resolve's rates mean the same: 23.976 and 23.98 do, 23.976 and 24 do not."""
    a, b = rate(one), rate(other)
    return a is not None and b is not None and abs(a - b) < 0.01


def alike(one, other):
    """Whether two property values are the same, numbers to within what Resolve's floats lose."""
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return abs(one - other) <= 1e-4 * max(1.0, abs(one), abs(other))
    return one == other
