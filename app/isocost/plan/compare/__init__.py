"""Plans side by side: what differs and what it costs, what a technique would change, other hardware."""
