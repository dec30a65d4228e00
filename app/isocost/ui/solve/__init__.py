"""Solving the plan for one input: the panel, the scan drawn large, and the scan on the input's own track."""
