"""A take that some cut names is in use, whatever the cut's form."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

from otio_retake.keeping import names_in_cuts
from otio_retake.ledger import Ledger
from otio_retake.project import Project
from otio_retake.takes_store import add_take
from tests.cuts.placements import take


def test_every_form_of_a_cut_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "retakes").mkdir()
    with Ledger.open(Project(tmp_path / "retakes")) as ledger:
        with ledger.write("target") as db:
            db.execute("INSERT INTO targets (id, spec, state) VALUES ('target', '{}', 'made')")
        names = []
        for version in range(1, 5):
            made = replace(take(version), path=tmp_path / "retakes" / "takes" / f"A_rtkabcdef0_v{version:03}.mov")
            add_take(ledger, made, "clip:f:mark")
            names.append(made.name)
        assert names_in_cuts(ledger) == set()
        (tmp_path / "plain.otio").write_text(f'{{"target_url": "/x/{names[0]}.mov"}}')
        with zipfile.ZipFile(tmp_path / "zipped.otioz", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("content.otio", f'{{"target_url": "media/{names[1]}.mov"}}' * 100)
        (tmp_path / "folder.otiod").mkdir()
        (tmp_path / "folder.otiod" / "content.otio").write_text(names[2])
        (tmp_path / "broken.otioz").write_text("no zip")
        assert names_in_cuts(ledger) == set(names[:3])
