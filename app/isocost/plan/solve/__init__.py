"""Questions asked backwards: what a budget and a deadline allow, on what, and where that changes."""
