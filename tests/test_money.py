"""What is paid for, against a service on loopback that keeps its own bill."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.paid_service.desk import Desk


def mark(desk: Desk, footage: Path, *texts: str) -> None:
    """A cut of the footage with a mark of 12 frames for each text."""
    media = desk.folder / footage.name
    if not media.exists():
        shutil.copy(footage, media)
    desk.write_cut(media, [(20 + 30 * k, 8, text) for k, text in enumerate(texts)])


def test_an_order_is_paid_once_and_never_again(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    first = desk.spend()
    assert first.returncode == 0, first.stderr
    assert len(desk.bill()) == 1
    again = desk.spend()
    assert again.returncode == 0
    assert "0 to send, 1 done" in again.stdout
    assert len(desk.bill()) == 1
    assert desk.states() == ["placed"]
    shown = desk.run("plan", str(desk.cut)).stdout
    assert "video, 1 take, paid" in shown, "what was sent is shown as it was, whoever would be asked now"
    assert "73 f at 24" in shown


def test_nothing_is_sent_without_somebody_who_accepts_it(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    said = desk.run("run", str(desk.cut), "-o", str(desk.out), "--service", "paid")
    assert said.returncode == 3
    assert "nobody is here to accept" in said.stderr
    assert "to do:" in said.stderr
    unlimited = desk.run("run", str(desk.cut), "-o", str(desk.out), "--service", "paid", "--yes")
    assert unlimited.returncode == 3
    assert "--budget" in unlimited.stderr
    assert desk.requests() == []
    assert not desk.out.exists()


def test_a_plan_above_the_budget_is_refused_whole(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE x3: rain")
    said = desk.spend("paid", "0.50")
    assert said.returncode == 3
    assert "budget" in said.stderr
    assert desk.requests() == []


@pytest.mark.slow
def test_a_project_budget_stops_what_it_does_not_leave(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE x3: rain")
    (desk.folder / "retake.toml").write_text("budget_project = 0.70\n")
    said = desk.spend()
    assert said.returncode == 3
    assert len(desk.bill()) == 2, "two takes of 73 frames at 24 cost 0.3042 each"
    assert "project's budget" in said.stderr + said.stdout


@pytest.mark.parametrize("fault", ["lose answer", "unlisted"])
def test_a_lost_answer_is_looked_up_not_sent_again(desk: Desk, footage: Path, fault: str) -> None:
    mark(desk, footage, f"RETAKE: rain [{fault}]")
    said = desk.spend()
    if said.returncode:
        said = desk.spend()
    assert said.returncode == 0, said.stderr
    assert len(desk.requests()) == 1
    assert len(desk.bill()) == 1
    assert desk.states() == ["placed"]


@pytest.mark.slow
def test_a_request_that_never_came_is_sent_again_once_that_is_known(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [lose request]")
    for _ in range(3):
        said = desk.spend()
    assert said.returncode == 0, said.stdout + said.stderr
    assert len(desk.bill()) == 1
    assert desk.states() == ["placed"]


@pytest.mark.slow
def test_where_the_service_cannot_tell_a_person_must(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [lose answer]")
    said = desk.spend("blind")
    assert said.returncode == 1
    assert "unknown" in said.stdout
    assert "ledger resolve" in " ".join(said.stdout.split())
    for _ in range(2):
        assert desk.spend("blind").returncode == 1
    assert len(desk.requests()) == 1, "an unknown order was sent again"
    ((key, token),) = desk.rows("SELECT order_key, token FROM attempts")
    job = desk.job_of(token)
    assert job is not None
    resolved = desk.run("ledger", "resolve", key[:7], "--accepted", job)
    assert resolved.returncode == 0, resolved.stderr
    assert desk.spend("blind").returncode == 0
    assert len(desk.bill()) == 1
    assert desk.states() == ["placed"]


@pytest.mark.slow
def test_written_off_counts_as_spent_and_is_not_sent_again(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [lose answer]")
    desk.spend("blind")
    ((key,),) = desk.rows("SELECT key FROM orders")
    assert desk.run("ledger", "resolve", key[:7], "--written-off").returncode == 0
    desk.spend("blind")
    assert len(desk.requests()) == 1
    assert desk.rows("SELECT state, amount FROM charges") == [("settled", "0.3042")]


def test_a_refusal_releases_its_money_and_waits_for_a_person(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [refuse]")
    said = desk.spend()
    assert said.returncode == 1
    assert "no funds" in said.stdout
    assert desk.states() == ["refused"]
    assert desk.rows("SELECT state FROM charges") == [("released",)]
    assert desk.bill() == []


@pytest.mark.slow
def test_a_busy_service_is_asked_again_when_it_says(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [busy]")
    said = desk.spend()
    assert said.returncode == 0, said.stdout + said.stderr
    assert len(desk.requests()) == 2
    assert len(desk.bill()) == 1
    assert desk.rows("SELECT state FROM charges ORDER BY state") == [("released",), ("settled",)]


@pytest.mark.slow
def test_a_failed_job_that_was_charged_is_not_tried_again(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [fail]")
    assert desk.spend().returncode == 1
    assert desk.spend().returncode == 1
    assert len(desk.requests()) == 1
    assert desk.states() == ["failed"]
    shown = desk.run("plan", str(desk.cut), "--service", "paid")
    assert "0 to send, 1 failed" in shown.stdout
    assert "done" not in shown.stdout
    told = json.loads(desk.run("plan", str(desk.cut), "--service", "paid", "--json").stdout)
    assert (told["rest"], [item["status"] for item in told["items"]]) == ({"failed": 1}, ["failed"])
    assert desk.rows("SELECT state FROM charges") == [("settled",)]


@pytest.mark.slow
def test_again_is_what_buys_another(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    desk.spend()
    said = desk.spend("paid", "10", "--again")
    assert said.returncode == 0, said.stderr
    assert len(desk.bill()) == 2
    references = desk.timeline()["tracks"]["children"][0]["children"][0]["media_references"]
    assert list(references) == ["DEFAULT_MEDIA", "retake.v001", "retake.v002"]


@pytest.mark.slow
def test_again_buys_nothing_in_place_of_what_may_have_been_accepted(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [lose answer]", "RETAKE: snow")
    desk.spend("blind")
    assert sorted(desk.states()) == ["placed", "unknown"]
    said = desk.spend("blind", "10", "--again")
    words = " ".join(said.stdout.split())
    assert "1 to send" in words
    assert "one more is not ordered" in words
    assert len(desk.requests()) == 3, "one more of the other mark only"
    assert sorted(desk.states()) == ["placed", "placed", "unknown"]


@pytest.mark.slow
def test_one_more_is_asked_for_of_one_mark_by_its_place(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [fail]", "RETAKE: snow")
    told = " ".join(desk.spend().stdout.split())
    assert "--again --at 01:00:00:20" in told, "what to do names the mark"
    assert "1 to send" in desk.spend("paid", "10", "--again", "--at", "01:00:00:22").stdout
    assert len(desk.requests()) == 3
    assert desk.rows("SELECT json_extract(spec, '$.prompt') FROM orders WHERE ordinal = 2") == [("rain [fail]",)]
    every = desk.run("plan", str(desk.cut), "--service", "paid", "--again", "--at", "A001")
    assert "2 to send" in every.stdout, "a clip's name means all of its marks"


def test_a_place_without_a_mark_is_said_with_where_marks_are(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    nowhere = desk.run("plan", str(desk.cut), "--again", "--at", "B002")
    assert nowhere.returncode == 2
    assert "01:00:00:20 A001" in " ".join(nowhere.stderr.split())
    alone = desk.run("plan", str(desk.cut), "--at", "A001")
    assert alone.returncode == 2
    assert "--again" in alone.stderr


@pytest.mark.slow
def test_an_expired_result_is_said_and_settled(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [expire]")
    said = desk.spend()
    assert said.returncode == 1
    assert "expired" in said.stdout
    assert "--there" in said.stdout
    assert desk.states() == ["expired"]
    assert desk.rows("SELECT state FROM charges") == [("settled",)]


@pytest.mark.slow
def test_a_result_that_a_person_finds_at_the_service_is_asked_for_again(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [expire]")
    desk.spend()
    ((key,),) = desk.rows("SELECT key FROM orders")
    assert desk.run("ledger", "resolve", key[:7], "--refused").returncode == 2
    said = desk.run("ledger", "resolve", key[:7], "--there")
    assert said.returncode == 0, said.stderr
    assert desk.states() == ["ready"]
    assert desk.rows("SELECT state FROM charges") == [("settled",)]
    assert desk.spend().returncode == 1
    assert desk.states() == ["expired"], "the service was asked, and says so again"
    assert len(desk.requests()) == 1


@pytest.mark.slow
def test_two_results_make_two_takes_for_one_price(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [two]")
    assert desk.spend().returncode == 0
    assert len(desk.bill()) == 1
    assert len(desk.takes()) == 2


@pytest.mark.slow
def test_reads_that_fail_are_tried_again(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [flaky]")
    said = desk.spend()
    assert said.returncode == 0, said.stdout + said.stderr
    assert len(desk.requests()) == 1


@pytest.mark.slow
def test_a_movie_that_ends_early_is_kept_and_rejected(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [short]")
    said = desk.spend()
    assert said.returncode == 1
    assert "rejected" in said.stdout
    assert desk.states() == ["rejected"]
    assert list((desk.folder / "retakes" / "results").glob("*.mp4")), "a paid result is never thrown away"
    assert len(desk.requests()) == 1


@pytest.mark.slow
def test_a_web_page_in_place_of_a_movie_is_no_result(desk: Desk, footage: Path) -> None:
    """It may be there the next time: the order stays as it is, and is not sent again."""
    mark(desk, footage, "RETAKE: rain [garbage]")
    for _ in range(2):
        assert desk.spend().returncode == 1
        assert desk.states() == ["ready"]
    assert len(desk.requests()) == 1


@pytest.mark.slow
def test_one_failure_does_not_keep_the_others(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [refuse]", "RETAKE: snow")
    said = desk.spend()
    assert said.returncode == 1
    assert desk.states() == ["refused", "placed"]
    assert len(desk.takes()) == 1


@pytest.mark.slow
def test_a_trimmed_cut_orders_nothing_new(desk: Desk, footage: Path) -> None:
    media = desk.folder / footage.name
    shutil.copy(footage, media)
    desk.write_cut(media, [(0, 1, "RETAKE: rain")])
    assert desk.spend().returncode == 0
    bought = len(desk.bill())
    desk.write_cut(media, [(5, 1, "RETAKE: rain")], trim=3, name="cut-v2.otio")
    out = desk.folder / "v2-retakes.otio"
    said = desk.run(
        "run", str(desk.folder / "cut-v2.otio"), "-o", str(out), "--service", "paid", "--yes", "--budget", "10"
    )
    assert said.returncode == 0, said.stderr
    assert "0 to send, 1 done" in said.stdout
    assert len(desk.bill()) == bought
    assert "retake.v001" in out.read_text()


@pytest.mark.slow
def test_the_same_order_from_another_project_is_not_bought_twice(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    desk.spend()
    mark(desk, footage, "RETAKE: rain", "RETAKE: snow")
    other = desk.folder / "other"
    other.mkdir()
    shutil.copy(desk.cut, other / "cut.otio")

    def spend(*more: str) -> subprocess.CompletedProcess[str]:
        return desk.run(
            "run", str(other / "cut.otio"), "-o", str(other / "out.otio"), "--service", "paid", "--yes", "--budget",
            "10", "--project", str(other / "retakes"), *more,
        )  # fmt: skip

    said = spend()
    assert said.returncode == 2
    assert "another project" in " ".join(said.stdout.split())
    assert str(desk.folder / "retakes") in "".join(said.stdout.split()), "it says which"
    assert "1 to send; $0.3375" in said.stdout, "what cannot be bought is not promised"
    assert (len(desk.bill()), (other / "retakes" / "pulls").exists()) == (1, False), "nothing was made or uploaded"
    assert spend("--skip-problems").returncode == 0
    assert len(desk.bill()) == 2
    assert spend("--again", "--at", "01:00:00:20").returncode == 0
    assert len(desk.bill()) == 3, "asked for by name, another is bought"


@pytest.mark.slow
def test_an_order_is_not_bought_twice_though_its_ledger_is_gone(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    desk.spend()
    shutil.rmtree(desk.folder / "retakes")
    said = desk.spend("paid", "10", "--overwrite")
    assert said.returncode == 2
    assert "no longer knows" in " ".join(said.stdout.split())
    assert len(desk.bill()) == 1
    again = desk.spend("paid", "10", "--overwrite", "--again")
    assert len(desk.bill()) == 2, again.stdout + again.stderr
    assert len(desk.takes()) == 1


@pytest.mark.slow
def test_two_processes_on_one_folder_pay_once(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE x2: rain [slow]")
    command = [
        sys.executable, "-m", "otio_retake", "run", str(desk.cut), "--service", "paid", "--yes", "--budget", "10", "-o",
    ]  # fmt: skip
    both = [
        subprocess.Popen(
            [*command, str(desk.folder / name)], env=desk.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for name in ("one.otio", "two.otio")
    ]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len(desk.bill()) == 2
    assert len(desk.requests()) == 2
    assert len(desk.takes()) == 2
    one, two = ((desk.folder / name).read_text() for name in ("one.otio", "two.otio"))
    assert one == two


@pytest.mark.slow
def test_cancel_before_sending_costs_nothing(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    assert desk.run("pull", str(desk.cut), "--service", "paid").returncode == 0
    ((key,),) = desk.rows("SELECT key FROM orders")
    assert desk.run("ledger", "cancel", key[:7]).returncode == 0
    assert desk.states() == ["cancelled"]
    assert desk.requests() == []


@pytest.mark.slow
def test_stages_one_by_one_come_to_the_same(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    cut = str(desk.cut)
    assert desk.run("plan", cut, "--service", "paid", "--save", "list.json").returncode == 0
    assert desk.run("pull", "list.json").returncode == 0
    assert desk.states() == ["pulled"]
    unpaid = desk.run("submit", "list.json")
    assert unpaid.returncode == 3
    assert desk.requests() == []
    assert desk.run("submit", "list.json", "--yes", "--budget", "1").returncode == 0
    assert desk.states() == ["submitted"]
    assert desk.run("fetch", "list.json").returncode == 0
    assert desk.states() == ["fetched"]
    assert desk.run("verify", "list.json").returncode == 0
    assert desk.states() == ["verified"]
    assert desk.run("conform", "list.json").returncode == 0
    assert desk.states() == ["conformed"]
    said = desk.run("place", "list.json", "-o", str(desk.out))
    assert said.returncode == 0, said.stderr
    assert desk.states() == ["placed"]
    assert len(desk.bill()) == 1


@pytest.mark.slow
def test_what_was_rehearsed_is_bought_when_it_is_asked_for(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    assert desk.run("run", str(desk.cut), "-o", str(desk.out), "--yes").returncode == 0
    assert desk.requests() == []
    said = desk.spend()
    assert said.returncode == 0, said.stderr
    assert len(desk.bill()) == 1
    (clip,) = desk.timeline()["tracks"]["children"][0]["children"]
    (kept,) = [ref for key, ref in clip["media_references"].items() if key.startswith("retake.")]
    assert kept["metadata"]["otio_retake"]["orders"][0]["service"] == "paid"
    again = desk.spend()
    assert "0 to send, 1 done" in again.stdout
    assert len(desk.bill()) == 1


@pytest.mark.slow
def test_a_lists_price_is_todays(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    assert desk.run("plan", str(desk.cut), "--service", "paid", "--save", "list.json").returncode == 0
    listed = desk.folder / "list.json"
    listed.write_text(listed.read_text().replace('"0.3042"', '"0.0001"'))
    said = desk.run("submit", "list.json", "--yes", "--budget", "0.01")
    assert said.returncode == 3, said.stdout
    assert desk.requests() == []


def test_nothing_is_bought_for_an_output_that_cannot_be_written(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    desk.out.write_text("somebody's work")
    said = desk.spend()
    assert said.returncode == 2
    assert "--overwrite" in said.stderr
    assert desk.requests() == []


def test_a_refusal_says_what_the_service_says_to_do(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [refuse]")
    assert "top it up" in " ".join(desk.spend().stdout.split())


def test_ctrl_c_stops_cleanly_and_the_next_run_goes_on(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE x2: rain [slow]")
    command = [sys.executable, "-m", "otio_retake", "run", str(desk.cut), "-o", str(desk.out)]
    running = subprocess.Popen(
        [*command, "--service", "paid", "--yes", "--budget", "10"], env=desk.env, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(desk.requests()) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode in (1, 130), said
    assert "Traceback" not in said
    assert set(desk.states()) <= {"submitted", "running", "ready", "fetched", "verified"}
    assert desk.leftovers() == []
    again = desk.spend()
    assert again.returncode == 0, again.stdout + again.stderr
    assert desk.states() == ["placed", "placed"]
    assert len(desk.bill()) == len(desk.requests()) == 2


@pytest.mark.slow
def test_status_shows_what_was_estimated_and_billed(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain")
    desk.spend()
    said = desk.run("status", str(desk.cut))
    assert re.search(r"placed\s+\$0\.3042\s+\$0\.3042", said.stdout), said.stdout
    assert "today, all projects: $0.3042" in said.stdout
    assert all(len(line) <= 80 for line in said.stdout.splitlines())


SENT = (
    "SELECT json_extract(spec, '$.service'), o.state FROM orders o JOIN attempts ON order_key = key ORDER BY began_at"
)
"""Whom something was sent to, or tried to be, and how that order stands."""


@pytest.mark.slow
def test_a_rehearsal_sends_nothing_that_a_service_refused(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [refuse once]")
    assert desk.spend().returncode == 1
    said = desk.run("run", str(desk.cut), "-o", str(desk.out), "--yes")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "$0.00" in said.stdout
    assert (len(desk.requests()), desk.bill()) == (1, [])
    assert desk.rows(SENT)[0] == ("paid", "refused"), "what was refused waits as it did"


@pytest.mark.slow
def test_another_service_is_sent_what_the_plan_says_and_the_first_nothing_more(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [refuse once]")
    assert desk.spend("paid").returncode == 1
    said = desk.spend("blind")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "stands in its place" in " ".join(said.stdout.split())
    assert desk.rows(SENT) == [("paid", "superseded"), ("blind", "placed")]
    assert len(desk.bill()) == 1
    # What one service has made is done, whatever service is asked next.
    assert "0 to send, 1 done" in desk.spend("paid").stdout
    assert len(desk.bill()) == 1


@pytest.mark.slow
def test_what_was_superseded_can_be_asked_for_again(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [refuse]")
    for service in ("paid", "blind", "paid"):
        assert desk.spend(service).returncode == 1
    assert desk.rows(SENT) == [("paid", "refused"), ("blind", "superseded"), ("paid", "refused")]
    assert desk.rows("SELECT count(*) FROM orders") == [(2,)]


@pytest.mark.slow
def test_settings_that_changed_after_a_refusal_are_what_is_sent(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [refuse once]")
    assert desk.spend().returncode == 1
    (desk.folder / "retake.toml").write_text('model = "two"\nservice = "paid"\n')
    said = desk.spend()
    assert said.returncode == 0, said.stdout + said.stderr
    models = desk.rows("SELECT json_extract(spec, '$.model'), state FROM orders ORDER BY made_at")
    assert models == [("one", "superseded"), ("two", "placed")]
    assert len(desk.bill()) == 1


@pytest.mark.slow
def test_what_is_sent_late_costs_what_the_last_plan_said(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE: rain [refuse once]")
    assert desk.spend().returncode == 1
    dearer = {**desk.env, "PAID_SERVICE_PRICE": "0.20"}
    desk.env.update(dearer)
    said = desk.spend("paid", "0.40")
    assert said.returncode == 3, "0.6084 is more than the budget"
    assert len(desk.requests()) == 1
    assert desk.spend("paid", "0.70").returncode == 0
    assert desk.rows("SELECT amount FROM charges WHERE state = 'settled'") == [("0.6084",)]


@pytest.mark.slow
def test_a_list_changed_by_hand_is_checked_as_a_mark_is(desk: Desk, footage: Path) -> None:
    mark(desk, footage, "RETAKE number_results=1: rain")
    listed = desk.folder / "list.json"
    assert desk.run("plan", str(desk.cut), "--service", "runware", "--save", "list.json").returncode == 0
    text = listed.read_text()
    for changed in (text.replace("number_results", "numberResults"), text.replace('"1"', '"40"')):
        assert changed != text
        listed.write_text(changed)
        said = desk.run("submit", "list.json", "--yes", "--budget", "10")
        assert said.returncode == 2, said.stdout + said.stderr
        assert "number_results" in said.stderr
    assert not (desk.folder / "retakes" / "ledger.sqlite").exists()
