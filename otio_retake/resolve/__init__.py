"""DaVinci Resolve on this machine: its scripts are put in place, what it can do is told, a timeline is served."""
