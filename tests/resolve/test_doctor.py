"""The doctor says in plain words what a machine has for retakes in Resolve, what is missing, and what to do."""

from __future__ import annotations

import json
import plistlib
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from otio_retake.resolve.doctor import Diagnosis, diagnose
from otio_retake.resolve.folders import Machine, System
from otio_retake.resolve.install import install
from tests.resolve.test_install import FILES


def machine(folder: Path, system: System = "linux", **environ: str) -> Machine:
    return Machine(system, folder / "home", environ, folder)


def linux(folder: Path, version: str = "DaVinci Resolve Studio 20.3.2", libpython: bool = True) -> None:
    docs = folder / "opt" / "resolve" / "docs"
    docs.mkdir(parents=True)
    (docs / "ReadMe.html").write_text(f"<h1>About {version}</h1>")
    (folder / "usr" / "bin").mkdir(parents=True)
    (folder / "usr" / "bin" / "python3").touch()
    if libpython:
        (folder / "usr" / "lib" / "x86_64-linux-gnu").mkdir(parents=True)
        (folder / "usr" / "lib" / "x86_64-linux-gnu" / "libpython3.11.so.1.0").touch()


def mac(folder: Path, version: str) -> None:
    contents = folder / "Applications" / "DaVinci Resolve" / "DaVinci Resolve.app" / "Contents"
    contents.mkdir(parents=True)
    told = {"CFBundleName": "DaVinci Resolve", "CFBundleShortVersionString": version}
    (contents / "Info.plist").write_bytes(plistlib.dumps(told))


def told_by(state: Path, **resolve: Any) -> None:
    folder = state / "sessions" / "20260131-140502-0123abcd"
    folder.mkdir(parents=True)
    (folder / "snapshot.rtksnap").write_text(json.dumps({"resolve": resolve}))


def words(said: Diagnosis, standing: str = "") -> str:
    rows = [row for row in said.findings if standing in ("", row.standing)]
    return "\n".join(f"{row.what} -> {row.todo}" for row in rows)


def test_all_is_well(tmp_path: Path) -> None:
    linux(tmp_path)
    here, state = machine(tmp_path), tmp_path / "state"
    assert "otio-retake resolve install" in words(diagnose(here, state), "missing")
    install(here, state, files=FILES)
    said = diagnose(here, state, FILES)
    assert (said.good, said.scripts) == (True, True)
    assert "DaVinci Resolve Studio 20.3.2" in words(said)
    assert "Python 3.11" in words(said)
    assert ".otio" not in words(said)


def test_a_python_without_its_library_is_none(tmp_path: Path) -> None:
    linux(tmp_path, libpython=False)
    said = diagnose(machine(tmp_path), tmp_path / "state")
    assert "libpython3.x.so is not there" in words(said, "missing")
    assert "shared library" in words(said, "missing")


def test_a_variable_that_names_a_python_that_is_gone(tmp_path: Path) -> None:
    linux(tmp_path)
    said = diagnose(machine(tmp_path, PYTHON3HOME=str(tmp_path / "gone")), tmp_path / "state")
    assert "bin/python3 is not there" in words(said, "note")


@pytest.mark.parametrize(("studio", "scripts"), [(True, True), (False, False)])
def test_what_the_script_itself_said_counts(tmp_path: Path, studio: bool, scripts: bool) -> None:
    here, state = machine(tmp_path, "darwin"), tmp_path / "state"
    mac(tmp_path, "21.1.0")
    told_by(state, product="DaVinci Resolve", version=[21, 1, 0, 14, ""], studio=studio, python="3.14.0")
    said = diagnose(here, state)
    assert said.scripts is scripts
    assert ("otio-retake run" in words(said)) is not scripts


def test_the_free_edition_from_21_1_on_is_led_to_files(tmp_path: Path) -> None:
    """Its files do not say that it is the free one: both ways are told, with commands that can be typed."""
    here, state = machine(tmp_path, "darwin"), tmp_path / "state"
    mac(tmp_path, "21.1.0")
    said = diagnose(here, state)
    assert said.scripts is None
    assert "lists no Python scripts" in words(said)
    assert "otio-retake run TIMELINE.otio -o TIMELINE-retakes.otio --for resolve" in words(said)
    assert "File > Import > Timeline" in words(said)


def test_before_21_1_scripts_run_in_every_edition(tmp_path: Path) -> None:
    mac(tmp_path, "21.0.4")
    said = diagnose(machine(tmp_path, "darwin"), tmp_path / "state")
    assert said.scripts is True
    assert "python.org" in words(said, "missing")


def test_no_resolve_is_no_fault(tmp_path: Path) -> None:
    said = diagnose(machine(tmp_path, "win32", APPDATA=str(tmp_path / "roaming")), tmp_path / "state")
    assert "no DaVinci Resolve" in words(said)
    assert said.scripts is None


def test_menu_scripts_of_another_installation(tmp_path: Path) -> None:
    linux(tmp_path)
    here, state = machine(tmp_path), tmp_path / "state"
    install(here, state, files=FILES, python=str(tmp_path / "gone" / "python"))
    assert "start a Python that is gone" in words(diagnose(here, state), "missing")
    install(here, state, files=FILES)
    assert "use another folder" in words(diagnose(here, tmp_path / "other"), "missing")


@pytest.mark.parametrize("what", ["gone", "garbage", "folder", "entry", "older"])
def test_an_installation_that_is_not_whole(tmp_path: Path, what: str) -> None:
    linux(tmp_path)
    here, state = machine(tmp_path), tmp_path / "state"
    install(here, state, files=FILES)
    module = state / "plugin" / "retake_in_resolve" / "__init__.py"
    files = dict(FILES)
    if what == "gone":
        module.unlink()
    elif what == "garbage":
        module.write_text("garbage (")
    elif what == "folder":
        shutil.rmtree(state / "plugin")
    elif what == "entry":
        (here.menu / "Retake.py").unlink()
    else:
        files[PurePosixPath("retake_in_resolve/__init__.py")] = b"FORMAT = 2\n"
    said = diagnose(here, state, files)
    assert not said.good
    assert "gone, or are not those of this version" in words(said, "missing")
    assert "otio-retake resolve install" in words(said, "missing")
    if what != "garbage":
        install(here, state, files=files)
        assert diagnose(here, state, files).good


def test_what_the_pythons_made_of_the_scripts_is_no_fault(tmp_path: Path) -> None:
    linux(tmp_path)
    here, state = machine(tmp_path), tmp_path / "state"
    install(here, state, files=FILES)
    (state / "plugin" / "retake_in_resolve" / "__pycache__").mkdir()
    (state / "plugin" / "retake_in_resolve" / "__pycache__" / "menu.cpython-310.pyc").write_bytes(b"")
    assert diagnose(here, state, FILES).good
