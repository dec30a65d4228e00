"""Selecting rows of frozen records whose fields are arrays (or such records themselves)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Record = TypeVar("Record")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def change(record: Record, each: Callable[[Any], Any]) -> Record:
    """A record whose every array, also in records and tuples of arrays within it, went through ``each``."""
    kind: Any = type(record)
    values = [getattr(record, name) for name in _names(kind)]
    changed: Record = kind(*[each(v) if isinstance(v, np.ndarray) else _within(v, each) for v in values])
    return changed


def _within(value: Any, each: Callable[[Any], Any]) -> Any:
    return tuple(map(each, value)) if isinstance(value, tuple) else change(value, each)


def pick(record: Record, index: Any) -> Record:
    """The rows at ``index`` of every field; fields of length one stay and broadcast."""
    return change(record, lambda v: v if np.size(v) == 1 else v[index])


def pick_from(record: Record, shape: tuple[int, ...], index: tuple[NDArray[np.intp], ...]) -> Record:
    """The elements at ``index`` of every field as if broadcast to ``shape``, as flat arrays.

    Fields of fewer axes count from the last, as in broadcasting. Positions are worked out once for each shape
    that occurs, which makes this several times faster than indexing broadcast views.
    """
    positions: dict[tuple[int, ...], NDArray[np.intp]] = {}

    def elements(values: NDArray[Any]) -> NDArray[Any]:
        if values.shape not in positions:
            positions[values.shape] = _positions(values.shape, index[len(shape) - values.ndim :])
        return values.reshape(-1).take(positions[values.shape])

    return change(record, elements)


def _positions(shape: tuple[int, ...], index: tuple[NDArray[np.intp], ...]) -> NDArray[np.intp]:
    """Flat positions of ``index`` in an array of ``shape``, whose axes of length one ignore theirs."""
    result = np.zeros(len(index[0]) if index else 1, dtype=np.intp)
    for length, along in zip(shape, index, strict=True):
        if length > 1:
            result = result * length + along
    return result


def columns(record: Record, part: slice) -> Record:
    """The entries of ``part`` along the last axis of every field; fields of length one there stay."""
    return change(record, lambda v: v if v.shape[-1] == 1 else v[..., part])


def expand(record: Record) -> Record:
    """Every field with a trailing axis of length one, to meet arrays of another axis."""
    return change(record, lambda v: v[..., None])
