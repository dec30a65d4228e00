"""The shipped catalogue, for what is said of shipped plans."""

from __future__ import annotations

import pytest

from isocost.catalog import Catalog, load


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The shipped catalogue alone, read once."""
    return load(tmp_path_factory.mktemp("no-user-files"))
