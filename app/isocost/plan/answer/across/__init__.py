"""An answer at every count and on every accelerator."""
