"""Isocost: what it costs to train a language model, why, and how sure the answer is."""

__version__ = "0.1.0"
