"""Which accelerators to take: offers, ranks, maps of winners, what a sum buys."""
