"""What is said of a claim that was checked."""
