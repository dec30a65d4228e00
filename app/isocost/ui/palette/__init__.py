"""The palette: whatever has a name is found by typing it."""
