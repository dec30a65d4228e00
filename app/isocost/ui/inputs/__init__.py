"""The input column: sliders, fields and pickers."""
