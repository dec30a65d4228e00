"""The Claims tab: published numbers held against what training takes."""
