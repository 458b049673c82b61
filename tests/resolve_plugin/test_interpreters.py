"""What runs inside Resolve compiles and works under every Python that Resolve may find."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.resolve_plugin import PLUGIN
from tests.resolve_plugin.interpreters import VERSIONS, needed

ROOT = Path(PLUGIN).parent

COMPILE = """
import io, os, sys
sys.dont_write_bytecode = True
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith(".py"):
            path = os.path.join(folder, name)
            with io.open(path, encoding="utf-8") as file:
                compile(file.read(), path, "exec")
            inner = os.path.relpath(path, sys.argv[1])[:-3].split(os.sep)
            if inner[0] == "retake_in_resolve":
                sys.path.insert(0, sys.argv[1])
                __import__(".".join(part for part in inner if part != "__init__"))
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_every_file_compiles_and_loads_without_site_packages(version: str) -> None:
    line = [needed(version), "-S", "-W", "error", "-c", COMPILE, PLUGIN]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_its_own_tests_pass_without_site_packages(version: str) -> None:
    line = [needed(version), "-S", "-B", "-W", "error", "-m", "unittest", "discover", "-t", ".", "-s"]
    line.append("tests/resolve_plugin/plain")
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Ran 0 tests" not in done.stderr
