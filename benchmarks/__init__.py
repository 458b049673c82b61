"""What the program costs, as ratios to something measured beside it in the same run.

``python -m benchmarks`` prints one line for each bar and writes ``build/benchmarks/results.json``. Nothing here fails
because of a time: a bar that is not reached is said, not raised. One file measures one thing; `measuring` runs the two
sides in turns and takes medians, `material` makes the footage, `work` is what runs in child processes.
"""
