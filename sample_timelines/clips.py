"""The clips that the sample timelines play: what each is, before any of it is made.

Between them they have what makes media hard: long GOPs with B frames, NTSC rates, drop-frame timecode, a phone's
rotation, files without timecode, and sound that lies in a file of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from otio_retake.rates import parse_timecode

SAMPLE_RATE = 48_000

FILM = Fraction(24_000, 1001)
VIDEO = Fraction(30_000, 1001)


@dataclass(frozen=True, slots=True)
class Clip:
    """One movie. ``size`` is what a person sees; ``rotation`` is what a player turns the coded picture by.

    ``tone`` is the pitch of its sound in Hz, 0 where it has none. ``timecode`` is empty where the file has none.
    """

    file: str
    scene: str
    rate: Fraction
    frames: int
    codec: Literal["h264", "prores", "dnxhr"]
    timecode: str = ""
    reel: str = ""
    tone: int = 0
    size: tuple[int, int] = (640, 360)
    rotation: int = 0

    @property
    def start(self) -> int:
        """The frame that the timecode counts as the first; 0 where there is none."""
        return parse_timecode(self.timecode, self.rate)[0] if self.timecode else 0

    @property
    def drop(self) -> bool:
        """Whether the timecode is drop-frame."""
        return ";" in self.timecode

    @property
    def samples(self) -> int:
        """Samples of sound, at ``SAMPLE_RATE``."""
        return -(-self.frames * SAMPLE_RATE * self.rate.denominator // self.rate.numerator) if self.tone else 0


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound file of its own. ``since_midnight`` is its first sample as a broadcast wave counts it."""

    file: str
    samples: int
    since_midnight: int
    tone: int


HARBOUR = Clip("A001_C003_harbour.mp4", "harbour", Fraction(24), 192, "h264", "01:00:00:00", "A001", tone=220)
LIGHTHOUSE = Clip(
    "A002_C011_lighthouse.mov", "lighthouse", FILM, 144, "prores", "10:32:10:12", "A002R1KX", tone=165, size=(480, 270)
)
TRAIN = Clip("B003_C002_train.mp4", "train", Fraction(25), 150, "h264", tone=294)
# A label is skipped at the whole minute: 00:58:59;29 is followed by 00:59:00;02.
BALLOON = Clip(
    "C004_C001_balloon.mov", "balloon", VIDEO, 210, "dnxhr", "00:58:57;00", "C004", tone=330, size=(480, 270)
)
FISH = Clip("E006_C001_fish.mp4", "fish", Fraction(24), 120, "h264", "03:00:00:00", tone=392, size=(320, 180))
CLOCK = Clip("F007_C001_clock.mov", "clock", Fraction(24), 144, "prores", "02:00:00:00", "F007", size=(480, 270))
KITE = Clip("IMG_0042.MOV", "kite", Fraction(30), 120, "h264", tone=440, size=(288, 512), rotation=270)

CLIPS = (HARBOUR, LIGHTHOUSE, TRAIN, BALLOON, FISH, CLOCK, KITE)

CLOCK_SOUND = Recording("F007_sound.wav", 8 * SAMPLE_RATE, (2 * 3600 - 1) * SAMPLE_RATE, 110)
"""The sound of the silent clock, from a recorder that was started a second before the camera."""
