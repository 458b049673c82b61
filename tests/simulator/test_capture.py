"""The requests that a simulator writes down: all that clients are compared by, and nothing that is secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

from otio_retake.simulator import Simulator

from .talk import Talk

Talks = Callable[[str], Talk]
KEY = "k-3f9a27c1"


def test_a_submit_is_written_down_with_the_form_of_its_authority(talk: Talk, sim: Simulator, clip: Path) -> None:
    talk.ordered(clip)
    submit = sim.requests(talk.name)[-1]
    assert submit["method"] == "POST"
    assert submit["path"].startswith(f"/{talk.name}")
    assert submit["auth"] == {"fal": "Key", "segmind": "x-api-key"}.get(talk.name, "Bearer")
    assert submit["content_type"] == "application/json"
    assert submit["status"] in (200, 202)
    body = submit["json"][0] if talk.name == "runware" else submit["json"]
    assert "rain" in json.dumps(body)


def test_nothing_secret_is_kept(talk: Talk, sim: Simulator, clip: Path) -> None:
    for name, form in (("authorization", {"fal": "Key "}.get(talk.name, "Bearer ")), ("x-api-key", "")):
        if name in talk.http.headers:
            talk.http.headers[name] = form + KEY
    ident = talk.ordered(clip)
    talk.ended(ident)
    link = talk.link(ident)
    talk.bare.get(link)
    kept = json.dumps(sim.requests())
    assert KEY not in kept
    assert base64.b64encode(clip.read_bytes()).decode()[:200] not in kept
    secret = link.partition("Signature=")[2]
    assert not secret or secret not in kept + json.dumps(sim.bill())


def test_a_key_inside_a_task_is_hidden_too(talks: Talks, sim: Simulator) -> None:
    runware = talks("runware")
    answer = runware.bare.post(runware.base, json=[{"taskType": "authentication", "apiKey": KEY}, {"taskType": "ping"}])
    assert [item["taskType"] for item in answer.json()["data"]] == ["authentication", "ping"]
    assert KEY not in json.dumps(sim.requests())


def test_an_address_to_be_told_at_is_kept_without_what_it_is_signed_with(talks: Talks, sim: Simulator) -> None:
    fal = talks("fal")
    told = f"https://user:{KEY}@studio.example/told?sig={KEY}"
    fal.http.post(f"{fal.base}/fal-ai/x", params={"fal_webhook": told}, headers={"x-told": told}, json={"url": told})
    kept = json.dumps(sim.requests("fal"))
    assert "studio.example/told" in kept
    assert KEY not in kept


def test_uploads_are_kept_as_length_and_digest(talks: Talks, sim: Simulator, clip: Path) -> None:
    import hashlib

    ltx = talks("ltx")
    ltx.upload(clip)
    put = next(record for record in sim.requests("ltx") if record["method"] == "PUT")
    content = clip.read_bytes()
    assert (put["bytes"], put["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert put["auth"] is None
    assert set(put["query"].values()) == {"(hidden)"}
