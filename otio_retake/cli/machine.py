"""Output for machines."""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic_core import to_json


def print_json(value: Any) -> None:
    """Prints anything that the core gives, as JSON: fractions, paths and money as text."""
    text = to_json(value, indent=2, fallback=str).decode()
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        text = json.dumps(json.loads(text), indent=2)
    sys.stdout.write(text + "\n")
