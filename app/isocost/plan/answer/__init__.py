"""What a plan comes to: the estimate, its curves, its fit, its notices and its headline."""
