"""The panel that opens a figure: its formula, its inputs, their sources."""
