"""What this machine has of DaVinci Resolve, and of Pythons that it can use, by files and the registry alone."""

from __future__ import annotations

import contextlib
import json
import plistlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .folders import Machine

_VERSION = re.compile(r"DaVinci Resolve( Studio)?[^\d\n]{0,20}(\d{2}\.\d+(?:\.\d+)*)")
_LIBRARY = re.compile(r"libpython(3\.\d+)[a-z]*\.(?:so|dylib)")


@dataclass(frozen=True)
class Program:
    """A Resolve: where it was found, and what is known of it; nothing is known of an empty or None field."""

    where: Path
    version: tuple[int, ...] = ()
    studio: bool | None = None
    python: str = ""
    """The Python that ran our script in it."""

    @property
    def name(self) -> str:
        """What to call it."""
        edition = {True: " Studio", False: " (free)", None: ""}[self.studio]
        return f"DaVinci Resolve{edition} {'.'.join(map(str, self.version)) or '(version not known)'}"


@dataclass(frozen=True)
class Python:
    """A Python that Resolve may use, or why it cannot."""

    where: Path
    version: str
    lacks: str = ""


def programs(machine: Machine) -> list[Program]:
    """What is installed, by the folders of Resolve's installer."""
    found = []
    for place in machine.programs:
        if place.exists():
            reader = {"darwin": _on_mac, "linux": _on_linux, "win32": _on_windows}[machine.system]
            found.append(reader(place))
    return found


def _on_mac(place: Path) -> Program:
    try:
        told = plistlib.loads((place / "Contents" / "Info.plist").read_bytes())
    except (OSError, ValueError, plistlib.InvalidFileException):
        return Program(place)
    name = f"{told.get('CFBundleName', '')} {told.get('CFBundleGetInfoString', '')}"
    studio = True if "Studio" in name or "Studio" in place.name else None
    return Program(place, _numbers(str(told.get("CFBundleShortVersionString", ""))), studio)


def _on_linux(place: Path) -> Program:
    for inner in ("docs/ReadMe.html", "docs/Welcome.txt", "docs/ReadMe.txt"):
        with contextlib.suppress(OSError):
            text = (place / inner).read_bytes()[:100_000].decode("utf-8", "replace")
            if said := _VERSION.search(text):
                return Program(place, _numbers(said[2]), True if said[1] else None)
    return Program(place)


def _on_windows(place: Path) -> Program:
    if sys.platform != "win32":
        return Program(place)
    import winreg

    base = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
    with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, base) as key:
        for number in range(winreg.QueryInfoKey(key)[0]):
            with contextlib.suppress(OSError), winreg.OpenKey(key, winreg.EnumKey(key, number)) as entry:
                name = str(winreg.QueryValueEx(entry, "DisplayName")[0])
                if name.startswith("DaVinci Resolve") and "Panels" not in name:
                    version = _numbers(str(winreg.QueryValueEx(entry, "DisplayVersion")[0]))
                    return Program(place, version, True if "Studio" in name else None)
    return Program(place)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def last_told(state: Path) -> Program | None:
    """What Resolve itself said when the last snapshot was taken; None where there is none."""
    snapshots = sorted((state / "sessions").glob("*/snapshot.rtksnap"), key=lambda path: path.parent.name)
    for path in reversed(snapshots):
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
            told = json.loads(path.read_text(encoding="utf-8"))["resolve"]
            version = tuple(part for part in told.get("version", ()) if isinstance(part, int))[:3]
            studio = told.get("studio")
            if studio is None and told.get("product"):
                studio = "Studio" in told["product"]
            return Program(path, version, studio, str(told.get("python") or ""))
    return None


# --- Pythons --------------------------------------------------------------------------------------------------------


def pythons(machine: Machine) -> list[Python]:
    """The Pythons that Resolve looks at, in its order."""
    found: dict[Path, Python] = {}
    for python in (*_named(machine), *_usual(machine)):
        found.setdefault(python.where, python)
    return list(found.values())


def _named(machine: Machine) -> Iterator[Python]:
    """The one that a variable names: it goes before all others."""
    for name in ("PYTHON3HOME", "FUSION_PYTHON3_HOME"):
        told = machine.environ.get(name)
        if told:
            yield _at(Path(told), machine)


def _usual(machine: Machine) -> Iterator[Python]:
    if machine.system == "win32":
        yield from _registered()
        return
    prefixes = [machine.root / "usr" / "local", machine.root / "usr"]
    if machine.system == "darwin":
        frameworks = machine.root / "Library" / "Frameworks" / "Python.framework" / "Versions"
        prefixes = [machine.root / "usr" / "local", *sorted(frameworks.glob("3.*"), reverse=True)]
    for prefix in prefixes:
        if (prefix / "bin" / "python3").exists():
            yield _at(prefix, machine)


def _at(prefix: Path, machine: Machine) -> Python:
    """The Python of a prefix: Resolve loads its shared library, so that must be there as well."""
    python = prefix / "bin" / "python3"
    if machine.system == "win32":
        python = prefix / "python.exe"
        library = next(iter(sorted(prefix.glob("python3[0-9]*.dll"))), None)
        return Python(
            python, library.stem.removeprefix("python3") if library else "", "" if library else "python3x.dll"
        )
    libraries = [prefix / "lib", *sorted((prefix / "lib").glob("*-linux-gnu")), prefix / "lib64"]
    names = (path.name for folder in libraries if folder.is_dir() for path in sorted(folder.glob("libpython3*")))
    version = next((said[1] for name in names if (said := _LIBRARY.match(name))), "")
    if not python.exists():
        return Python(python, version, "bin/python3")
    kind = "libpython3.x.dylib" if machine.system == "darwin" else "libpython3.x.so"
    return Python(python, version, "" if version else kind)


def _registered() -> Iterator[Python]:
    """Windows: those that have told the registry of themselves (PEP 514), the highest first."""
    if sys.platform != "win32":
        return
    import winreg

    found = []
    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        with contextlib.suppress(OSError), winreg.OpenKey(root, r"SOFTWARE\Python\PythonCore") as key:
            for number in range(winreg.QueryInfoKey(key)[0]):
                tag = winreg.EnumKey(key, number)
                with contextlib.suppress(OSError), winreg.OpenKey(key, rf"{tag}\InstallPath") as place:
                    found.append((_numbers(tag), Python(Path(winreg.QueryValue(place, None)) / "python.exe", tag)))
    yield from (python for _, python in sorted(found, key=lambda pair: pair[0], reverse=True))
