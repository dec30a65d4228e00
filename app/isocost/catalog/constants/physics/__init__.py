"""Constants of the engine: rates, bytes, shapes by size, laws of loss, failures."""
