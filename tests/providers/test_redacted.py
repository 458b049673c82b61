"""What a service says is shown without what nobody may read, and what is plain stays plain."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest

from otio_retake.providers.answers import said

KEY = "sk/live+4f9a=77"
SIGNATURE = "deadbeefcafe"
LINK = f"https://files.example/a/b.mp4?X-Amz-Signature={SIGNATURE}&X-Amz-Credential=AKIAX"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTXV_API_KEY", KEY)


@pytest.mark.parametrize(
    "text",
    [
        f"cannot read {LINK}",
        f"SignatureDoesNotMatch: X-Amz-Signature={SIGNATURE}",
        json.dumps({"X-Amz-Signature": SIGNATURE}),
        str({"X-Amz-Signature": SIGNATURE}),
        json.dumps(json.dumps({"url": LINK, "x-goog-signature": SIGNATURE})),
        f"<SignatureProvided>{SIGNATURE}</SignatureProvided>",
        f"see {quote(LINK, safe='')}",
        f"see {quote(quote(LINK, safe=''), safe='')}",
        f"see {quote(quote(quote(LINK, safe=''), safe=''), safe='')}",
        f"https:\\/\\/files.example\\/a?sig\\u003d{SIGNATURE}",
        f"a?b=1&amp;sig={SIGNATURE}",
        f"sig={SIGNATURE} is wrong",
        f"Authorization: Bearer {SIGNATURE}",
        f"headers: {{'authorization': 'Key {SIGNATURE}'}}",
        f"bad token {SIGNATURE}{SIGNATURE}",
        f"{SIGNATURE}{'0a1b' * 13} is not what we calculated",
    ],
)
def test_no_signature_is_shown_however_it_is_written(text: str) -> None:
    shown = said("ltx", text)
    assert SIGNATURE not in shown
    assert "AKIAX" not in shown
    assert "(hidden)" in shown or "(link)" in shown


@pytest.mark.parametrize(
    "text", [KEY, f"'{KEY}'", quote(KEY, safe=""), quote(quote(KEY, safe=""), safe=""), f"Key {quote(KEY)} is bad"]
)
def test_no_key_is_shown_however_it_is_written(text: str) -> None:
    shown = said("ltx", f"nobody knows {text}")
    assert "4f9a" not in shown
    assert shown.startswith("nobody knows ")


@pytest.mark.parametrize(
    "text",
    [
        "the window must be 2 s or more (got 1.96)",
        "content policy: violence",
        "no key was given, or it is not active",
        "100% of the quota is used; try later",
        "request 3f0e8f3e-8b9a-4c1f-9d35-0a2b6c1d9e77 failed",
        "task failed: model lightricks:2@1 is not available",
        "design: too dark",
    ],
)
def test_what_is_plain_stays_so(text: str) -> None:
    assert said("ltx", text) == text


@pytest.mark.parametrize("piece", ["a", "%25", "&a", "key", "x-amz-signature", "https", "a?", "0a"])
def test_a_page_without_end_is_cut_soon(piece: str) -> None:
    began = time.monotonic()
    assert len(said("ltx", piece * 1_000_000)) <= 200
    assert time.monotonic() - began < 3
