"""What is on disk: the journal that a script leaves, the exchange folder, the pointer, the core's environment."""

import io
import json
import os
import shutil
import sys
import tempfile
import unittest

from retake_in_resolve import exchange, finding, handing_over
from retake_in_resolve.journal import Journal


class InFolder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)


def added(ident):
    """What the journal is told of a take that is to be added."""
    seen = {"media": "m", "start": 0, "end": 9}
    told = {"ident": ident, "item": "i", "path": "p", "expects": {}, "had_none": True, "selected": 0}
    return dict(told, chosen=seen, original=seen)


def plan(**more):
    """An apply plan that is whole."""
    expects = {"track": ["video", 1], "start": 0, "duration": 9, "left_offset": 3, "media": "m"}
    take = {"ident": "a", "item": "i", "name": "n", "path": "/p", "track_name": "", "kind": "take", "frames": 9}
    take.update(bounds=[0, 9], record=[0, 9], expects=expects)
    told = {"otio_retake_apply": 1, "revision": 1, "rate": "24", "project": "p", "timeline": "t", "snapshot": "s"}
    return dict(dict(told, bin=["Retakes"], takes=[take], marks=[], pick={"i": "a"}), **more)


class JournalTest(InFolder):
    def test_what_was_under_way_is_known_again(self):
        journal = Journal(self.path("journal.jsonl"))
        done = journal.intend("add take", **added("a"))
        journal.came(done, "done", index=2)
        journal.intend("add take", **added("b"))
        again = Journal(self.path("journal.jsonl"))
        self.assertIsNone(again.open("add take", ident="a"))
        self.assertEqual(again.open("add take")["ident"], "b")
        self.assertEqual(again.last("add take", ident="a")["after"]["index"], 2)

    def test_a_line_that_was_cut_off_is_forgiven(self):
        path = self.path("journal.jsonl")
        Journal(path).intend("add take", **added("a"))
        with open(path, "ab") as file:
            file.write(b'{"n": 2, "what": "put abo')
        journal = Journal(path)
        self.assertEqual(len(journal.intents), 1)
        self.assertEqual(journal.broken, 0)
        number = journal.intend("mark", told={})
        again = Journal(path)
        self.assertEqual([entry["what"] for entry in again.intents], ["add take", "mark"])
        self.assertEqual(again.intents[-1]["n"], number)

    def test_single_writes_are_kept_and_are_no_intents(self):
        journal = Journal(self.path("journal.jsonl"))
        journal.written(journal.writing("AddTake", (object(), 1, 2)), True)
        again = Journal(self.path("journal.jsonl"))
        self.assertEqual(again.intents, [])
        with io.open(self.path("journal.jsonl"), encoding="utf-8") as file:
            self.assertEqual(json.loads(file.readline())["args"], ["object", 1, 2])

    def test_lines_that_are_no_entries_are_counted_and_left_out(self):
        path = self.path("journal.jsonl")
        lines = ('{"n": "x", "what": "begin"}', '{"came": "done"}', '{"n": null, "what": "mark"}', "[1]")
        lines += ('{"n": 7, "what": "add take", "at": ""}', '{"n": 8, "what": "begin", "at": "", "was": []}')
        for number, line in enumerate(lines):
            with open(path, "a") as file:
                file.write(line + "\n")
            journal = Journal(path)
            self.assertEqual((journal.intents, journal.broken), ([], number + 1))

    def test_a_name_that_is_no_text_is_written_all_the_same(self):
        journal = Journal(self.path("journal.jsonl"))
        journal.intend("mark", told={"name": "caf\udce9"})
        self.assertEqual(Journal(journal.path).last("mark")["told"], {"name": "caf?"})

    def test_the_age_of_an_entry(self):
        journal = Journal(self.path("journal.jsonl"))
        journal.intend("begin")
        self.assertLess(journal.age(journal.last("begin")), 60)
        self.assertEqual(journal.age({"at": "yesterday"}), float("inf"))


class SessionTest(InFolder):
    def test_a_session_is_private_and_found_again(self):
        session = exchange.Session.begin(self.folder)
        session.write("snapshot.rtksnap", {"name": "\u00c4\u4e2d"})
        self.assertEqual([each.folder for each in exchange.sessions(self.folder)], [session.folder])
        self.assertEqual(session.read("snapshot.rtksnap"), {"name": "\u00c4\u4e2d"})
        self.assertEqual(len(session.snapshot_digest()), 64)
        if os.name != "nt":
            self.assertEqual(os.stat(session.folder).st_mode & 0o777, 0o700)

    def test_a_plan_that_is_not_understood_is_none(self):
        session = exchange.Session.begin(self.folder)
        self.assertIsNone(session.plan())
        for told in ({"otio_retake_apply": 2, "revision": 1}, {"otio_retake_apply": 1}, []):
            session.write(exchange.PLAN, told)
            self.assertIsNone(session.plan())

    def test_a_plan_waits_until_it_has_a_report_or_is_taken_back(self):
        session = exchange.Session.begin(self.folder)
        session.write(exchange.PLAN, plan())
        self.assertEqual(session.pending()["revision"], 1)
        session.write("applied-1.json", {})
        self.assertIsNone(session.pending())
        session.write(exchange.PLAN, plan(revision=2))
        self.assertEqual(session.pending()["revision"], 2)
        session.journal().intend("revert", upto=2)
        self.assertIsNone(session.pending())

    def test_a_plan_that_is_damaged_is_not_used_and_is_told(self):
        session = exchange.Session.begin(self.folder)
        session.write("snapshot.rtksnap", {"project": {"id": "p"}, "timeline": {"id": "t", "name": "Cut"}})
        session.write(exchange.PLAN, plan())
        self.assertEqual(session.damage(), "")
        take = plan()["takes"][0]
        for name, value in (
            ("revision", float("nan")),
            ("revision", float("inf")),
            ("revision", "1"),
            ("revision", 10**400),
            ("revision", True),
            ("takes", None),
            ("takes", [None]),
            ("takes", [dict(take, bounds=["0", "9"])]),
            ("takes", [dict(take, expects=None)]),
            ("takes", [dict(take, expects=dict(take["expects"], track=["video"]))]),
            ("takes", [dict(take, path=7)]),
            ("takes", [dict(take, path="a\0b")]),
            ("takes", [dict(take, kind="other")]),
            ("timeline", None),
            ("project", 3),
            ("rate", None),
            ("bin", "Retakes"),
            ("pick", ["a"]),
            ("marks", [{"where": "item"}]),
        ):
            session.write(exchange.PLAN, plan(**{name: value}))
            self.assertIsNone(session.plan(), (name, value))
            self.assertIsNone(session.pending())
            self.assertIn(name, session.damage())
        self.assertIn("Cut", session.named())

    def test_a_snapshot_that_is_damaged_is_of_no_timeline(self):
        session = exchange.Session.begin(self.folder)
        session.write(exchange.PLAN, plan())
        for told in ({"project": None}, {"project": {"id": 3}, "timeline": []}, {}):
            session.write("snapshot.rtksnap", told)
            self.assertIn("", session.timeline())
            self.assertIn("snapshot", session.damage())
            self.assertIn("?", session.named())

    def test_one_at_a_time(self):
        with exchange.alone(self.folder), self.assertRaises(exchange.Taken), exchange.alone(self.folder):
            pass
        with exchange.alone(self.folder):
            pass


class PointerTest(InFolder):
    def put(self, told):
        with io.open(self.path("otio-retake.json"), "w", encoding="utf-8") as file:
            file.write(json.dumps(told, ensure_ascii=False) if not isinstance(told, str) else told)
        return self.path("otio-retake.json")

    def test_a_pointer_is_read(self):
        told = {"otio_retake_pointer": 1, "python": "/p\u00e4th", "package": "/a", "state": "/b"}
        self.assertEqual(finding.pointer(self.put(told))["python"], "/p\u00e4th")

    def test_a_pointer_that_is_no_pointer_is_named(self):
        for told in ("", "[]", {"otio_retake_pointer": 2}, {"otio_retake_pointer": 1, "python": "x"}):
            with self.assertRaises(finding.NotFound) as caught:
                finding.pointer(self.put(told))
            self.assertIn("resolve install", str(caught.exception))

    def test_the_menu_folders_of_each_system(self):
        mac = finding.menu_folders("darwin", {}, "/Users/e")
        self.assertEqual(mac[0][:26], "/Users/e/Library/Applicati")
        windows = finding.menu_folders("win32", {"APPDATA": "R", "PROGRAMDATA": "P"}, "h")
        self.assertIn("Support", windows[0])
        self.assertNotIn("Support", windows[1])
        self.assertIn("/opt/resolve/Fusion/Scripts/Utility", finding.menu_folders("linux", {}, "/home/e"))

    def test_the_handle_is_found_in_every_way(self):
        class Given(object):
            def GetResolve(self):
                return "from app"

            def scriptapp(self, name):
                return "from bmd" if name == "Resolve" else None

        self.assertEqual(finding.handle({"resolve": "it"}), "it")
        self.assertEqual(finding.handle({"resolve": None, "app": Given()}), "from app")
        self.assertEqual(finding.handle({"bmd": Given()}), "from bmd")
        with self.assertRaises(finding.NotFound):
            finding.handle({})


class CoreTest(InFolder):
    def test_variables_of_resolve_do_not_reach_the_core(self):
        environ = {"PATH": "p", "HOME": "h", "PYTHONHOME": "x", "PYTHONPATH": "x", "PYTHON3HOME": "x"}
        environ.update(LD_LIBRARY_PATH="x", DYLD_INSERT_LIBRARIES="x", QT_PLUGIN_PATH="x", pythonstartup="x")
        self.assertEqual(handing_over.scrubbed(environ), {"PATH": "p", "HOME": "h", "PYTHONUTF8": "1"})

    def test_the_command_of_a_session(self):
        line = handing_over.command({"python": "py"}, "folder")
        self.assertEqual(line, ["py", "-m", "otio_retake", "resolve", "session", "folder"])

    def test_what_a_command_says_is_heard(self):
        script = self.path("core.py")
        with open(script, "w") as file:
            file.write("import sys; print(sys.argv[2:]); sys.exit(3)")
        if os.name != "nt":
            core = self.path("core")
            with open(core, "w") as file:
                file.write('#!/bin/sh\nexec "%s" "%s" "$@"\n' % (sys.executable, script))
            os.chmod(core, 0o700)
            code, said = handing_over.run({"python": core}, ["resolve"], self.folder)
            self.assertEqual((code, said.strip()), (3, "['otio_retake', 'resolve']"))

    def test_this_process_is_alive(self):
        self.assertTrue(handing_over.alive(os.getpid()))


if __name__ == "__main__":
    unittest.main()
