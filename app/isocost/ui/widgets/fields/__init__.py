"""What takes a number: text, slider, handles of a range."""
