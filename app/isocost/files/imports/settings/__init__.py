"""Settings of training runs, in the words of every framework."""
