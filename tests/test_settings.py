"""Settings: file below environment below flag, each with its origin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from otio_retake.errors import SettingsError
from otio_retake.settings import Settings, load


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "config" / "otio-retake").mkdir(parents=True)
    return tmp_path


def test_flags_go_before_the_environment_and_that_before_files(home: Path) -> None:
    (home / "config" / "otio-retake" / "retake.toml").write_text("takes = 2\nhandles = 8\ncontext = 6\nstrict = true\n")
    deep = home / "film" / "reel1"
    deep.mkdir(parents=True)
    (home / "film" / "retake.toml").write_text("handles = 12\ncontext = 30\nmedia_root = 'footage'\n")
    found = load(deep, {"context": 40}, {"OTIO_RETAKE_TAKES": "5"})
    assert (found.settings.takes, found.settings.handles, found.settings.context) == (5, 12, 40)
    assert found.settings.strict
    assert found.settings.media_root == (home / "film" / "footage",), "a path in a file is meant from the file"
    origins = {name: found.origins[name] for name in ("takes", "handles", "context", "service", "strict")}
    assert origins == {
        "takes": "OTIO_RETAKE_TAKES", "handles": str(home / "film" / "retake.toml"), "context": "flag",
        "service": "default", "strict": str(home / "config" / "otio-retake" / "retake.toml"),
    }  # fmt: skip


def test_flags_that_were_not_given_do_not_count(home: Path) -> None:
    found = load(home, {"context": None, "media_root": (), "service": None}, {})
    assert found.settings == Settings()


def test_money_and_lists_from_the_environment(home: Path) -> None:
    found = load(home, {}, {"OTIO_RETAKE_BUDGET_DAY": "12.50", "OTIO_RETAKE_MEDIA_ROOT": os.pathsep.join(["/a", "/b"])})
    assert found.settings.budget_day == Decimal("12.50")
    assert found.settings.media_root == (Path("/a"), Path("/b"))


def test_what_is_wrong_names_where_it_stands(home: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(home, {}, {"OTIO_RETAKE_SEAM": "edge"})
    assert "OTIO_RETAKE_SEAM" in caught.value.where
    assert caught.value.fix


def test_the_command_shows_every_setting_with_its_origin(home: Path) -> None:
    (home / "retake.toml").write_text("takes = 3\n")
    said = subprocess.run(
        [sys.executable, "-m", "otio_retake", "settings", "show", str(home), "--json"], capture_output=True, text=True,
        check=True, env={**os.environ, "OTIO_RETAKE_HANDLES": "7"},
    )  # fmt: skip
    shown = json.loads(said.stdout)
    assert set(shown) == set(Settings.model_fields)
    assert shown["takes"] == {"value": 3, "from": str(home / "retake.toml")}
    assert shown["handles"] == {"value": 7, "from": "OTIO_RETAKE_HANDLES"}


@pytest.mark.parametrize("value", ["3", "[1, 2]", "true", "{ a = 1 }"])
def test_folders_that_are_no_texts_are_said(home: Path, value: str) -> None:
    (home / "retake.toml").write_text(f"media_root = {value}\n")
    with pytest.raises(SettingsError) as raised:
        load(home, {}, {})
    assert "quotes" in raised.value.what
    assert "media_root" in raised.value.where
    assert raised.value.fix


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("SERVIC", "SERVICE"), ("BUDGT", "BUDGET"), ("MARKCOLOR", "MARK_COLOR"), ("UPLOADR", "UPLOADER")],
)
def test_a_variable_that_is_nearly_one_of_ours_is_refused(tmp_path: Path, slip: str, meant: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, {}, {f"OTIO_RETAKE_{slip}": "5"})
    assert slip in raised.value.what
    assert f"OTIO_RETAKE_{meant}" in raised.value.fix


@pytest.mark.parametrize("name", ["STATE", "TAKE", "HOOK", "UPLOADER", "S3_BUCKET", "LTX_URL", "ACME_MODEL"])
def test_variables_that_are_no_settings_are_let_be(tmp_path: Path, name: str) -> None:
    load(tmp_path, {}, {f"OTIO_RETAKE_{name}": "x"})
