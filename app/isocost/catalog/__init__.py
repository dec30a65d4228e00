"""What the world offers: accelerators, prices, models and published runs, each figure with its source."""
