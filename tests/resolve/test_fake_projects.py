"""Saving and rendering."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake_resolve import FakeResolve, HangsForEver

from .staged import a_cut, shows


@shows("save-untitled")
def test_a_project_that_never_had_a_name_is_not_saved():
    assert FakeResolve().resolve.GetProjectManager().SaveProject() is False
    with pytest.raises(HangsForEver):
        FakeResolve(untitled_save="hang").resolve.GetProjectManager().SaveProject()
    assert a_cut().fake.resolve.GetProjectManager().SaveProject() is True


@shows("render-switches-page", "render-job-wedged", "render-empty-name-voids")
def test_rendering_switches_the_page_and_may_never_begin(tmp_path: Path):
    for wedged in (False, True):
        cut = a_cut(render_wedged=wedged)
        project = cut.project
        assert project.AddRenderJob() == ""
        assert cut.fake.resolve.GetCurrentPage() == "deliver"
        assert project.SetRenderSettings({"TargetDir": str(tmp_path), "CustomName": ""})
        assert project.AddRenderJob() == ""
        assert project.SetRenderSettings({"TargetDir": str(tmp_path), "CustomName": f"wedged {wedged}"})
        assert project.SetCurrentRenderFormatAndCodec("mov", "ProRes422HQ")
        job = project.AddRenderJob()
        assert project.GetRenderJobStatus(job)["JobStatus"] == "Ready"
        assert project.StartRendering(job)
        statuses = [project.GetRenderJobStatus(job)["JobStatus"] for _ in range(3)]
        assert statuses == (["Ready for background render"] * 3 if wedged else ["Rendering", "Complete", "Complete"])
        assert (tmp_path / f"wedged {wedged}.mov").exists() is not wedged
        assert project.IsRenderingInProgress() is wedged
        assert project.DeleteRenderJob(job)
        assert project.GetRenderJobStatus(job) is None


def test_a_still_is_a_file(tmp_path: Path):
    cut = a_cut()
    assert cut.project.ExportCurrentFrameAsStill(str(tmp_path / "still.png"))
    assert (tmp_path / "still.png").exists()
