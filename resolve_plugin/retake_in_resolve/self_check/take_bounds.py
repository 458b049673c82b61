"""What AddTake does with frames: equal and other lengths, none at all, other rates, numbered pictures."""


def beside(bench, name):
    """A fresh timeline with three clips side by side; the one in the middle shows frames 40..88."""
    bench.fresh("%s %s" % (name, bench.rate))
    media = bench.media(bench.name("counted"))
    bench.clip(media, 0, 48, 0)
    item = bench.clip(media, 40, 88, 48)
    bench.clip(media, 100, 148, 96)
    return item, bench.media(bench.name("take"))


def _tell(bench, item, *args):
    """AddTake, and all that can be read afterwards."""
    before = bench.spans()
    answer = bench.asking.tell(item, "AddTake", *args)
    values = {"answer": answer, "takes": bench.takes(item), "before": before, "after": bench.spans()}
    values["offset"] = bench.asking.ask(item, "GetLeftOffset")
    return values


def equal(bench):
    """2. A take as long as its clip."""
    item, take = beside(bench, "equal")
    told = _tell(bench, item, take, 12, 60)
    takes = told["takes"]
    bench.found(["take-original-first"], takes["count"] == 2, **told)
    bench.found(["take-bounds-end-exclusive"], takes["list"][-1:] and takes["list"][-1][:2] == [12, 60])
    bench.found(["take-selection-after-add"], None, selected=takes["selected"])
    bench.asking.tell(item, "SelectTakeByIndex", 1)
    back = bench.takes(item)
    bench.found(["take-select-in-place"], back["selected"] == 1 and bench.spans() == told["before"], takes=back)


def other_length(bench):
    """3. Takes that are shorter and longer than their clip."""
    for name, end in (("shorter", 40), ("longer", 90)):
        item, take = beside(bench, name)
        told = _tell(bench, item, take, 12, end)
        bench.asking.tell(item, "SelectTakeByIndex", told["takes"]["count"])
        bench.found(["take-other-length"], None, wanted=name, selected=bench.takes(item), then=bench.spans(), **told)


def no_bounds(bench):
    """4. A take without bounds."""
    item, take = beside(bench, "no bounds")
    bench.found(["take-full-clip-default"], None, **_tell(bench, item, take))


def same_media(bench):
    """5. The media that the clip shows already, as a whole and with bounds."""
    bench.fresh("same media %s" % bench.rate)
    media = bench.media(bench.name("counted"))
    item = bench.clip(media, 0, bench.files[bench.name("counted")]["frames"], 0)
    told = _tell(bench, item, media)
    bench.found(["take-same-media-no-bounds", "failed-add-may-leave-selector"], None, **told)
    item, _ = beside(bench, "same media with bounds")
    bench.found(["take-same-media-no-bounds"], None, **_tell(bench, item, media, 60, 108))


def other_rate(bench):
    """6. Media at another rate than the timeline's."""
    item, _ = beside(bench, "other rate")
    bench.found(["take-mixed-rate"], None, **_tell(bench, item, bench.media("check_23976_a.mov"), 0, 50))


def sequence(bench):
    """7. Numbered pictures that begin at 1001: whether bounds count from there."""
    for name, first in (("from the head", 0), ("from the number", 1001)):
        item, _ = beside(bench, "sequence " + name)
        media = bench.sequence()
        if media is None:
            bench.found(["sequence-bounds"], None, imported=False)
            return
        told = _tell(bench, item, media, first, first + 48)
        told["start"] = bench.asking.ask(media, "GetClipProperty", "Start")
        bench.found(["sequence-bounds", "sequence-start"], None, counted=name, **told)
