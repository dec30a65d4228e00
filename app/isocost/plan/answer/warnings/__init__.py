"""What an answer warns of, and what one run is beside those people know."""
