"""Reads the current timeline and opens the desk on it.

A menu entry of DaVinci Resolve; everything else is in the package.
"""

import io
import json
import os
import sys


def _pointer():
    """The file that says where the package is: beside this one, or where Resolve looks for menu scripts."""
    home, inner = os.path.expanduser("~"), os.path.join("Fusion", "Scripts", "Utility")
    blackmagic = os.path.join("Blackmagic Design", "DaVinci Resolve")
    here = globals().get("__file__")
    places = [
        os.path.dirname(os.path.abspath(here)) if here else "",
        os.path.join(home, "Library", "Application Support", blackmagic, inner),
        os.path.join("/Library", "Application Support", blackmagic, inner),
        os.path.join(os.environ.get("APPDATA", ""), blackmagic, "Support", inner),
        os.path.join(os.environ.get("PROGRAMDATA", ""), blackmagic, inner),
        os.path.join(home, ".local", "share", "DaVinciResolve", inner),
        os.path.join("/opt", "resolve", inner),
    ]
    found = [os.path.join(place, "otio-retake.json") for place in places if os.path.isabs(place)]
    return next((path for path in found if os.path.isfile(path)), None)


def _run(path):
    """Find the package and let it work."""
    try:
        with io.open(path or "", encoding="utf-8") as file:
            package = json.load(file)["package"]
        if package not in sys.path:
            sys.path.insert(0, package)
        from retake_in_resolve import menu
    except Exception:
        print("Retake: its installation was not found. Run `otio-retake resolve install` in a terminal.")
        return 1
    return menu.retake(globals(), path)


_run(_pointer())
