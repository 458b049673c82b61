"""Pulls at an address of the user's own: a bucket, or whatever a command says."""

from __future__ import annotations

import json
import logging
import os
import shlex
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import keyring
import pytest
from keyring.backends.null import Keyring as NoKeyring

from otio_retake.errors import RetakeError, ServiceError, ServiceTrouble, SettingsError
from otio_retake.providers import user_command
from otio_retake.providers.uploader import Uploader, attempt_in, check_uploader, configured, made_at, new_name, uploader
from tests.providers.bucket import IDENT, SECRET, Bucket
from tests.providers.loopback import nobody

TOKEN = "0b9f3c1e-1111-4222-8333-444455556666"


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("UPLOADER", "S3_BUCKET", "S3_ENDPOINT", "S3_PREFIX", "S3_REGION"):
        monkeypatch.delenv(f"OTIO_RETAKE_{name}", raising=False)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "REGION", "DEFAULT_REGION"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def pull(tmp_path: Path) -> Path:
    path = tmp_path / "Client Secret Project.mp4"
    path.write_bytes(bytes(range(256)) * 500)
    return path


def quiet(done: int, total: int | None) -> None:
    pass


def three_parts(error: RetakeError) -> None:
    assert error.what
    assert error.where
    assert error.fix


class TestBucket:
    @pytest.fixture
    def bucket(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
        with Bucket(region="eu-north-7") as made:
            monkeypatch.setenv("OTIO_RETAKE_S3_ENDPOINT", made.url)
            monkeypatch.setenv("OTIO_RETAKE_S3_BUCKET", "dailies")
            monkeypatch.setenv("OTIO_RETAKE_S3_PREFIX", "/for retakes/")
            monkeypatch.setenv("OTIO_RETAKE_S3_REGION", "eu-north-7")
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", IDENT)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
            yield made

    @pytest.fixture
    def there(self, bucket: Bucket) -> Uploader:
        return uploader("acme", local=True)

    def test_a_pull_is_there_for_whoever_has_the_link(self, bucket, there, pull):
        heard: list[tuple[int, int | None]] = []
        name = there.put(pull, lambda *p: heard.append(p))
        assert httpx.get(there.link(name, TOKEN), trust_env=False).content == pull.read_bytes()
        assert heard[-1] == (128_000, 128_000)
        assert configured() == "s3"

    def test_nothing_of_the_client_is_in_what_is_sent(self, bucket, there, pull):
        names = {there.put(pull, quiet) for _ in range(3)}
        assert len(names) == 3
        assert all(name.startswith("for retakes/") for name in names)
        said = str(bucket.asked)
        assert "Client" not in said
        assert "Secret Project" not in said

    def test_a_link_says_which_attempt_it_is_for_and_lasts_an_hour_at_least(self, there, pull):
        parts = urlsplit(there.link(there.put(pull, quiet), TOKEN))
        assert attempt_in(parts.query) == TOKEN
        assert int(parse_qs(parts.query)["X-Amz-Expires"][0]) >= 3600

    def test_a_link_without_its_signature_is_worth_nothing(self, there, pull):
        link = there.link(there.put(pull, quiet), TOKEN)
        assert httpx.get(link.replace(TOKEN, "another"), trust_env=False).status_code == 403

    def test_a_pull_can_be_deleted(self, bucket, there, pull):
        name = there.put(pull, quiet)
        there.forget(name)
        assert bucket.objects == {}

    def test_keys_that_may_not_delete_are_no_trouble(self, bucket, there, pull):
        bucket.may_delete = False
        name = there.put(pull, quiet)
        there.forget(name)
        assert len(bucket.objects) == 1

    def test_a_bucket_that_is_gone_is_no_trouble_when_deleting(self, monkeypatch, bucket):
        monkeypatch.setenv("OTIO_RETAKE_S3_ENDPOINT", nobody())
        uploader("acme", local=True).forget(new_name())

    def test_an_endpoint_may_be_a_buckets_own(self, monkeypatch, bucket, pull):
        monkeypatch.delenv("OTIO_RETAKE_S3_BUCKET")
        there = uploader("acme", local=True)
        there.put(pull, quiet)
        assert [path.split("/")[1] for path in bucket.objects] == ["for%20retakes"]

    def test_a_region_may_come_from_the_usual_variable(self, monkeypatch, bucket, pull):
        monkeypatch.delenv("OTIO_RETAKE_S3_REGION")
        monkeypatch.setenv("AWS_REGION", "eu-north-7")
        uploader("acme", local=True).put(pull, quiet)
        assert len(bucket.objects) == 1

    def test_keys_of_a_session_come_with_its_token(self, monkeypatch, there, pull):
        monkeypatch.setenv("AWS_SESSION_TOKEN", "for-an-hour")
        query = parse_qs(urlsplit(there.link(there.put(pull, quiet), TOKEN)).query)
        assert query["X-Amz-Security-Token"] == ["for-an-hour"]

    def test_no_signature_is_logged(self, there, pull, caplog):
        caplog.set_level(logging.DEBUG)
        link = there.link(there.put(pull, quiet), TOKEN)
        signature = parse_qs(urlsplit(link).query)["X-Amz-Signature"][0]
        assert signature not in caplog.text
        assert "X-Amz" not in caplog.text
        assert SECRET not in repr(there)

    def test_wrong_keys_are_said_and_not_shown(self, monkeypatch, there, pull):
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret-key")
        with pytest.raises(ServiceError) as raised:
            there.put(pull, quiet)
        three_parts(raised.value)
        assert "another-secret-key" not in str(raised.value)
        assert IDENT not in str(raised.value)

    def test_missing_keys_are_named(self, monkeypatch, there, pull):
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        with pytest.raises(SettingsError) as raised:
            there.put(pull, quiet)
        three_parts(raised.value)
        assert "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in raised.value.fix

    def test_footage_goes_over_tls(self, monkeypatch, bucket):
        monkeypatch.setenv("OTIO_RETAKE_S3_ENDPOINT", "http://storage.lan:9000")
        with pytest.raises(SettingsError) as raised:
            uploader("acme", local=True)
        three_parts(raised.value)

    def test_a_service_on_the_open_net_is_not_sent_to_this_machine(self, bucket, pull):
        there = uploader("acme", local=False)
        name = there.put(pull, quiet)
        with pytest.raises(SettingsError) as raised:
            there.link(name, TOKEN)
        three_parts(raised.value)

    def test_without_botocore_it_is_said_what_to_install(self, monkeypatch, bucket):
        monkeypatch.setitem(sys.modules, "botocore.auth", None)
        with pytest.raises(SettingsError) as raised:
            uploader("acme", local=True)
        three_parts(raised.value)
        assert "otio-retake[s3]" in raised.value.fix


WRITES = """
import json, sys
name, base = sys.argv[1], sys.argv[2]
link = f"{base}/box/{name}?X-Amz-Signature=sesame"
print(json.dumps({"put": link, "get": link, "headers": {"X-Goog-Acl": "private"}}))
"""


class TestCommand:
    @pytest.fixture
    def command(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        def write(script: str, *more: str) -> None:
            path = tmp_path / "up loader.py"
            path.write_text(script)
            words = [sys.executable, str(path), "{name}", *more]
            monkeypatch.setenv("OTIO_RETAKE_UPLOADER", shlex.join(words))

        return write

    def test_a_pull_goes_where_the_command_says(self, command, pull):
        with Bucket() as bucket:
            bucket.is_signed = lambda method, target, headers: "sesame" in target
            command(WRITES, bucket.url)
            there = uploader("acme", local=True)
            name = there.put(pull, quiet)
            assert list(bucket.objects) == [f"/box/{name}"]
            assert httpx.get(there.link(name, TOKEN), trust_env=False).content == pull.read_bytes()
            there.forget(name)
            assert len(bucket.objects) == 1
        method, _, headers = bucket.asked[0]
        assert (method, headers["x-goog-acl"], headers["content-length"]) == ("PUT", "private", "128000")
        assert "Client" not in str(bucket.asked)
        assert configured() == "command"

    def test_there_is_no_shell(self, command, tmp_path, pull):
        script = """
import json, sys
link = "http://127.0.0.1:1/" + sys.argv[1]
assert sys.argv[2] == "; touch x $(touch y)"
print(json.dumps({"put": link, "get": link}))
"""
        command(script, "; touch x $(touch y)")
        there = uploader("acme", local=True)
        assert there.link(new_name(), TOKEN).startswith("http://127.0.0.1:1/")
        assert not list(tmp_path.glob("[xy]"))

    @pytest.mark.parametrize(
        "script",
        [
            "print('sesame-open')",
            'print(\'{"put": "sesame-open"}\')',
            'print(\'{"put": 1, "get": "sesame-open"}\')',
            "print('sesame-open' * 100_000)",
            "import sys; print('sesame-open'); sys.exit(3)",
            "import sys; sys.exit('sesame-open')",
            "pass",
        ],
        ids=["no json", "half", "other kinds", "too much", "failed", "failed loudly", "nothing"],
    )
    def test_what_goes_wrong_is_said_without_what_was_printed(self, command, pull, script, caplog, capfd):
        caplog.set_level(logging.DEBUG)
        command(script)
        with pytest.raises(SettingsError) as raised:
            uploader("acme", local=True).put(pull, quiet)
        three_parts(raised.value)
        said = f"{raised.value} {raised.value!r} {raised.value.__cause__} {caplog.text} {capfd.readouterr()}"
        assert "sesame" not in said

    def test_addresses_hide_in_a_repr(self):
        made = user_command.Addresses(put="https://x/?sesame", get="https://x/?sesame", headers={"a": "sesame"})
        assert "sesame" not in repr(made) + str(made)

    def test_a_command_that_hangs_is_ended_with_all_that_it_started(self, tmp_path):
        alive = tmp_path / "alive"
        inner = f"import time\nwhile True:\n  open({str(alive)!r}, 'a').write('x'); time.sleep(0.02)"
        outer = tmp_path / "hangs.py"
        outer.write_text(f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {inner!r}])")
        began = time.monotonic()
        with pytest.raises(ServiceTrouble) as raised:
            user_command.ask(shlex.join([sys.executable, str(outer), "{name}"]), "a.mp4", seconds=1.0)
        three_parts(raised.value)
        assert time.monotonic() - began < 5
        time.sleep(0.1)
        size = alive.stat().st_size
        time.sleep(0.2)
        assert alive.stat().st_size == size > 0

    @pytest.mark.skipif(os.name != "posix", reason="sessions")
    def test_what_a_command_leaves_running_is_not_waited_for(self, tmp_path):
        """A program of a session of its own has standard output, too, as those have that share a connection."""
        said = json.dumps({"put": "https://x.example/p", "get": "https://x.example/g"})
        starts = tmp_path / "starts.py"
        starts.write_text(
            "import subprocess, sys\n"
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(8)'], start_new_session=True)\n"
            f"print({said!r})\n"
        )
        began = time.monotonic()
        found = user_command.ask(shlex.join([sys.executable, str(starts), "{name}"]), "a.mp4", seconds=6)
        assert found.put == "https://x.example/p"
        assert time.monotonic() - began < 6

    @pytest.mark.parametrize("command", ["uploader", "uploader 'a", "{name}", "/nowhere/at/all {name}"])
    def test_a_command_that_cannot_be_run_is_a_setting_to_mend(self, monkeypatch, pull, command):
        monkeypatch.setenv("OTIO_RETAKE_UPLOADER", command)
        with pytest.raises(SettingsError) as raised:
            uploader("acme", local=True).put(pull, quiet)
        three_parts(raised.value)

    @pytest.mark.parametrize("link", ["https://x.example/pull", "http://x.example/{}", "https://10.0.0.1/{}", "{}"])
    def test_an_address_that_would_not_do_is_refused(self, command, link):
        said = json.dumps({"put": "https://x.example/p", "get": link.replace("{}", "NAME")})
        command(f"import sys; print({said!r}.replace('NAME', sys.argv[1]))")
        with pytest.raises(SettingsError) as raised:
            uploader("acme", local=False).link(new_name(), TOKEN)
        three_parts(raised.value)

    def test_footage_goes_over_tls(self, command, pull):
        said = json.dumps({"put": "http://x.example/p", "get": "https://x.example/NAME"})
        command(f"import sys; print({said!r}.replace('NAME', sys.argv[1]))")
        with pytest.raises(SettingsError):
            uploader("acme", local=False).put(pull, quiet)


def test_without_an_uploader_it_is_said_how_to_have_one():
    with pytest.raises(SettingsError) as raised:
        uploader("acme", local=False)
    three_parts(raised.value)
    assert "OTIO_RETAKE_S3_BUCKET" in raised.value.fix
    assert configured() == ""


def test_two_uploaders_are_one_too_many(monkeypatch):
    monkeypatch.setenv("OTIO_RETAKE_UPLOADER", "up {name}")
    monkeypatch.setenv("OTIO_RETAKE_S3_BUCKET", "dailies")
    with pytest.raises(SettingsError) as raised:
        uploader("acme", local=False)
    three_parts(raised.value)


def test_a_name_tells_when_it_was_made_and_nothing_else():
    name = new_name()
    assert abs((made_at(f"some/folder/{name}") or 0) - time.time()) < 5
    assert made_at("A001C003.mp4") is None
    assert name != new_name()


class TestWhatIsSaidBeforeAnythingIsDone:
    """A service that reads pulls from an address is of no use without a way to bring them to one."""

    def test_nothing_to_bring_them_with(self):
        from otio_retake.providers.gmi import Gmi

        gmi = Gmi()
        with pytest.raises(SettingsError) as raised:
            gmi.check_ready()
        three_parts(raised.value)
        assert "OTIO_RETAKE_S3_BUCKET" in gmi.uploads

    def test_a_bucket_needs_its_key_too(self, monkeypatch):
        monkeypatch.setenv("OTIO_RETAKE_S3_BUCKET", "dailies")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "S3_API_KEY"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(SettingsError) as raised:
            check_uploader("gmi", local=False)
        assert "AWS_ACCESS_KEY_ID" in raised.value.fix
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sesame")
        check_uploader("gmi", local=False)

    def test_the_lists_show_it(self, monkeypatch):
        from typer.testing import CliRunner

        from otio_retake.cli import app

        monkeypatch.setenv("OTIO_RETAKE_UPLOADER", "up {name}")
        runner = CliRunner()
        assert "OTIO_RETAKE_UPLOADER" in runner.invoke(app, ["providers"]).output
        listed = runner.invoke(app, ["keys", "list"]).output
        assert "s3" in listed
        assert "AWS_ACCESS_KEY_ID" in listed
