"""The Risk tab: the chances of a plan, and what moves them."""
