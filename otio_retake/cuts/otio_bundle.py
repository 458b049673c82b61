"""An .otioz or .otiod bundle: an .otio file together with its media, zipped or in a folder.

https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-filebundles.html

The media inside are what is used; those of a zipped bundle are unpacked once, into the project's folder. Written again
as a bundle, everything that was in it is copied as it was and the takes lie beside it, alternates too: OpenTimelineIO
itself would take along only what is in use. Written as .otio, its paths lead to where the media were unpacked.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from ..durable import folder_beside, sha256_of, written_beside
from ..errors import CutError
from .cut import Patched, Tell
from .otio_cut import OtioCut
from .otio_document import document_of
from .otio_unpacking import CONTENT, MEDIA, Zipped, copy_stream
from .paths import is_absolute, spellings
from .reading import read_bytes
from .signature import TAKE_FILE

_URL = re.compile(r'("target_url"\s*:\s*)("(?:[^"\\]|\\.)*")')

_VERSION = "version.txt"


def open_otioz(path: Path, maps: tuple[tuple[str, Path], ...] = ()) -> OtioBundle:
    """Opens an .otioz bundle. Raises ``CutError``."""
    zipped = Zipped(path)
    return ZippedBundle(path, zipped.read(CONTENT), maps, zipped)


def open_otiod(path: Path, maps: tuple[tuple[str, Path], ...] = ()) -> OtioBundle:
    """Opens an .otiod bundle. Raises ``CutError``."""
    if path.exists() and not path.is_dir():
        raise CutError("an .otiod bundle is a folder", where=str(path), fix="export the timeline again")
    return FolderBundle(path, read_bytes(path / CONTENT, ".otiod bundle"), maps)


class OtioBundle(OtioCut):
    """A cut that carries its media."""

    endings: ClassVar[tuple[str, ...]] = (".otioz", ".otiod", ".otio")

    def __init__(self, path: Path, content: bytes, maps: tuple[tuple[str, Path], ...]) -> None:
        super().__init__(replace(document_of(path / CONTENT, content), path=path), maps)
        self._kept = path.absolute().parent / "retakes"

    def keep_in(self, folder: Path) -> None:
        """Names the folder of the project."""
        self._kept = folder

    def spell(self, path: Path, written: str, beside: Path) -> str:
        """Takes are named where they are; a bundle gets its own copies when it is written."""
        return super().spell(path, written, beside) if is_absolute(written) else str(path.absolute())

    def left_behind(self, beside: Path) -> list[str]:
        """Nothing: media are carried along."""
        return []

    def document_in(self, path: Path) -> Path:
        """The .otio file within an .otiod folder."""
        return path / CONTENT if path.suffix.lower() == ".otiod" else path

    def save(
        self,
        patched: Patched,
        path: Path,
        *,
        may_replace: Collection[str] = (),
        replace: bool = False,
        tell: Tell | None = None,
    ) -> None:
        """Writes ``patched`` to ``path`` as what the path's name says, whole or not at all."""
        self.check_place(path, may_replace, replace=replace)
        ending = path.suffix.lower()
        if ending == ".otio":
            plain = Patched(self._led_out(patched), patched.added, patched.losses)
            super().save(plain, path, may_replace=may_replace, replace=replace, tell=tell)
            return
        content, takes = self._taken_in(patched)
        if ending == ".otioz":
            with written_beside(path) as part:
                self._zip(part, content, takes)
                if tell is not None:
                    tell(path, sha256_of(part))
            return
        if tell is not None:
            tell(path, hashlib.sha256(content).hexdigest())
        self._fold(path, content, takes)

    # --- paths ------------------------------------------------------------------------------------------------------

    def _led_out(self, patched: Patched) -> bytes:
        """The document with the paths of bundled media leading to where they lie."""
        folder = self.media_folder

        def outside(url: str) -> str:
            inside = next((p for p in spellings(url) if not is_absolute(url) and (folder / p).is_file()), None)
            return url if inside is None else str(folder / inside)

        return _with_urls(patched.content, outside)

    def _taken_in(self, patched: Patched) -> tuple[bytes, dict[str, Path]]:
        """The document with the paths of takes leading into the bundle, and the files that go there."""
        takes: dict[str, Path] = {}

        def inside(url: str) -> str:
            file = next((Path(p) for p in spellings(url) if TAKE_FILE.search(p) and Path(p).is_absolute()), None)
            if file is None or not file.is_file():
                return url
            takes[f"{MEDIA}/{file.name}"] = file
            return f"{MEDIA}/{file.name}"

        return _with_urls(patched.content, inside), takes

    # --- files ------------------------------------------------------------------------------------------------------

    @abstractmethod
    def _zip(self, part: Path, content: bytes, takes: dict[str, Path]) -> None:
        """Writes all that is in the bundle with another document, and ``takes``, as a zip file."""

    @abstractmethod
    def _copy_to(self, folder: Path) -> None:
        """Copies all that is in the bundle but its document into an empty folder."""

    def _fold(self, path: Path, content: bytes, takes: dict[str, Path]) -> None:
        """Writes the bundle as a folder."""
        with folder_beside(path) as part:
            (part / MEDIA).mkdir()
            self._copy_to(part)
            for name, file in takes.items():
                if not (part / name).exists():
                    shutil.copy2(file, part / name)
            (part / CONTENT).write_bytes(content)


class ZippedBundle(OtioBundle):
    """An .otioz file."""

    def __init__(self, path: Path, content: bytes, maps: tuple[tuple[str, Path], ...], zipped: Zipped) -> None:
        super().__init__(path, content, maps)
        self._zipped = zipped

    @cached_property
    def media_folder(self) -> Path:
        """Where the media were unpacked: once for all cuts that hold the same."""
        folder = self._kept / "bundles" / f"{self.path.stem}-{self._zipped.digest}"
        self._zipped.unpack(folder, [name for name in self._zipped.names if name.startswith(f"{MEDIA}/")])
        return folder

    def _zip(self, part: Path, content: bytes, takes: dict[str, Path]) -> None:
        self._zipped.write_again(part, content, takes)

    def _copy_to(self, folder: Path) -> None:
        self._zipped.unpack(folder, [name for name in self._zipped.names if name != CONTENT])


class FolderBundle(OtioBundle):
    """An .otiod folder."""

    @property
    def media_folder(self) -> Path:
        """The bundle itself."""
        return self.path.absolute()

    def _zip(self, part: Path, content: bytes, takes: dict[str, Path]) -> None:
        import zipfile

        with zipfile.ZipFile(part, "w") as out:
            out.writestr(CONTENT, content, zipfile.ZIP_DEFLATED)
            if not (self.path / _VERSION).exists():
                out.writestr(_VERSION, "1.0.0", zipfile.ZIP_DEFLATED)
            files = {name: file for name, file in self._files() if name != CONTENT}
            for name, file in {**takes, **files}.items():
                copy_stream(out, zipfile.ZipInfo.from_file(file, name, strict_timestamps=False), file.open("rb"))

    def _files(self) -> Iterator[tuple[str, Path]]:
        """Every file in the bundle by its name there; links that lead out of it are no part of it."""
        root = self.path.resolve()
        for file in sorted(self.path.rglob("*")):
            if file.is_file() and file.resolve().is_relative_to(root):
                yield file.relative_to(self.path).as_posix(), file

    def _copy_to(self, folder: Path) -> None:
        for name, file in self._files():
            if name != CONTENT:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, folder / name)


def _with_urls(content: bytes, changed: Callable[[str], str]) -> bytes:
    """The document with every path of media as ``changed`` makes it; nothing else is touched."""

    def one(found: re.Match[str]) -> str:
        url = json.loads(found[2])
        new = changed(url)
        return found[0] if new == url else found[1] + json.dumps(new, ensure_ascii=False)

    return _URL.sub(one, content.decode("utf-8")).encode()
