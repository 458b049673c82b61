"""What otio-retake does inside DaVinci Resolve: read the timeline, hand it over, put takes beside the originals.

Runs in whatever Python Resolve finds (3.6 or later), with the standard library only, and never imports the core:
the core is another program in its own environment, and the two speak through files in one folder (`exchange`).
"""

FORMAT = 1
"""Version of the files of the exchange folder."""
