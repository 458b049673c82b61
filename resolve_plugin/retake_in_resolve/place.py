"""Where the editor is in Resolve: project, timeline, page, folder, playhead; going elsewhere, and back again.

[getters-need-current] [set-current-nudges-playhead] [closed-project-dead-handles]
"""

from . import numbers
from .asking import Away


class Place(object):
    """The open project and one timeline of it."""

    def __init__(self, manager, project, pool, timeline, project_id, timeline_id):
        self.manager = manager
        self.project = project
        self.pool = pool
        self.timeline = timeline
        self.project_id = project_id
        self.timeline_id = timeline_id


def here(asking):
    """The open project and its current timeline (None where none is open). Raises Away where no project is open."""
    manager = asking.ask(asking.resolve, "GetProjectManager")
    project = asking.ask(manager, "GetCurrentProject") if manager is not None else None
    if project is None:
        raise Away("No project is open in Resolve. Open the project, then run the script again.")
    timeline = asking.ask(project, "GetCurrentTimeline")
    return Place(
        manager,
        project,
        asking.ask(project, "GetMediaPool"),
        timeline,
        identity(asking, project),
        identity(asking, timeline),
    )


def identity(asking, thing):
    """The unique id of an object as text; "" for nothing, or where Resolve does not tell one."""
    return "" if thing is None else numbers.text(asking.ask(thing, "GetUniqueId") or "")


def timelines(asking, project):
    """Every timeline of the project, in its order."""
    count = numbers.whole(asking.ask(project, "GetTimelineCount"), 0)
    found = [asking.ask(project, "GetTimelineByIndex", index + 1) for index in range(count)]
    return [timeline for timeline in found if timeline is not None]


def timeline_of(asking, project, wanted):
    """The timeline with that id, or None."""
    for timeline in timelines(asking, project):
        if identity(asking, timeline) == wanted:
            return timeline
    return None


def make_current(asking, project, timeline, wanted):
    """Make a timeline the current one, and see that it is: many getters lie about any other. It, or None."""

    def seen():
        current = asking.ask(project, "GetCurrentTimeline")
        return current if identity(asking, current) == wanted else None

    return seen() or asking.write(project, "SetCurrentTimeline", (timeline,), seen)


def whereabouts(asking, place, target=""):
    """What the editor sees now, as plain values: page, folder, timeline, and the playhead of it (and of `target`)."""
    heads = {}
    if place.timeline is not None:
        heads[place.timeline_id] = numbers.text(asking.ask(place.timeline, "GetCurrentTimecode"))
    if target and target not in heads:
        heads[target] = numbers.text(asking.ask(timeline_of(asking, place.project, target), "GetCurrentTimecode"))
    return {
        "page": numbers.text(asking.ask(asking.resolve, "GetCurrentPage")),
        "folder": identity(asking, asking.ask(place.pool, "GetCurrentFolder")),
        "timeline": place.timeline_id,
        "playheads": heads,
    }


def restore(asking, place, was):
    """Go back to what the editor saw. Returns whether everything of it is as it was.

    An editor who went to another timeline meanwhile is left there.
    """
    heads = was["playheads"]
    good = _head(asking, place.timeline, heads.get(place.timeline_id, ""))
    if identity(asking, asking.ask(place.project, "GetCurrentTimeline")) == place.timeline_id:
        if was["timeline"] not in ("", place.timeline_id):
            timeline = timeline_of(asking, place.project, was["timeline"])
            there = timeline is not None and make_current(asking, place.project, timeline, was["timeline"])
            good = bool(there) and _head(asking, timeline, heads.get(was["timeline"], "")) and good
        good = _page(asking, was["page"]) and good
    return _folder(asking, place.pool, was["folder"]) and good


def open_page(asking, page):
    """Show a page of Resolve, where another is shown. Whether it is shown now."""
    return _page(asking, page)


def _page(asking, page):
    def seen():
        return asking.ask(asking.resolve, "GetCurrentPage") == page

    return not page or seen() or bool(asking.write(asking.resolve, "OpenPage", (page,), seen))


def _head(asking, timeline, timecode):
    def seen():
        return asking.ask(timeline, "GetCurrentTimecode") == timecode

    return not timecode or seen() or bool(asking.write(timeline, "SetCurrentTimecode", (timecode,), seen))


def _folder(asking, pool, wanted):
    def seen():
        return identity(asking, asking.ask(pool, "GetCurrentFolder")) == wanted

    if not wanted or seen():
        return True
    folder = _folder_of(asking, asking.ask(pool, "GetRootFolder"), wanted)
    return folder is not None and bool(asking.write(pool, "SetCurrentFolder", (folder,), seen))


def _folder_of(asking, folder, wanted):
    if folder is None or identity(asking, folder) == wanted:
        return folder
    for inner in numbers.listed(asking.ask(folder, "GetSubFolderList")):
        found = _folder_of(asking, inner, wanted)
        if found is not None:
            return found
    return None
