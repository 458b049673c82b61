"""What stands above a project: Resolve itself, its project manager, and the globals of a menu script."""

from __future__ import annotations

from ..faults import HangsForEver
from ..profiles import since
from ..state import Project
from .base import Api, BadArguments, Refused, numbered, text
from .pool import Pool

PAGES = ("media", "photo", "cut", "edit", "fusion", "color", "fairlight", "deliver")

UNTITLED = "Untitled Project"


class ResolveApi(Api):
    """Resolve."""

    def Fusion(self):
        return self.fake.handle("Fusion")._it

    def GetProjectManager(self):
        return self.fake.handle("ProjectManager")._it

    def OpenPage(self, pageName) -> bool:
        if pageName not in PAGES:
            raise Refused(f"no page {pageName!r}")
        self.world.page = pageName
        return True

    def GetCurrentPage(self) -> str:
        return self.world.page

    def GetProductName(self) -> str:
        """fact: product-name."""
        return self.fake.profile.product

    def GetVersion(self) -> list:
        return [*self.fake.profile.version, 7, ""]

    def GetVersionString(self) -> str:
        return ".".join(map(str, [*self.fake.profile.version, 7]))

    def Quit(self):
        self.fake.faults.vanish_after(0)

    @since(21, 1)
    def IsStudio(self) -> bool:
        """fact: additions-21-1."""
        return self.fake.profile.studio

    @since(21, 1)
    def GetCurrentProject(self):
        return self.project

    @since(21, 1)
    def GetCurrentTimeline(self):
        return self.project.current

    @since(21, 1)
    def GetMediaPool(self):
        return Pool(self.project)


class ProjectManagerApi(Api):
    """The project manager. Its folders are not modelled: all projects lie in the root."""

    def _named(self, name: str) -> Project | None:
        return next((p for p in self.world.projects if p.name == text(name)), None)

    def _open(self, project: Project | None) -> Project | None:
        """fact: closed-project-dead-handles."""
        self.world.project = project
        if project is not None:
            project.opened += 1
        return project

    def CreateProject(self, projectName, mediaLocationPath=None):
        if self._named(projectName) is not None:
            raise Refused("the name is taken")
        return self.fake.setup.project(projectName)

    def LoadProject(self, projectName):
        project = self._named(projectName)
        if project is None:
            raise Refused("no such project")
        return project if project is self.world.project else self._open(project)

    def DeleteProject(self, projectName) -> bool:
        project = self._named(projectName)
        if project is None or project is self.world.project:
            raise Refused("no such project, or it is open")
        self.world.projects.remove(project)
        return True

    def GetCurrentProject(self):
        return self.project

    def SaveProject(self) -> bool:
        """fact: save-untitled."""
        if self.project.name == UNTITLED:
            if self.knobs.untitled_save == "hang":
                raise HangsForEver("SaveProject waits for a name")
            raise Refused("the project never had a name")
        self._lose()
        self.fake.keep(self.project)
        return True

    def _lose(self) -> None:
        """fact: append-batch-may-vanish."""
        appended = self.world.appended
        for item in appended[max(len(appended) - self.knobs.lost_on_save, 0) :]:
            for timeline in self.project.timelines:
                place = timeline.track_of(item)
                if place is not None:
                    place[2].items.remove(item)
                    item.gone = True
        appended.clear()

    def CloseProject(self, project) -> bool:
        if not isinstance(project, Project):
            raise BadArguments("not a project")
        if project is not self.world.project:
            raise Refused("the project is not open")
        self._open(None)
        return True

    def GetProjectListInCurrentFolder(self) -> list:
        return [project.name for project in self.world.projects]

    def GetProjectsInCurrentFolder(self) -> dict:
        return numbered(self.GetProjectListInCurrentFolder())

    def GetFolderListInCurrentFolder(self) -> list:
        return []

    def GotoRootFolder(self) -> bool:
        return True

    def GetCurrentFolder(self) -> str:
        return ""

    def GetCurrentDatabase(self) -> dict:
        return {"DbType": "Disk", "DbName": "Local Database"}


class FusionApi(Api):
    """The global ``fusion``, also ``fu`` and ``app``. Compositions are not modelled."""

    def GetResolve(self):
        return self.fake.resolve._it


class BmdApi(Api):
    """The global ``bmd``."""

    def scriptapp(self, name):
        return self.fake.resolve._it if name == "Resolve" else None
