"""The fake driven from another process, by today's Python and by the oldest that Resolve takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import fake_resolve
from tests.fake_resolve import FakeResolve, frozen, served

from .interpreters import python
from .staged import a_cut

CLIENT = Path(fake_resolve.__file__).with_name("client36.py")

LOOKS = """
import os, sys
project = resolve.GetProjectManager().GetCurrentProject()
timeline = project.GetCurrentTimeline()
item = timeline.GetItemListInTrack("video", 1)[0]
again = timeline.GetItemListInTrack("video", 1)[0]
assert item != again and item.GetUniqueId() == again.GetUniqueId() and item
assert item.GetTakeCount is None and hasattr(item, "GetTakeCount") and "GetTakesCount" in dir(item)
assert resolve.EXPORT_AAF == 0 and resolve.EXPORT_NOTHING is None
assert timeline.AddMarker(96, "Blue", "n", u"caf\\u00e9", 1, "") is True
assert timeline.GetMarkers() == {96.0: {"color": "Blue", "duration": 1.0, "note": u"caf\\u00e9", "name": "n",
                                        "customData": ""}}
assert isinstance(list(timeline.GetMarkers())[0], float)
retake = project.GetMediaPool().ImportMedia(["/take/r1.mov"])[0]
assert item.AddTake(retake, 0, 48) is True and item.GetTakesCount() == 2
assert item.GetTakeByIndex(2)["mediaPoolItem"].GetName() == "r1.mov"
assert fusion.GetResolve().GetProductName() == app.GetResolve().GetProductName()
for wrong in (lambda: item.SetProperty("ZoomX", os), lambda: item.GetTakeCount(), lambda: item.GetName(x=1)):
    try:
        wrong()
    except TypeError:
        pass
    else:
        raise AssertionError("no TypeError")
print("looked", sys.argv[1:])
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(params=["today", "3.6"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Runs a script as the menu does, without site-packages."""
    interpreter = sys.executable if request.param == "today" else python(request.param)

    def run(fake: FakeResolve, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        script = tmp_path / "script.py"
        script.write_text(text, encoding="utf-8")
        with served(fake) as server:
            command = [interpreter, "-S", "-E", "-B", str(CLIENT), str(server.port), str(script), *arguments]
            return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return run


def test_a_script_in_another_process_sees_the_same_resolve(run: Run):
    cut = a_cut()
    done = run(cut.fake, LOOKS, "one", "two")
    assert (done.stdout.strip(), done.stderr) == ("looked ['one', 'two']", "")
    assert cut.item().GetMediaPoolItem().GetName() == "r1.mov"
    assert list(cut.stage.state.markers) == [96]


def test_a_script_is_killed_and_the_resolve_goes_on(run: Run):
    cut = a_cut()
    before = frozen(cut.timeline, ["/take/"])
    cut.fake.faults.kill_after(6)
    text = LOOKS.replace("import os", "import atexit, os") + "\n"
    done = run(cut.fake, text)
    assert (done.returncode, done.stdout, done.stderr) == (137, "", "")
    assert cut.fake.log[-1].fault == "killed after"
    assert frozen(cut.timeline, ["/take/"]) == before
    again = run(cut.fake, "print(int(resolve.GetProjectManager().GetCurrentProject().GetTimelineCount()))")
    assert again.stdout.strip() == "1"


def test_a_resolve_that_vanishes_raises_or_answers_none(run: Run):
    text = "m = resolve.GetProjectManager()\n{}\nprint(m.GetCurrentProject(), m.GetCurrentProject)"
    cut = a_cut()
    cut.fake.faults.vanish_after(1, attributes=True)
    done = run(cut.fake, "m = resolve.GetProjectManager()\nprint(m.GetCurrentProject(), m.Nope)")
    assert done.stdout.strip() == "None None"
    cut.fake.come_back()
    cut.fake.faults.vanish_after(1, ConnectionResetError("gone"))
    done = run(cut.fake, text.format(""))
    assert "ConnectionResetError: gone" in done.stderr
    hanging = FakeResolve(untitled_save="hang")
    assert "TimeoutError" in run(hanging, "resolve.GetProjectManager().SaveProject()").stderr


def test_where_no_python_is_listed_no_script_runs(run: Run):
    done = run(FakeResolve("21.1 free"), "print('ran')")
    assert (done.returncode, done.stdout) == (3, "")


def test_the_way_from_outside_is_for_studio(run: Run):
    text = "import client36, sys\nprint(client36.connect(sys.argv[1], 'external')['resolve'])"
    for name, shown in [("21.0.4 free", "None"), ("21.0.4 Studio", "<Resolve at")]:
        fake = FakeResolve(name)
        with served(fake) as server:
            done = run(fake, f"import sys; sys.path.insert(0, {str(CLIENT.parent)!r})\n" + text, str(server.port))
            assert done.stdout.startswith(shown), done.stderr


def test_the_client_compiles_under_3_6():
    code = f"compile(open({str(CLIENT)!r}).read(), 'client36.py', 'exec')"
    subprocess.run([python("3.6"), "-S", "-E", "-c", code], check=True, timeout=60)
