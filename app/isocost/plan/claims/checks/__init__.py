"""Four checks of a claim in a fixed order: money, memory, work, sense; each with its arithmetic in words."""
