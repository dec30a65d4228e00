"""Tables of described runs, predicted row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from isocost.catalog.catalog import Catalog
from isocost.catalog.errors import CatalogError
from isocost.evidence.points import point_of
from isocost.evidence.predict import Prediction, predict_specs
from isocost.evidence.rows.measured_rows import RunSpec, run_from_row
from isocost.evidence.word import Word, training_evidence


def predict(rows: Iterable[Mapping[str, str]], catalog: Catalog) -> list[Prediction]:
    """Predict rows with the columns of a published-throughput table; one prediction a row, in order.

    Rows that cannot be predicted keep their place, with a note that says why (see ``run_from_row``).
    """
    specs: list[RunSpec] = []
    outcome: list[int | str] = []
    for row in rows:
        try:
            spec = run_from_row(row, catalog)
        except (ValueError, CatalogError) as error:
            outcome.append(str(error))
        else:
            outcome.append(len(specs))
            specs.append(spec)
    found = predict_described(specs, catalog)
    told = [
        replace(each, evidence=_word(spec, catalog)) if each.tokens_per_s else each
        for spec, each in zip(specs, found, strict=True)
    ]
    return [told[item] if isinstance(item, int) else _not_predicted(item) for item in outcome]


def _word(spec: RunSpec, catalog: Catalog) -> Word:
    return training_evidence(point_of(spec), spec.accelerator.name, catalog).word


def predict_described(specs: Sequence[RunSpec], catalog: Catalog) -> list[Prediction]:
    """The predictions of runs; one that cannot be priced costs its own row alone, not the table."""
    try:
        return predict_specs(specs, catalog)
    except (ValueError, LookupError, ArithmeticError) as error:
        if len(specs) == 1:
            why = f"no layout of this run can be priced ({type(error).__name__}: {error})"
            return [_not_predicted(f"{why}; check its counts and its shape.")]
    middle = len(specs) // 2
    return [*predict_described(specs[:middle], catalog), *predict_described(specs[middle:], catalog)]


def _not_predicted(why: str) -> Prediction:
    return Prediction(None, None, None, None, "", why)
