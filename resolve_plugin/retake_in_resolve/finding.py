"""Resolve's handle, and the pointer file that says where everything else of ours is."""

import io
import json
import os
import sys

from . import FORMAT

POINTER = "otio-retake.json"


class NotFound(Exception):
    """Something that the installation or Resolve should have provided is not there."""


def handle(names):
    """Resolve's handle from the names that it gives a script. Raises NotFound.

    `names` are the globals of the menu script; which of them exist depends on where it was started.
    """
    ways = (
        lambda: names.get("resolve"),
        lambda: names["app"].GetResolve(),
        lambda: names["bmd"].scriptapp("Resolve"),
        lambda: __import__("DaVinciResolveScript").scriptapp("Resolve"),
    )
    for way in ways:
        try:
            found = way()
        except Exception:  # a name that is not there, or a library that cannot be loaded: the next way may do
            continue
        if found is not None:
            return found
    raise NotFound("Resolve was not found. Start this script from Workspace > Scripts inside DaVinci Resolve.")


def menu_folders(platform=sys.platform, environ=os.environ, home=None):
    """Folders in which Resolve looks for menu scripts that are listed on every page: this user's, then everybody's."""
    home = home or os.path.expanduser("~")
    if platform == "darwin":
        inner = "Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion/Scripts/Utility"
        return [os.path.join(home, inner), "/" + inner]
    if platform.startswith("win"):
        inner = os.path.join("Blackmagic Design", "DaVinci Resolve")
        mine = os.path.join(environ.get("APPDATA", ""), inner, "Support", "Fusion", "Scripts", "Utility")
        return [mine, os.path.join(environ.get("PROGRAMDATA", ""), inner, "Fusion", "Scripts", "Utility")]
    return [
        os.path.join(home, ".local", "share", "DaVinciResolve", "Fusion", "Scripts", "Utility"),
        "/opt/resolve/Fusion/Scripts/Utility",
    ]


def pointer(path):
    """What the pointer file says: `python`, `package`, `state`, all absolute paths. Raises NotFound."""
    try:
        with io.open(path, "r", encoding="utf-8") as file:
            told = json.load(file)
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict) or told.get("otio_retake_pointer") != FORMAT:
        raise NotFound("%s cannot be read. Run `otio-retake resolve install` again." % path)
    for name in ("python", "package", "state"):
        if not isinstance(told.get(name), str) or not told[name]:
            raise NotFound("%s does not say `%s`. Run `otio-retake resolve install` again." % (path, name))
    return told
