"""Rows that describe runs: what their columns and words mean, and what they leave open."""
