"""The Pythons of this machine that Resolve might find: by name on the path, and those of pyenv."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

VERSIONS = [f"3.{minor}" for minor in range(6, 14)]
"""From the oldest that the plugin runs on to what Resolve brings itself."""


@cache
def found(version: str) -> str | None:
    """The interpreter of a version, if there is one that runs."""
    places = [shutil.which(f"python{version}") or ""]
    for folder in Path.home().glob(".pyenv/versions/*/bin/python"):
        if re.match(rf"{re.escape(version)}(\.|$)", folder.parents[1].name):
            places.append(str(folder))
    for place in filter(None, places):
        told = subprocess.run([place, "-S", "-V"], capture_output=True, text=True, check=False)
        if told.returncode == 0 and f"Python {version}." in told.stdout + told.stderr:
            return place
    return None


def needed(version: str) -> str:
    """The interpreter, or the test is skipped."""
    place = found(version)
    if place is None:
        pytest.skip(f"no Python {version} on this machine: what runs inside Resolve is not tried under it")
    return place
