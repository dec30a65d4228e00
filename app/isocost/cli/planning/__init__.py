"""Commands that print, draw and vary what a plan comes to."""
