"""A timeline in which every mark is wrong in a way of its own, to show the list of problems."""

from __future__ import annotations

from opentimelineio import schema
from opentimelineio.opentime import RationalTime

from sample_timelines.clips import FISH, HARBOUR
from sample_timelines.editors.plain import bars, clip, mark, media, span, timeline, track

_RATE = 24


def with_problems() -> str:
    """Nine clips of two seconds at 24 frames a second from 01:00:00:00, and what is wrong with eight of them."""
    start = HARBOUR.start

    def use(number: int, *marks: schema.Marker, effect: schema.Effect | None = None) -> schema.Clip:
        """Two seconds of the harbour, in which a mark at ``start + 24`` is in the middle."""
        made = clip(f"harbour {number}", span(start + 6, 48, _RATE), media(HARBOUR), marks)
        if effect is not None:
            made.effects.append(effect)
        return made

    middle, idle = span(start + 24, 12, _RATE), span(FISH.start + 20, 1, _RATE)
    offline = schema.ExternalReference("/Volumes/Footage/Day 09/Z999_C001_lost.mov", span(0, 240, _RATE))
    generator = bars(48, _RATE)
    generator.markers.append(mark("RETAKE: the bars melt", span(12, 12, _RATE)))
    disabled = use(8, mark("RETAKE: the sail tears", middle))
    disabled.enabled = False
    dissolve = schema.Transition("dissolve", "SMPTE_Dissolve", RationalTime(12, _RATE), RationalTime(12, _RATE))
    picture = [
        clip("lost", span(24, 48, _RATE), offline, [mark("RETAKE: she turns to the window", span(36, 12, _RATE))]),
        use(2, mark("RETAKE vidoe: the sea grows calm", middle)),
        use(3, mark("RETAKE IN: two gulls meet", span(start + 20, 1, _RATE))),
        use(4, mark("RETAKE: the boat sails home", middle), effect=schema.LinearTimeWarp("reverse", time_scalar=-1)),
        use(5, mark("RETAKE: the flag moves", middle), effect=schema.FreezeFrame("freeze")),
        generator,
        use(7, mark("RETAKE: the lamp is lit", span(start + 44, 8, _RATE))),
        dissolve,
        disabled,
        clip("fish", span(FISH.start + 12, 48, _RATE), media(FISH), [mark("Retake with the other lens?", idle)]),
    ]
    hour = RationalTime(3600 * _RATE, _RATE)
    return str(timeline("with_problems", hour, [track("V1", "Video", picture)]).to_json_string())
