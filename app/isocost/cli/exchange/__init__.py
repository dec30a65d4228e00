"""Commands that read what other programs write, and write what they read."""
