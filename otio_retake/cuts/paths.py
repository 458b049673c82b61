r"""Where a media path as an editor wrote it may lie on this machine.

Seen in real files: ``/Users/…`` and ``C:\…`` (Resolve), ``file:///Users/…%20…`` (Final Cut), ``file://localhost/D%3a/…``
(Premiere), ``file://localhost/C:/…[1]+`` (Resolve's xmeml, half encoded), ``file:///D%3A/…`` and ``file://HOST/share``
(Avid), ``G:/…`` and ``blue.mpg`` (Kdenlive), ``\\server\share``. RFC 8089 describes ``file`` URLs; a general URL
parser is wrong for half of these, so this one is our own.
"""

from __future__ import annotations

import os
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

MEDIA_ENDINGS = frozenset(
    (
        ".mov", ".mp4", ".mxf", ".m4v", ".avi", ".mkv", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".webm", ".dv",
        ".wav", ".bwf", ".aif", ".aiff", ".mp3", ".m4a",
    )
)  # fmt: skip
"""How the names of movies and sound end, for names that come without."""

_LEAST_STEM = 4
"""Characters of a name that must fit where only its beginning does."""

_DRIVE = re.compile(r"/?([A-Za-z]):(?=[/\\]|$)")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")


@dataclass(frozen=True)
class Places:
    """Where to look for media: beside the cut, under moved roots, and in folders searched by name."""

    beside: Path
    maps: tuple[tuple[str, Path], ...] = ()
    roots: tuple[Path, ...] = ()
    _names: dict[str, list[Path]] = field(default_factory=dict, repr=False, compare=False)
    _stems: list[tuple[str, Path]] = field(default_factory=list, repr=False, compare=False)
    _chosen: dict[str, Path] = field(default_factory=dict, repr=False, compare=False)

    def find(self, written: str) -> Path | None:
        """The file that ``written`` means here; None where there is none, or more than one that fits equally."""
        if found := self.named(written):
            return found
        if written in self._chosen:
            return self._chosen[written]
        return likeliest(self.candidates(written))

    def named(self, written: str) -> Path | None:
        """The file at the very path, or where a map says that this went; None where there is none."""
        return next((path for path in self.looked_at(written) if _is_there(path)), None)

    def looked_at(self, written: str) -> Iterator[Path]:
        """Where ``written`` is looked for by its path: under the maps, then as it stands."""
        spelled = list(spellings(written))
        for path in spelled:
            for old, new in self.maps:
                rest = _under(path, old)
                if rest is not None:
                    yield new / rest
        for path in spelled:
            if is_here(path):
                yield self.beside / path

    def candidates(self, written: str) -> list[tuple[int, Path]]:
        """Files under the search folders of the same name, each with how many names agree upwards; most first."""
        for path in spellings(written):
            parts = [_folded(part) for part in PurePosixPath(path).parts]
            if found := self._index().get(parts[-1] if parts else "", []):
                return sorted(((_agreeing(parts, file), file) for file in found), reverse=True)
        return []

    def choose(self, written: str, path: Path) -> None:
        """From now on ``written`` means ``path``, where its name alone finds it."""
        self._chosen[written] = path

    def called(self, name: str, *, whole: bool) -> list[Path]:
        """Media beside the cut and under the search folders by the stem of its name: it is ``name``, or begins so."""
        stem = _folded(file_name(name))
        if not whole and len(stem) < _LEAST_STEM:
            return []
        if not self._stems:
            here = [Path(self.beside, name) for name in sorted(_listed(self.beside))]
            files = dict.fromkeys([*here, *(path for paths in self._index().values() for path in paths)])
            media = (path for path in files if path.suffix.lower() in MEDIA_ENDINGS)
            self._stems.extend(sorted((_folded(path.stem), path) for path in media))
        found = []
        for at in range(bisect_left(self._stems, (stem, Path())), len(self._stems)):
            other, path = self._stems[at]
            if not other.startswith(stem):
                break
            if other == stem if whole else len(other) > len(stem):
                found.append(path)
        return found

    def _index(self) -> dict[str, list[Path]]:
        if not self._names:
            seen: set[str] = set()
            for root in self.roots:
                for folder, _, files in os.walk(root):
                    # Search folders may lie in each other.
                    if (real := os.path.realpath(folder)) in seen:
                        continue
                    seen.add(real)
                    for name in files:
                        self._names.setdefault(_folded(name), []).append(Path(folder, name))
        return self._names


def likeliest(candidates: list[tuple[int, Path]]) -> Path | None:
    """The one of `Places.candidates` whose folders agree best; None where there is none, or two do."""
    if not candidates or (len(candidates) > 1 and candidates[0][0] == candidates[1][0]):
        return None
    return candidates[0][1]


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def spellings(written: str) -> Iterator[str]:
    """The paths that ``written`` may mean, likeliest first, with forward slashes and no scheme.

    Drives stay ``C:/…`` and servers ``//host/…``. Nothing for a URL of another scheme, such as ``http:`` or ``urn:``.
    """
    text = written.strip()
    rest = _strip_scheme(text)
    if rest is None:
        return
    plain = rest.replace("\\", "/") if "\\" in rest else rest
    encoded = text[:5].lower() == "file:"
    decoded = unquote(plain, errors="strict") if _decodes(plain) else plain
    seen: set[str] = set()
    for path in (decoded, plain) if encoded else (plain, decoded):
        drive = _DRIVE.match(path)
        if drive:
            path = path[drive.start(1) :]
        for form in (path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path)):
            if form and form not in seen and "\0" not in form:
                seen.add(form)
                yield form


def _strip_scheme(text: str) -> str | None:
    if text[:5].lower() == "file:":
        rest = text[5:]
        if not rest.startswith("//"):
            return rest
        host, slash, path = rest[2:].partition("/")
        if host.lower() in ("", "localhost", "127.0.0.1"):
            return slash + path
        if re.fullmatch(r"[A-Za-z](:|%3[Aa])?", host):  # file://C:/… and file://C%3A/…, one slash short
            return f"{host}/{path}"
        return f"//{host}/{path}"
    scheme = _SCHEME.match(text)
    if scheme and len(scheme[1]) > 1 and not text[scheme.end() :].startswith("\\"):
        return None
    return text


def _decodes(path: str) -> bool:
    if "%" not in path:
        return False
    try:
        unquote(path, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def is_here(path: str) -> bool:
    """Whether a spelling can be a path of this system: a drive or a server is none on POSIX."""
    return os.name == "nt" or not (_DRIVE.match(path) or path.startswith("//"))


def _under(path: str, old: str) -> str | None:
    """What is left of ``path`` below ``old``; drives and servers do not care for case."""
    base = next(spellings(old), old).rstrip("/")
    loose = bool(_DRIVE.match(base)) or base.startswith("//")
    one, other = (path.lower(), base.lower()) if loose else (path, base)
    if one == other:
        return ""
    return path[len(base) + 1 :] if one.startswith(other + "/") else None


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _agreeing(parts: list[str], file: Path) -> int:
    """How many names agree, from the file upwards."""
    count = 0
    for wanted, found in zip(reversed(parts), reversed(file.parts), strict=False):
        if wanted != _folded(found):
            break
        count += 1
    return count


def file_name(written: str) -> str:
    """The file's own name in a path as written."""
    return PurePosixPath(next(spellings(written), written)).name


def spelled_like(written: str, path: Path) -> str:
    """``path`` spelled as ``written`` is: bare where that is bare, a ``file`` URL where it is one."""
    if written[:5].lower() != "file:":
        return str(path)
    url = path.absolute().as_uri()
    if written[:16].lower() == "file://localhost":
        return "file://localhost" + url[len("file://") :]
    return url


def is_absolute(written: str) -> bool:
    """Whether a path as written names a place by itself: from a root, a drive or a server, or as a URL."""
    return bool(_DRIVE.match(written)) or written.startswith(("/", "\\\\")) or bool(_SCHEME.match(written))


def outward(path: Path, maps: tuple[tuple[str, Path], ...], written: str) -> str | None:
    """``path`` as the machine that wrote the cut would name it: ``--map`` the other way round; None without one."""
    for old, new in maps:
        try:
            rest = path.absolute().relative_to(new.absolute())
        except ValueError:
            continue
        base = next(spellings(old), old).rstrip("/")
        text = f"{base}/{rest.as_posix()}"
        if written[:5].lower() == "file:":
            return "file:///" + quote(text.lstrip("/"), safe="/:")
        return text.replace("/", "\\") if "\\" in written else text
    return None
