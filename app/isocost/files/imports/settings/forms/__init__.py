"""How settings are written: YAML, JSON, TOML, shell lines, Python assignments; each becomes flat keys."""
