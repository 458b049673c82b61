"""The commands that the papers show for Resolve, run as they are shown, with a home that is a temporary folder."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOWN = [
    line
    for paper in ("README.md", "docs/resolve.md")
    for line in re.findall(r"otio-retake resolve (?:install|doctor|uninstall)", (ROOT / paper).read_text())
]


def run(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    folders = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME"), str(home))
    return subprocess.run(
        [sys.executable, "-m", "otio_retake", *shlex.split(line)[1:]], cwd=home, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False,
        env={**os.environ, **folders, "OTIO_RETAKE_STATE": str(home / "state"), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.slow
def test_install_doctor_and_uninstall_as_shown(tmp_path: Path) -> None:
    assert list(dict.fromkeys(SHOWN)) == [
        "otio-retake resolve install", "otio-retake resolve doctor", "otio-retake resolve uninstall",
    ]  # fmt: skip
    said = {line: run(line, tmp_path) for line in dict.fromkeys(SHOWN)}
    install, doctor, uninstall = said.values()
    assert (install.returncode, uninstall.returncode) == (0, 0), install.stderr + uninstall.stderr
    assert "Workspace > Scripts > Retake" in install.stdout
    # What else is missing here is the machine's: a Python that Resolve could load, Resolve itself.
    assert doctor.returncode in (0, 2)
    assert "the scripts are in Resolve's menu" in doctor.stdout
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "Retake" in path.name]
