"""Our bin in the media pool, and our movies in it: brought in once, named, and dressed like what they stand in for.

[import-into-current-folder] [import-again-duplicates] [subfolder-name-taken] [offline-flag-untrusted]
[clip-property-set]
"""

import os
import re
import unicodedata

from . import numbers
from .place import identity

COLOUR = ("Input Color Space", "IDT", "Data Level")
"""What Resolve was told of the source's colour, and must be told of the take."""


NAMED = re.compile(r"_rtk[0-9A-Za-z]+_v\d+\.\w+$")
"""How the files of takes are called: how one is known where neither plan nor journal speaks of it."""


class Refused(Exception):
    """Why a take cannot be placed; nothing of the timeline was changed for it."""


def bin_of(work, names):
    """The bin at that path below the top of the media pool, made where it is missing. Raises Refused."""
    asking = work.asking
    folder = asking.must(work.place.pool, "GetRootFolder")
    for name in names:
        folder = _inside(asking, folder, name) or _make(work, folder, name)
    return folder


def bring_in(work, take, like):
    """The media pool item of a take's file, imported only where it is not there yet. Raises Refused.

    `like` is the media it stands in for (or None): its colour settings are copied.
    """
    path = take["path"]
    if not os.path.isfile(path) or not os.path.getsize(path):
        raise Refused("The file %s is not there. Look whether its disk is connected, then apply again." % path)
    folder = bin_of(work, work.plan["bin"])
    media = _import(work, folder, path)
    if media is None:
        raise Refused("Resolve did not import %s. Try to import it by hand to see why, then apply again." % path)
    _check(work, take, media)
    _dress(work, take, media, like)
    return media


def path_of(asking, media):
    """The file of a media pool item; "" for nothing and for what has no file."""
    return "" if media is None else numbers.text(asking.ask(media, "GetClipProperty", "File Path") or "")


def same_file(one, other):
    """Whether two paths name one file, however Resolve spells its letters and separators."""
    if not one or not other:
        return False
    if _plain(one) == _plain(other):
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def same_take(one, other):
    """Whether two paths name the same take: the same file, or one of ours that was relinked and is called the same."""
    if same_file(one, other):
        return True
    names = [re.split(r"[\\/]", _plain(path))[-1] for path in (one, other)]
    return names[0] == names[1] and NAMED.search(names[0]) is not None


def _plain(path):
    return os.path.normcase(os.path.normpath(unicodedata.normalize("NFC", path)))


def _inside(asking, folder, name):
    for inner in numbers.listed(asking.ask(folder, "GetSubFolderList")):
        if asking.ask(inner, "GetName") == name:
            return inner
    return None


def _make(work, folder, name):
    made = work.asking.write(
        work.place.pool, "AddSubFolder", (folder, name), lambda: _inside(work.asking, folder, name)
    )
    if not made:
        raise Refused("The bin %s could not be made in the media pool. Make it by hand, then apply again." % name)
    return made


def clip_in(asking, folder, path):
    """The clip of a bin that shows that file, or None."""
    for clip in numbers.listed(asking.ask(folder, "GetClipList")):
        if same_file(path_of(asking, clip), path):
            return clip
    return None


def _import(work, folder, path):
    asking, pool = work.asking, work.place.pool
    found = clip_in(asking, folder, path)
    if found is not None:
        return found
    wanted = identity(asking, folder)

    def inside():
        return identity(asking, asking.ask(pool, "GetCurrentFolder")) == wanted

    if not inside() and not asking.write(pool, "SetCurrentFolder", (folder,), inside):
        raise Refused("The bin of the takes could not be opened in the media pool. Open it, then apply again.")
    return asking.write(pool, "ImportMedia", ([path],), lambda: clip_in(asking, folder, path))


def _check(work, take, media):
    """What Resolve reads in the file must be what was made: else frames would lie where they do not belong."""
    asking = work.asking
    frames = numbers.whole(numbers.text(asking.ask(media, "GetClipProperty", "Frames")))
    if take["kind"] == "sound":
        return
    if frames is not None and frames != take["frames"]:
        raise Refused(
            "Resolve counts %d frames in %s, which has %d. It was not placed." % (frames, take["path"], take["frames"])
        )
    if take["kind"] != "take":
        return
    rate = numbers.text(asking.ask(media, "GetClipProperty", "FPS"))
    if numbers.rate(rate) is not None and not numbers.same_rate(rate, work.plan["rate"]):
        raise Refused(
            "Resolve plays %s at %s frames per second, the timeline runs at %s. Set the clip's frame rate in "
            "Clip Attributes, then apply again." % (take["path"], rate, work.plan["rate"])
        )


def _dress(work, take, media, like):
    """Name, comment, reel and colour. What does not take is said, and harms nothing."""
    wanted = [("Clip Name", take.get("name")), ("Reel Name", take.get("reel"))]
    if like is not None and take["kind"] != "sound":
        wanted += [(key, numbers.text(work.asking.ask(like, "GetClipProperty", key))) for key in COLOUR]
    for key, value in wanted:
        if value and not _set(work.asking, media, key, value):
            work.say("%s: `%s` could not be set to %s in the media pool." % (take["name"], key, value))
    comment = take.get("comment")
    if comment and not _comment(work.asking, media, comment):
        work.say("%s: its comment could not be set in the media pool." % take["name"])


def _comment(asking, media, comment):
    def seen():
        return numbers.text(asking.ask(media, "GetMetadata", "Comments")) == comment

    return seen() or asking.write(media, "SetMetadata", ("Comments", comment), seen)


def _set(asking, media, key, value):
    def seen():
        return numbers.text(asking.ask(media, "GetClipProperty", key)) == value

    return seen() or asking.write(media, "SetClipProperty", (key, value), seen)
