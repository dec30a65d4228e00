"""What is said of a value an input cannot have."""

from __future__ import annotations

import pytest

from isocost.plan.inputs.fields import FIELDS, check
from isocost.plan.runs.throughput import LARGEST_COUNT
from isocost.quantities import plain_spaces


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("model.parameters", 7.0, "Parameters must lie between 100K and 1,000T, got 7."),
        ("data.batch_tokens", 2e12, "Batch must lie between 16 and 1T, got 2T."),
        ("hardware.count", 2e5, "Count must lie between 1 and 131,072, got 200,000."),
        ("hardware.count", 2.5, "Count must be a whole number, got 2.5."),
        ("price.usd_per_gpu_hour", -1.0, "Price must lie between $0.00 and $10K, got -$1.00."),
        ("efficiency.mfu", 1.2, "MFU must lie between 0.01 % and 100 %, got 120 %."),
        ("stage.hours", 1e9, "Hours must lie between 0 h and 10M h, got 1000000000 h."),
    ],
)
def test_limits_are_written_as_people_write_numbers(path, value, said):
    assert plain_spaces(check(path, value)) == said


def test_a_count_may_be_what_the_search_covers_and_no_more():
    assert FIELDS["hardware.count"].maximum == LARGEST_COUNT
    assert check("hardware.count", float(LARGEST_COUNT)) is None
