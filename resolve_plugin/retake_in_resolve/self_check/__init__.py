"""Measures how a real Resolve behaves where that is not known, in projects of its own; the result turns into a test."""
