"""The page as one file: whole, shut off from everything else, and without what is nobody's business."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from otio_retake.desk.offline import bundle
from otio_retake.desk.shell import SHELL

from .driven import CutFolder, Driven
from .test_board import KEYS

Cut = Callable[..., CutFolder]
Open = Callable[..., Driven]


class Page(HTMLParser):
    """A page as a browser takes it apart."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.text = content.decode()
        self.inside = False
        self.elements: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), ""))
        self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            tag, attrs, text = self.elements[-1]
            self.elements[-1] = (tag, attrs, text + data)

    def named(self, ident: str) -> str:
        """The text of the one element with an id."""
        (found,) = [text for _, attrs, text in self.elements if attrs.get("id") == ident]
        return found

    def media(self) -> dict[str, bytes]:
        """What is inside as files, by the elements' ids."""
        return {
            str(attrs["id"]): base64.b64decode(text, validate=True)
            for _, attrs, text in self.elements
            if attrs.get("type") == "application/octet-stream"
        }

    @property
    def script(self) -> str:
        """The one thing in it that runs."""
        (found,) = [text for tag, attrs, text in self.elements if tag == "script" and attrs.get("type") == "module"]
        return found


def exported(desk: Driven) -> Page:
    return Page(b"".join(desk.desk.export()))


def test_everything_inside_is_what_the_desk_shows(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    desk.say("pick", request=desk.request()["id"], take=desk.take("v002")["id"])
    desk.say("reject", take=desk.take("v001")["id"], reason="soft")
    board, page = desk.board(), exported(desk)
    inside = json.loads(page.named("board"))
    assert inside["offline"] is True
    assert (inside["said"], inside["working"]) == ([], None)
    for name in set(board) - {"offline", "said", "working", "stamp"}:
        assert inside[name] == board[name]
    media = page.media()
    (request,) = board["requests"]
    assert set(media) == {f"strip-{request['id']}"} | {
        f"{kind}-{take['id']}" for take in request["made"] for kind in ("pair", "sound-a", "sound-b")
    }
    for take in request["made"]:
        ident = take["id"]
        assert media[f"pair-{ident}"] == desk.desk.file("pair", ident, "").read_bytes()
        assert media[f"sound-b-{ident}"] == desk.desk.file("sound", ident, "b").read_bytes()
        assert json.loads(page.named(f"numbers-{ident}")) == json.loads(json.dumps(desk.desk.numbers(ident)))
    assert media[f"strip-{request['id']}"][:2] == b"\xff\xd8"


def test_a_take_whose_file_is_gone_is_left_out(two_takes: CutFolder, open_desk: Open) -> None:
    desk = open_desk(two_takes)
    first, second = desk.take("v001"), desk.take("v002")
    (two_takes.folder / "retakes" / "takes" / f"{first['name']}.mov").unlink()
    media = exported(open_desk(two_takes)).media()
    assert f"pair-{second['id']}" in media
    assert f"pair-{first['id']}" not in media


def test_no_key_no_path_and_nobodys_name_is_inside(
    two_takes: CutFolder, open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    (two_takes.folder / "A001C003.mov").rename(two_takes.folder / "away.mov")
    desks = [open_desk(two_takes, service="ltx"), open_desk(two_takes, media_root=(two_takes.folder / "nowhere",))]
    (two_takes.folder / "away.mov").rename(two_takes.folder / "A001C003.mov")
    desks.append(open_desk(two_takes, service="ltx", budget="1"))
    desks[-1].desk.worker.watch.say(f"a remark that names {two_takes.folder}")
    for desk in desks:
        text = exported(desk).text
        secrets = [*KEYS.values(), str(two_takes.folder), os.environ["OTIO_RETAKE_STATE"], "/tmp/", "/root", "/home/"]
        for secret in secrets:
            assert secret not in text, text[max(text.find(secret) - 300, 0) : text.find(secret) + 100]
        assert "file://" not in text


def test_nothing_else_may_run_or_be_loaded(two_takes: CutFolder, open_desk: Open) -> None:
    page = exported(open_desk(two_takes))
    (policy,) = [a["content"] or "" for t, a, _ in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    said = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    (style,) = [text for tag, _, text in page.elements if tag == "style"]
    for name, text in (("script-src", page.script), ("style-src", style)):
        assert said[name] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert said["default-src"] == "'none'"
    assert said["base-uri"] == said["form-action"] == "'none'"
    assert "connect-src" not in said, "the network is not for this page"
    assert {part for name in ("img-src", "media-src") for part in said[name].split()} <= {"blob:", "data:"}
    assert page.elements[1][0] == "head"
    assert page.elements[2][1].get("http-equiv"), "it comes before anything that it is about"
    for tag, attrs, _ in page.elements:
        assert tag != "link"
        assert not attrs.get("src")
        assert not [name for name in attrs if name.startswith("on")]
        assert "style" not in attrs


HOSTILE = "</script><script>alert(1)</script><!-- <script> ]]> \u2028 &amp; \\ \x00 </title><img src=x onerror=a()>"


def test_a_prompt_ends_no_element(cut_of: Cut, open_desk: Open) -> None:
    desk = open_desk(cut_of("RETAKE: rain"))
    desk.say("override", request=desk.request()["id"], prompt=HOSTILE)
    page = exported(desk)
    assert json.loads(page.named("board"))["requests"][0]["prompt"] == desk.request()["prompt"]
    assert page.text.count("<script") == page.text.count("</script>")
    assert page.text.isprintable() or "\x00" not in page.text
    assert [tag for tag, _, _ in page.elements].count("img") == 0


def test_nor_does_the_name_of_a_cut(cut_of: Cut, tmp_path: Path) -> None:
    place = cut_of("RETAKE: rain")
    name = place.folder / r"<img src=x>\1\g<0> &.otio"
    place.cut.rename(name)
    place.cut = name
    desk = Driven(place, {})
    try:
        page = exported(desk)
    finally:
        desk.close()
    (title,) = [text for tag, _, text in page.elements if tag == "title"]
    assert title.strip() == name.name
    assert [tag for tag, _, _ in page.elements].count("img") == 0


def test_the_modules_are_one_script_that_needs_nothing_else(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node")
    modules = {name: file.content.decode() for name, file in SHELL.items()}
    script = bundle(modules)
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    assert "</script" not in script
    for name, text in modules.items():
        if name.endswith(".js"):
            body = re.sub(r"^import[^;]*;|^export ", "", text, flags=re.MULTILINE).strip()
            assert body.splitlines()[-1] in script, f"{name} is missing"
    (tmp_path / "page.mjs").write_text(script)
    said = subprocess.run([node, "--check", str(tmp_path / "page.mjs")], capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
