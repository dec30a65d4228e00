"""Plots of an Estimate."""
