"""The menu entries as Resolve runs them: another process, any Python, no site-packages."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_resolve import served
from tests.fake_resolve.remote import KILLED
from tests.resolve_plugin import PLUGIN
from tests.resolve_plugin.interpreters import VERSIONS, found, needed
from tests.resolve_plugin.scene import Scene

CLIENT = Path(__file__).parents[1] / "fake_resolve" / "client36.py"
CORE = Path(__file__).with_name("core.py")
WITHOUT_FILE = """
import sys
sys.path.insert(0, sys.argv[3])
import client36
names = client36.connect(sys.argv[1])
names["__name__"] = "__main__"
exec(compile(open(sys.argv[2], encoding="utf-8").read(), sys.argv[2], "exec"), names)
"""


class Installed:
    """The four entries in a menu folder, the pointer beside them, a core that is a script, a cut in the fake."""

    def __init__(self, folder: Path, profile: str = "21.0.4 Studio"):
        self.scene = Scene(folder, profile)
        self.home = folder / "home"
        self.menu = self.home / ".local/share/DaVinciResolve/Fusion/Scripts/Utility"
        self.menu.mkdir(parents=True)
        for entry in Path(PLUGIN).glob("*.py"):
            shutil.copy(entry, self.menu)
        self.movie = self.scene.movie("rtk.mov", 72)
        core = folder / "core"
        core.write_text(f'#!/bin/sh\nRETAKE_MOVIE="{self.movie}" exec "{sys.executable}" "{CORE}" "$@"\n')
        core.chmod(core.stat().st_mode | stat.S_IXUSR)
        self.state = folder / "state"
        pointer = {"otio_retake_pointer": 1, "python": str(core), "package": PLUGIN, "state": str(self.state)}
        (self.menu / "otio-retake.json").write_text(json.dumps(pointer))

    def run(self, python: str, entry: str, file: bool = True, code: int = 0) -> str:
        """Run an entry as the menu does; what it says."""
        environ = dict(os.environ, HOME=str(self.home), PYTHONDONTWRITEBYTECODE="1", LD_LIBRARY_PATH="/nowhere")
        script = str(self.menu / entry)
        with served(self.scene.fake) as server:
            line = [python, "-S", str(CLIENT), str(server.port), script]
            if not file:
                line = [python, "-S", "-c", WITHOUT_FILE, str(server.port), script, str(CLIENT.parent)]
            done = subprocess.run(line, env=environ, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr + done.stdout
        return done.stdout

    def session(self) -> Path:
        return next(self.state.glob("sessions/*"))


@pytest.mark.parametrize("version", VERSIONS)
def test_mark_desk_and_takes_under_every_python(tmp_path: Path, version: str) -> None:
    python = needed(version)
    plugin = Installed(tmp_path)
    scene = plugin.scene
    first = scene.take_snapshot()
    said = plugin.run(python, "Retake.py")
    report = json.loads((plugin.session() / "applied-1.json").read_text())
    assert [line["outcome"] for line in report["results"]] == ["done", "done"], said
    assert [take.media.name for take in scene.short.takes] == ["shot.mov", "rtk"]
    assert scene.items(track=3) == [(3, 8, 10, "rtk.mov")]
    assert "2 takes" in said
    assert "Nothing is waiting" in plugin.run(python, "Retake - Collect.py")
    plugin.run(python, "Retake - Revert.py")
    assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}


@pytest.mark.slow
@pytest.mark.parametrize("call", range(40, 900, 123))
def test_a_process_that_is_killed_holds_nothing(tmp_path: Path, call: int) -> None:
    plugin = Installed(tmp_path)
    scene = plugin.scene
    first = scene.take_snapshot()
    scene.begin()
    scene.hand(scene.every_kind())
    scene.fake.faults.kill_after(call)
    plugin.run(sys.executable, "Retake - Collect.py", code=KILLED)
    said = plugin.run(sys.executable, "Retake - Collect.py")
    assert "6 takes" in said
    assert "failed" not in said
    scene.as_told(said.splitlines())
    plugin.run(sys.executable, "Retake - Revert.py")
    assert scene.take_snapshot() | {"made_at": 0} == first | {"made_at": 0}


def test_the_core_gets_a_clean_environment(tmp_path: Path) -> None:
    plugin = Installed(tmp_path)
    plugin.run(sys.executable, "Retake.py")
    said = (plugin.session() / "core.log").read_text()
    assert "'HOME'" in said
    assert "LD_LIBRARY_PATH" not in said
    assert "PYTHONDONTWRITEBYTECODE" not in said


def test_a_session_is_for_its_owner_alone(tmp_path: Path) -> None:
    plugin = Installed(tmp_path)
    plugin.run(sys.executable, "Retake.py")
    assert stat.S_IMODE(plugin.session().stat().st_mode) == 0o700


def test_an_entry_finds_its_package_where_its_own_path_is_not_told(tmp_path: Path) -> None:
    plugin = Installed(tmp_path)
    python = next(filter(None, map(found, VERSIONS)))
    assert "2 takes" in plugin.run(python, "Retake.py", file=False)


@pytest.mark.parametrize("profile", ["19.1 free", "21.0.4 free"])
def test_the_free_edition_is_not_asked_for_a_window(tmp_path: Path, profile: str) -> None:
    plugin = Installed(tmp_path, profile)
    assert "2 takes" in plugin.run(sys.executable, "Retake.py")
    plugin.run(sys.executable, "Retake - Revert.py")
    assert not plugin.scene.fake.faults.busy_calls, "the offer to buy was not opened"


def test_without_a_timeline_it_says_so(tmp_path: Path) -> None:
    plugin = Installed(tmp_path)
    plugin.scene.project.current = None
    assert "No timeline is open" in plugin.run(sys.executable, "Retake.py")
    assert not plugin.state.exists()


def test_without_an_installation_it_says_so(tmp_path: Path) -> None:
    plugin = Installed(tmp_path)
    (plugin.menu / "otio-retake.json").unlink()
    assert "otio-retake resolve install" in plugin.run(sys.executable, "Retake.py")


def test_a_core_that_does_not_start_is_quoted(tmp_path: Path) -> None:
    plugin = Installed(tmp_path)
    (tmp_path / "core").write_text("#!/bin/sh\necho no such module\nexit 1\n")
    said = plugin.run(sys.executable, "Retake.py")
    assert "resolve doctor" in said
    assert "no such module" in said


def test_a_core_that_dies_ends_the_script(tmp_path: Path) -> None:
    plugin = Installed(tmp_path)
    put = 'cd "$5" && echo "{\\"pid\\": $$}" > part && mv part started.json'
    (tmp_path / "core").write_text(f"#!/bin/sh\n{put}\nexit 1\n")
    assert "core gone" in plugin.run(sys.executable, "Retake.py")


def test_a_core_that_is_gone_is_said(tmp_path: Path) -> None:
    plugin = Installed(tmp_path)
    (tmp_path / "core").unlink()
    assert "could not be started" in plugin.run(sys.executable, "Retake.py")
