"""Tests of retakes in DaVinci Resolve, over the fake one. The scripts' own modules are found once these are."""

from tests.resolve_plugin import PLUGIN

__all__ = ["PLUGIN"]
