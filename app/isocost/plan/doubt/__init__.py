"""What a plan does not know: doubts of ours and the user's, sampled together through the whole bill."""
