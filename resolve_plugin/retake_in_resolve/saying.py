"""What the scripts tell a person: in Workspace > Console always, in a small window where Resolve allows one."""

from . import numbers

DETAILS = 8
"""How many lines of details a window shows: more do not fit, and the console has all."""


class Saying(object):
    """Lines to the console, kept; `names` are the globals of the menu script."""

    def __init__(self, names=None, write=print):
        self.names = names or {}
        self.lines = []
        self._write = write

    def say(self, line):
        """One line to the console."""
        self.lines.append(line)
        try:
            self._write("Retake: " + line)
        except Exception:  # a console that cannot show a letter must not end the work
            self._write("Retake: " + line.encode("ascii", "replace").decode("ascii"))

    def tell(self, text, asking=None, details=()):
        """Something that a person must see: console, and a window on Studio, where there are windows at all.

        `details` are shown in the window alone: the console has them already.

        The free edition is not even asked for a window: from 19.1 on that shows an offer to buy, which then blocks
        every other call. [uimanager-studio-only] [free-popup-blocks]
        """
        for line in text.splitlines():
            self.say(line)
        if asking is not None and studio(asking):
            try:
                _window(self.names, "\n".join([text, *details[:DETAILS]]))
            except Exception:  # the console has it already
                return


def studio(asking):
    """Whether this is Studio: True, False, or None where Resolve's name says neither."""
    if asking.has(asking.resolve, "IsStudio"):
        answer = asking.ask(asking.resolve, "IsStudio")
        if isinstance(answer, bool):
            return answer
    name = numbers.text(asking.ask(asking.resolve, "GetProductName"))
    if "studio" in name.lower():
        return True
    return False if name.strip().lower() == "davinci resolve" else None


def _window(names, text):
    """A small window with one button, if the names for it were given to the script."""
    fusion = names.get("fusion") or names.get("fu")
    bmd = names.get("bmd")
    manager = getattr(fusion, "UIManager", None) if fusion is not None and bmd is not None else None
    if manager is None or not callable(getattr(bmd, "UIDispatcher", None)):
        return
    dispatcher = bmd.UIDispatcher(manager)
    label = manager.Label({"ID": "text", "Text": text, "WordWrap": True})
    button = manager.Button({"ID": "close", "Text": "Close", "Weight": 0})
    window = dispatcher.AddWindow(
        {"ID": "otio-retake", "WindowTitle": "Retake", "Geometry": [300, 300, 520, 220]},
        [manager.VGroup([label, button])],
    )
    if window is None:
        return

    def close(_event):
        dispatcher.ExitLoop()

    window.On["close"].Clicked = close
    window.On["otio-retake"].Close = close
    window.Show()
    dispatcher.RunLoop()
    window.Hide()
