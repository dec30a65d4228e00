"""What the tabs of the window say of an answer."""
