"""Commands of Python in processes of their own, forked from one that has imported everything already.

Nearly all that a short command does is to import. What is forked is a real process all the same: its own memory,
environment, folder, files, signals and exit code. That the commands start by themselves is tested where the command
line is (`tests/test_cli.py`, `tests/test_readme.py`). Where there is no fork, they are started as usual.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
NUMBER = struct.Struct("!q")


Environment = Mapping[str, str]


class Popen:
    """A command at work, with nothing to read. ``command`` is what follows the interpreter."""

    def __init__(self, command: Sequence[str], *, cwd: Path | None = None, env: Environment | None = None) -> None:
        self.args = list(command)
        self.returncode: int | None = None
        self._streams = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115
        self._said: list[str] = []
        surroundings = {"cwd": str(cwd or Path.cwd()), "env": dict(os.environ if env is None else env)}
        self._report, theirs = socket.socketpair()
        with theirs, open(os.devnull, "rb") as nothing:
            numbers = [file.fileno() for file in (nothing, *self._streams, theirs)]
            _nursery().ask({"command": self.args, **surroundings}, numbers)
        (self.pid,) = NUMBER.unpack(self._report.recv(NUMBER.size))

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, less than zero for a signal. Raises ``TimeoutExpired`` after ``timeout`` seconds."""
        if self.returncode is None:
            if not select.select([self._report], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            (self.returncode,) = NUMBER.unpack(self._report.recv(NUMBER.size))
            self._report.close()
            for stream in self._streams:
                with stream:
                    stream.seek(0)
                    self._said.append(stream.read().decode())
        return self.returncode

    def poll(self) -> int | None:
        """The exit code, if it ended."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Sends a signal, unless it ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Stops it dead."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Waits for its end; what it printed on both of its streams."""
        self.wait(timeout)
        return self._said[0], self._said[1]


def run(
    command: Sequence[str], *, cwd: Path | None = None, env: Environment | None = None, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """As ``subprocess.run`` for text, with nothing to read. ``command`` is what follows the interpreter."""
    if not hasattr(os, "fork"):
        return subprocess.run(
            [sys.executable, *command], cwd=cwd, env=env, timeout=timeout, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    process = Popen(command, cwd=cwd, env=env)
    try:
        out, err = process.communicate(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return subprocess.CompletedProcess(process.args, process.wait(), out, err)


def command_line(cwd: Path, *words: str, timeout: float = 300, **env: str) -> subprocess.CompletedProcess[str]:
    """The command line in the folder ``cwd``, where its state is too."""
    surroundings = {**os.environ, "OTIO_RETAKE_STATE": str(cwd / "state"), **env}
    return run(["-m", "otio_retake", *words], cwd=cwd, env=surroundings, timeout=timeout)


# --- the process that is forked ---------------------------------------------------------------------------------------


class _Nursery:
    """It ends when this process does: its socket is closed then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        code = f"from tests.forked import serve; serve({theirs.fileno()})"
        # A fork takes one thread with it.
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", code], cwd=ROOT, env=env, pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        atexit.register(self._close)

    def ask(self, wanted: dict[str, Any], files: list[int]) -> None:
        """``files``: the three streams, and where to say its number and how it ended."""
        said = json.dumps(wanted).encode()
        with self._lock:
            socket.send_fds(self._socket, [NUMBER.pack(len(said))], files)
            self._socket.sendall(said)

    def _close(self) -> None:
        self._socket.close()
        self._process.wait()


@cache
def _nursery() -> _Nursery:
    return _Nursery()


def serve(number: int) -> None:
    """Forks what is asked for over the socket ``number``, until that is closed."""
    import otio_retake

    for module in pkgutil.walk_packages(otio_retake.__path__, "otio_retake."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    gc.freeze()
    # Who minds a command is not waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=number) as asked:
        asked.set_inheritable(False)
        while True:
            head, files, _, _ = socket.recv_fds(asked, NUMBER.size, 4)
            if not head:
                return
            said = b""
            (size,) = NUMBER.unpack(head)
            while len(said) < size:
                said += asked.recv(size - len(said))
            if os.fork() == 0:
                asked.close()
                _mind(json.loads(said), files)
            for file in files:
                os.close(file)


def _mind(wanted: dict[str, Any], files: list[int]) -> NoReturn:
    """Starts the command, says its number, waits for it, and says how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, report = files
    pid = os.fork()
    if pid == 0:
        os.close(report)
        _become(wanted, streams)
    for stream in streams:
        os.close(stream)
    os.write(report, NUMBER.pack(pid))
    os.write(report, NUMBER.pack(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
    os._exit(0)


def _become(wanted: dict[str, Any], streams: list[int]) -> NoReturn:
    """Carries the command out as an interpreter of its own would, from its beginning to its exit code."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(wanted["env"])
    os.chdir(wanted["cwd"])
    code = _carry_out(wanted["command"])
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _carry_out(command: list[str]) -> int:
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    module = command[1] if command[0] == "-m" else ""
    sys.argv = command[1:] if module else command
    sys.path[:0] = [os.getcwd() if module else str(Path(command[0]).parent), *paths]
    try:
        if module:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(command[0], run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
