"""Measured runs against the model: reading tables, completing, predicting, scoring, finding the nearest."""
