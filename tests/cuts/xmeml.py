"""Makes cuts in FCP 7 XML for tests, from a few words for each clip."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

from otio_retake.cuts import Cut, open_cut
from otio_retake.rates import NTSC, nominal, timecode

SAMPLE = Path(__file__).resolve().parents[2] / "sample_timelines" / "premiere_2997df.xml"
TICKS = 254_016_000_000


def rate(value: Fraction | int) -> str:
    base = nominal(Fraction(value))
    ntsc = "TRUE" if value == base * NTSC else "FALSE"
    return f"<rate><timebase>{base}</timebase><ntsc>{ntsc}</ntsc></rate>"


def label(frame: int, value: Fraction | int, *, drop: bool = False) -> str:
    said = timecode(frame, Fraction(value), drop=drop)
    kind = "DF" if drop else "NDF"
    return (
        f"<timecode>{rate(value)}<string>{said}</string><frame>{frame}</frame><displayformat>{kind}</displayformat>"
        "</timecode>"
    )


def file(
    name: str, start: int = 0, frames: int = 240, value: Fraction | int = 24, url: str = "", drop: bool = False
) -> str:
    url = url or f"file://localhost/media/{name}.mov"
    return (
        f'<file id="file-{name}"><name>{name}.mov</name><pathurl>{url}</pathurl>{rate(value)}'
        f"<duration>{frames}</duration>{label(start, value, drop=drop)}<media><video><samplecharacteristics>"
        "<width>1920</width><height>1080</height></samplecharacteristics></video></media></file>"
    )


def marker(text: str, first: int, end: int = -1, note: str = "", colour: int | None = None) -> str:
    said = f"<pproColor>{colour}</pproColor>" if colour is not None else ""
    return f"<marker><comment>{note}</comment><name>{text}</name><in>{first}</in><out>{end}</out>{said}</marker>"


def parameter(name: str, value: object, inside: str = "") -> str:
    return f"<parameter><parameterid>{name}</parameterid><name>{name}</name><value>{value}</value>{inside}</parameter>"


def key(when: object, value: object, flag: str = "") -> str:
    flags = f"<speedvirtualkf>TRUE</speedvirtualkf><{flag}>TRUE</{flag}>" if flag else ""
    return f"<keyframe><when>{when}</when><value>{value}</value>{flags}</keyframe>"


def effect(ident: str, *parameters: str, head: str = "") -> str:
    return (
        f"<filter>{head}<effect><name>{ident}</name><effectid>{ident}</effectid>{''.join(parameters)}</effect></filter>"
    )


def speed(percent: object, *more: str) -> str:
    return effect("timeremap", parameter("speed", percent), *more)


def clip(
    name: str,
    start: int,
    end: int,
    first: object,
    last: object,
    *inside: str,
    media: str | None = None,
    unit: Fraction | int = 24,
    ident: str = "",
    links: tuple[str, ...] = (),
    enabled: str = "TRUE",
    ticks: int | None = None,
) -> str:
    linked = "".join(f"<link><linkclipref>{other}</linkclipref></link>" for other in links)
    exact = f"<pproTicksIn>{ticks}</pproTicksIn>" if ticks is not None else ""
    media = f'<file id="file-{name}"/>' if media is None else media
    return (
        f'<clipitem id="{ident or name}"><name>{name}</name><enabled>{enabled}</enabled><duration>240</duration>'
        f"{rate(unit)}<start>{start}</start><end>{end}</end><in>{first}</in><out>{last}</out>{exact}{media}"
        f"{''.join(inside)}{linked}</clipitem>\n"
    )


def dissolve(start: int, end: int, alignment: str = "center") -> str:
    return (
        f"<transitionitem><start>{start}</start><end>{end}</end><alignment>{alignment}</alignment></transitionitem>\n"
    )


def track(*items: str, enabled: str = "TRUE", name: str = "") -> str:
    said = f' MZ.TrackName="{name}"' if name else ""
    return f"<track{said}>\n{''.join(items)}<enabled>{enabled}</enabled><locked>FALSE</locked></track>\n"


def sequence(
    *video: str,
    audio: tuple[str, ...] = (),
    markers: str = "",
    value: Fraction | int = 24,
    start: int = 0,
    drop: bool = False,
    name: str = "cut",
    more: str = "",
) -> str:
    return (
        f'<sequence id="s-{name}"><name>{name}</name>{rate(value)}{more}<media><video>\n{"".join(video)}</video>\n'
        f"<audio>\n{''.join(audio)}</audio></media>{label(start, value, drop=drop)}{markers}</sequence>\n"
    )


def document(*inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n<xmeml version="5">\n{"".join(inside)}</xmeml>\n'


def write(folder: Path, *sequences: str, name: str = "cut.xml") -> Cut:
    path = folder / name
    path.write_bytes(document(*sequences).encode())
    return open_cut(path)


def sample(folder: Path) -> Cut:
    """The project's own sample, in a folder that may be written to."""
    return open_cut(Path(shutil.copy(SAMPLE, folder)))


def again(cut: Cut, content: bytes, name: str = "again.xml") -> Cut:
    """A document opened as an editor's next export would be."""
    path = cut.path.with_name(name)
    path.write_bytes(content)
    return open_cut(path)
