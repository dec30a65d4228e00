"""What is said of how sure an answer is."""
