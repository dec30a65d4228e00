import numpy as np
import pytest

from isocost.catalog import load
from isocost.catalog.entries.measured_training import MeasuredRun, held_out_runs, measured_runs
from isocost.evidence.accuracy import (
    as_reported,
    macro_average,
    score_memory,
    score_ranking,
    score_sources,
    spearman,
)
from isocost.evidence.rows.measured_rows import run_spec


def runs(**changes):
    base = {
        "source": "table",
        "model": "Llama 3.1 8B",
        "accelerator": "h100-sxm",
        "accelerators": 8.0,
        "sequence": 8192.0,
        "use": "fit",
        "tokens_per_s": 100.0,
    }
    return MeasuredRun(id="a", **(base | changes))


@pytest.fixture(scope="module")
def catalog():
    return load()


def test_a_source_is_scored_by_its_median_error(catalog):
    specs = [run_spec(runs(), catalog)] * 4
    score = score_sources(specs, np.array([90.0, 100.0, 110.0, 150.0]))[0]
    assert (score.runs, score.trusted) == (4, True)
    assert score.median == pytest.approx(0.10)
    assert score.bias == pytest.approx(0.05)


def test_sources_count_alike_whatever_their_number_of_runs(catalog):
    specs = [run_spec(runs(), catalog)] * 9 + [run_spec(runs(source="other"), catalog)]
    rates = np.array([100.0] * 9 + [120.0])
    assert macro_average(specs, rates)["all"] == pytest.approx(0.10)


def test_only_trusted_sources_are_averaged(catalog):
    specs = [run_spec(runs(), catalog), run_spec(runs(source="blog", use="check"), catalog)]
    assert macro_average(specs, np.array([105.0, 300.0]))["all"] == pytest.approx(0.05)


def test_rank_correlation_knows_order_and_ties():
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 90.0])) == pytest.approx(1.0)
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(-1.0)
    assert spearman(np.array([1.0, 2.0]), np.array([5.0, 5.0])) == 0.0
    assert spearman(np.array([1.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])) == pytest.approx(1.0)


def test_a_ranking_counts_what_the_chosen_layout_loses(catalog):
    specs = [run_spec(runs(tokens_per_s=rate), catalog) for rate in (100.0, 80.0, 60.0, 40.0)]
    score = score_ranking(specs, np.array([90.0, 95.0, 50.0, 40.0]), "table")[0]
    assert score.loss == pytest.approx(0.20)
    assert score.spearman == pytest.approx(0.8)


def test_memory_is_scored_where_a_peak_is_published(catalog):
    specs = [run_spec(runs(peak_memory_gb=50.0), catalog), run_spec(runs(), catalog)]
    score = score_memory(specs, np.array([45.0, 10.0]), catalog.constants.memory)[0]
    assert (score.runs, score.bias) == (1, pytest.approx(-0.10))


def test_peaks_are_compared_as_their_source_reports_them(catalog):
    def expected(
        notes: str, framework: str = "Megatron-LM", accelerators: float = 8.0, peak: float = 50.0
    ) -> float:
        spec = run_spec(runs(notes=notes, framework=framework, accelerators=accelerators), catalog)
        return as_reported(spec, peak, catalog.constants.memory)

    assert expected("") == 50.0
    assert 51.0 < expected("memory reserved") < 54.5
    # No more than the device has can be kept.
    assert expected("memory reserved", peak=83.0) < 84.0
    assert expected("memory reserved", peak=100.0) == 100.0
    # The driver sees the device's context, and the buffers of communication where there is any.
    assert expected("memory driver") - expected("memory reserved") == pytest.approx(2.0)
    assert expected("memory driver", accelerators=1.0) - expected("memory reserved") == pytest.approx(0.6)
    titan = "torchtitan + compile"
    assert 50.0 < expected("", titan) == pytest.approx(expected("memory reserved", titan))
    assert expected("", "ms-swift (Megatron-LM)") == pytest.approx(expected("memory reserved"))
    # Batches of changing lengths leave gaps.
    assert expected("memory reserved", "HF Transformers") > 1.05 * expected("memory reserved")


def test_every_shipped_run_names_a_known_model_and_accelerator(catalog):
    for run in (*measured_runs(), *held_out_runs()):
        assert run.reference
        run_spec(run, catalog)


def test_a_source_that_publishes_memory_alone_has_no_error_of_throughput(catalog):
    specs = [run_spec(runs(), catalog), run_spec(runs(source="peaks", tokens_per_s=None), catalog)]
    scores = score_sources(specs, np.array([90.0, 90.0]))
    assert [score.source for score in scores] == ["table"]
