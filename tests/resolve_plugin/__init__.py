"""Tests of what runs inside DaVinci Resolve. The plugin is no part of the installed package: it is found beside it."""

import os
import sys

PLUGIN = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "resolve_plugin")

if PLUGIN not in sys.path:
    sys.path.insert(0, PLUGIN)
