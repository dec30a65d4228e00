"""What is said of the measured runs nearest to a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from isocost.quantities import PRINTED, numbers_marked, plain_spaces
from isocost.report.findings.tabs.nearest import (
    FAR_OFF,
    far_off,
    near_doubts,
    near_error,
    near_finding,
    near_said,
    near_table,
    near_tip,
    near_words,
)
from tests.report.findings.plans import reported


def test_the_title_speaks_of_every_run_that_is_listed(catalog):
    report = reported("gpt-3-175b", catalog)
    errors = sorted(abs(run.error) for run in report.near)
    said = near_said(report)
    assert f"{errors[-1]:.0%}".replace("%", "\u00a0%") in said.finding
    assert "no runs on Volta are in the fit" in near_doubts(report)
    assert near_doubts(report) in said.summary
    for run in report.near:
        assert near_words(run) in said.summary


def test_guessed_efficiencies_are_named(catalog):
    assert near_doubts(reported("startup-7b", catalog)) == ""
    guessed = reported("startup-7b", catalog, ("hardware.accelerator", "mi355x"))
    assert "CDNA3" in near_doubts(guessed)


def test_tpus_are_counted_in_chips(catalog):
    said = near_said(reported("palm-540b", catalog))
    assert "per chip" in said.subtitle
    assert "GPU" not in said.subtitle


def test_no_run_near_is_said(catalog):
    report = reported("startup-7b", catalog)
    assert near_finding(replace(report, near=())) == "No measured run is anywhere near"
    far = replace(report.near[0], close=False)
    assert near_finding(replace(report, near=(far,))) == "No measured run is close"


@pytest.mark.parametrize(("error", "text"), [(0.06, "+6 %"), (-0.06, "−6 %"), (0.001, "0 %")])
def test_an_error_has_its_sign_and_a_large_one_a_mark(catalog, error, text):
    run = replace(reported("startup-7b", catalog).near[0], measured=1000.0, predicted=1000.0 * (1 + error))
    with numbers_marked(PRINTED):
        assert plain_spaces(near_error(run)) == text
    assert not far_off(run)
    assert far_off(replace(run, predicted=1000.0 * (1 + FAR_OFF) + 1))
    assert far_off(replace(run, predicted=1000.0 * (1 - FAR_OFF) - 1))


def test_a_run_tells_its_reference_first_and_stands_in_the_table(catalog):
    runs = reported("startup-7b", catalog).near
    assert near_tip(runs[0]).split("\n")[0] == runs[0].run.reference
    assert [row[-1] for row in near_table(runs).rows] == [run.run.reference for run in runs]
