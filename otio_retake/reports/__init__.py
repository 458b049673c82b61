"""Lists for people who turn work over: what is pulled, what has changed, how many frames it is."""
