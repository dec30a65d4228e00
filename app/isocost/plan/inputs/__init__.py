"""The declared inputs of a plan: key, unit, limits, default, help and source."""
