"""Apply a plan: all of its takes, one after another, each read back; then the report, and all as the editor had it.

Whatever stops this half-way leaves the journal, and no report: applying the same plan again goes on from there, finds
what is there already, and ends in the same place.
"""

import contextlib

from . import (
    FORMAT,
    apply_takes,
    duplicate,
    exchange,
    marking,
    numbers,
    own_tracks,
    picking,
    place,
    place_above,
    tracks,
)
from .asking import Away, Elsewhere, Unreadable
from .bins import Refused
from .taking_back import BACK
from .work import Work, key, result

LATELY = 3600.0
"""Seconds after which an editor is no longer led back to where a script that was cut off had taken them from."""


def apply(asking, session, plan, saying):
    """Apply one plan of a session and write its report, which is returned. Raises Away where it cannot go on now."""
    journal = session.journal()
    asking.journal = journal
    try:
        return _apply(asking, session, plan, saying, journal)
    except Elsewhere as fault:
        if any(journal.open(what) for what in ("add take", "put above")):
            raise Elsewhere("%s Until then a clip may show a take." % fault) from None
        raise
    except Unreadable as fault:
        asking.still()
        raise Away("%s. Look whether the project is still open, then run Retake - Collect." % fault) from None
    finally:
        asking.journal = None
        asking.leave()


def _apply(asking, session, plan, saying, journal):
    said = []

    def say(line):
        said.append(line)
        saying.say(line)

    here = right_place(asking, session, plan)
    begun = journal.open("begin")
    was = came_from(asking, here, journal, begun, plan["timeline"])
    if begun is not None and was is None:
        journal.came(begun["n"], "left")
        begun = None
    was = was or place.whereabouts(asking, here, plan["timeline"])
    number = begun["n"] if begun else journal.intend("begin", revision=plan["revision"], was=was)
    try:
        go(asking, here, plan["timeline"], "Retake - Collect")
        work = Work(asking, here, journal, plan, say, [each.journal() for each in exchange.others_of(session)])
        results, picks, copy = _placed(work)
        restored = place.restore(asking, here, was)
    except Elsewhere:
        went(asking, here, journal, number, was)
        raise
    if not restored:
        say("Page, bin, timeline or playhead are not all as they were.")
    report = {
        "otio_retake_applied": FORMAT,
        "revision": plan["revision"],
        "at": exchange.now(),
        "results": results,
        "picks": {line["item"]: line["shown"] for line in picks if line["shown"] is not None},
        "picked": picks,
        "duplicate": copy,
        "restored": restored,
        "said": said,
    }
    journal.came(number, "done")
    session.write(session.report_name(plan["revision"]), report)
    session.remove(exchange.WAITING)
    return report


def _placed(work):
    """All that the plan asks for: `(the lines on its takes, those on its choices, the copy of the timeline)`."""
    plan = work.plan
    if not _same_rate(work):
        why = "The timeline's frame rate is no longer %s. Run Retake again on the cut as it is." % plan["rate"]
        return [result(take, "refused", why) for take in plan["takes"]], _not_picked(plan, why), None
    work.look()
    before = tracks.footprint(work.asking, work.items)
    copy = duplicate.ensure(work)
    results = _takes(work, copy)
    for told in plan.get("marks", []) if copy else []:
        why = marking.mark(work, told)
        if why:
            work.say(why)
    picks = _picks(work) if copy else _not_picked(plan, "Resolve made no copy of the timeline first")
    _compare(work, before, copy)
    return results, picks, copy


def went(asking, here, journal, number, was):
    """The editor went elsewhere: bin and playhead as they were, and from now on they are led back to nowhere."""
    with contextlib.suppress(Away, Unreadable):
        place.restore(asking, here, was)
    journal.came(number, "left")


def right_place(asking, session, plan):
    """The place the plan is for. Raises Away where another project is open, or the plan is for another snapshot."""
    here = place.here(asking)
    if here.project_id != plan["project"]:
        name = session.project_name()
        raise Away("The takes belong to the project %s, which is not open. Open it, then run Retake - Collect." % name)
    if plan.get("snapshot") != session.snapshot_digest():
        raise Away("The takes were made for another reading of the timeline. Run Retake again.")
    return here


def go(asking, here, wanted, script):
    """Make the timeline the current one: takes and locks can be read of no other. Raises Away where it is not there.

    `script` is what goes on with the work where it cannot be ended now.
    """
    timeline = place.timeline_of(asking, here.project, wanted)
    if timeline is None:
        raise Away("The timeline of the takes is not in the project any more. Bring it back, then run %s." % script)
    asking.stay(here.project, wanted, script)
    current = place.make_current(asking, here.project, timeline, wanted)
    asking.still()
    here.timeline, here.timeline_id = current or timeline, wanted


def came_from(asking, here, journal, begun, wanted):
    """Where the editor was before a script that was cut off; None where none was, or where they moved on since then.

    Who is neither where that script began, nor on the timeline `wanted` that it worked on, nor on its copy, went there.
    """
    if begun is None or not begun.get("was") or journal.age(begun) >= LATELY:
        return None
    known = here.timeline_id in (begun["was"]["timeline"], wanted)
    if known or duplicate.is_copy(asking, journal, here.timeline, here.timeline_id):
        return begun["was"]
    return None


def _same_rate(work):
    return numbers.same_rate(work.asking.ask(work.place.timeline, "GetSetting", "timelineFrameRate"), work.plan["rate"])


def _takes(work, copy):
    """Each take of the plan in its order."""
    if copy is None:
        why = "Resolve made no copy of the timeline first, so nothing was changed. Duplicate it by hand to see why."
        return [result(take, "refused", why) for take in work.plan["takes"]]
    own_tracks.resume(work)
    _forgotten(work)
    results, stuck = [], False
    for take in work.plan["takes"]:
        begun = [entry for what in ("add take", "put above") for entry in work.journal.all(what, **key(take))]
        if stuck and not begun:
            why = "An earlier take went wrong and could not be put right. Mend that first, then apply again."
            results.append(result(take, "refused", why))
            continue
        results.append(_one(work, take))
        stuck = stuck or (results[-1]["outcome"] == "failed" and _left(work, take))
    return results


def _picks(work):
    """Each choice of the plan, as the report has it; one that was not carried out is said."""
    lines = []
    for item, ident in sorted((work.plan.get("pick") or {}).items()):
        try:
            done = picking.pick(work, item, ident)
        except Unreadable as fault:
            work.asking.still()
            done = picking.Pick(None, "%s of the clip" % fault)
        if done.why:
            work.asking.still()
            names = [take["name"] for take in work.plan["takes"] if ident and take["ident"] == ident]
            chosen = names[0] if names else ident or "the original"
            work.say("The choice of %s was not carried out: %s." % (chosen, done.why))
        lines.append(picking.told(item, ident, done))
    return lines


def _not_picked(plan, why):
    picked = sorted((plan.get("pick") or {}).items())
    return [picking.told(item, ident, picking.Pick(None, why)) for item, ident in picked]


def _left(work, take):
    """Whether a take that failed left something behind that could not be taken away."""
    told = [work.journal.last(what, **key(take)) for what in ("add take", "put above")]
    return any(entry is not None and (entry["came"] is None or entry["after"].get("left")) for entry in told)


def _forgotten(work):
    """Take back what an older plan had begun when its script died, and this plan no longer wants."""
    wanted = [key(take) for take in work.plan["takes"]]
    for what in ("add take", "put above"):
        for entry in work.journal.all(what):
            if entry["came"] is None and {"ident": entry["ident"], "item": entry["item"]} not in wanted:
                work.asking.still()
                outcome, why = BACK[what](work, entry)
                left = why if outcome == "failed" else ""
                work.journal.came(entry["n"], "failed" if left else "undone", left=left)
                if why:
                    work.say("%s: %s." % (entry["ident"], why))


def _one(work, take):
    """One take; what goes wrong with it alone is its outcome. Raises Away where the rest cannot go on either."""
    work.asking.still()
    try:
        return apply_takes.add(work, take) if take["kind"] == "take" else place_above.put(work, take)
    except Refused as refusal:
        work.asking.still()
        left = _begun(work, take)
        return result(take, "failed" if left else "refused", str(refusal) + (" And %s." % left if left else ""))
    except Unreadable as fault:
        work.asking.still()
        open_intents = [work.journal.open(what, **key(take)) for what in ("add take", "put above")]
        if any(open_intents):
            return result(take, "failed", "%s of this clip. Look at it before applying again." % fault)
        return result(take, "refused", "%s of this clip. Nothing was done to it." % fault)


def _begun(work, take):
    """Take back what was begun of a take that is refused now. "" or what is left of it."""
    for what in ("add take", "put above"):
        entry = work.journal.unsettled(what, **key(take))
        if entry is not None:
            outcome, why = BACK[what](work, entry)
            left = why if outcome == "failed" else ""
            work.journal.came(entry["n"], "failed" if left else "undone", left=left)
            return left
    return ""


def _compare(work, before, copy):
    """Say it where something that is not ours is not where it was."""
    work.look()
    missing = before - tracks.footprint(work.asking, work.items)
    if missing:
        lost = sorted("%s%d frame %s" % (key[0][0].upper(), key[1], key[2]) for key in missing)
        name = copy["name"] if copy else ""
        work.say("Clips are not where they were (%s). The cut as it was is in %s." % (", ".join(lost[:10]), name))
