"""Whether an apply plan is whole: all that is read of it is there, and is what it must be."""

TEXT, COUNT = str, int


def fault(plan):
    """What of a plan cannot be used, by its name; "" where all can."""
    revision = plan.get("revision")
    if not _is(revision, COUNT) or not 0 <= revision < 10**9:
        return "revision"
    if not _is(plan.get("rate"), TEXT) and not isinstance(plan.get("rate"), float) and not _is(plan.get("rate"), COUNT):
        return "rate"
    for name in ("project", "timeline", "snapshot"):
        if not _is(plan.get(name), TEXT):
            return name
    if not _list(plan.get("bin"), TEXT) or not plan["bin"]:
        return "bin"
    for name, check in (("takes", _take), ("marks", _mark)):
        rows = plan.get(name, [] if name == "marks" else None)
        if not isinstance(rows, list) or not all(isinstance(row, dict) and check(row) for row in rows):
            return name
    pick = plan.get("pick") or {}
    if not isinstance(pick, dict) or not all(_is(each, TEXT) for pair in pick.items() for each in pair):
        return "pick"
    return ""


def _is(value, kind):
    return isinstance(value, kind) and not isinstance(value, bool)


def _list(value, kind, length=None):
    right = isinstance(value, list) and length in (None, len(value))
    return right and all(_is(each, kind) for each in value)


def _take(row):
    if not all(_is(row.get(name), TEXT) for name in ("ident", "item", "name", "path", "track_name")):
        return False
    if row.get("kind") not in ("take", "above", "sound") or "\0" in row["path"] or not _is(row.get("frames"), COUNT):
        return False
    if not isinstance(row.get("properties") or {}, dict):
        return False
    return _list(row.get("bounds"), COUNT, 2) and _list(row.get("record"), COUNT, 2) and _expects(row.get("expects"))


def _expects(told):
    if not isinstance(told, dict) or not _is(told.get("media"), TEXT):
        return False
    track = told.get("track")
    if not isinstance(track, list) or len(track) != 2 or not _is(track[0], TEXT) or not _is(track[1], COUNT):
        return False
    if told.get("left_offset", "") is not None and not _is(told.get("left_offset"), COUNT):
        return False
    return _is(told.get("start"), COUNT) and _is(told.get("duration"), COUNT)


def _mark(row):
    texts = all(_is(row.get(name), TEXT) for name in ("where", "item", "color", "name", "custom"))
    return texts and _is(row.get("frame"), COUNT)
