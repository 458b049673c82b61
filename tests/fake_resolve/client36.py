"""The script's side of a fake in another process: standard library only, for Python from 3.6 on.

``python client36.py PORT SCRIPT [ARGUMENT ...]`` runs a script with the globals of Resolve's menu.
"""

import builtins
import json
import os
import runpy
import socket
import sys
import threading


class Wire:
    """One connection. Calls of several threads wait for each other."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", int(port)))
        self.lines = self.socket.makefile("rb")
        self.lock = threading.Lock()
        self.calls = {}

    def ask(self, **asked):
        with self.lock:
            self.socket.sendall(json.dumps(asked).encode("utf-8") + b"\n")
            line = self.lines.readline()
        if not line:
            raise ConnectionError("the fake Resolve is gone")
        told = json.loads(line.decode("utf-8"))
        if "die" in told:
            os._exit(told["die"])
        if "raise" in told:
            kind = getattr(builtins, told["raise"], None)
            if not (isinstance(kind, type) and issubclass(kind, Exception)):
                kind = TimeoutError if told["raise"] == "HangsForEver" else RuntimeError
            raise kind(told["text"])
        return self.unpacked(told["value"])

    def unpacked(self, value):
        if isinstance(value, list):
            return [self.unpacked(each) for each in value]
        if isinstance(value, dict):
            if "$" in value:
                return Proxy(self, value)
            return {key: self.unpacked(each) for key, each in value["%"]}
        return value

    def packed(self, value):
        if isinstance(value, Proxy):
            return value._handle
        if value is None or type(value) in (str, int, float, bool):
            return value
        if type(value) in (list, tuple):
            return [self.packed(each) for each in value]
        if type(value) is dict:
            return {"%": [[key, self.packed(each)] for key, each in value.items()]}
        raise TypeError(f"cannot convert {type(value).__name__} for Resolve")

    def close(self):
        self.lines.close()
        self.socket.close()


class Proxy:
    """A handle: never equal to another, always true, ``None`` for names that Resolve does not know."""

    __slots__ = ("_handle", "_wire")

    def __init__(self, wire, handle):
        self._wire = wire
        self._handle = handle

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._wire.calls.get(self._handle["kind"], ()):
            return Method(self, name)
        return self._wire.ask(on=self._handle, get=name)

    def __dir__(self):
        return list(self._wire.calls.get(self._handle["kind"], ()))

    def __repr__(self):
        return "<{} at {:#x}>".format(self._handle["kind"], id(self))


class Method:
    """A call, without keywords."""

    __slots__ = ("_name", "_proxy")

    def __init__(self, proxy, name):
        self._proxy = proxy
        self._name = name

    def __call__(self, *args):
        wire = self._proxy._wire
        return wire.ask(on=self._proxy._handle, call=self._name, args=[wire.packed(each) for each in args])


def connect(port, way="menu"):
    """The globals of a script of the menu, or, with ``way="external"``, of one outside; ``None`` where none runs."""
    wire = Wire(port)
    told = wire.ask(hello=way)
    wire.calls = told["calls"]
    return told["globals"]


def main(argv):
    """Runs a script as the menu does."""
    known = connect(argv[1])
    if known is None:
        sys.stderr.write("this Resolve lists no Python scripts\n")
        return 3
    sys.argv = argv[2:]
    sys.path.insert(0, os.path.dirname(os.path.abspath(argv[2])))
    runpy.run_path(argv[2], init_globals=known, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
