"""The folder in which plugin and core hand things to each other: one per handover, whole files only.

Each file is written beside its place and renamed into it, so that nobody ever reads half of one.
"""

import contextlib
import datetime
import hashlib
import io
import json
import os
import re
import sys

from . import FORMAT, numbers, plans
from .journal import Journal

SNAPSHOT = "snapshot.rtksnap"
PLAN = "apply.rtkapply"
STARTED = "started.json"
DESK = "desk.json"
ENDED = "ended.json"
WAITING = "waiting.json"
LOG = "core.log"
JOURNAL = "journal.jsonl"


def now():
    """The time of day as files and names carry it, in UTC."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp():
    """The same time for a folder's or a timeline's name: 20260131-140502."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d-%H%M%S")


class Session(object):
    """One handover: what the timeline was, what is to be applied to it, what came of that."""

    def __init__(self, folder):
        self.folder = folder

    @classmethod
    def begin(cls, state):
        """A new folder below the plugin's state folder that only this person can read."""
        random = hashlib.sha256(os.urandom(16)).hexdigest()[:8]
        folder = os.path.join(state, "sessions", "%s-%s" % (stamp(), random))
        os.makedirs(folder, mode=0o700)
        with contextlib.suppress(OSError):
            os.chmod(folder, 0o700)
        return cls(folder)

    def path(self, name):
        """Where a file of this session lies."""
        return os.path.join(self.folder, name)

    def there(self, name):
        """Whether a file has come."""
        return os.path.isfile(self.path(name))

    def write(self, name, value):
        """Put a JSON file in its place, whole."""
        put(self.path(name), json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8", "replace"))

    def read(self, name):
        """A JSON file as a map; None where it is not there or is no such file."""
        try:
            with io.open(self.path(name), "r", encoding="utf-8") as file:
                value = json.load(file)
        except (OSError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def remove(self, name):
        """Take a file away that says something no longer true."""
        with contextlib.suppress(OSError):
            os.remove(self.path(name))

    def plan(self):
        """The apply plan that lies there now; None where there is none that this plugin understands."""
        found = self.read(PLAN)
        if found is None or found.get("otio_retake_apply") != FORMAT:
            return None
        return None if plans.fault(found) else found

    def plan_damage(self):
        """Why the apply plan that lies there cannot be used, in words; "" where it can, or where there is none."""
        if not self.there(PLAN) or self.plan() is not None:
            return ""
        found = self.read(PLAN) or {}
        what = plans.fault(found) if found.get("otio_retake_apply") == FORMAT else "form"
        return "its file %s is damaged, or of another version (%s)" % (PLAN, what)

    def damage(self):
        """What lies there and cannot be used, in words; "" where all can."""
        if not self.there(PLAN) or self.plan_damage():
            return self.plan_damage()
        if not all(self.timeline()):
            return "its file %s is damaged" % SNAPSHOT
        return ""

    def named(self):
        """What an editor knows it by: its timeline and when that was handed over; and its folder."""
        told = _inner(self.read(SNAPSHOT), "timeline").get("name")
        when = os.path.basename(self.folder)
        when = "%s-%s-%s %s:%s" % (when[:4], when[4:6], when[6:8], when[9:11], when[11:13])
        return "The takes for the timeline %s of %s UTC (%s)" % (told or "?", when, self.folder)

    def snapshot_digest(self):
        """SHA-256 of the snapshot as it was handed over; "" where there is none."""
        try:
            with open(self.path(SNAPSHOT), "rb") as file:
                return hashlib.sha256(file.read()).hexdigest()
        except OSError:
            return ""

    def timeline(self):
        """`(project id, timeline id)` that this session is about."""
        snapshot = self.read(SNAPSHOT)
        project, timeline = (_inner(snapshot, name).get("id") for name in ("project", "timeline"))
        return (project if isinstance(project, str) else "", timeline if isinstance(timeline, str) else "")

    def of(self, project, timeline):
        """Whether this session is about that timeline: by its plan, which is a smaller file than its snapshot."""
        plan = self.plan()
        return ((plan["project"], plan["timeline"]) if plan else self.timeline()) == (project, timeline)

    def project_name(self):
        """What its project was called."""
        return numbers.text(_inner(self.read(SNAPSHOT), "project").get("name"))

    def report_name(self, revision):
        """The name of the report of one plan."""
        return "applied-%d.json" % revision

    def pending(self):
        """The plan that is still to be applied, or None: it has no report, and was not taken back."""
        plan = self.plan()
        if plan is None or self.there(self.report_name(plan["revision"])):
            return None
        taken_back = self.journal().last("revert")
        return None if taken_back and taken_back["upto"] >= plan["revision"] else plan

    def journal(self):
        """The journal of this session as it is on disk now."""
        return Journal(self.path(JOURNAL))


def _inner(found, name):
    held = (found or {}).get(name)
    return held if isinstance(held, dict) else {}


def others_of(session):
    """The sessions of the same timeline in which anything was done, oldest first, but for this one."""
    state = os.path.dirname(os.path.dirname(session.folder))
    wanted = session.timeline()
    found = [each for each in sessions(state) if each.folder != session.folder and each.there(JOURNAL)]
    return [each for each in found if each.of(*wanted)]


def sessions(state):
    """Every session of the state folder, oldest first."""
    folder = os.path.join(state, "sessions")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    wanted = re.compile(r"^\d{8}-\d{6}-[0-9a-f]{8}$")
    return [Session(os.path.join(folder, name)) for name in names if wanted.match(name)]


def put(path, content):
    """Write bytes beside a file and rename them into its place."""
    beside = path + ".part"
    with open(beside, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


class Taken(Exception):
    """Another script of ours is at work on the same timeline."""


@contextlib.contextmanager
def alone(state):
    """Hold the one place in which anything is applied or taken back. Raises Taken; who was killed holds nothing."""
    os.makedirs(state, exist_ok=True)
    with open(os.path.join(state, "applying.lock"), "a+b") as file:
        _lock(file)
        yield


def _lock(file):
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Taken("Another Retake script is applying takes just now. Let it end, then run this one again.") from None
