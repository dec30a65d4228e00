"""What the user wants and what it takes: pure functions over frozen values."""
