"""What helps to decide, each question with its sentences and tables."""
