"""Keys that a menu and a widget both know."""

SOLVE_KEY, LOCK_KEY = "Ctrl+Return", "Ctrl+L"
"""Of the input that has the keyboard."""
TABLE_KEY = "Ctrl+T"
"""Of the chart that has it: a table, and back."""
FOLD_KEY = "Ctrl+B"
"""Folds the inputs away, and brings them back."""
