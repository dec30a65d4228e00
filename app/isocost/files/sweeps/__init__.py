"""Sweeps on disk: what is done of one, kept until it is finished, and the table it ends in."""
