"""One call of Resolve: what it answers when it is busy, gone, or does not know the call."""

import unittest

from retake_in_resolve.asking import Asking, Away, Unreadable


class Thing(object):
    """Answers from a list, then its last answer for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = 0

    def Say(self, *args):
        self.calls += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    Write = Say


class Resolve(Thing):
    def GetVersion(self):
        return self.Say()


def asking(*versions):
    waited = []
    made = Asking(Resolve(*(versions or ([21, 0, 4, 5, ""],))), pause=waited.append)
    made.waited = waited
    return made


class Reads(unittest.TestCase):
    def test_an_answer_is_given_with_tidy_numbers(self):
        self.assertEqual(asking().ask(Thing({96.0: {"duration": 1.0}}), "Say"), {96: {"duration": 1}})

    def test_nothing_is_believed_when_resolve_is_awake(self):
        thing = Thing(None)
        self.assertIsNone(asking().ask(thing, "Say"))
        self.assertEqual(thing.calls, 2)

    def test_a_busy_resolve_is_asked_again(self):
        self.assertEqual(asking(None, None, [21]).ask(Thing(None, None, None, 7), "Say"), 7)

    def test_an_answer_that_comes_late_is_taken(self):
        self.assertEqual(asking().ask(Thing(None, 7), "Say"), 7)

    def test_a_resolve_that_is_gone_is_said(self):
        made = asking(None)
        with self.assertRaises(Away):
            made.ask(Thing(ConnectionError()), "Say")
        self.assertTrue(made.waited)

    def test_a_call_that_raises_answers_nothing(self):
        self.assertIsNone(asking().ask(Thing(TypeError("no")), "Say"))

    def test_an_unknown_call_answers_nothing(self):
        self.assertIsNone(asking().ask(Thing(1), "NotThere"))
        self.assertFalse(asking().has(Thing(1), "NotThere"))

    def test_what_must_be_told_is_an_error_of_its_own(self):
        with self.assertRaises(Unreadable):
            asking().must(Thing(None), "Say")
        with self.assertRaises(Unreadable):
            asking().must(None, "Say")

    def test_a_killed_script_is_killed(self):
        thing = Thing(1)
        thing.Say = None

        class Killed(object):
            def Say(self):
                raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            asking().ask(Killed(), "Say")


class Writes(unittest.TestCase):
    def test_a_write_is_made_once_when_it_is_seen(self):
        thing = Thing(False)
        self.assertTrue(asking().write(thing, "Write", (), lambda: True))
        self.assertEqual(thing.calls, 1)

    def test_a_success_that_is_not_seen_is_not_made_again(self):
        thing = Thing(True)
        self.assertFalse(asking().write(thing, "Write", (), lambda: None))
        self.assertEqual(thing.calls, 1)

    def test_a_failure_that_is_not_seen_is_made_again(self):
        thing = Thing(None, None, True)
        self.assertEqual(asking().write(thing, "Write", (), lambda: thing.calls == 3), True)

    def test_the_journal_hears_of_a_write_before_it_is_made(self):
        told = []

        class Journal(object):
            def writing(self, name, args):
                told.append((name, args, thing.calls))
                return 5

            def written(self, number, answer):
                told.append((number, answer, thing.calls))

        thing = Thing(True)
        made = asking()
        made.journal = Journal()
        made.tell(thing, "Write", 1, "two")
        self.assertEqual(told, [("Write", (1, "two"), 0), (5, True, 1)])


if __name__ == "__main__":
    unittest.main()
