"""What a stretch of a source is made of: a digest of its coded packets and when they show, whatever the file is."""

from __future__ import annotations

import hashlib
from fractions import Fraction

from av.container import InputContainer
from av.stream import Stream

from ..spans import Span
from .facts import MediaFacts
from .opening import fraction, opened, video_stream
from .sound import SoundSource

_SEEK_BACK = (0, 2, 10, 60, None)

SOUND_STEPS = 200
"""Places of a second at which packets of sound are told apart: containers round times to a thousandth."""

PICTURE_STEPS = 8
"""The same for each frame of a picture: of a variable rate, packets may lie between the frames of the grid."""


def content_of(facts: MediaFacts, span: Span, sound: SoundSource | None) -> str:
    """The digest of the packets that frames ``span`` are decoded from, and of the sound that goes with them."""
    digest = hashlib.sha256()
    picture = facts.video
    first, end = (picture.start + frame / picture.rate for frame in (span.first, span.end))
    with opened(facts.path, facts.container) as container:
        stream = video_stream(container)
        assert stream is not None
        _digest(container, stream, first, end, PICTURE_STEPS * picture.rate, digest)
    if sound is not None:
        begin = sound.offset + span.first / picture.rate
        stop = sound.offset + span.end / picture.rate
        for index in sorted({index for index, _ in sound.channels}):
            with opened(sound.facts.path, sound.facts.container) as container:
                _digest(
                    container, container.streams[index], max(begin, Fraction(0)), stop, Fraction(SOUND_STEPS), digest
                )
        digest.update(repr(sound.channels).encode())
    return digest.hexdigest()[:32]


def _digest(
    container: InputContainer, stream: Stream, first: Fraction, end: Fraction, steps: Fraction, digest: hashlib._Hash
) -> None:
    """Adds the packets from the last key packet at or before ``first`` to those shown before ``end``, in seconds.

    Each with its time after ``first``, in ``steps`` of a second: the same packets at other times are other pictures.
    """
    time_base = fraction(stream.time_base) or Fraction(1, 90_000)
    start, stop = first / time_base, end / time_base
    for back in _SEEK_BACK:
        target = stream.start_time or 0
        if back is not None:
            target = max(target, int(start - back / time_base))
        container.seek(target, stream=stream, backward=True)
        kept: list[bytes] = []
        landed = False
        for packet in container.demux(stream):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is None:
                continue
            if packet.is_keyframe and stamp <= start:
                kept, landed = [], True
            if stamp < stop:
                place = round((stamp * time_base - first) * steps)
                kept.append(hashlib.sha256(f"{place} ".encode() + bytes(packet)).digest())
            if (packet.dts if packet.dts is not None else stamp) >= stop:
                break
        if landed or back is None or target == (stream.start_time or 0):
            for part in kept:
                digest.update(part)
            return
