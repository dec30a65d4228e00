"""Asking by gesture: which question an input means, and what the plan is with a value that was tried."""
