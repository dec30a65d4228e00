"""What users bring of their own: accelerators for their catalogue, quotes for a plan."""
