"""The lines of a CMX 3600 edit list, told apart: events, comments, speeds, frame code modes; no rate is needed yet.

The form: https://xmil.biz/EDL-X/CMX3600.pdf. Real lists bend it, so whatever can be read is read, and said: lines that
an editor or a mail program wrapped, numbers out of order, tabs, old line ends, bytes that are no UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from ..errors import CutError
from ..legible import legible

MOST_BYTES = 256 << 20
"""An edit list above this is none."""

LONGEST_LINE = 4000
"""Characters: what is longer is no line of an edit list."""

OFF = "* otio-retake off: "
"""What stands before each line of an event that is switched off; other programs read a comment."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LABEL = re.compile(r"\d{1,2}[:;.,]\d{1,2}[:;.,]\d{1,2}[:;.,]\d{2,3}")
_NUMBER = re.compile(r"\d{1,6}|[A-Z]\d{1,5}", re.IGNORECASE)
_HEAD = re.compile(
    r"(?:(?P<reel>\S.*?)\s+)?(?P<channel>[VB]\d*|VA\d*|A\d*V?|AA|NONE|[VAB]+\d*(?:[/+][VAB]+\d*)+)\s+"
    r"(?P<kind>C|D|W\d{0,3}|KB|KO|K(?:\s+[BO])?)(?:\s+(?P<length>\d{1,5}))?(?:\s+\(F\))?",
    re.IGNORECASE,
)
_SPEED = re.compile(r"M2\s+(?:(?P<reel>\S.*?)\s+)?(?P<speed>[-+]?\d+(?:\.\d*)?)(?:\s+(?P<at>[\d:;.,]{8,}))?\s*", re.I)
_CODE = re.compile(r"FCM\s*:?\s*(?P<non>NON[- ]?)?DROP", re.IGNORECASE)
_REEL = re.compile(r"FINAL CUT PRO REEL:?\s*(?P<long>.+?)\s+REPLACED BY:?\s*(?P<short>\S+)", re.IGNORECASE)
_LOOSE = re.compile(
    r"(FROM CLIP|TO CLIP|KEY CLIP|REEL \S+ IS CLIP|FINAL CUT PRO|EFFECTS? NAME|SPLIT|AUD\s|>>>|\$|B_ROLL|SOURCE FILE)",
    re.IGNORECASE,
)
"""How comments begin in lists that leave out the star."""


@dataclass(slots=True)
class Event:
    """One event line, and the lines that belong to it: ``lines[line:end]`` of its list.

    ``code`` is the frame code mode in force, True for drop-frame, None where none was said.
    """

    number: str
    reel: str
    channel: str
    kind: str
    length: int
    source: tuple[str, str]
    record: tuple[str, str]
    line: int
    end: int
    code: bool | None = None
    off: bool = False
    comments: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    speeds: list[tuple[str, str, str]] = field(default_factory=list)
    channels: tuple[int, ...] = ()

    @property
    def cuts(self) -> bool:
        """Whether it is a plain cut."""
        return self.kind == "C"


@dataclass(frozen=True)
class EditList:
    """A list as it stands in its file. ``lines`` keep their ends; joined they are the file again."""

    path: Path
    data: bytes = field(repr=False)
    encoding: str
    lines: tuple[str, ...] = field(repr=False)
    title: str
    code: bool | None
    events: tuple[Event, ...] = field(repr=False)
    remarks: tuple[tuple[int, str, str], ...] = ()
    """What was read as best it could be: the line's number from 1, what, what to do."""

    @property
    def newline(self) -> str:
        """How its lines end."""
        found = re.search(r"\r\n|\r|\n", "".join(self.lines[:2]))
        return found[0] if found else "\n"

    def content(self, lines: list[str]) -> bytes:
        """The bytes of a list with other lines."""
        return "".join(lines).encode(self.encoding)


def read_list(path: Path) -> EditList:
    """The list at ``path``. Raises ``CutError`` for what is no text."""
    data = _read(path)
    text, encoding = _decoded(data, path)
    lines = tuple(_LINE.findall(text))
    parser = _Parser(lines)
    parser.run()
    if encoding == "latin-1":
        what = "the list is no UTF-8: letters beyond ASCII are read as Latin-1"
        parser.remarks.insert(0, (0, what, "check names with accents"))
    return EditList(
        path, data, encoding, lines, parser.title, parser.first_code, tuple(parser.events), tuple(parser.remarks)
    )


def _read(path: Path) -> bytes:
    where = str(path)
    try:
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "no regular file" if path.exists() else "not there"
            raise CutError(f"the list is {kind}", where=where, fix="give the path of an exported .edl file")
        if path.stat().st_size > MOST_BYTES:
            raise CutError("the file is too large to be an edit list", where=where, fix="export the list again")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise CutError(
            f"the list cannot be read: {reason}", where=where, fix="check the path and its permissions"
        ) from None
    if not data.strip():
        raise CutError("the list is empty", where=where, fix="export it again")
    return data


def _decoded(data: bytes, path: Path) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError:
            pass
    if b"\0" in data:
        raise CutError("this is no text, so no edit list", where=str(path), fix="export the list as CMX 3600")
    try:
        encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def is_label(token: str) -> bool:
    """Whether a word is written as a timecode is."""
    return _LABEL.fullmatch(token) is not None


class _Parser:
    def __init__(self, lines: tuple[str, ...]) -> None:
        self._lines = lines
        self.title = ""
        self.first_code: bool | None = None
        self._code: bool | None = None
        self.events: list[Event] = []
        self.remarks: list[tuple[int, str, str]] = []
        self._reels: dict[str, str] = {}
        self._in_comment = False

    def run(self) -> None:
        at = 0
        while at < len(self._lines):
            at = self._take(at)
        self._check_numbers()

    def _take(self, at: int) -> int:
        """Reads the line at ``at``, and those that were wrapped off it; returns the next."""
        off, text = self._text(at)
        if len(text) > LONGEST_LINE:
            self._remark(at, "a line is too long for an edit list; it is left out", "export the list again")
            return at + 1
        body = text.strip()
        event, taken = self._event_at(at, body, off)
        if event is not None:
            if event.reel in self._reels:
                event.reel = self._reels[event.reel]
            self.events.append(event)
            self._in_comment = False
            return at + taken
        low = body[:6].upper()
        if not body:
            self._in_comment = False
        elif low == "TITLE:":
            if self.events:
                self._remark(at, "another list begins here; it is read as part of the first", "export one list")
            self.title = self.title or legible(body[6:].strip())
        elif (code := _CODE.match(body)) is not None:
            self._code = code["non"] is None
            if self.first_code is None:
                self.first_code = self._code
        elif self.events:
            self._belongs(self.events[-1], text, body, at)
        elif body.startswith("*") or _LOOSE.match(body):
            pass
        else:
            self._remark(at, f"the line {_short(body)!r} is no part of an edit list; it is left out", "")
        if self.events:
            self.events[-1].end = at + 1
        return at + 1

    def _text(self, at: int) -> tuple[bool, str]:
        # Old systems fill the last block of a file with their end-of-file character.
        line = self._lines[at].rstrip("\r\n").replace("\t", " ").strip("\x1a")
        return (True, line[len(OFF) :]) if line.startswith(OFF) else (False, line)

    def _belongs(self, event: Event, text: str, body: str, at: int) -> None:
        """A line below an event: its speed, a comment, the rest of one, or plain text."""
        speed = _SPEED.fullmatch(body)
        if speed is not None:
            event.speeds.append(((speed["reel"] or "").strip(), speed["speed"], speed["at"] or ""))
            self._in_comment = False
        elif body.upper().startswith("AUD ") and not body.startswith("*"):
            event.channels += tuple(int(n) - 1 for n in re.findall(r"\d+", body) if 0 < int(n) < 100)
        elif body.startswith("*") or _LOOSE.match(body):
            if found := _REEL.search(body):
                self._reels[found["short"]] = found["long"]
                event.reel = found["long"] if event.reel == found["short"] else event.reel
            event.comments.append(body.lstrip("* ").rstrip() if body.startswith("*") else body)
            event.texts.append(text)
            self._in_comment = True
        else:
            event.texts.append(text)
            if self._in_comment and "|" not in body:
                # What a mail program or an editor broke off a comment.
                event.comments[-1] += f" {body}"
                self._remark(at, f"the line {_short(body)!r} is read as the rest of the comment before it", "")

    # --- events -----------------------------------------------------------------------------------------------------

    def _event_at(self, at: int, body: str, off: bool) -> tuple[Event | None, int]:
        """The event that begins at a line, and how many lines it takes; a wrapped one takes several."""
        first, _, rest = body.partition(" ")
        if first.upper() == "M2" or not _NUMBER.fullmatch(first) or not rest:
            return None, 0
        event = self._event(at, 1, body, off)
        if event is not None:
            return event, 1
        joined = body
        for more in range(1, 4):
            if at + more >= len(self._lines):
                break
            also_off, text = self._text(at + more)
            piece = text.strip()
            if also_off != off or not piece or piece[0] == "*" or len(piece) > 200 or self._stands_alone(piece):
                break
            joined += f" {piece}"
            event = self._event(at, more + 1, joined, off)
            if event is not None:
                self._remark(at, f"event {event.number} is wrapped over {more + 1} lines; it is read as one", "")
                return event, more + 1
        if first[0].isdigit() and _looks_meant(body):
            what = f"the line {_short(body)!r} begins like an event but is none; it is left out"
            self._remark(at, what, "mend the line, or export the list again")
        return None, 0

    def _stands_alone(self, piece: str) -> bool:
        """Whether a line is an event, a speed or a comment by itself, and so no rest of another."""
        first = piece.partition(" ")[0]
        starts = _NUMBER.fullmatch(first) is not None and first.isdigit()
        return starts or _CODE.match(piece) is not None or _LOOSE.match(piece) is not None or piece[:3] == "M2 "

    def _event(self, at: int, taken: int, body: str, off: bool) -> Event | None:
        words = body.split()
        places = [k for k, word in enumerate(words) if is_label(word)]
        start = places[0] if len(places) >= 4 and places[3] == places[0] + 3 else None
        if start is None:
            # Some tools write plain frame numbers instead of timecode.
            if len(words) < 8 or not all(word.isdigit() and len(word) < 9 for word in words[-4:]):
                return None
            start = len(words) - 4
        head = _HEAD.fullmatch(" ".join(words[1:start]))
        if head is None:
            return None
        one, two, three, four = words[start : start + 4]
        return Event(
            number=words[0],
            reel=legible(head["reel"] or ""),
            channel=head["channel"].upper(),
            kind=head["kind"].upper().replace(" ", ""),
            length=int(head["length"] or 0),
            source=(one, two),
            record=(three, four),
            line=at,
            end=at + taken,
            code=self._code,
            off=off,
        )

    def _check_numbers(self) -> None:
        """Numbers that go back or leave some out do no harm, but say that somebody cut the list by hand."""
        numbers = [int(e.number) for e in self.events if e.number.isdigit() and not e.off]
        back = next((k for k, (a, b) in enumerate(pairwise(numbers)) if b < a), None)
        if back is not None:
            what = f"event {numbers[back + 1]:03} follows event {numbers[back]:03}: the numbers are not in order"
            lines = [e.line for e in self.events if e.number.isdigit() and not e.off]
            self._remark(lines[back + 1], f"{what}; events count by their timecode", "")

    def _remark(self, at: int, what: str, fix: str) -> None:
        if len(self.remarks) < 50:
            self.remarks.append((at + 1, what, fix))
        elif len(self.remarks) == 50:
            self.remarks.append((at + 1, "more lines like these follow", "export the list again"))


def _looks_meant(body: str) -> bool:
    """Whether a line that begins with a number was an event once: it has a timecode, or a channel and an edit."""
    words = body.split()
    if any(is_label(word) for word in words):
        return True
    return len(words) >= 4 and words[2].upper() in ("V", "A", "A2", "AA", "B") and words[3].upper() in ("C", "D", "K")


def _short(text: str) -> str:
    text = legible(text)
    return text if len(text) <= 40 else f"{text[:37]}..."
