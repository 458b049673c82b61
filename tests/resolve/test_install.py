"""The scripts are put where Resolve looks for them, for one person, and nothing of anybody else's is touched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from otio_retake.errors import SettingsError
from otio_retake.resolve.folders import Machine, System
from otio_retake.resolve.install import POINTER, install, read_pointer, uninstall
from otio_retake.resolve.plugin_files import is_menu_entry, plugin_files

FILES = {
    PurePosixPath("Retake.py"): b"print('retake')\n",
    PurePosixPath("Retake - Collect.py"): b"print('collect')\n",
    PurePosixPath("retake_in_resolve/__init__.py"): b"FORMAT = 1\n",
    PurePosixPath("retake_in_resolve/inner/menu.py"): b"\n",
    PurePosixPath("api_facts.json"): b"{}\n",
}
SYSTEMS: tuple[System, ...] = ("darwin", "win32", "linux")


def machine(folder: Path, system: System) -> Machine:
    home = folder / "Zoë Müller"
    return Machine(system, home, {"APPDATA": str(home / "AppData" / "Roaming"), "PROGRAMDATA": str(folder)}, folder)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("system", "menu"),
    [
        ("darwin", "Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion/Scripts/Utility"),
        ("win32", "AppData/Roaming/Blackmagic Design/DaVinci Resolve/Support/Fusion/Scripts/Utility"),
        ("linux", ".local/share/DaVinciResolve/Fusion/Scripts/Utility"),
    ],
)
def test_entries_go_into_the_menu_and_everything_else_does_not(tmp_path: Path, system: System, menu: str) -> None:
    here, state = machine(tmp_path, system), tmp_path / "état"
    done = install(here, state, python="/usr/bin/python", files=FILES)
    assert here.menu == here.home / menu
    assert sorted(path.name for path in here.menu.iterdir()) == ["Retake - Collect.py", "Retake.py", POINTER]
    told = json.loads((here.menu / POINTER).read_text(encoding="utf-8"))
    assert told == {
        "otio_retake_pointer": 1, "python": "/usr/bin/python", "package": str(state / "plugin"), "state": str(state),
    }  # fmt: skip
    assert (Path(told["package"]) / "retake_in_resolve" / "inner" / "menu.py").is_file()
    assert len(done.written) == len(FILES) + 1


def test_again_changes_only_what_is_other(tmp_path: Path) -> None:
    here, state = machine(tmp_path, "linux"), tmp_path / "state"
    install(here, state, python="/old", files=FILES)
    assert install(here, state, python="/old", files=FILES).written == ()
    changed = {**FILES, PurePosixPath("Retake.py"): b"print('new')\n"}
    del changed[PurePosixPath("retake_in_resolve/inner/menu.py")]
    done = install(here, state, python="/new", files=changed)
    assert {path.name for path in done.written} == {"Retake.py", POINTER}
    assert {path.name for path in done.removed} == {"menu.py"}
    told = read_pointer(here)
    assert told is not None
    assert told["python"] == "/new"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a user's folders by other means")
def test_our_folder_is_this_users_alone(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    install(machine(tmp_path, "linux"), state, files=FILES)
    assert state.stat().st_mode & 0o777 == 0o700


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    here, state = machine(tmp_path, "darwin"), tmp_path / "state"
    done = install(here, state, files=FILES, dry_run=True)
    assert len(done.written) == len(FILES) + 1
    assert everything(tmp_path) == {}
    install(here, state, files=FILES)
    before = everything(tmp_path)
    assert uninstall(here, state, dry_run=True).removed
    assert everything(tmp_path) == before


def test_what_is_not_ours_is_in_the_way(tmp_path: Path) -> None:
    here, state = machine(tmp_path, "linux"), tmp_path / "state"
    here.menu.mkdir(parents=True)
    (here.menu / "Retake.py").write_text("somebody's own")
    with pytest.raises(SettingsError) as error:
        install(here, state, files=FILES)
    assert error.value.where == str(here.menu / "Retake.py")
    assert "move it away" in error.value.fix
    assert list(everything(tmp_path).values()) == [b"somebody's own"], "nothing is written by halves"
    (here.menu / "Retake.py").unlink()
    install(here, state, files=FILES)
    (here.menu / "Retake.py").write_text("changed by hand")
    with pytest.raises(SettingsError, match="not one that otio-retake wrote"):
        install(here, state, files={**FILES, PurePosixPath("Retake.py"): b"newer"})


@pytest.mark.parametrize("target", ["nowhere", "theirs.py"])
def test_a_link_is_somebody_elses_wherever_it_leads(tmp_path: Path, target: str) -> None:
    here, state = machine(tmp_path, "linux"), tmp_path / "state"
    here.menu.mkdir(parents=True)
    (tmp_path / "theirs.py").write_text("theirs")
    link = here.menu / "Retake.py"
    link.symlink_to(tmp_path / target)
    with pytest.raises(SettingsError) as error:
        install(here, state, files=FILES)
    assert error.value.where == str(link)
    assert link.readlink() == tmp_path / target
    link.unlink()
    install(here, state, files=FILES)
    link.unlink()
    link.symlink_to(tmp_path / target)
    assert uninstall(here, state).kept == (link,)
    assert link.readlink() == tmp_path / target


def test_uninstall_takes_out_just_that(tmp_path: Path) -> None:
    here, state = machine(tmp_path, "linux"), tmp_path / "state"
    here.menu.mkdir(parents=True)
    (here.menu / "Mine.py").write_text("mine")
    (state / "projects" / "p").mkdir(parents=True)
    (state / "projects" / "p" / "project.json").write_text("{}")
    before = everything(tmp_path)
    install(here, state, files=FILES)
    cache = state / "plugin" / "retake_in_resolve" / "__pycache__"
    cache.mkdir()
    (cache / "menu.cpython-310.pyc").write_bytes(b"")
    done = uninstall(here, state)
    assert len(done.removed) == len(FILES) + 1
    assert everything(tmp_path) == before
    assert not (state / "plugin").exists()
    assert uninstall(here, state).removed == ()


def test_what_somebody_changed_is_left(tmp_path: Path) -> None:
    here, state = machine(tmp_path, "linux"), tmp_path / "state"
    install(here, state, files=FILES)
    (here.menu / "Retake.py").write_text("changed by hand")
    assert [path.name for path in uninstall(here, state).kept] == ["Retake.py"]
    assert (here.menu / "Retake.py").read_text() == "changed by hand"


def test_the_scripts_of_this_copy_are_found() -> None:
    files = plugin_files()
    entries = {str(path) for path in files if is_menu_entry(path)}
    assert {"Retake.py", "Retake - Collect.py", "Retake - Revert.py"} <= entries
    assert PurePosixPath("retake_in_resolve/menu.py") in files
    assert not [path for path in files if "__pycache__" in path.parts or path.suffix not in (".py", ".json", ".lua")]


def test_a_copy_without_scripts_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="without its scripts"):
        plugin_files((tmp_path,))


def test_an_installed_entry_finds_its_modules(tmp_path: Path) -> None:
    """The real entry from the real folder, outside of Resolve: it says that there is none, in words."""
    here = Machine("linux", tmp_path / "home", {}, tmp_path)
    install(here, tmp_path / "state")
    entry = here.menu / "Retake.py"
    said = subprocess.run(
        [sys.executable, "-I", str(entry)], capture_output=True, text=True, check=False,
        env={"HOME": str(here.home), "PATH": ""},
    )  # fmt: skip
    assert "Traceback" not in said.stderr
    assert "Resolve was not found" in said.stdout
