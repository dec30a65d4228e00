"""What users bring of their own: accelerators, quotes, measured runs, a run under way. A dialog each."""
