"""Values as Resolve answers them."""

import unittest

from retake_in_resolve import numbers


class Values(unittest.TestCase):
    def test_whole_floats_become_integers_everywhere(self):
        told = numbers.tidy({1.0: [2.0, 2.5, (3.0,)], "rate": 23.976, "on": True})
        self.assertEqual(told, {1: [2, 2.5, [3]], "rate": 23.976, "on": True})
        self.assertIsInstance(next(iter(told)), int)
        self.assertIs(told["on"], True)

    def test_numbers_that_are_none_are_left(self):
        self.assertEqual(numbers.tidy(float("inf")), float("inf"))
        self.assertNotEqual(numbers.tidy(float("nan")), 0)

    def test_a_fraction_of_a_frame_is_told(self):
        self.assertEqual(numbers.frame(100.004), (100, False))
        self.assertEqual(numbers.frame(100.4), (100, True))
        self.assertEqual(numbers.frame(None), (None, False))
        self.assertEqual(numbers.frame(float("nan")), (None, False))
        self.assertEqual(numbers.frame(float("inf")), (None, False))
        self.assertEqual(numbers.frame("100"), (None, False))
        self.assertEqual(numbers.frame(True), (None, False))

    def test_texts_that_are_numbers(self):
        self.assertEqual(numbers.whole("1920"), 1920)
        self.assertEqual(numbers.whole("48.0"), 48)
        self.assertEqual(numbers.whole("", 7), 7)
        self.assertIsNone(numbers.whole("12.5"))

    def test_lists_in_every_shape(self):
        self.assertEqual(numbers.listed({2.0: "b", 1.0: "a"}), ["a", "b"])
        self.assertEqual(numbers.listed(("a",)), ["a"])
        self.assertEqual(numbers.listed(None), [])
        self.assertEqual(numbers.listed(False), [])

    def test_rates(self):
        self.assertTrue(numbers.same_rate("29.97 DF", 29.97))
        self.assertTrue(numbers.same_rate("24", "24.0"))
        self.assertFalse(numbers.same_rate("23.976", "24"))
        self.assertFalse(numbers.same_rate("", "24"))

    def test_properties_are_alike_within_what_floats_lose(self):
        self.assertTrue(numbers.alike(1.25, 1.2500001))
        self.assertFalse(numbers.alike(1.25, 1.26))
        self.assertFalse(numbers.alike("a", "b"))


if __name__ == "__main__":
    unittest.main()
