"""What becomes of sound where a take is picked: it stays off, unless it was named on purpose, and that is said.

A take of sound lies on a track of its own. Switched on, it plays together with the original's sound; only an editor
knows what else is mixed there, so the two are switched by hand.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import CutError
from ..readback import TakeInCut, over


def is_sound(take: TakeInCut) -> bool:
    """Whether it is a take of sound."""
    return take.clip.kind == "Audio"


def meant(named: list[TakeInCut], word: str, every: Iterable[TakeInCut]) -> list[TakeInCut]:
    """Of the takes that go by ``word`` those that are meant: a sound only by its name, or where there is nothing else.

    Raises ``CutError`` where a number is that of a sound, and the picture of the same retake has another.
    """
    if word.endswith(".wav"):
        return named
    pictures = [take for take in named if not is_sound(take)]
    if pictures or not word.startswith(("v", "retake.")):
        return pictures or named
    every = list(every)
    for sound in named:
        picture = next((take for take in over(every, sound.clip) if not is_sound(take) and _sounds(take, sound)), None)
        if picture is not None:
            raise CutError(
                f"{sound.label} is the sound of a retake whose picture is {picture.label}{_order(sound)}",
                where=f"{sound.clip.track_name}: {_file(sound)}",
                fix=f"name {picture.label} for the picture, or {_file(sound)} for its sound",
            )
    return named


def said_of_sound(chosen: TakeInCut | None, there: Iterable[TakeInCut]) -> list[str]:
    """What to know of the sound among the takes ``there``, where one of them is picked, or the original (None)."""
    sounds = [take for take in there if is_sound(take)]
    if chosen is not None and is_sound(chosen):
        return [f"{_file(chosen)}: it is switched on, and the clip's own sound plays with it: switch that off by hand"]
    words = []
    for sound in sounds:
        own = chosen is not None and _sounds(chosen, sound)
        if own and chosen is not None:
            of = f"{_file(sound)} ({sound.label}), the sound of {chosen.label}{_order(sound)}"
            if sound.in_use:
                words.append(f"{of}: it is on; see that the clip's own is switched off")
            else:
                words.append(f"{of}: it stays off, as the original would play with it; switch them by hand")
        elif sound.in_use:
            words.append(f"{_file(sound)} ({sound.label}): this sound is still on; switch it off by hand")
    return words


def _sounds(picture: TakeInCut, sound: TakeInCut) -> bool:
    """Whether a sound is of the same results as a picture."""
    if picture.take is None or sound.take is None:
        return picture.name == sound.name
    return set(sound.take.spec.picks) <= set(picture.take.spec.picks)


def _file(sound: TakeInCut) -> str:
    return sound.take.path.name if sound.take is not None else sound.name


def _order(sound: TakeInCut) -> str:
    return f" (order {sound.take.spec.picks[0][0][:7]})" if sound.take is not None else ""
