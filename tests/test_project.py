"""The project folder, and where the user's own journal lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from otio_retake.errors import SettingsError
from otio_retake.project import STATE_VARIABLE, state_folder


def test_the_journal_is_one_wherever_a_command_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(STATE_VARIABLE, "~/journal")
    assert state_folder() == tmp_path / "journal"
    monkeypatch.setenv(STATE_VARIABLE, "journal")
    with pytest.raises(SettingsError) as raised:
        state_folder()
    assert raised.value.where == STATE_VARIABLE
    assert raised.value.fix
