"""Output for machines."""

from __future__ import annotations

import sys
from typing import Any

from pydantic_core import to_json


def print_json(value: Any) -> None:
    """Prints anything that the core gives, as JSON: fractions, paths and money as text."""
    sys.stdout.write(to_json(value, indent=2, fallback=str).decode() + "\n")
