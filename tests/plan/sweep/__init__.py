"""Grids of inputs, and the plans at their points."""
