"""Retakes for the marked regions of a cut."""

from ._version import __version__

__all__ = ["__version__"]
