"""Generating text and learning from it: deployment, prefill and decode, rollouts, reinforcement learning."""
