"""What a Resolve answered to a self-check can be played again: the same is found, or it is said what is other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from retake_in_resolve.asking import Asking
from retake_in_resolve.saying import Saying
from retake_in_resolve.self_check import checking

from tests import fake_resolve
from tests.fake_resolve.recorded import NotATranscript
from tests.fake_resolve.replay import Replay, Strayed
from tests.resolve_plugin.test_self_check import FACTS, Machine

TRANSCRIPTS = sorted(Path(fake_resolve.__file__).with_name("transcripts").glob("*.jsonl"))
"""What real Resolves answered: transcripts of self-checks, put there as they are."""

NONE_YET = pytest.param(None, marks=pytest.mark.skip(reason="no transcript in tests/fake_resolve/transcripts yet"))

Lines = list[dict[str, Any]]


class Replaying(Asking):
    """Asks a replay, which is told when the self-check begins and ends to write down what it asks."""

    def __init__(self, replay: Replay):
        self.replay = replay
        super().__init__(replay.resolve, pause=lambda seconds: None)

    @property
    def record(self) -> Any:
        return self._record

    @record.setter
    def record(self, record: Any) -> None:
        self._record = record
        self.replay.recorded = record is not None

    def has(self, thing: Any, name: str) -> bool:
        return self.replay.offers(thing, name)


@dataclass(frozen=True)
class Again:
    """A self-check of a replay: its own transcript, and what of the replay it did not ask."""

    lines: Lines
    left: list[str]

    @property
    def disagreeing(self) -> dict[str, str]:
        """By fact: what was found instead of it, or that there is no such fact."""
        told = {}
        for line in self.lines:
            for fact in line.get("facts", []):
                if line["agrees"] is False or fact not in FACTS:
                    known = FACTS[fact]["fact"] if fact in FACTS else "(not in api_facts.json)"
                    told[fact] = f"{known} Found in {line['step']}: {json.dumps(line['found'])}"
        return told


def lines_of(path: Path) -> Lines:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def again(transcript: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Again:
    """The self-check that made a transcript, made again with what that answers: in another folder, at another time."""
    folder.mkdir()
    machine = Machine(folder, monkeypatch)
    monkeypatch.setattr("retake_in_resolve.exchange.stamp", lambda: "20260131-140502")
    replay = Replay(transcript)
    by_hand = any(line.get("step", "").startswith(checking.BY_HAND[0].__name__) for line in replay.lines)
    try:
        checking.check(Replaying(replay), machine.pointer, Saying(write=machine.said.append), by_hand)
    finally:
        for beat in folder.glob("state/self-check/*/heartbeat*"):
            beat.with_name("heartbeat.stop").touch()
    return Again(lines_of(next(folder.glob("state/self-check/*/transcript.jsonl"))), replay.left)


def findings(lines: Lines) -> Lines:
    """What was found of Resolve, in its order: the Python and the surroundings are this machine's."""
    return [line for line in lines if "found" in line and not line["step"].startswith("python ")]


def calls(lines: Lines) -> list[tuple[Any, ...]]:
    return [(line["n"], line["on"], line["name"]) for line in lines if "n" in line]


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The transcript of a self-check of the fake, with times in its names as a real one has."""
    first = tmp_path / "first"
    first.mkdir()
    lines = Machine(first, monkeypatch).check()
    path = tmp_path / "transcript.jsonl"
    text = "".join(json.dumps(line) + "\n" for line in lines)
    path.write_text(text.replace("self-check now ", "self-check 20250607-080910 "), encoding="utf-8")
    return path


def changed(path: Path, step: str, name: str, change: Callable[[Any], Any]) -> Path:
    """A transcript in which one call, wherever a step makes it, answered something else."""
    lines, now = lines_of(path), ""
    for line in lines:
        now = line.get("step", now)
        if now == step and line.get("name") == name:
            line["result"] = change(line["result"])
    other = path.with_name("changed.jsonl")
    other.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return other


def test_the_same_is_found_in_a_replay(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = lines_of(recorded), again(recorded, tmp_path / "second", monkeypatch)
    assert len(findings(first)) > 40
    assert findings(second.lines) == findings(first)
    assert calls(second.lines) == calls(first)
    assert second.left == []
    assert second.disagreeing == {}


def last_frame(take: Any) -> Any:
    """An end that belongs to the take."""
    return {"map": [[key, value - 1 if key == "endFrame" else value] for key, value in take["map"]]}


@pytest.mark.parametrize(
    ("fact", "step", "name", "change"),
    [
        ("take-bounds-end-exclusive", "equal 24", "GetTakeByIndex", last_frame),
        ("left-offset-exact", "clip_marker 23.976", "GetLeftOffset", lambda offset: offset + 1),
    ],
)
def test_another_answer_gives_another_finding(
    recorded: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fact: str,
    step: str,
    name: str,
    change: Callable[[Any], Any],
) -> None:
    found = again(changed(recorded, step, name, change), tmp_path / "second", monkeypatch)
    assert list(found.disagreeing) == [fact]
    assert step in found.disagreeing[fact]
    assert findings(found.lines) != findings(lines_of(recorded))


def test_what_leads_the_self_check_elsewhere_is_said(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = changed(recorded, "equal 24", "GetTakesCount", lambda count: count + 1)
    with pytest.raises(Strayed, match=r"TimelineItem \d+\.GetTakeByIndex\(3\) .*next is \d+: "):
        again(more, tmp_path / "second", monkeypatch)


HEAD = {"otio_retake_transcript": 1, "product": "DaVinci Resolve", "version": [21, 0, 4, 7, ""]}
RESOLVE = {"object": 0, "class": "Resolve"}
MEDIA = {"object": 1, "class": "MediaPoolItem"}


def small(folder: Path, *lines: dict[str, Any], head: dict[str, Any] = HEAD) -> Path:
    """A transcript of a few calls of the handle."""
    path = folder / "small.jsonl"
    rows = [{"n": n, "on": RESOLVE, "args": []} | line for n, line in enumerate(lines, 1)]
    path.write_text("".join(json.dumps(row) + "\n" for row in [head, *rows]), encoding="utf-8")
    return path


def test_each_kind_of_answer(tmp_path: Path) -> None:
    take = {"map": [["startFrame", 24.0], [1.0, [True, None]], ["mediaPoolItem", MEDIA]]}
    path = small(
        tmp_path,
        {"name": "GetTake", "result": take},
        {"name": "Old", "missing": True},
        {"name": "Bad", "args": ["x"], "raised": "TypeError: wants a number: not x"},
        {"name": "Odd", "raised": "Burst: it did"},
        {"name": "EXPORT_OTIO", "constant": True, "result": 23.0},
        {"name": "GetName", "on": MEDIA, "result": "a.mov"},
        {"name": "GetName", "on": None, "missing": True},
    )
    replay = Replay(path)
    answer = replay.resolve.GetTake()
    assert list(answer) == ["startFrame", 1.0, "mediaPoolItem"]
    assert repr(answer["startFrame"]) == "24.0"
    assert answer[1.0] == [True, None]
    assert replay.resolve.Old is None
    with pytest.raises(TypeError, match=r"^wants a number: not x$"):
        replay.resolve.Bad("x")
    with pytest.raises(Exception, match="it did") as odd:
        replay.resolve.Odd()
    assert odd.typename == "Burst"
    assert replay.left == ["5: Resolve 0.EXPORT_OTIO", "6: MediaPoolItem 1.GetName()"]
    assert repr(replay.resolve.EXPORT_OTIO) == "23.0"
    assert replay.offers(answer["mediaPoolItem"], "GetName")
    assert not replay.offers(replay.resolve, "Old")
    assert answer["mediaPoolItem"].GetName() == "a.mov"
    assert replay.left == []


def test_calls_answer_once_each_in_their_order(tmp_path: Path) -> None:
    pages = [{"name": "GetCurrentPage", "result": page} for page in ("edit", "color")]
    replay = Replay(small(tmp_path, *pages, {"name": "OpenPage", "args": ["cut"], "result": True}))
    with pytest.raises(Strayed, match=r'Resolve 0\.OpenPage\("media"\) .* 1: Resolve 0\.GetCurrentPage\(\)'):
        replay.resolve.OpenPage("media")
    assert replay.resolve.OpenPage("cut") is True
    assert [replay.resolve.GetCurrentPage() for _ in pages] == ["edit", "color"]
    for asked in (replay.resolve.GetCurrentPage, lambda: replay.resolve.EXPORT_OTIO):
        with pytest.raises(Strayed, match="all else was asked"):
            asked()


def test_paths_and_times_are_those_of_now(tmp_path: Path) -> None:
    path = small(
        tmp_path,
        {"name": "Import", "args": [["C:\\then\\a.mov"]], "result": "C:\\then\\a.mov"},
        {
            "name": "Create",
            "args": ["check 20250607-080910 24"],
            "result": {"map": [["it", "check 20250607-080910 24"]]},
        },
    )
    replay = Replay(path)
    with pytest.raises(Strayed):
        replay.resolve.Import(["/now/b.mov"])
    assert replay.resolve.Import(["/now/a.mov"]) == "/now/a.mov"
    assert replay.resolve.Create("check 20260131-140502 24") == {"it": "check 20260131-140502 24"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ('{"OTIO_SCHEMA": "Timeline.1"}\n', 1),
        ("[1, 2]\n", 1),
        (json.dumps(HEAD | {"otio_retake_transcript": 2}), 1),
        (json.dumps({"otio_retake_transcript": 1}), 1),
        (json.dumps(HEAD) + '\n{"n": 1, "on": {"object": 0, "cl', 2),
        (json.dumps(HEAD) + "\n" + json.dumps({"n": 2, "on": RESOLVE, "name": "GetName", "args": [], "result": 1}), 2),
        (json.dumps(HEAD) + "\n" + json.dumps({"n": 1, "on": RESOLVE, "name": "GetName", "args": []}), 2),
        (json.dumps(HEAD) + "\n" + json.dumps({"n": 1, "on": MEDIA, "name": "GetName", "args": [], "result": 1}), 2),
        ("\0\udcff", 1),
    ],
)
def test_what_is_no_whole_transcript_is_refused(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "sent.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(NotATranscript, match=rf"^sent\.jsonl, line {line}: .*Take transcript\.jsonl"):
        Replay(path)


@pytest.mark.parametrize("transcript", TRANSCRIPTS or [NONE_YET], ids=lambda path: path.stem if path else "none")
def test_what_a_real_resolve_answered_agrees_with_the_facts(
    transcript: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = again(transcript, tmp_path / "again", monkeypatch)
    assert found.left == []
    assert not [line for line in found.lines if "fault" in line.get("found", {})]
    otherwise = [f"{fact}: {told}" for fact, told in found.disagreeing.items()]
    assert not otherwise, "This Resolve shows other than the facts say:\n" + "\n".join(otherwise)
