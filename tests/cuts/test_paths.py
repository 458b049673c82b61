"""Media paths as real files write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from otio_retake.cuts.paths import Places, file_name, outward, spelled_like, spellings

WRITTEN = [
    ("/Users/ann/My Film/A001.mov", "/Users/ann/My Film/A001.mov"),
    ("C:\\Users\\ann\\A001.mov", "C:/Users/ann/A001.mov"),
    ("G:/film/A001.mov", "G:/film/A001.mov"),
    ("file:///Users/ann/My%20Film/A001.mov", "/Users/ann/My Film/A001.mov"),
    ("file://localhost/D%3a/film/A001.mov", "D:/film/A001.mov"),
    ("file://localhost/C:/film/[1]+2/A001.mov", "C:/film/[1]+2/A001.mov"),
    ("file:///D%3A/Avid%20MediaFiles/A001.mxf", "D:/Avid MediaFiles/A001.mxf"),
    ("file://VSD/Tools_Media/A001.mov", "//VSD/Tools_Media/A001.mov"),
    ("file:///X:/film/A001.mov", "X:/film/A001.mov"),
    ("file://C:/film/A001.mov", "C:/film/A001.mov"),
    ("file:/film/A001.mov", "/film/A001.mov"),
    ("FILE:///film/A001.mov", "/film/A001.mov"),
    ("\\\\server\\share\\A001.mov", "//server/share/A001.mov"),
    ("//server/share/A001.mov", "//server/share/A001.mov"),
    ("blue.mpg", "blue.mpg"),
    ("media/take #2 50%.mov", "media/take #2 50%.mov"),
    ("file:///film/take%20%232.mov", "/film/take #2.mov"),
]


@pytest.mark.parametrize(("written", "meant"), WRITTEN)
def test_every_spelling_means_its_path(written: str, meant: str) -> None:
    assert next(spellings(written)) == meant


@pytest.mark.parametrize("written", ["http://host/a.mov", "https://host/a.mov", "urn:smpte:umid.060a2b34", ""])
def test_what_is_no_file_has_no_path(written: str) -> None:
    assert list(spellings(written)) == []


@pytest.mark.parametrize(
    "name", ["A001.mov", "Ünïcode näme.mov", "50%25 off.mov", "a%20b.mov", "take #2.mov", "[1]+(2).mov"]
)
def test_names_are_found_however_they_are_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    places = Places(tmp_path)
    for written in (str(path), name, path.as_uri(), f"file://{path}", f"file://localhost{path}", f"./{name}"):
        assert places.find(written) == path, written


def test_both_ways_to_compose_an_umlaut_are_found(tmp_path: Path) -> None:
    (tmp_path / "u\u0308ber.mov").write_bytes(b"x")
    assert Places(tmp_path).find("\u00fcber.mov") is not None


def test_a_map_finds_what_has_moved(tmp_path: Path) -> None:
    (tmp_path / "day1").mkdir()
    (tmp_path / "day1" / "A001.mov").write_bytes(b"x")
    for old, written in [
        ("/Volumes/Film", "/Volumes/Film/day1/A001.mov"),
        ("D:\\film", "d:/Film/day1/A001.mov"),
        ("D:/film", "file:///D%3A/film/day1/A001.mov"),
        ("//server/film", "\\\\SERVER\\film\\day1\\A001.mov"),
    ]:
        assert Places(Path("/nowhere"), ((old, tmp_path),)).find(written) == tmp_path / "day1" / "A001.mov", written
    assert Places(Path("/nowhere"), (("/Volumes/Fil", tmp_path),)).find("/Volumes/Film/day1/A001.mov") is None


def test_a_search_goes_by_name_and_then_by_folders(tmp_path: Path) -> None:
    for folder in ("day1", "day2"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "A001.mov").write_bytes(folder.encode())
    (tmp_path / "B001.MOV").write_bytes(b"x")
    places = Places(Path("/nowhere"), roots=(tmp_path,))
    assert places.find("C:\\film\\day2\\A001.mov") == tmp_path / "day2" / "A001.mov"
    assert places.find("/film/b001.mov") == tmp_path / "B001.MOV"
    assert places.find("/film/A001.mov") is None, "which of two is not guessed"
    assert len(places.candidates("/film/A001.mov")) == 2


def test_a_take_is_spelled_as_its_source_is(tmp_path: Path) -> None:
    take = tmp_path / "a b.mov"
    assert spelled_like("/Users/x.mov", take) == str(take)
    assert spelled_like("file:///Users/x.mov", take) == take.as_uri()
    assert spelled_like("file://localhost/Users/x.mov", take) == "file://localhost" + take.as_uri()[7:]


def test_a_take_is_named_as_the_machine_that_wrote_the_cut_would(tmp_path: Path) -> None:
    take = tmp_path / "retakes" / "a b.mov"
    assert outward(take, (("D:\\film", tmp_path),), "D:\\film\\x.mov") == "D:\\film\\retakes\\a b.mov"
    assert outward(take, (("D:/film", tmp_path),), "file:///D:/film/x.mov") == "file:///D:/film/retakes/a%20b.mov"
    assert outward(take, (("/Volumes/F", tmp_path),), "/Volumes/F/x.mov") == "/Volumes/F/retakes/a b.mov"
    assert outward(take, (("/Volumes/F", tmp_path / "other"),), "/Volumes/F/x.mov") is None


def test_file_name() -> None:
    assert file_name("file://localhost/D%3a/media/a%20b.mov") == "a b.mov"
    assert file_name("C:\\media\\a.mov") == "a.mov"
