"""What is said beside the inputs: where a value comes from, what can be chosen."""
