"""Options of one service alone, and models: what is taken, what is refused, and what a refusal says."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from otio_retake.capabilities import SERVICES
from otio_retake.errors import SettingsError
from otio_retake.marks import MARK_KEYS
from otio_retake.providers.parameters import (
    DOUBTFUL,
    PARAMETERS,
    RETIRED,
    FalParameters,
    LtxParameters,
    RunwareParameters,
    SegmindParameters,
    check_model,
    option_names,
    parameters_for,
)

SIGNED = "https://bucket.example/out.mp4?X-Amz-Signature=5ec2e7"


def test_every_service_has_its_options_and_defaults() -> None:
    assert set(PARAMETERS) == set(SERVICES) - {"rehearsal"}
    assert parameters_for("ltx", ()) == LtxParameters()
    assert LtxParameters().api == SegmindParameters().api == "v2"
    assert FalParameters().expires == 86_400
    assert RunwareParameters().body() == {"numberResults": 1, "includeCost": True}
    assert option_names("gmi") == option_names("somebody-elses") == frozenset()


def test_a_service_option_never_has_the_name_of_a_general_one() -> None:
    for service in PARAMETERS:
        assert not option_names(service) & set(MARK_KEYS)
        assert all(name == name.lower() for name in option_names(service))


@pytest.mark.parametrize(
    ("service", "typed", "name", "value"),
    [
        ("ltx", ("resolution", "1080x1920"), "resolution", "1080x1920"),
        ("ltx", ("api", "V1"), "api", "v1"),
        ("fal", ("priority", "Low"), "priority", "low"),
        ("fal", ("start_timeout", "30"), "start_timeout", 30),
        ("fal", ("expires", "7200"), "expires", 7200),
        ("segmind", ("api", "v1"), "api", "v1"),
        ("runware", ("output_format", "mov"), "output_format", "MOV"),
        ("runware", ("output_quality", "99"), "output_quality", 99),
        ("runware", ("ttl", "60"), "ttl", 60),
        ("runware", ("number_results", "4"), "number_results", 4),
        ("runware", ("safety", "fast"), "safety", "fast"),
        ("runware", ("include_cost", "No"), "include_cost", False),
    ],
)
def test_options_are_read_as_they_are_typed(service: str, typed: tuple[str, str], name: str, value: object) -> None:
    assert getattr(parameters_for(service, [typed]), name) == value


@pytest.mark.parametrize(
    ("service", "option"),
    [
        ("ltx", ("resolution", "1280x720")),
        ("ltx", ("api", "v3")),
        ("fal", ("priority", "high")),
        ("fal", ("start_timeout", "1")),
        ("fal", ("expires", "0")),
        ("fal", ("webhook", "http://studio.example/done")),
        ("runware", ("output_format", "GIF")),
        ("runware", ("output_quality", "19")),
        ("runware", ("output_quality", "100")),
        ("runware", ("output_quality", "best")),
        ("runware", ("ttl", "59")),
        ("runware", ("number_results", "0")),
        ("runware", ("number_results", "5")),
        ("runware", ("safety", "on")),
        ("runware", ("upload_endpoint", "file:///etc/passwd")),
        ("gmi", ("resolution", "1920x1080")),
    ],
)
def test_a_wrong_option_says_what_where_and_what_to_do(service: str, option: tuple[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        parameters_for(service, [option])
    assert option[0] in caught.value.what
    assert service in caught.value.where
    assert option[0] in caught.value.where
    assert caught.value.fix


@pytest.mark.parametrize(
    ("service", "option", "near"),
    [
        ("ltx", ("resolutoin", "1920x1080"), "resolution="),
        ("ltx", ("resolution", "1920x1800"), "resolution=1920x1080"),
        ("fal", ("expire", "7200"), "expires="),
        ("fal", ("priority", "lo"), "priority=low"),
        ("runware", ("outputquality", "90"), "output_quality="),
        ("runware", ("output_format", "mp3"), "output_format=MP4"),
        ("runwar", ("ttl", "60"), "runware"),
    ],
)
def test_a_slip_is_met_with_the_nearest_right_word(service: str, option: tuple[str, str], near: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parameters_for(service, [option])
    assert near in caught.value.fix


def test_an_option_may_not_be_written_twice_and_differently() -> None:
    assert parameters_for("ltx", [("api", "v1"), ("api", "v1")]) == LtxParameters(api="v1")
    with pytest.raises(SettingsError, match="twice"):
        parameters_for("ltx", [("api", "v1"), ("api", "v2")])


def test_runware_takes_its_own_names_on_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESULT_ADDRESS", SIGNED)
    typed = [
        ("output_format", "mov"),
        ("output_quality", "80"),
        ("safety", "full"),
        ("webhook_url", "https://studio.example/done"),
        ("upload_endpoint", "env:RESULT_ADDRESS"),
    ]
    assert parameters_for("runware", typed).body() == {
        "outputFormat": "MOV",
        "outputQuality": 80,
        "numberResults": 1,
        "safety": {"checkContent": True, "mode": "full"},
        "webhookURL": "https://studio.example/done",
        "uploadEndpoint": SIGNED,
        "includeCost": True,
    }
    assert parameters_for("runware", [("safety", "none")]).body()["safety"] == {"checkContent": False, "mode": "none"}


@pytest.mark.parametrize(("service", "name"), [("fal", "webhook"), ("runware", "upload_endpoint")])
def test_a_signed_address_stays_out_of_cuts_and_of_everything_printed(
    service: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for written in (SIGNED, "https://me:5ec2e7@studio.example/", "https://studio.example/ 5ec2e7"):
        with pytest.raises(SettingsError) as caught:
            parameters_for(service, [(name, written)])
        assert "5ec2e7" not in f"{caught.value} {caught.value!r} {caught.value.__context__!r}"
    monkeypatch.setenv("RESULT_ADDRESS", SIGNED)
    made = parameters_for(service, [(name, "env:RESULT_ADDRESS")])
    assert "5ec2e7" not in f"{made} {made!r} {made.model_dump()} {made.model_dump_json()}"
    assert getattr(made, name).get_secret_value() == SIGNED
    monkeypatch.delenv("RESULT_ADDRESS")
    with pytest.raises(SettingsError, match="RESULT_ADDRESS"):
        parameters_for(service, [(name, "env:RESULT_ADDRESS")])


def test_options_are_known_without_a_network() -> None:
    code = "import sys, otio_retake.providers.parameters; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, env=dict(os.environ)).returncode == 0


# --- models ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", sorted(PARAMETERS))
def test_the_default_model_of_a_service_can_be_ordered(service: str) -> None:
    assert check_model(service, SERVICES[service].model) == DOUBTFUL.get(service, {}).get(SERVICES[service].model, "")


@pytest.mark.parametrize(
    ("service", "model", "word"),
    [
        *((service, model, model) for service, models in RETIRED.items() for model in models),
        ("ltx", "ltx-2-5-pro", "2.5"),
        ("ltx", "ltx-2-3-fast", "fast"),
        ("ltx", "ltx-9", "ltx-9"),
        ("fal", "retake", "retake"),
        ("fal", "fal-ai/../../keys", "keys"),
        ("fal", "fal-ai/ltx?x=1", "ltx"),
        ("segmind", "../v1/get-user-credits", "credits"),
        ("runware", "lightricks", "lightricks"),
    ],
)
def test_a_model_that_cannot_retake_is_refused_with_the_reason(service: str, model: str, word: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_model(service, model)
    assert word in caught.value.what
    assert service in caught.value.where
    assert caught.value.fix


def test_a_model_that_may_be_gone_comes_with_a_warning() -> None:
    assert "ltx-2.3" in check_model("fal", "fal-ai/ltx-2/retake-video")
    assert check_model("fal", "fal-ai/ltx-2.3/retake-video") == ""
    assert check_model("somebody-elses", "anything") == ""
