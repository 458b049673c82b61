"""The render queue of a project. Nothing is rendered: a finished job has written a file that holds its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..state import Job, Project
from .base import Api, BadArguments, Refused, text


class RenderApi(Api):
    """Most of these switch to the Deliver page. fact: render-switches-page."""

    it: Project

    def _deliver(self) -> None:
        self.world.page = "deliver"

    def _job(self, uid: Any) -> Job:
        found = next((job for job in self.it.jobs if job.uid == text(uid)), None)
        if found is None:
            raise Refused("no such job")
        return found

    def SetRenderSettings(self, settings) -> bool:
        """There is no getter. An empty name voids all of it. fact: render-empty-name-voids."""
        if not isinstance(settings, dict):
            raise BadArguments("not a dict")
        self._deliver()
        if settings.get("CustomName") != "":
            self.it.render.update(settings)
        return True

    def SetCurrentRenderFormatAndCodec(self, format, codec) -> bool:
        self._deliver()
        self.it.render.update({"format": text(format), "codec": text(codec)})
        return True

    def GetCurrentRenderFormatAndCodec(self) -> dict:
        self._deliver()
        return {key: self.it.render.get(key, "") for key in ("format", "codec")}

    def AddRenderJob(self) -> str:
        self._deliver()
        if self.it.current is None or not self.it.render.get("TargetDir"):
            return ""
        job = Job(self.world.uid(), dict(self.it.render))
        self.it.jobs.append(job)
        return job.uid

    def DeleteRenderJob(self, jobId) -> bool:
        self.it.jobs.remove(self._job(jobId))
        return True

    def DeleteAllRenderJobs(self) -> bool:
        self.it.jobs.clear()
        return True

    def GetRenderJobList(self) -> list:
        return [{"JobId": job.uid, **job.settings} for job in self.it.jobs]

    def StartRendering(self, *args) -> bool:
        """fact: render-job-wedged."""
        self._deliver()
        named = [uid for given in args for uid in (given if isinstance(given, list) else [given])]
        jobs = [self._job(uid) for uid in named if isinstance(uid, str)] or self.it.jobs
        for job in jobs:
            job.status = "Ready for background render" if self.knobs.render_wedged else "Rendering"
        self.it.rendering = True
        return True

    def StopRendering(self):
        self.it.rendering = False

    def IsRenderingInProgress(self) -> bool:
        return self.it.rendering

    def GetRenderJobStatus(self, jobId) -> dict:
        """Each asking gets a rendering job half way on."""
        job = self._job(jobId)
        if job.status == "Rendering":
            job.percent += 50
            if job.percent >= 100:
                self._finish(job)
        return {"JobStatus": job.status, "CompletionPercentage": self.n(job.percent)}

    def _finish(self, job: Job) -> None:
        job.status, self.it.rendering = "Complete", False
        folder = Path(str(job.settings["TargetDir"]))
        if folder.is_dir():
            (folder / f"{job.settings.get('CustomName') or 'render'}.mov").write_text(job.uid)
