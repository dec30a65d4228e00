"""A plan priced at every point of a grid of its inputs."""
