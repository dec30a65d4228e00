"""The Scale tab: what the same money buys of size and text, who wins where, and what a count brings."""
