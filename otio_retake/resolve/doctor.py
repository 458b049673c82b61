"""What retakes in DaVinci Resolve need on this machine, what is missing, and what to do about it, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from ..errors import SettingsError
from .folders import Machine
from .found import Program, last_told, programs, pythons
from .install import PACKAGE, read_pointer, unlike
from .plugin_files import plugin_files

Standing = Literal["good", "note", "missing"]

FILE_ROUTE = (
    "in Resolve: File > Export > Timeline, as .otio (mark clips with markers named `RETAKE: what should happen`)",
    "otio-retake run TIMELINE.otio -o TIMELINE-retakes.otio --for resolve",
    "in Resolve: File > Import > Timeline, TIMELINE-retakes.otio: a new timeline with the takes on a track above, off",
)
"""How takes get into a Resolve that runs no scripts of ours: by files."""

NO_PYTHON = (21, 1)
"""From this version on the free edition lists no Python scripts."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it stands, and what to do."""

    standing: Standing
    what: str
    todo: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """All that was found. ``scripts`` is whether menu scripts can run: True, False, or None where nobody knows."""

    findings: tuple[Finding, ...]
    scripts: bool | None

    @property
    def good(self) -> bool:
        """Whether nothing is missing."""
        return all(finding.standing != "missing" for finding in self.findings)


def diagnose(machine: Machine, state: Path, files: Mapping[PurePosixPath, bytes] | None = None) -> Diagnosis:
    """Looks at the machine; nothing is changed, and Resolve need not run. ``files`` are those of the scripts."""
    installed, told = programs(machine), last_told(state)
    findings = [*_of_programs(installed, told)]
    scripts = _scripts(installed, told)
    if scripts is not False:
        findings += _of_python(machine, installed, told)
    findings += _of_install(machine, state, scripts, files)
    if scripts is not True:
        findings.append(_of_files(scripts))
    return Diagnosis(tuple(findings), scripts)


def _of_programs(installed: list[Program], told: Program | None) -> list[Finding]:
    found = [Finding("good", f"{program.name} in {program.where}") for program in installed]
    if told is not None:
        found.append(Finding("good", f"the script ran last in {told.name}, with Python {told.python or '(not known)'}"))
    if not installed:
        what = "no DaVinci Resolve in the folders where its installer puts it"
        todo = "if it is elsewhere, nothing is lost: the scripts' folder is the same; from the Mac App Store, scripts cannot start other programs: take it from Blackmagic's site"  # noqa: E501
        found.append(Finding("note", what, todo))
    elif told is None and any(program.studio is None for program in installed):
        what = "its files do not say whether this is Studio or the free edition; menu DaVinci Resolve > About says it"
        found.append(Finding("note", what))
    return found


def _scripts(installed: list[Program], told: Program | None) -> bool | None:
    """Whether Python scripts can run in what was found: what a script itself said counts where it is as new."""
    newest = max(installed, key=lambda program: program.version, default=None)
    if told is not None and (newest is None or newest.version[:2] <= told.version[:2]):
        return bool(told.studio) or told.version[:2] < NO_PYTHON
    if newest is None:
        return None
    if newest.studio or (newest.version and newest.version[:2] < NO_PYTHON):
        return True
    # The free edition's files do not always say that it is the free one.
    return False if newest.studio is False else None


def _of_python(machine: Machine, installed: list[Program], told: Program | None) -> list[Finding]:
    if told is not None and told.python:
        return []
    newest = max((program.version for program in installed), default=())
    if newest[:2] >= NO_PYTHON:
        return [Finding("good", "Studio 21.1 and later bring their own Python")]
    found = pythons(machine)
    fit = [python for python in found if not python.lacks]
    rows = [Finding("good", f"Python {python.version} for Resolve: {python.where}") for python in fit[:1]]
    for python in found:
        if python.lacks:
            what = f"{python.where} is no Python that Resolve can load: {python.lacks} is not there"
            rows.append(Finding("note" if fit else "missing", what, _python_todo(machine)))
    if not found:
        rows.append(Finding("missing", "no Python that Resolve looks for", _python_todo(machine)))
    return rows


def _python_todo(machine: Machine) -> str:
    if machine.system == "darwin":
        return (
            "install Python 3.10 to 3.12 from python.org; those of Homebrew, pyenv and uv are found only after"
            " `launchctl setenv PYTHON3HOME PREFIX`; then restart Resolve"
        )
    if machine.system == "win32":
        return "install Python 3.10 to 3.12 from python.org, for this user, and restart Resolve"
    return "install your distribution's python3 and its shared library (libpython3), and restart Resolve"


def _of_install(
    machine: Machine, state: Path, scripts: bool | None, files: Mapping[PurePosixPath, bytes] | None
) -> list[Finding]:
    pointer = read_pointer(machine)
    if pointer is None:
        standing: Standing = "note" if scripts is False else "missing"
        todo = "" if scripts is False else "otio-retake resolve install"
        return [Finding(standing, f"the scripts are not in Resolve's menu ({machine.menu})", todo)]
    if not Path(pointer["python"]).exists():
        what = f"the menu scripts start a Python that is gone: {pointer['python']}"
        return [Finding("missing", what, "otio-retake resolve install")]
    if Path(pointer["state"]) != state or Path(pointer["package"]) != state / PACKAGE:
        what = f"the menu scripts use another folder than this program: {pointer['state']}, not {state}"
        return [Finding("missing", what, "otio-retake resolve install")]
    try:
        odd = unlike(machine, state, pointer["python"], plugin_files() if files is None else files)
    except SettingsError as error:
        return [Finding("missing", f"{error.what} ({error.where})", error.fix)]
    if odd:
        more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
        what = "files of the scripts are gone, or are not those of this version: "
        return [Finding("missing", what + ", ".join(map(str, odd[:3])) + more, "otio-retake resolve install")]
    what = "the scripts are in Resolve's menu: Workspace > Scripts > Retake"
    todo = "if they are not listed there, Resolve has found no Python that it can load" if scripts else ""
    return [Finding("good", what, todo)]


def _of_files(scripts: bool | None) -> Finding:
    what = (
        "the free edition lists no Python scripts from version 21.1 on; retakes go by files instead"
        if scripts is False
        else "if this is the free edition from version 21.1 on, it lists no Python scripts; retakes go by files then"
    )
    return Finding("note", what, "; then: ".join(FILE_ROUTE))
