"""What OpenTimelineIO's own programs load: a hook that reads marks, a media linker, and an adapter for retake lists.

`plugin_manifest.json` names them; how plug-ins are found:
https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-plugins.html
OpenTimelineIO loads `hook`, `linker` and `retake_list` by their paths, outside of this package, in whatever program
reads a timeline: they import nothing of ours before they are called.
"""
