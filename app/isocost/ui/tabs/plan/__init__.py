"""The Plan tab: cost against time and by hardware."""
