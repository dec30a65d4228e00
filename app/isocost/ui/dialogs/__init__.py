"""Windows beside the window: about, errors, the gallery of presets."""
