"""What stands in a result's place when it is to be refused."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from otio_retake.simulator import Simulator

from .talk import Talk

Talks = Callable[[str], Talk]


def _linked(talk: Talk, clip: Path, fault: str) -> str:
    ident = talk.ordered(clip, f"rain [{fault}]")
    assert talk.ended(ident) == "ready"
    return talk.link(ident)


def test_files_that_are_none(talk: Talk, clip: Path, canned: Path) -> None:
    whole = canned.read_bytes()
    got = {name: talk.bare.get(_linked(talk, clip, name)) for name in ("truncated", "empty", "wrong-type")}
    assert got["truncated"].content == whole[: len(whole) // 2]
    assert got["empty"].content == b""
    assert got["wrong-type"].headers["content-type"].startswith("text/html")
    assert {answer.status_code for answer in got.values()} == {200}


def test_a_connection_that_is_dropped_half_way_is_whole_the_next_time(talk: Talk, clip: Path, canned: Path) -> None:
    link = _linked(talk, clip, "wrong-length")
    with talk.bare.stream("GET", link) as answer:
        assert int(answer.headers["content-length"]) == canned.stat().st_size
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()
    assert talk.bare.get(link).content == canned.read_bytes()


@pytest.mark.parametrize(
    ("name", "status", "later"),
    [("result-503", 503, 200), ("result-404", 404, 404), ("result-403", 403, 403), ("expired", 404, 404)],
)
def test_links_that_lead_nowhere(name: str, status: int, later: int, talks: Talks, clip: Path) -> None:
    gmi = talks("gmi")
    if name == "expired":
        ident = gmi.ordered(clip, "rain [expired]")
        assert gmi.ended(ident) == "gone"
        link = f"{gmi.base}/results/{ident}/0.mp4"
    else:
        link = _linked(gmi, clip, name)
    assert [gmi.bare.get(link).status_code for _ in range(2)] == [status, later]


def test_links_that_must_not_be_followed(talk: Talk, clip: Path) -> None:
    assert _linked(talk, clip, "file-url").startswith("file:")
    assert "//10." in _linked(talk, clip, "private-url")
    away = talk.bare.get(_linked(talk, clip, "redirect-private"))
    assert (away.status_code, httpx.URL(away.headers["location"]).host[:3]) == (302, "10.")
    link = _linked(talk, clip, "redirect-loop")
    assert talk.bare.get(link).headers["location"] == link


@pytest.mark.parametrize("name", ["oversized", "endless"])
def test_bodies_without_end(name: str, talks: Talks, clip: Path) -> None:
    fal = talks("fal")
    with fal.bare.stream("GET", _linked(fal, clip, name)) as answer:
        assert answer.headers.get("content-length") == ("5000000000" if name == "oversized" else None)
        read = 0
        for chunk in answer.iter_raw():
            read += len(chunk)
            if read > 20_000_000:
                break
    assert read > 20_000_000


def test_a_bomb_unfolds_to_a_thousand_times_its_size(talks: Talks, clip: Path) -> None:
    fal = talks("fal")
    with fal.bare.stream("GET", _linked(fal, clip, "gzip-bomb")) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        packed = b"".join(answer.iter_raw())
    assert len(packed) < 2_000_000
    assert len(gzip.decompress(packed[: len(packed) // 16])) * 16 > 10**9


def test_the_other_shape_that_is_known_of_a_service(talks: Talks, sim: Simulator, clip: Path) -> None:
    gmi, segmind = talks("gmi"), talks("segmind")
    ident = gmi.ordered(clip, "rain [other-shape]")
    gmi.ended(ident)
    assert gmi.look(ident).json()["outcome"]["media_urls"][0]["url"].startswith(sim.url)
    ident = segmind.ordered(clip, "rain [other-shape]")
    segmind.ended(ident)
    assert segmind.http.get(f"{segmind.base}/v2/requests/{ident}").json()["output"]["video_url"]
