"""The answer on top of the window: headline and warnings."""
