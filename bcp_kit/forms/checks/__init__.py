"""Checks of continuity plans: pure functions, one for each thing that can be wrong."""
