"""Seconds and bytes of a training step: kernels, layers, collectives, states, activations."""
