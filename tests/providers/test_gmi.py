"""GMI Cloud: what its answers are taken to mean, and how a request is found again in the list of all."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from otio_retake.errors import OutcomeUnknown, ResultExpired, RetakeError, ServiceRefused, ServiceTrouble, SettingsError
from otio_retake.providers.absences import SAME_MACHINE
from otio_retake.providers.base import Found, Provider
from otio_retake.providers.gmi import PAGE, Gmi
from otio_retake.providers.uploader import new_name
from tests.providers.bucket import IDENT, SECRET, Bucket
from tests.providers.loopback import Answer, Server, drop, http
from tests.providers.submissions import TOKEN, submission

LIST = f"GET /api/v1/ie/requestqueue/apikey/requests?page_size={PAGE}&page="


def said(status: int = 200, body: Any = None, /, **more: Any) -> bytes:
    return http(f"{status} Said", json.dumps(more if body is None else body).encode())


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Server, Gmi]]]:
    """A provider whose service gives certain answers."""
    monkeypatch.setenv("GMI_API_KEY", "sesame-of-gmi")
    monkeypatch.delenv("GMI_ORG_ID", raising=False)
    opened: list[tuple[Server, Gmi]] = []

    def make(*answers: Answer) -> tuple[Server, Gmi]:
        server = Server(list(answers)).__enter__()
        monkeypatch.setenv("OTIO_RETAKE_GMI_URL", server.url)
        opened.append((server, Gmi()))
        return opened[-1]

    yield make
    for server, provider in opened:
        provider.close()
        server.__exit__()


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """An uploader that signs attempts."""
    with Bucket() as made:
        monkeypatch.delenv("OTIO_RETAKE_UPLOADER", raising=False)
        monkeypatch.setenv("OTIO_RETAKE_S3_ENDPOINT", made.url)
        monkeypatch.setenv("OTIO_RETAKE_S3_BUCKET", "dailies")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", IDENT)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
        yield made


@pytest.fixture
def pull(tmp_path: Path) -> Path:
    path = tmp_path / "Client.mp4"
    path.write_bytes(b"movie" * 100)
    return path


def record(
    ident: str, name: str, *, token: str = "", ago: float = 0, start: float = 2.0, **more: Any
) -> dict[str, Any]:
    query = f"?x-attempt={token}&X-Amz-Signature=0" if token else ""
    made = datetime.fromtimestamp(time.time() - ago, UTC).isoformat()
    payload = {"video_uri": f"https://s3.example/dailies/{name}{query}", "start_time": start, "duration": 3}
    return {"request_id": ident, "status": "queued", "payload": payload, "created_at": made}


def test_it_is_a_provider_that_can_be_made_without_a_key(monkeypatch):
    monkeypatch.delenv("GMI_API_KEY", raising=False)
    made = Gmi()
    assert isinstance(made, Provider)
    made.close()


class TestSubmit:
    def test_the_pull_goes_by_the_users_own_uploader(self, told, bucket, pull):
        server, provider = told(said(request_id="r-1", status="queued"))
        upload = provider.upload(pull, submission("gmi", "", pull).order, lambda *_: None)
        assert "?" not in upload.reference
        assert "Amz" not in upload.reference
        assert provider.submit(submission("gmi", upload.reference, pull)) == "r-1"
        (asked,) = server.asked
        body = json.loads(asked.body)
        link = body["payload"].pop("video_uri")
        assert body == {
            "model": "ltx-2-pro-retake",
            "payload": {"start_time": 2.0, "duration": 3.0, "mode": "replace_video", "prompt": "rain"},
        }
        assert urlsplit(link).path == f"/dailies/{upload.reference}"
        assert TOKEN in link
        assert asked.line == "POST /api/v1/ie/requestqueue/apikey/requests HTTP/1.1"
        assert asked.headers["authorization"] == "Bearer sesame-of-gmi"
        assert "x-organization-id" not in asked.headers

    def test_an_organisation_is_said_where_there_is_one(self, told, bucket, pull, monkeypatch):
        monkeypatch.setenv("GMI_ORG_ID", "studio")
        server, provider = told(said(request_id="r-1"))
        provider.submit(submission("gmi", new_name(), pull))
        assert server.asked[0].headers["x-organization-id"] == "studio"

    @pytest.mark.parametrize("body", [{"status": "success"}, {"status": "failed", "error": "rate limit"}])
    def test_an_answer_with_a_request_was_accepted(self, told, bucket, pull, body):
        _, provider = told(said(200, request_id="r-1", **body))
        assert provider.submit(submission("gmi", new_name(), pull)) == "r-1"

    @pytest.mark.parametrize(
        ("status", "kind"),
        [(400, "invalid"), (401, "auth"), (402, "funds"), (403, "auth"), (404, "model"), (429, "rate")],
    )
    @pytest.mark.parametrize("shape", [{"error": "no"}, {"error": {"message": "no"}}, {"message": "no"}])
    def test_an_error_without_a_request_is_a_refusal(self, told, bucket, pull, status, kind, shape):
        server, provider = told(said(status, shape))
        with pytest.raises(ServiceRefused) as raised:
            provider.submit(submission("gmi", new_name(), pull))
        assert raised.value.kind == kind
        assert len(server.asked) == 1

    @pytest.mark.parametrize(
        "answer",
        [
            drop,
            said(500, error="broken"),
            said(502, error="gateway"),
            said(400),
            http("401 Who", b"<html>"),
            said(200, status="queued"),
            said(200, request_id="a b\n"),
            said(302, error="elsewhere"),
        ],
    )
    def test_anything_else_leaves_the_outcome_unknown(self, told, bucket, pull, answer):
        server, provider = told(answer)
        with pytest.raises(Exception) as raised:  # noqa: PT011
            provider.submit(submission("gmi", new_name(), pull))
        assert not isinstance(raised.value, ServiceRefused)
        assert len(server.asked) == 1

    def test_what_goes_wrong_with_the_address_goes_wrong_before_anything_is_sent(self, told, bucket, pull, monkeypatch):
        server, provider = told(said(request_id="r-1"))
        monkeypatch.delenv("OTIO_RETAKE_S3_ENDPOINT")
        monkeypatch.delenv("OTIO_RETAKE_S3_BUCKET")
        for command in ("", f"{sys.executable} -c 'import sys; sys.exit(1)' {{name}}"):
            monkeypatch.setenv("OTIO_RETAKE_UPLOADER", command)
            with pytest.raises(ServiceRefused) as raised:
                provider.submit(submission("gmi", new_name(), pull))
            assert raised.value.fix
        assert server.asked == []

    def test_without_an_uploader_an_upload_says_how_to_have_one(self, told, pull, monkeypatch):
        for name in ("OTIO_RETAKE_UPLOADER", "OTIO_RETAKE_S3_BUCKET", "OTIO_RETAKE_S3_ENDPOINT"):
            monkeypatch.delenv(name, raising=False)
        _, provider = told(drop)
        with pytest.raises(SettingsError):
            provider.upload(pull, submission("gmi", "", pull).order, lambda *_: None)


class TestFind:
    def test_a_request_is_known_by_the_attempt_in_its_address(self, told, pull):
        name = new_name()
        listed = [record("another", name, token="0" * 8), record("ours", name, token=TOKEN), record("x", new_name())]
        server, provider = told(said(requests=listed))
        assert provider.find(submission("gmi", name, pull)) == Found("ours")
        assert server.asked[0].line == f"{LIST}1 HTTP/1.1"

    @pytest.mark.parametrize("wrap", [lambda r: {"requests": r}, lambda r: {"data": r}, lambda r: {"items": r}, list])
    def test_without_one_the_newest_with_the_same_pull_and_window_is_it(self, told, pull, wrap):
        name = new_name()
        listed = [record("old", name, ago=60), record("new", name), record("elsewhere", name, start=2.5)]
        _, provider = told(said(200, wrap(listed)))
        assert provider.find(submission("gmi", name, pull)) == Found("new")

    def test_a_list_without_what_was_asked_is_read_out(self, told, pull):
        name = new_name()
        bare = {"request_id": "ours", "status": "queued"}
        _, provider = told(said(requests=[bare]), said(200, record("ours", name, token=TOKEN)))
        assert provider.find(submission("gmi", name, pull)) == Found("ours")

    @pytest.mark.parametrize(
        "listed",
        [
            [record("a", new_name()), record("b", new_name(), token="x")],
            [record("before", "somebody.mp4", ago=3600)],
        ],
        ids=["others of ours", "older than the pull"],
    )
    def test_what_is_not_in_a_whole_list_twice_was_never_received(self, told, pull, listed):
        _, provider = told(said(requests=listed))
        wanted = submission("gmi", new_name(), pull)
        found = [provider.find(wanted)]
        time.sleep(SAME_MACHINE)
        found.append(provider.find(wanted))
        assert found == [None, Found(None)]

    def test_an_attempt_that_follows_under_the_same_token_is_looked_for_anew(self, told, pull):
        name = new_name()
        first = replace(submission("gmi", name, pull), began_at=time.time() - 5)
        second = replace(first, began_at=time.time())
        nothing, late = said(requests=[record("x", new_name())]), record("ours", name, token=TOKEN)
        _, provider = told(nothing, nothing, nothing, said(requests=[late]))
        found = [provider.find(first)]
        time.sleep(SAME_MACHINE)
        found += [provider.find(first), provider.find(second), provider.find(second)]
        assert found == [None, Found(None), None, Found("ours")]

    def test_an_empty_list_proves_nothing(self, told, pull):
        _, provider = told(said(requests=[]))
        with pytest.raises(OutcomeUnknown):
            provider.find(submission("gmi", new_name(), pull))

    def test_the_rest_of_a_long_list_is_read(self, told, pull):
        name = new_name()
        pages = [[record(f"{p}-{n}", new_name()) for n in range(PAGE)] for p in range(2)]
        pages[1][7] = record("ours", name, token=TOKEN)
        server, provider = told(*(said(requests=page, total=2 * PAGE) for page in pages))
        assert provider.find(submission("gmi", name, pull)) == Found("ours")
        assert [asked.line for asked in server.asked] == [f"{LIST}{n} HTTP/1.1" for n in (1, 2)]

    def test_a_long_list_that_goes_back_beyond_the_pull_is_whole(self, told, pull):
        listed = [record(str(n), new_name(), ago=n * 60) for n in range(30)]
        _, provider = told(said(requests=listed))
        assert provider.find(submission("gmi", new_name(), pull)) is None

    @pytest.mark.parametrize(
        "listed",
        [
            [record(str(n), new_name()) for n in range(20)],
            [record(str(n), new_name(), ago=3600 - n) for n in range(20)],
            [{**record(str(n), new_name()), "created_at": None} for n in range(20)],
            [record("rewritten", "mirror/0001.mp4")],
        ],
        ids=["all newer", "not in order", "without times", "the same window from elsewhere"],
    )
    def test_what_a_list_cannot_tell_is_for_a_person(self, told, pull, listed):
        _, provider = told(said(requests=listed))
        for _ in range(2):
            with pytest.raises(OutcomeUnknown) as raised:
                provider.find(submission("gmi", new_name(), pull))
            assert "resolve" in raised.value.fix
            time.sleep(SAME_MACHINE / 2)

    @pytest.mark.parametrize(
        "answer",
        [
            said(401, error="who"),
            said(200, {"x": 1}),
            said(requests=[{"request_id": "a b"}]),
            said(requests=["r-1"]),
            http("200 OK", b"<html>"),
        ],
    )
    def test_no_list_tells_nothing(self, told, pull, answer):
        _, provider = told(answer)
        with pytest.raises(RetakeError):
            provider.find(submission("gmi", new_name(), pull))


class TestPollAndFetch:
    @pytest.mark.parametrize(
        ("body", "state"),
        [
            ({"status": "queued"}, "queued"),
            ({"status": "created"}, "queued"),
            ({"status": "dispatched"}, "queued"),
            ({"status": "processing"}, "running"),
            ({"status": "cancelled"}, "cancelled"),
            ({"status": "success", "outcome": {"video_url": "https://x.example/r.mp4"}}, "ready"),
            ({"status": "success", "outcome": {"media_urls": [{"id": "0", "url": "https://x.example/r"}]}}, "ready"),
        ],
    )
    def test_states(self, told, pull, body, state):
        _, provider = told(said(request_id="r-1", **body))
        assert provider.poll("r-1", submission("gmi", new_name(), pull)).state == state

    def test_a_success_without_a_link_that_we_know_is_not_given_up(self, told, pull):
        _, provider = told(said(request_id="r-1", status="success", outcome={}))
        with pytest.raises(ServiceTrouble):
            provider.poll("r-1", submission("gmi", new_name(), pull))

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            ({"error": "Rate limit exceeded"}, "rate"),
            ({"error_message": "429 too many requests"}, "rate"),
            ({"outcome": {"fail_reason": "no GPU"}}, "provider"),
            ({"outcome": {"error": {"message": "no GPU"}}}, "provider"),
            ({}, "provider"),
        ],
    )
    def test_whether_a_failed_request_was_charged_is_not_known(self, told, pull, body, kind):
        _, provider = told(said(request_id="r-1", status="failed", **body))
        report = provider.poll("r-1", submission("gmi", new_name(), pull))
        assert (report.state, report.kind, report.charged, report.billed) == ("failed", kind, None, None)

    @pytest.mark.parametrize(
        "answer", [said(200, request_id="r-1", status="dancing"), said(401, error="who"), said(200)]
    )
    def test_what_makes_no_sense_ends_nothing(self, told, pull, answer):
        _, provider = told(answer)
        with pytest.raises(RetakeError):
            provider.poll("r-1", submission("gmi", new_name(), pull))

    def test_a_request_that_is_gone_has_expired_but_not_at_once(self, told, pull):
        _, provider = told(said(404, error="not found"))
        asking = submission("gmi", new_name(), pull)
        states = [provider.poll("r-1", asking).state]
        time.sleep(SAME_MACHINE)
        states.append(provider.poll("r-1", asking).state)
        assert states == ["running", "expired"]

    def test_a_result_is_fetched_without_a_key_and_the_pull_deleted(self, told, bucket, pull, tmp_path):
        with Server([http("200 OK", b"result")]) as files:
            outcome = {"video_url": f"{files.url}/r.mp4?sig=1", "thumbnail_image_url": f"{files.url}/no.jpg"}
            _, provider = told(said(request_id="r-1", status="success", outcome=outcome))
            upload = provider.upload(pull, submission("gmi", "", pull).order, lambda *_: None)
            assert len(bucket.objects) == 1
            asking = submission("gmi", upload.reference, pull)
            provider.fetch("r-1", 1, tmp_path / "r", asking, lambda *_: None)
        assert (tmp_path / "r").read_bytes() == b"result"
        assert "sesame" not in str(files.asked)
        assert bucket.objects == {}

    def test_an_uploader_that_is_gone_is_no_trouble_then(self, told, pull, tmp_path, monkeypatch):
        monkeypatch.delenv("OTIO_RETAKE_S3_BUCKET", raising=False)
        with Server([http("200 OK", b"result")]) as files:
            _, provider = told(said(request_id="r", status="success", outcome={"video_url": f"{files.url}/r"}))
            provider.fetch("r", 1, tmp_path / "r", submission("gmi", new_name(), pull), lambda *_: None)
        assert (tmp_path / "r").read_bytes() == b"result"

    def test_a_result_without_a_link_that_we_know_is_not_given_up(self, told, pull, tmp_path):
        _, provider = told(said(request_id="r-1", status="success", outcome={}))
        with pytest.raises(ServiceTrouble):
            provider.fetch("r-1", 1, tmp_path / "r", submission("gmi", new_name(), pull), lambda *_: None)

    def test_a_result_that_is_not_there_has_expired(self, told, pull, tmp_path):
        _, provider = told(said(404, error="gone"))
        with pytest.raises(ResultExpired):
            provider.fetch("r-1", 1, tmp_path / "r", submission("gmi", new_name(), pull), lambda *_: None)
