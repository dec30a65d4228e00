"""What the world offers, a kind a module, as its tables say."""
