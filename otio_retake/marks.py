"""The order language: what an editor writes into a marker, read.

::

    RETAKE                                 the prompt is in the note
    RETAKE: she looks up and smiles        the prompt is in the name
    RETAKE both x3 @fal: no boom mic       options before the colon
    RETAKE IN  …  RETAKE OUT               an inclusive range, for editors whose markers are points

A marker is one of ours when its name or note begins with the whole word RETAKE, in any case, followed by its end, a
colon, or valid options; or when it has the configured colour. What begins so and goes on otherwise is a *suspect*.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from .capabilities import MODES, SERVICES, Mode
from .cuts.model import Marker, View
from .cuts.signature import signed
from .errors import Problem

MOST_TAKES = 20
"""More takes than this of one region are a slip of the finger."""

MARK_KEYS = (
    "model", "context", "handles", "seam", "from", "color", "size", "sound", "speed",
)  # fmt: skip
"""Options that are written ``key=value`` whatever the service; others belong to a service's own model."""

KEY_CHOICES: dict[str, tuple[str, ...]] = {
    "seam": ("changed", "mark"),
    "color": ("709", "passthrough"),
    "size": ("source", "native"),
    "sound": ("cut", "own", "none"),
    "speed": ("normal",),
}
"""Keys whose values are one of a few words."""

_NUMBERS = {"context": 2000, "handles": 10_000}
_WORDS = (*MODES, "again", "1f", "in", "out")
_START = re.compile(r"\s*RETAKE(?![\w-])", re.IGNORECASE)
_KEY_LINE = re.compile(r"\s*([A-Za-z][\w.-]*)\s*=\s*(.*?)\s*")
_DEFAULT_NAME = re.compile(r"marker( \d+)?", re.IGNORECASE)
_TAKES = re.compile(r"x(\d{1,4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: what is asked for, and the marker that asks. ``prompt`` is verbatim, ``service`` may be empty."""

    marker: Marker
    prompt: str
    mode: Mode | None = None
    takes: int | None = None
    service: str = ""
    again: bool = False
    one_frame: bool = False
    edge: Literal["", "in", "out"] = ""
    keys: tuple[tuple[str, str], ...] = ()
    by_colour: bool = False

    @property
    def digest(self) -> str:
        """Tells marks apart by their text and options: all of them but how many takes."""
        parts = (self.prompt, self.mode or "", self.service, str(self.again), str(self.one_frame), repr(self.keys))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def key(self, name: str) -> str | None:
        """The value of ``name=value``; None where it is not written."""
        return dict(self.keys).get(name)


@dataclass(frozen=True, slots=True)
class Marks:
    """Every mark of a cut, what looks like one but is none, and what is wrong."""

    marks: tuple[Mark, ...]
    suspects: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Options:
    mode: Mode | None = None
    takes: int | None = None
    service: str = ""
    again: bool = False
    one_frame: bool = False
    edge: Literal["", "in", "out"] = ""
    keys: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of the order language that settings and plug-ins may add to."""

    services: tuple[str, ...] = tuple(SERVICES)
    keys: tuple[str, ...] = MARK_KEYS
    colour: str = ""
    """The marker colour that makes a mark whatever the marker says; empty for none."""


class NotOurs(Exception):
    """A text begins with RETAKE but goes on as no order does."""


def find_marks(view: View, words: Vocabulary | None = None) -> Marks:
    """Reads every marker of ``view``."""
    words = words or Vocabulary()
    marks: list[Mark] = []
    suspects: list[Problem] = []
    problems: list[Problem] = []
    for marker, timecode in _markers(view):
        if signed(marker.name) or signed(marker.note):
            # What we put on a take is no order, though it begins like one.
            continue
        try:
            mark, wrong = read_mark(marker, words)
        except NotOurs as reason:
            suspects.append(
                Problem(
                    timecode,
                    marker.place,
                    str(reason),
                    'write "RETAKE: what should happen" if this is an order',
                    "note",
                )
            )
            continue
        if mark is None:
            continue
        problems += [Problem(timecode, marker.place, what, fix, "problem") for what, fix in wrong]
        if not wrong:
            marks.append(mark)
    return Marks(tuple(marks), tuple(suspects), tuple(problems))


def _markers(view: View) -> Iterator[tuple[Marker, str]]:
    for clip in view.clips():
        for marker in clip.markers:
            yield marker, view.timecode(clip.record_of(clip.reach_of(marker).first))
    for marker in view.markers:
        yield marker, view.timecode(marker.start.at(view.rate))


def read_mark(marker: Marker, words: Vocabulary) -> tuple[Mark | None, list[tuple[str, str]]]:
    """The mark that ``marker`` is, and what is wrong with it as (what, what to do); None where it is no mark.

    Raises `NotOurs` for a suspect.
    """
    name, note = marker.name.strip(), marker.note.strip()
    options = _Options()
    texts: list[str] = []
    ours = False
    reason = ""
    for text in dict.fromkeys((name, note)):
        begins = _START.match(text)
        if begins:
            try:
                texts.append(_head(text[begins.end() :], options, words))
                ours = True
                continue
            except NotOurs as error:
                reason = str(error)
        texts.append(text)
    by_colour = not ours and bool(words.colour) and marker.colour == words.colour.upper()
    if (ours or by_colour) and _DEFAULT_NAME.fullmatch(name) and texts[0] == name:
        # What an editor calls a marker that nobody has named is no prompt.
        texts[0] = ""
    if not ours and not by_colour:
        if reason:
            raise NotOurs(reason)
        return None, []
    prompt = "\n".join(part for part in (_body(text, options, words) for text in texts) if part)
    mark = Mark(
        marker=marker,
        prompt=prompt,
        mode=options.mode,
        takes=options.takes,
        service=options.service,
        again=options.again,
        one_frame=options.one_frame,
        edge=options.edge,
        keys=tuple(sorted(options.keys.items())),
        by_colour=by_colour,
    )
    return mark, [_explained(word, words) for word in options.wrong]


def _head(rest: str, options: _Options, words: Vocabulary) -> str:
    """Takes the options that follow the word; returns the text that follows them."""
    line, _, below = rest.partition("\n")
    at = _separator(line, words)
    before, colon, after = line[:at], line[at : at + 1], line[at + 1 :]
    taken = _Options()
    strange = []
    for word in before.split():
        if not _option(word, taken, words):
            strange.append(word)
    near = [word for word in strange if _looks_meant(word, words)]
    if strange and len(near) < len(strange):
        raise NotOurs(f'"RETAKE{rest[:40].rstrip()}" is no order: "{next(w for w in strange if w not in near)}"')
    options.wrong += near + taken.wrong
    for field_ in ("mode", "takes", "service", "edge"):
        if getattr(taken, field_):
            _once(options, field_, getattr(taken, field_))
    options.again = options.again or taken.again
    options.one_frame = options.one_frame or taken.one_frame
    options.keys.update(taken.keys)
    return "\n".join(part for part in (after.strip() if colon else "", below.strip()) if part)


def _separator(line: str, words: Vocabulary) -> int:
    """Where the colon is that ends the options; the line's length where there is none.

    It is the first one, unless that stands inside of a value (``webhook=env:NAME: she smiles``): then a later one
    before which there are nothing but options, or the end of a line that names a variable.
    """
    first = line.find(":")
    if first < 0:
        return len(line)
    value = line[:first].split(" ")[-1].partition("=")[2]
    if not value or not line[first + 1 : first + 2].strip():
        return first
    later = [at for at in range(first + 1, len(line)) if line[at] == ":" and not line[at + 1 : at + 2].strip()]
    ends = [*later, *([len(line)] if value == "env" else [])]
    return next((at for at in ends if all(_option(word, _Options(), words) for word in line[:at].split())), first)


def _body(text: str, options: _Options, words: Vocabulary) -> str:
    """Takes the ``key=value`` lines that a text may begin with; returns the rest."""
    lines = text.splitlines()
    while lines and (found := _KEY_LINE.fullmatch(lines[0])) and "=" in lines[0]:
        if not _known_key(found[1], words):
            if not _near(found[1], words.keys):
                break
            options.wrong.append(lines[0].strip())
        else:
            _set_key(found[1], found[2], options)
        lines.pop(0)
    return "\n".join(lines).strip()


def _option(word: str, options: _Options, words: Vocabulary) -> bool:
    """Takes one word before the colon; False where it is none of ours."""
    low = word.lower()
    if low in MODES:
        _once(options, "mode", MODES[MODES.index(low)])
    elif low in ("in", "out"):
        _once(options, "edge", low)
    elif low == "again":
        options.again = True
    elif low == "1f":
        options.one_frame = True
    elif found := _TAKES.fullmatch(word):
        _once(options, "takes", int(found[1]))
        if not 1 <= int(found[1]) <= MOST_TAKES:
            options.wrong.append(word)
    elif word.startswith("@"):
        _once(options, "service", low[1:])
        if options.service not in words.services:
            options.wrong.append(word)
    elif found := _KEY_LINE.fullmatch(word):
        if not _known_key(found[1], words):
            options.wrong.append(word)
        else:
            _set_key(found[1], found[2], options)
    else:
        return False
    return True


def _once(options: _Options, what: str, value: object) -> None:
    """Sets what may be said once; said again and otherwise it is wrong, for nobody knows which was meant."""
    before = getattr(options, what)
    if before and before != value:
        signs = {"takes": "x", "service": "@"}
        sign = signs.get(what, "")
        options.wrong.append(f"{sign}{before} {sign}{value}")
    setattr(options, what, value)


def _set_key(key: str, value: str, options: _Options) -> None:
    key = key.lower()
    choices, most = KEY_CHOICES.get(key), _NUMBERS.get(key)
    if (choices and value.lower() not in choices) or (
        most is not None and not (value.isdigit() and int(value) <= most)
    ):
        options.wrong.append(f"{key}={value}")
    else:
        options.keys[key] = value.lower() if choices else value


def _known_key(key: str, words: Vocabulary) -> bool:
    return key.lower() in MARK_KEYS or key in words.keys


def _near(word: str, known: Collection[str]) -> str:
    found = difflib.get_close_matches(word.lower(), known, 1, 0.6)
    return found[0] if found else ""


def _looks_meant(word: str, words: Vocabulary) -> bool:
    """Whether a strange word is a slip in an option and not the beginning of a sentence."""
    return len(word) > 2 and bool(difflib.get_close_matches(word.lower(), _WORDS, 1, 0.7))


def _explained(word: str, words: Vocabulary) -> tuple[str, str]:
    """What is wrong with an option, and the nearest that would be right."""
    if len(said := word.split()) == 2 and "=" not in word:
        fix = "write both" if set(said) <= {"video", "audio"} else "keep one of them"
        return f'"{said[0]}" and "{said[1]}" cannot both be meant', fix
    if word.startswith("@"):
        known = words.services
        near = _near(word[1:], known)
        return f'"{word}" names no service', f"did you mean @{near}?" if near else f"known are {', '.join(known)}"
    if _TAKES.fullmatch(word):
        return f'"{word}" is no number of takes', f"write x1 to x{MOST_TAKES}"
    key, equals, _ = word.partition("=")
    if equals:
        choices = KEY_CHOICES.get(key.strip().lower())
        if choices:
            return f'"{word}" is not one of its values', "write " + " or ".join(f"{key}={c}" for c in choices)
        if key.strip().lower() in _NUMBERS:
            return f'"{word}" is no number of frames', f"write {key}=24, for example"
        near = _near(key.strip(), words.keys)
        return (
            f'"{key.strip()}" is no option',
            f"did you mean {near}=?" if near else f"known are {', '.join(MARK_KEYS)}",
        )
    near = _near(word, _WORDS)
    return f'"{word}" is no option', f"did you mean {near}?"
