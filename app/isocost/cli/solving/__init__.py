"""Commands that find what holds a budget and a deadline, among inputs and accelerators."""
