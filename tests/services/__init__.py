"""The five services, over the simulator: from mark to take, at most once, many at once, and nothing told."""
