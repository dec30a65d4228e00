"""Inputs of the selected stage and the list of stages."""
