"""Start the core: another program in its own environment, which goes on when this script or Resolve ends."""

import os
import subprocess
from typing import Any, List

from .exchange import LOG
from .finding import NotFound

DROPPED = ("LD_LIBRARY_PATH", "LD_PRELOAD", "__PYVENV_LAUNCHER__", "FUSION_PYTHON3_HOME")
DROPPED_BEGINNINGS = ("PYTHON", "DYLD_", "QT_")
"""Variables by which Resolve leads its own Python and libraries; in another program they would load the wrong ones."""

DETACHED = 0x00000008 | 0x00000200
"""On Windows: no console of ours, no share in its signals."""
OUT_OF_JOB = 0x01000000
"""On Windows: do not die with the job that Resolve may have put this script in."""


def scrubbed(environ):
    """The environment for the core."""
    kept = {
        name: value
        for name, value in environ.items()
        if name.upper() not in DROPPED and not name.upper().startswith(DROPPED_BEGINNINGS)
    }
    kept["PYTHONUTF8"] = "1"
    return kept


def command(pointer, folder):
    """What is run for a session."""
    return [pointer["python"], "-m", "otio_retake", "resolve", "session", folder]


def start(pointer, session, environ=os.environ):
    """Start the core on a session's folder. The process; raises NotFound where the program is not there."""
    line = command(pointer, session.folder)
    with open(session.path(LOG), "ab") as log:
        told = {
            "cwd": session.folder,
            "env": scrubbed(environ),
            "stdin": subprocess.DEVNULL,
            "stdout": log,
            "stderr": subprocess.STDOUT,
            "close_fds": True,
        }
        try:
            return detached(line, **told)
        except OSError as fault:
            raise NotFound(
                "%s could not be started (%s). Run `otio-retake resolve install` again." % (line[0], fault.strerror)
            ) from None


def run(pointer, args, folder):
    """Run a command of the core to its end. `(exit code, what it said)`."""
    line = [pointer["python"], "-m", "otio_retake"] + list(args)  # noqa: RUF005
    try:
        done = subprocess.Popen(
            line,
            cwd=folder,
            env=scrubbed(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as fault:
        raise NotFound(
            "%s could not be started (%s). Run `otio-retake resolve install` again." % (line[0], fault.strerror)
        ) from None
    said = done.communicate()[0].decode("utf-8", "replace")
    return done.returncode, said


def detached(line, **told):
    """Start a process that outlives this one. It."""
    if os.name != "nt":
        process = subprocess.Popen(line, start_new_session=True, **told)
    else:
        try:
            process = subprocess.Popen(line, creationflags=DETACHED | OUT_OF_JOB, **told)
        except OSError:  # a job may forbid to leave it; then the process lives as long as the job does
            process = subprocess.Popen(line, creationflags=DETACHED, **told)
    LEFT_RUNNING.append(process)
    return process


LEFT_RUNNING: List[Any] = []
"""Processes that are meant to outlive this one: kept, for Python complains of any that it forgets."""


def alive(pid):
    """Whether a process that was started here, or told its number, is still there.

    On Windows others than our own are always said to be: there they cannot be asked without harm.
    """
    for process in LEFT_RUNNING:
        ended = process.poll() is not None
        if ended and (process.pid == pid or os.name == "nt"):
            return False
    if os.name == "nt" or not pid:
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
