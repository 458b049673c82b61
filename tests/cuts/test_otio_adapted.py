"""Clips that an adapter left without their true speed are refused, with the file to plan instead; no others are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cutting import Shelf, clip, facts, marker, plan_of, track, write

Raw = dict[str, Any]


def remapped(*parameters: Raw, on: str = "TRUE", **more: str) -> Raw:
    """The metadata that otio-fcp-adapter leaves of a clip with a Time Remap filter."""
    listed = parameters[0] if len(parameters) == 1 else list(parameters)
    return {"fcp_xml": {"filter": {"enabled": on, "effect": {"effectid": "timeremap", "parameter": listed, **more}}}}


def said(name: str, value: str) -> Raw:
    return {"parameterid": name, "value": value}


def graph(*points: tuple[str, str]) -> Raw:
    return {"parameterid": "graphdict", "keyframe": [{"when": when, "value": value} for when, value in points]}


def fixes(folder: Path, **more: Any) -> list[str]:
    cut = write(folder, track(clip("A", 20, 40, marker("RETAKE: rain", 30, 12), **more)))
    return [problem.fix for problem in plan_of(cut, Shelf(facts("A"))).blocking]


@pytest.mark.parametrize(
    "metadata",
    [
        remapped(said("speed", "200")),
        remapped(said("variablespeed", "0")),
        remapped(said("speed", "100"), said("reverse", "TRUE")),
        remapped(said("speed", "100"), said("variablespeed", "1")),
        remapped(said("speed", "100"), graph(("0", "0"), ("45", "90"))),
        {"fcp_xml": {"stillframe": "TRUE"}},
    ],
)
def test_a_speed_that_the_xml_adapter_lost_is_refused(metadata: Raw, tmp_path: Path) -> None:
    (fix,) = fixes(tmp_path, metadata=metadata)
    assert "plan the .xml itself" in fix


@pytest.mark.parametrize(
    "metadata",
    [
        {"fcp_xml": {"filter": [{"effect": {"effectid": "crop"}}, {"effect": None}]}},
        {"fcp_xml": {"filter": None}},
        remapped(said("speed", "100"), said("reverse", "FALSE"), graph(("0", "0"), ("45", "45"))),
        remapped(said("speed", "200"), on="FALSE"),
        remapped(said("speed", "200"), pproBypass="true"),
    ],
)
def test_a_clip_that_runs_straight_is_served(metadata: Raw, tmp_path: Path) -> None:
    assert fixes(tmp_path, metadata=metadata) == []


@pytest.mark.parametrize("warps", [True, False])
def test_a_retime_of_the_aaf_adapter_is_refused(warps: bool, tmp_path: Path) -> None:
    about = {"AAF": {"Operation": {"IsTimeWarp": warps}}}
    schema = "LinearTimeWarp.1" if warps else "Effect.1"
    found = fixes(tmp_path, effects=[{"OTIO_SCHEMA": schema, "time_scalar": 2.0, "metadata": about}])
    assert ["plan the .aaf itself" in fix for fix in found] == [True] * warps
