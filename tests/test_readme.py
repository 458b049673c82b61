"""Every command that the README shows does what it says, in its order."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
LINES = [
    line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line.strip()
]
COMMANDS = [line for line in LINES if line.startswith("otio-retake ")]
SET_UP = [line for line in LINES if line not in COMMANDS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's cut with its media, as `cut.otio`."""
    from sample_timelines.make_media import make_media

    made = tmp_path_factory.mktemp("readme")
    make_media(ROOT / "sample_timelines" / "media")
    shutil.copytree(ROOT / "sample_timelines" / "media", made / "media")
    shutil.copy(ROOT / "sample_timelines" / "demo.otio", made / "cut.otio")
    return made


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "otio_retake", *shlex.split(line)[1:]], cwd=folder, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False, env={**os.environ, "OTIO_RETAKE_STATE": str(folder / "state")},
    )  # fmt: skip


def served(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command that goes on until it is stopped: it says where it is, and ends well."""
    call = [sys.executable, "-m", "otio_retake", *shlex.split(line)[1:]]
    # Whatever browser there is stays shut.
    env = {**os.environ, "OTIO_RETAKE_STATE": str(folder / "state"), "BROWSER": "true"}
    with subprocess.Popen(
        call, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stderr is not None
            first = running.stderr.readline()
            assert "the desk" in first or "open the desk" in first
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=30)
        finally:
            running.kill()
    return subprocess.CompletedProcess(call, running.returncode, out, first + err)


@pytest.mark.slow
def test_every_command_shown_works(folder: Path) -> None:
    assert len(COMMANDS) >= 20
    for line in COMMANDS:
        said = served(line, folder) if line.split()[1] == "desk" else run(line, folder)
        assert said.returncode == 0, f"{line}\n{said.stdout}{said.stderr}"
        assert "Traceback" not in said.stderr
        wide = [row for row in said.stdout.splitlines() if len(row) > 80 and str(folder) not in row]
        assert not wide, f"{line} prints rows wider than 80 columns: {wide}"


def test_the_lines_that_set_up_are_those_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert [line for line in SET_UP if line.startswith("make ")] == ["make demo", "make test"]
    for target in ("demo", "test", "check", "bench"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    pasted = [line for line in SET_UP if not line.startswith("make ")]
    assert len(pasted) == 2
    assert pasted[0].endswith("sample_timelines/demo.py")
    assert pasted[1].endswith('-m pytest -n 2 -m "not slow"')
    assert '-m pytest -n 2 -m "not slow"' in makefile


def test_the_continuous_integration_runs_the_readmes_test_command_and_then_the_check() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert script.index("make test") < script.index("make check")


@pytest.mark.slow
def test_the_pasted_demo_line_works_in_a_fresh_copy(tmp_path: Path) -> None:
    """A new clone, a new environment: what a newcomer has."""
    copy = tmp_path / "clone"
    done = subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this is no clone of a repository")
    (line,) = [line for line in SET_UP if line.endswith("demo.py")]
    said = subprocess.run(
        ["sh", "-c", line.replace("python3", sys.executable, 1)], cwd=copy, capture_output=True, text=True, check=False,
        env={**os.environ, "OTIO_RETAKE_STATE": str(tmp_path / "state")},
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    assert "takes beside untouched originals" in said.stdout
    assert (copy / "demo" / "cut-retakes.otio").is_file()
