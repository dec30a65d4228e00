"""Projects on disk: schema, atomic save, recovery."""
