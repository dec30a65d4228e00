"""What a measured run's framework and date mean."""

import pytest

from isocost.catalog.entries.measured_training import DEFAULT_STACK, stack_of, year_of


@pytest.mark.parametrize(
    ("framework", "stack"),
    [
        ("Megatron-Bridge 26.06", "vendor"),
        ("HAI-LLM", "vendor"),
        ("MaxText", "vendor"),
        ("Composer/FSDP (llm-foundry)", "open"),
        # A fork is not the stack it comes from.
        ("Megatron-LLaMA", "open"),
        ("Megatron-DeepSpeed", "open"),
        ("Nanotron", "research"),
        ("somebody's trainer", DEFAULT_STACK),
    ],
)
def test_a_frameworks_name_tells_its_tier(framework, stack):
    assert stack_of(framework) == stack


def test_a_source_tells_the_tier_where_the_framework_does_not():
    assert stack_of("PyTorch 2.6", "MLPerf Training v5.0") == "vendor"


def test_a_source_tells_of_no_tier_where_the_framework_does():
    assert stack_of("torchtitan 0.2", "a post in NVIDIA's forum") == "open"
    assert stack_of("own code", "NVIDIA's benchmarks") == "vendor"


@pytest.mark.parametrize(("date", "year"), [("2024-01", 2024.0417), ("2024", 2024.5), ("soon", None)])
def test_a_date_is_the_middle_of_its_month_or_year(date, year):
    assert year_of(date) == (None if year is None else pytest.approx(year, abs=1e-3))
