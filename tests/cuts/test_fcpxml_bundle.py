"""Bundles: an .fcpxmld folder is read by its Info.fcpxml, and written whole or not at all."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import pytest

from otio_retake.cuts import Cut, open_cut
from otio_retake.errors import CutError, RetakeError
from tests.cuts.fcpxml_documents import Shot, fcpxml
from tests.cuts.placements import reference

FILM = Fraction(24)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "cut.fcpxmld"
    (folder / "Tracking").mkdir(parents=True)
    (folder / "Info.fcpxml").write_text(fcpxml([Shot("A", 100, 60, FILM)], FILM))
    (folder / "Tracking" / "1.data").write_bytes(b"\0\1")
    return folder


def patched(cut: Cut, folder: Path) -> bytes:
    return cut.apply([reference(next(cut.view.clips()))], folder).content


def test_a_bundle_becomes_a_bundle_with_all_that_is_in_it(bundle: Path, tmp_path: Path) -> None:
    cut = open_cut(bundle)
    told: list[tuple[Path, str]] = []
    out = tmp_path / "out.fcpxmld"
    change = cut.apply([reference(next(cut.view.clips()))], tmp_path)
    cut.save(change, out, tell=lambda path, sha: told.append((path, sha)))
    assert (out / "Info.fcpxml").read_bytes() == change.content
    assert (out / "Tracking" / "1.data").read_bytes() == b"\0\1"
    assert told == [(out, hashlib.sha256(change.content).hexdigest())]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.fcpxmld", "out.fcpxmld"]
    assert open_cut(out).sha256 == told[0][1]


def test_either_form_becomes_either(bundle: Path, tmp_path: Path) -> None:
    cut = open_cut(bundle)
    change = cut.apply([], tmp_path)
    cut.save(change, tmp_path / "plain.fcpxml")
    plain = open_cut(tmp_path / "plain.fcpxml")
    assert plain.original == cut.original
    plain.save(plain.apply([], tmp_path), tmp_path / "again.fcpxmld")
    assert (tmp_path / "again.fcpxmld" / "Info.fcpxml").read_bytes() == cut.original


def test_only_ours_is_replaced(bundle: Path, tmp_path: Path) -> None:
    cut, out = open_cut(bundle), tmp_path / "out.fcpxmld"
    change = cut.apply([], tmp_path)
    cut.save(change, out)
    sha = hashlib.sha256(change.content).hexdigest()
    cut.save(change, out, may_replace={sha})
    (out / "Info.fcpxml").write_text("an editor was here")
    with pytest.raises(CutError, match="not one that otio-retake wrote"):
        cut.save(change, out, may_replace={sha})
    assert (out / "Info.fcpxml").read_text() == "an editor was here"
    cut.save(change, out, replace=True)
    assert (out / "Info.fcpxml").read_bytes() == change.content
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.fcpxmld", "out.fcpxmld"]


@pytest.mark.parametrize("name", ["cut.fcpxmld", "cut.fcpxmld/Info.fcpxml", "cut.fcpxmld/out.fcpxml"])
def test_what_was_read_is_never_written_to(bundle: Path, tmp_path: Path, name: str) -> None:
    cut = open_cut(bundle)
    before = (bundle / "Info.fcpxml").read_bytes()
    with pytest.raises(CutError, match="never written to"):
        cut.save(cut.apply([], tmp_path), tmp_path / name, replace=True)
    assert (bundle / "Info.fcpxml").read_bytes() == before
    assert sorted(p.name for p in bundle.iterdir()) == ["Info.fcpxml", "Tracking"]


def test_a_folder_that_is_no_bundle_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    cut, out = open_cut(bundle), tmp_path / "out.fcpxmld"
    out.mkdir()
    (out / "precious").touch()
    with pytest.raises(CutError, match="no bundle"):
        cut.save(cut.apply([], tmp_path), out, replace=True)
    assert [p.name for p in out.iterdir()] == ["precious"]


def test_a_write_that_fails_leaves_nothing(bundle: Path, tmp_path: Path) -> None:
    cut = open_cut(bundle)
    (tmp_path / "file").touch()
    with pytest.raises(RetakeError):
        cut.save(cut.apply([], tmp_path), tmp_path / "file" / "sub" / "out.fcpxmld")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.fcpxmld", "file"]


def test_a_bundle_without_its_document(tmp_path: Path) -> None:
    (tmp_path / "cut.fcpxmld").mkdir()
    with pytest.raises(CutError, match=r"Info\.fcpxml"):
        open_cut(tmp_path / "cut.fcpxmld")


def test_other_names_are_refused(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(CutError, match="fcpxml"):
        open_cut(bundle).check_output(tmp_path / "out.xml")
