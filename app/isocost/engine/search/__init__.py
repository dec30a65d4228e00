"""The search for the fastest parallel layout that fits."""
