"""Writes the sample AAF, as Media Composer would export it; the same bytes each time. Needs pyaaf2.

python sample_timelines/make_aaf.py
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sample_timelines.clips import CLOCK, CLOCK_SOUND, FISH, HARBOUR, SAMPLE_RATE, Clip
from sample_timelines.editors.avid import Dissolve, Effect, Mark, Movie, Piece, write_aaf

HERE = Path(__file__).resolve().parent
NAME = "avid_24.aaf"

_VOLUME = "/Volumes/Footage/Harbour Days/"
_RATE = Fraction(24)


def make_aaf(folder: Path) -> Path:
    """A cut at 24 frames a second from 01:00:00:00, with two tracks of picture and two of sound."""
    harbour, clock, fish = (
        _movie(movie, channels) for movie, channels in ((HARBOUR, 2), (CLOCK, 0), (FISH, 2))
    )  # fmt: skip
    wave = Movie(
        CLOCK_SOUND.file,
        _url(CLOCK_SOUND.file),
        _RATE,
        CLOCK_SOUND.since_midnight * 24 // SAMPLE_RATE,
        CLOCK_SOUND.samples * 24 // SAMPLE_RATE,
        sounds=2,
        picture=False,
    )
    punched = Effect("Resize", (("AFX_SCALE_X_U", Fraction(5, 4)), ("AFX_SCALE_Y_U", Fraction(5, 4))))
    cropped = Effect("MaskImage_2", (("AFX_SCALE_Y_U", Fraction(74)),))
    pushing = (Fraction(0), Fraction(1)), (Fraction(1), Fraction(3, 2))
    push_in = Effect("Resize", (), (("AFX_SCALE_X_U", pushing), ("AFX_SCALE_Y_U", pushing)))
    picture = [
        # The dissolve takes 24 frames of both its neighbours, with the cut in its middle: at frame 72.
        Piece(84, harbour, 24, effects=(punched,)),
        Dissolve(24, 12),
        Piece(96, clock, 24, effects=(cropped,)),
        Piece(40, harbour, 96, speed=Fraction(2)),
        Piece(60, fish, 12, effects=(push_in,)),
        Piece(24, fish, 80, muted=True),
    ]
    above = [Piece(196), Piece(60, effects=(Effect("Timecode Burn-In"),))]
    # The recorder was started a second before the camera.
    sounds = [
        [Piece(72, harbour, 24, channel), Piece(84, wave, 36 + 24, channel), Piece(40), Piece(60, fish, 12, channel)]
        for channel in (0, 1)
    ]
    marks = [
        Mark(0, "music in", "Blue", "TC1"),
        Mark(24, "RETAKE: a gull lands on the mast", "Magenta", "V1", 24),
        Mark(110, "RETAKE both x2: the clock strikes and the cat looks up", "Cyan"),
        Mark(166, "RETAKE IN: the boat turns into the wind", "Magenta"),
        Mark(177, "RETAKE OUT", "Magenta"),
        Mark(204, "RETAKE: the big fish turns away from the camera", "Yellow", "V2", 30),
    ]
    path = folder / NAME
    write_aaf(path, "Harbour Days v03", _RATE, 24 * 3600, [picture, above], sounds, marks)
    return path


def _movie(movie: Clip, channels: int) -> Movie:
    return Movie(
        movie.file, _url(movie.file), movie.rate, movie.start, movie.frames, tape=movie.reel, sounds=channels,
        size=movie.size,
    )  # fmt: skip


def _url(file: str) -> str:
    return "file://" + quote(_VOLUME + file)


if __name__ == "__main__":
    print(make_aaf(HERE).name)
