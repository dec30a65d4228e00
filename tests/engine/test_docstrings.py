"""The examples in the engine's docstrings compute what they say."""

import doctest
import importlib
import pkgutil

import pytest

import isocost.engine

MODULES = sorted(m.name for m in pkgutil.walk_packages(isocost.engine.__path__, "isocost.engine."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_central_functions_have_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = {
        example.name
        for name in MODULES
        for example in finder.find(importlib.import_module(name))
        if example.examples
    }
    assert len(examples) >= 20
