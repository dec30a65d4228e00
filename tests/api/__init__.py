"""Isocost from Python."""
