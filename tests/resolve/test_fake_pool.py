"""Bins and imports."""

from __future__ import annotations

from pathlib import Path

from .staged import a_cut, shows


@shows("import-into-current-folder", "subfolder-name-taken", "subfolder-becomes-current")
def test_imports_land_in_the_current_bin_and_a_name_is_had_once():
    cut = a_cut()
    root = cut.pool.GetRootFolder()
    retakes = cut.pool.AddSubFolder(root, "Retakes")
    assert cut.pool.AddSubFolder(root, "Retakes") is None
    cut.imported()
    assert [clip.GetName() for clip in retakes.GetClipList()] == []
    assert cut.pool.SetCurrentFolder(retakes)
    cut.imported()
    assert [clip.GetName() for clip in retakes.GetClipList()] == ["r1.mov"]
    assert cut.pool.GetCurrentFolder().GetUniqueId() == retakes.GetUniqueId()
    jumping = a_cut(new_folder_current=True)
    made = jumping.pool.AddSubFolder(jumping.pool.GetRootFolder(), "Retakes")
    assert jumping.pool.GetCurrentFolder().GetUniqueId() == made.GetUniqueId()


@shows("import-offline-empty", "import-again-duplicates")
def test_a_path_that_is_not_there_gives_an_empty_list_and_one_twice_two_entries(tmp_path: Path):
    cut = a_cut()
    broken = tmp_path / "broken.mov"
    broken.write_bytes(b"no film")
    assert cut.pool.ImportMedia(["/take/nowhere.mov"]) == []
    assert cut.pool.ImportMedia([str(broken)]) == []
    assert len(cut.pool.ImportMedia(["/take/nowhere.mov", "/take/r1.mov", "/take/r2.mov"])) == 2
    assert cut.imported().GetUniqueId() != cut.imported().GetUniqueId()
    same = a_cut(reimport="same")
    assert same.imported().GetUniqueId() == same.imported().GetUniqueId()


def test_a_sequence_is_imported_by_its_numbers():
    cut = a_cut()
    cut.fake.setup.known("/vfx/shot.%04d.exr", 1, kind="Video")
    entry = cut.pool.ImportMedia([{"FilePath": "/vfx/shot.%04d.exr", "StartIndex": 1001, "EndIndex": 1048}])[0]
    assert (entry.GetClipProperty("Start"), entry.GetClipProperty("Frames")) == ("1001", "48")


@shows("pool-delete-leaves-offline")
def test_deleting_an_entry_leaves_what_uses_it_without_media():
    cut = a_cut()
    retake = cut.imported()
    cut.item().AddTake(retake, 0, 48)
    assert cut.pool.DeleteClips([retake])
    assert cut.item().GetMediaPoolItem() is None
    assert cut.item(1).GetMediaPoolItem().GetName() == "b.mov"


def test_bins_and_what_is_in_them_move_and_go():
    cut = a_cut()
    root = cut.pool.GetRootFolder()
    old, new = cut.pool.AddSubFolder(root, "Old"), cut.pool.AddSubFolder(root, "New")
    retake = cut.imported()
    assert cut.pool.MoveClips([retake], old)
    assert cut.pool.MoveFolders([old], new)
    assert [folder.GetName() for folder in new.GetSubFolderList()] == ["Old"]
    assert retake.GetName() == "r1.mov"
    assert cut.pool.SetCurrentFolder(old)
    assert cut.pool.DeleteFolders([old])
    assert old.GetName() is None
    assert cut.pool.GetCurrentFolder().GetName() == "Master"


def test_real_files_are_measured(footage: Path):
    cut = a_cut()
    entry = cut.pool.ImportMedia([str(footage)])[0]
    values = entry.GetClipProperty()
    assert (values["Frames"], values["FPS"], values["Start TC"]) == ("96", 23.976, "01:00:00:00")
    assert (values["Resolution"], values["Audio Ch"], values["Type"]) == ("320x180", "2", "Video + Audio")
