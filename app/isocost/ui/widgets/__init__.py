"""Widgets any room may use."""
