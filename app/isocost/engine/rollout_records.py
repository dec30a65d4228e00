"""Rounds of rollouts and how long they take: plain numbers for one, arrays for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from isocost.engine.deployment import Replica
from isocost.engine.lengths import Lengths

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of rollouts."""

    prompts: float
    """Different prompts."""
    group: float
    """Responses to each prompt."""
    prompt_tokens: float
    """Mean tokens of a prompt; prefilled once a prompt."""
    lengths: Lengths

    @property
    def sequences(self) -> float:
        """Responses of the round."""
        return self.prompts * self.group

    @property
    def tokens(self) -> float:
        """Generated tokens of the round."""
        return self.sequences * self.lengths.mean


@dataclass(frozen=True, slots=True)
class RolloutTime:
    """Seconds of one round on all accelerators, and the two bounds between which it lies."""

    seconds: float
    """Until the last response has ended, prefill included."""
    throughput_bound: float
    """If the batch never drained: all tokens at the rate of the full batch (an ideal asynchronous system)."""
    tail_bound: float
    """The longest response alone on an idle replica: no batch and no number of accelerators goes below it."""
    longest: float
    """Expected tokens of the longest response."""
    replica: Replica
    running: float
    """Sequences an accelerator starts with."""
    waves: float
    """Sequences over those that fit at once; above 1 a queue keeps the batch full until it is empty."""
    tail_rate: float
    """Tokens/s of the longest response when it runs alone."""


@dataclass(frozen=True, slots=True)
class RolloutTimes:
    """As ``RolloutTime``, an array entry for each row; infinite seconds and bounds where nothing fits."""

    seconds: Array
    throughput_bound: Array
    tail_bound: Array
    longest: Array
    tp: Array
    ep: Array
    running: Array
    waves: Array
    tail_rate: Array

    def take(self, rows: NDArray[np.intp]) -> RolloutTimes:
        """The rows at some indices."""
        return RolloutTimes(*(getattr(self, f.name)[rows] for f in fields(RolloutTimes)))

    def one(self, row: int) -> RolloutTime:
        """One row as plain numbers."""
        at = {f.name: float(getattr(self, f.name)[row]) for f in fields(RolloutTimes)}
        replica = Replica(at.pop("tp"), at.pop("ep"))
        return RolloutTime(replica=replica, **at)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rounds to time: which of ``jobs``, on how many accelerators, in copies of which layout."""

    jobs: tuple[Round, ...]
    job: NDArray[np.intp]
    gpus: Array
    tp: Array
    ep: Array

    def of(self, values: Sequence[float]) -> Array:
        """A value of each job, spread over its rows."""
        return np.asarray(values, float)[self.job]

    def take(self, rows: NDArray[np.intp]) -> Rows:
        """The rows at some indices."""
        return Rows(self.jobs, self.job[rows], self.gpus[rows], self.tp[rows], self.ep[rows])

    def __len__(self) -> int:
        return len(self.job)
