"""The samples that are no .otio are what their scripts write, open, and name nothing of this machine."""

from __future__ import annotations

import re

import pytest

from otio_retake.cuts import open_cut
from sample_timelines.make_media import MEDIA
from sample_timelines.make_timelines import OTHER_FORMS

SAMPLES = MEDIA.parent


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_a_sample_is_what_its_script_writes_and_opens(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    assert content == OTHER_FORMS[name]().encode()
    assert not re.search(rb"/(home|root|tmp|work)/", content)
    assert open_cut(SAMPLES / name).original == content


def test_every_sample_has_its_script() -> None:
    found = {path.name for ending in ("edl", "xml", "fcpxml") for path in SAMPLES.glob(f"*.{ending}")}
    assert found == set(OTHER_FORMS)
