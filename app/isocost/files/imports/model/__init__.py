"""Models from their configuration files: config.json of the hub, params.json of checkpoints."""

from isocost.files.imports.model.reader import ModelReader, config_in, read_model
from isocost.files.imports.model.record import ModelFile

__all__ = ["ModelFile", "ModelReader", "config_in", "read_model"]
