"""What stages of any kind are made of: tokens trained on, rounds of rollouts, text written."""
