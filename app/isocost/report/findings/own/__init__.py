"""What is said of a user's own runs, accelerators, quotes and files."""
