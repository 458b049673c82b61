"""Other Pythons on this machine: Resolve brings whichever it finds."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest


@cache
def python(version: str) -> str:
    """The interpreter of a version, such as 3.6; the test is skipped where there is none."""
    found = shutil.which(f"python{version}")
    if found and _version(found) == version:
        return found
    for each in sorted(Path.home().glob(".pyenv/versions/*/bin/python")):
        if _version(str(each)) == version:
            return str(each)
    pytest.skip(f"no Python {version} on PATH or under ~/.pyenv")


@cache
def _version(path: str) -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    told = subprocess.run([path, "-S", "-E", "-c", code], capture_output=True, text=True, timeout=60, check=False)
    return told.stdout.strip()
