"""Keys: from the environment or the system's keyring, and shown nowhere."""

from __future__ import annotations

import copy
import pickle
import traceback
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as Absent
from keyring.errors import PasswordDeleteError

from otio_retake.errors import SettingsError
from otio_retake.keys import PAIRS, VARIABLES, find_key, forget_key, keep_key, need_key

TEXT = "sk-" + "5ecret" * 4


class InMemory(KeyringBackend):
    """A keyring as good as any, for as long as it lasts."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class Broken(KeyringBackend):
    """A keyring whose other end does not speak."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        raise ConnectionRefusedError("no bus")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise ConnectionRefusedError(f"no bus for {password}")


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemory]:
    """An empty keyring and an empty environment."""
    for names in (*VARIABLES.values(), *PAIRS.values(), ("SEGMIND_API_KEY", "MY_LAB_2_API_KEY", "FAL_API_KEY")):
        for name in names:
            monkeypatch.delenv(name, raising=False)
    before, made = keyring.get_keyring(), InMemory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("ltx", "LTXV_API_KEY"),
        ("fal", "FAL_KEY"),
        ("segmind", "SEGMIND_API_KEY"),
        ("gmi", "GMI_API_KEY"),
        ("runware", "RUNWARE_API_KEY"),
        ("my-lab.2", "MY_LAB_2_API_KEY"),
    ],
)
def test_each_service_has_its_own_usual_name(monkeypatch, service, name):
    assert find_key(service) is None
    with pytest.raises(SettingsError) as raised:
        need_key(service)
    assert service in raised.value.where
    assert name in raised.value.fix
    monkeypatch.setenv(name, f" {TEXT}\n")
    key = need_key(service)
    assert (key.reveal(), key.origin) == (TEXT, name)


@pytest.mark.parametrize("service", ["fal", "s3"])
def test_a_key_may_come_in_two_halves(monkeypatch, service):
    first, second = PAIRS[service]
    monkeypatch.setenv(first, "half")
    assert find_key(service) is None
    monkeypatch.setenv(second, TEXT)
    assert need_key(service).reveal() == f"half:{TEXT}"


def test_a_whole_key_goes_before_halves_and_the_environment_before_the_keyring(monkeypatch):
    keep_key("fal", "kept")
    assert need_key("fal").reveal() == "kept"
    monkeypatch.setenv("FAL_KEY_ID", "half")
    monkeypatch.setenv("FAL_KEY_SECRET", "other")
    assert need_key("fal").reveal() == "half:other"
    monkeypatch.setenv("FAL_KEY", "whole")
    assert need_key("fal").reveal() == "whole"


def test_an_empty_variable_is_none(monkeypatch):
    monkeypatch.setenv("LTXV_API_KEY", "  ")
    keep_key("ltx", TEXT)
    assert need_key("ltx").origin == "keyring"


def test_a_kept_key_is_found_and_forgotten(ring):
    keep_key("ltx", f"{TEXT}\n")
    assert ring.kept == {("otio-retake", "ltx"): TEXT}
    assert need_key("ltx").reveal() == TEXT
    assert forget_key("ltx") is True
    assert forget_key("ltx") is False
    assert find_key("ltx") is None


@pytest.mark.parametrize("backend", [Absent, Broken])
def test_without_a_keyring_a_key_is_merely_not_found(backend):
    keyring.set_keyring(backend())
    assert find_key("ltx") is None
    assert forget_key("ltx") is False
    with pytest.raises(SettingsError) as raised:
        keep_key("ltx", TEXT)
    assert raised.value.fix
    assert TEXT not in _said(raised.value)


@pytest.mark.parametrize("text", ["", "   ", f"{TEXT}\u00e4", f"{TEXT} {TEXT}", f"{TEXT}\x07", f"{TEXT}\r\nHost: x"])
def test_what_cannot_be_a_key_is_said_without_being_shown(monkeypatch, text):
    with pytest.raises(SettingsError) as raised:
        keep_key("ltx", text)
    assert TEXT not in _said(raised.value)
    if text.strip():
        monkeypatch.setenv("LTXV_API_KEY", text)
        with pytest.raises(SettingsError) as raised:
            need_key("ltx")
        assert "LTXV_API_KEY" in raised.value.where
        assert TEXT not in _said(raised.value)


class TestShownNowhere:
    @pytest.fixture
    def key(self, monkeypatch):
        monkeypatch.setenv("LTXV_API_KEY", TEXT)
        return need_key("ltx")

    def test_as_text(self, key):
        shown = [str(key), repr(key), f"{key}", f"{key!r}", f"{key:>40}", "%s" % key, "{}".format(key), repr([key])]  # noqa: UP031, UP032
        assert [text for text in shown if TEXT in text] == []

    @pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_in_a_copy(self, key, write):
        with pytest.raises(TypeError) as raised:
            write(key)
        assert TEXT not in str(raised.value)

    def test_in_a_traceback(self, key):
        def fails(given):
            raise RuntimeError(f"with {given}, {given!r}")

        with pytest.raises(RuntimeError) as raised:
            fails(key)
        shown = "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=True).format())
        assert TEXT not in shown.replace(f"TEXT = {TEXT!r}", "")

    def test_it_cannot_be_changed(self, key):
        with pytest.raises(AttributeError):
            key.origin = "elsewhere"


def _said(error: BaseException) -> str:
    """All that an error shows, with what it came from unless that is hidden."""
    return "".join([*traceback.format_exception(error), repr(error), str(vars(error))])


def test_a_keyring_that_keeps_nothing_is_said():
    keyring.set_keyring(Forgetful())
    with pytest.raises(SettingsError) as raised:
        keep_key("ltx", TEXT)
    assert "environment" in raised.value.fix
    assert TEXT not in str(raised.value)


class Forgetful(InMemory):
    """What is chosen where no keyring is wanted: it takes everything, and has nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass
