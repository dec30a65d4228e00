"""What a card of the window is made of."""
