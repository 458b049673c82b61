"""Whatever a script gives to whichever call: the fake answers and never breaks itself."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from tests.fake_resolve import PROFILES
from tests.fake_resolve.fake import APIS, calls_of

from .staged import Cut, a_cut

PLAIN = [None, "", "video", "All", -1, 0, 1, 2.5, True, [], {}, ["x"], {"mediaPoolItem": 3}, "Cut 1"]

ENDS = {"Quit", "CloseProject", "ReplaceClip", "ReplaceClipPreserveSubClip"}


def handles(cut: Cut) -> dict[str, Any]:
    fake, project = cut.fake, cut.project
    return {
        "Resolve": fake.resolve,
        "ProjectManager": fake.resolve.GetProjectManager(),
        "Fusion": fake.resolve.Fusion(),
        "bmd": fake.handle("bmd"),
        "Project": project,
        "MediaPool": project.GetMediaPool(),
        "Folder": project.GetMediaPool().GetRootFolder(),
        "MediaPoolItem": fake.proxy(cut.a),
        "Timeline": cut.timeline,
        "TimelineItem": cut.item(),
        "Graph": cut.item().GetNodeGraph() if fake.profile.version >= (19, 0, 0) else None,
    }


@pytest.mark.parametrize("profile", ["18.6 Studio", "21.1 Studio"])
@pytest.mark.parametrize("kind", APIS)
def test_any_arguments(profile: str, kind: str):
    chance = random.Random(kind)
    for name in calls_of(PROFILES[profile], kind):
        if name in ENDS:
            continue
        for _ in range(40):
            cut = a_cut(profile)
            known = handles(cut)
            if known[kind] is None:
                continue
            some: list[Any] = [*PLAIN]
            some += known.values()
            some += [[each] for each in known.values()]
            some.append([{"mediaPoolItem": known["MediaPoolItem"], "trackIndex": chance.choice([0, 1, 9, "x"])}])
            arguments = chance.choices(some, k=chance.randint(0, 4))
            getattr(known[kind], name)(*arguments)


def test_every_knob_turned_with_every_profile_makes_a_resolve():
    values = {
        "append_overlap": ["ghost", "slide"],
        "numbers": [None, "int"],
        "selection_after_add": ["new", "original"],
        "take_other_length": ["refuse", "keep_item_length", "change_item_length"],
    }
    for profile, *chosen in itertools.product(PROFILES, *values.values()):
        cut = a_cut(profile, **dict(zip(values, chosen, strict=True)))
        assert cut.item().AddTake(cut.imported(), 0, 48) is True
        assert cut.item().GetTakesCount() == 2
