"""Commands about runs that were measured, are under way, or are somebody else's."""
