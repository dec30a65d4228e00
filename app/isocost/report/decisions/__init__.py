"""What decisions say: an answer to each question of the command line, and its sentences for the window."""
