"""What is said of plans side by side, and of what would change one."""
