"""Tests that need nothing but Python, whichever: they also run without site-packages under the oldest one."""
