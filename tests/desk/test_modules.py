"""The page's modules: what the offline page needs of them, and that nothing of the page comes from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import pytest

import otio_retake.desk
from otio_retake.desk.shell import SHELL

FOLDER = Path(otio_retake.desk.__file__).parent / "static"
MODULES = {path.name: path.read_text() for path in sorted(FOLDER.glob("*.js"))}
INDEX = (FOLDER / "index.html").read_text()
STYLE = (FOLDER / "desk.css").read_text()

NAMED = re.compile(r'import \{([\w$,\s]+)\} from "\./([a-z_]+\.js)";')
AT_THE_TOP = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let|var) +([\w$]+)", re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|class|const|let) +([\w$]+)", re.MULTILINE)
ADDRESS = re.compile(r"(?:https?:)?//[\w.-]+\.\w+|\b(?:https?|wss?|ftp|data):", re.IGNORECASE)

SVG = "http://www.w3.org/2000/svg"
"""A name that looks like an address: nothing is fetched from it."""


def top_names(text: str) -> list[str]:
    """What a module declares at its top."""
    return AT_THE_TOP.findall(text)


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))


def test_names_at_the_top_are_one_modules_own() -> None:
    """The offline page joins the modules into one."""
    owners = defaultdict(list)
    for module, text in MODULES.items():
        for name in top_names(text):
            owners[name].append(module)
    assert len(owners) > 100
    assert {name: modules for name, modules in owners.items() if len(modules) > 1} == {}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_only_takes_what_another_gives_by_name(module: str) -> None:
    text = MODULES[module]
    body = NAMED.sub("", text)
    # Nothing else imports or exports: neither later, nor for its effects, nor under another name.
    assert not re.search(r"\bimport\b\s*[({*\"'\w]", body)
    assert not re.search(r"^export\b(?! (?:async )?(?:function|class|const|let)\b)", body, re.MULTILINE)
    for names, other in NAMED.findall(text):
        given = EXPORTED.findall(MODULES[other])
        for name in (name.strip() for name in names.split(",") if name.strip()):
            assert name in given, f"{module} takes {name}, which {other} does not give"
            assert re.search(rf"\b{re.escape(name)}\b", body), f"{module} takes {name} and does nothing with it"


def test_the_page_loads_each_module_at_once_and_once() -> None:
    """A module that is only found in another one costs one more way to the server before the page is drawn."""
    elements = Elements(INDEX).all
    ahead = [attrs["href"] for tag, attrs in elements if tag == "link" and attrs.get("rel") == "modulepreload"]
    entries = [attrs["src"] for tag, attrs in elements if tag == "script"]
    assert entries == ["/static/desk.js"]
    assert sorted([*ahead, *entries]) == [f"/static/{name}" for name in sorted(MODULES)]
    others = {attrs["href"] for tag, attrs in elements if tag == "link" and attrs.get("rel") != "modulepreload"}
    assert others == {"/static/desk.css", "/static/desk.svg"}


def test_the_server_hands_out_what_is_in_the_folder() -> None:
    assert set(SHELL) == {path.name for path in FOLDER.iterdir() if path.is_file()}


def test_no_script_or_style_stands_inside_the_page() -> None:
    """The policy of the page lets none run."""
    for tag, attrs in Elements(INDEX).all:
        assert tag != "style"
        assert not [name for name in attrs if name.startswith("on") or name == "style"], tag
    assert re.findall(r"<script[^>]*>(.*?)</script>", INDEX, re.DOTALL) == [""]


@pytest.mark.parametrize("module", MODULES)
def test_no_module_writes_markup_or_runs_text(module: str) -> None:
    words = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function|setAttribute\(\s*[\"'](?:on|style)"
    )
    assert not re.search(rf"\b(?:{words})\b", MODULES[module])


@pytest.mark.parametrize("name", [*MODULES, "index.html", "desk.css", "desk.svg"])
def test_nothing_of_the_page_is_elsewhere(name: str) -> None:
    text = (FOLDER / name).read_text().replace(SVG, "")
    found = [match[0] for match in ADDRESS.finditer(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))]
    assert found == []
    assert "@import" not in text


def test_only_one_module_reaches_the_server() -> None:
    outside = re.compile(r"\bfetch\(|\bEventSource\b|\bXMLHttpRequest\b|\bWebSocket\b|\bsendBeacon\b")
    assert [name for name, text in MODULES.items() if outside.search(text)] == ["link.js"]


@pytest.mark.slow
def test_every_module_is_read_by_another_engine_too() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on PATH")
    for name, text in MODULES.items():
        said = subprocess.run(
            [node, "--input-type=module", "--check"], input=text, capture_output=True, text=True, check=False
        )
        assert said.returncode == 0, f"{name}: {said.stderr}"
