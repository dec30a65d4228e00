"""What the engine predicts for measured generation: shipped rows, and benchmarks as tables print them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from isocost.catalog.catalog import Catalog
from isocost.catalog.constants.physics.serving import EngineName
from isocost.catalog.entries.measured_generation import MeasuredGeneration, MeasuredRl, dated, engine_of
from isocost.catalog.errors import CatalogError
from isocost.engine.arrays import Array
from isocost.engine.generation.burst import answers_alike, burst_rate
from isocost.engine.generation.deployment import (
    Format,
    GenerationPrecision,
    Replica,
    ServingConstants,
    Speculation,
    aged,
)
from isocost.engine.generation.lengths import Lengths
from isocost.engine.generation.rl import ALGORITHMS, RlPhase, RlPlan
from isocost.engine.generation.serving import Phase, best_replica, generation_rate
from isocost.engine.generation.step import WEIGHT_BYTES, linked
from isocost.engine.records import Accelerator, Transformer
from isocost.language import tr

PRECISIONS: Mapping[str, GenerationPrecision] = {
    "fp4": "fp4",
    "nvfp4": "fp4",
    "mxfp4": "fp4",
    "int4": "fp4",
    "w4a16": "int4",
    "awq": "int4",
    "gptq": "int4",
    "fp8": "fp8",
    "int8": "fp8",
    "bf16": "bf16",
    "fp16": "fp16",
}

WEIGHT_ONLY = ("int4",)
"""Four bits of a model trained so, with attention left wide (Kimi K2), whose products stay at 16 bits."""

WIDE_CACHES = ("vllm", "sglang", "llama.cpp", "transformers")
"""Engines that keep the cache at 16 bits unless they are told otherwise (``kv_cache_dtype`` is "auto")."""

PRODUCT_PRINTER = "ai-dynamo/aiconfigurator"
"""Whose tables print products of degrees."""

USUAL_PROMPT = 4096.0
"""Prompt tokens of a prefill benchmark that does not state them."""


CHAT_TOKENS = 2048.0
"""Most tokens of a prompt of ShareGPT and its answer in benchmarks of engines, which leave out longer ones
(vLLM's ``benchmarks/datasets.py``)."""

BURST_REQUESTS = 1000.0
"""Requests of a burst that states no number: what benchmarks of engines send by default
(``vllm bench serve --num-prompts``)."""

RL_PROMPT = 130.0
"""Prompt tokens of the mathematics sets used; the releases' tables count prompt and response together."""

EAGER_TRAINERS = ("verl",)
"""Trainers whose settings launch the kernels of generation one by one unless told otherwise
(``enforce_eager: True`` in verl's trainer/config of 2025)."""

RL_GROUP = 16.0
"""Responses to a prompt in the releases' recipes."""


@dataclass(frozen=True, slots=True)
class GenerationPrediction:
    """Tokens/s per accelerator of one row, with the range errors of its kind suggest."""

    tokens_per_second_per_gpu: float
    p10: float
    p90: float
    note: str


def predict_row(row: Mapping[str, str], catalog: Catalog) -> GenerationPrediction:
    """Predict a row of a serving benchmark.

    Columns: model, precision, gpu, n_gpus, isl, osl and metric; parallelism, batch_or_concurrency, framework
    and notes may be empty.

    Raises:
        CatalogError: a column is missing or not understood, or the model does not fit as described.
    """
    serving = catalog.constants.serving
    t = catalog.model(_text(row, "model")).transformer
    a = catalog.accelerator(_text(row, "gpu")).spec
    weights = _precision(row)
    narrow = _text(row, "precision").lower()
    arithmetic: GenerationPrecision | None = "bf16" if narrow in WEIGHT_ONLY else None
    released = serving.released.get(t.name)
    cache = _cache(row, weights, checkpoint=released is None)
    if released is not None and WEIGHT_BYTES[released.weights] < WEIGHT_BYTES[weights]:
        # A table's "FP8" of such a model is of its products or its cache.
        weights = released.weights
    fmt = serving.format(t, weights, cache, arithmetic)
    phase = _phase(row)
    prompt, output = _number(row, "isl"), max(_number(row, "osl"), 1.0)
    if phase == "prefill" and prompt <= 1.0:
        prompt = USUAL_PROMPT
    label = row.get("parallelism", "")
    replica, drafts = parse_parallelism(label)
    if not min(replica.tp, replica.ep, replica.pp) >= 1.0:
        raise CatalogError(tr("parallelism: expected degrees of 1 or more, such as TP8 or TP8 EP8."))
    printed, note = 1.0, ""
    degrees = _printed_product(label, a, row.get("source", ""))
    if degrees is not None:
        replica, printed = degrees
        note = (
            f"{label} read as {float(replica.gpus):.0f} accelerators: tables print the product of the degrees"
        )
    engine = engine_of(row.get("framework", ""), alone=phase in ("prefill", "decode"))
    c = aged(serving.constants(engine), dated(row.get("date", "")))
    if not re.search(r"(TP|EP|DP|PP)\s*=?\s*\d|-(GPU|rank)", label):
        replica = _chosen(t, a, fmt, c, prompt, output, _number(row, "n_gpus"))
        note = f"layout not stated: TP{float(replica.tp):.0f} over {float(replica.gpus):.0f} assumed"
    burst = _burst(row, replica, printed) if phase == "output" else None
    if burst is not None:
        answers = answers_of(output, _longest(row, prompt))
        note = f"{burst:,.0f} requests to a replica at once, timed until the last has ended"
        rate = burst_rate(
            t, a, replica, fmt, c,
            requests=burst, prompt=prompt, answers=answers, speculation=Speculation(drafts),
        )  # fmt: skip
    else:
        rate = float(
            generation_rate(
                t, a, replica, fmt, c,
                phase=phase, prompt=prompt, output=output,
                sequences=_sequences(row, replica, printed), speculation=Speculation(drafts),
            )
        )  # fmt: skip
    if rate <= 0.0:
        raise CatalogError(
            tr(
                "{name} in {weights} does not fit on {gpus:.0f} x {name_2} with one sequence of "
                "{prompt:.0f} tokens.",
                name=t.name,
                weights=weights,
                gpus=float(replica.gpus),
                name_2=a.name,
                prompt=prompt + output,
            )
        )
    rate /= printed
    if _text(row, "metric").startswith("total") and phase == "output":
        rate *= (prompt + output) / output
    spread = serving.spread_of(t, a, replica)
    return GenerationPrediction(rate, rate * spread.p10, rate * spread.p90, note)


def parse_parallelism(text: str) -> tuple[Replica, float]:
    """(layout, drafts) of a published label such as "TP8", "TP8 EP8 attn-DP", "EP144 decode", "TP8 EP4 MTP3".

    Experts beside tensor parallelism share its accelerators; with data-parallel attention ("attn-DP", "DEP",
    "DP8 EP8"), or where only EP is named, each accelerator attends to its own sequences. "PP2" is two stages.
    "MTP" alone is one draft.
    """
    tp, pp, dp = (re.search(rf"\b{name}\s*=?\s*(\d+)", text) for name in ("TP", "PP", "DP"))
    ep = re.search(r"\bD?EP\s*=?\s*(\d+)", text) or re.search(r"\b(\d+)-(?:GPU|rank)\b", text)
    drafting = re.search(r"(no\s+)?\bMTP\s*=?\s*(\d*)", text)
    drafts = 0.0 if drafting is None or drafting[1] else float(drafting[2] or 1)
    degree, stages = (float(each[1]) if each else 1.0 for each in (tp, pp))
    if ep is not None and (tp is None or dp is not None or "attn-DP" in text or "DEP" in text):
        # Sequences are split over the groups; beside DP a tensor-parallel degree is that of each group.
        return Replica(degree if dp else 1.0, float(ep[1]), stages), drafts
    return Replica(degree, pp=stages), drafts


def _text(row: Mapping[str, str], column: str) -> str:
    value = row.get(column, "").strip()
    if not value:
        raise CatalogError(tr("{column}: is missing; give it a value.", column=column))
    return value


def _number(row: Mapping[str, str], column: str) -> float:
    text = _text(row, column)
    try:
        value = float(text.replace(",", ""))
    except ValueError as error:
        raise CatalogError(
            tr("{column}: expected a number, got {text!r}.", column=column, text=text)
        ) from error
    if not 0.0 < value < 1e12:
        raise CatalogError(
            tr("{column}: expected a positive number, got {text!r}.", column=column, text=text)
        )
    return value


def _precision(row: Mapping[str, str]) -> GenerationPrecision:
    text = _text(row, "precision").lower()
    if text not in PRECISIONS:
        raise CatalogError(
            tr("precision: expected one of {list}, got {text!r}.", list=", ".join(PRECISIONS), text=text)
        )
    return PRECISIONS[text]


def _cache(row: Mapping[str, str], weights: GenerationPrecision, *, checkpoint: bool) -> GenerationPrecision:
    """Format of the cache: as noted, else as engines and checkpoints have it.

    NVFP4 checkpoints, unless the model was released narrow and has none (``checkpoint``), ask for 8 bits, and
    engines follow (vLLM since its pull request 29980). TensorRT-LLM's recipes set 8 bits for every narrow
    model; other engines keep 16 (``WIDE_CACHES``).
    """
    said = re.search(r"\b(FP8|FP16|BF16) KV", row.get("notes", ""))
    if said:
        return cast(GenerationPrecision, said[1].lower())
    if checkpoint and _text(row, "precision").lower() == "nvfp4":
        return "fp8"
    wide = row.get("framework", "").lower().startswith(WIDE_CACHES)
    return "bf16" if wide or weights in ("bf16", "fp16") else "fp8"


def _phase(row: Mapping[str, str]) -> Phase:
    metric = _text(row, "metric").lower()
    if metric.startswith("prefill") or "prefill" in row.get("parallelism", "").lower():
        return "prefill"
    if metric.startswith("decode"):
        return "decode"
    if "user" in metric:
        return "user"
    if metric.startswith(("output", "total")):
        return "output"
    raise CatalogError(
        tr("metric: expected output, decode, prefill, total or per-user, got {metric!r}.", metric=metric)
    )


def _printed_product(label: str, a: Accelerator, source: str) -> tuple[Replica, float] | None:
    """(layout, times too many accelerators are counted) of "TP64 EP8" or "DP64 EP8" where it means eight.

    Tables of ai-dynamo's aiconfigurator print tensor or data parallel times expert parallel, and count as
    many accelerators: their latencies are of one server's. With attention both ways ("DP4 TP4 EP16") experts
    are printed as the product. None where the layout can be what it says and the table is another's.
    """
    theirs = PRODUCT_PRINTER in source
    both = re.fullmatch(r"\s*DP\s*(\d+)\s+TP\s*(\d+)\s+EP\s*(\d+)\s*", label)
    if both is not None:
        data, tensor, experts = (float(each) for each in both.groups())
        means = theirs and data == tensor and experts == data * tensor
        return (Replica(1.0, tensor), data) if means else None
    found = re.fullmatch(r"\s*(TP|DP)\s*(\d+)\s+EP\s*(\d+)\s*", label)
    if found is None:
        return None
    product, experts = float(found[2]), float(found[3])
    if experts > linked(a) or product != experts * experts or not (theirs or product > linked(a)):
        return None
    return (Replica(experts) if found[1] == "TP" else Replica(1.0, experts)), product / experts


def _sequences(row: Mapping[str, str], replica: Replica, printed: float) -> float | None:
    """Sequences running at once over the replica; None (as many as fit) when not a plain number.

    Those of a deployment of several replicas are shared out.
    """
    text = row.get("batch_or_concurrency", "").strip().replace(",", "")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(\s+per\s+(?:GPU|rank|device))?", text)
    if found is None:
        return None
    if found[2]:
        return float(found[1]) * float(replica.gpus)
    return max(float(found[1]) / _copies(row, replica, printed), 1.0)


def _burst(row: Mapping[str, str], replica: Replica, printed: float) -> float | None:
    """Requests a replica is sent all at once; None where the load goes on, or its number running is stated.

    Told by "1000 prompts at once", "burst of 500 requests" or "rate inf" in batch_or_concurrency or in notes.
    """
    load = row.get("batch_or_concurrency", "").replace(",", "").lower()
    told = f"{load} {row.get('notes', '').replace(',', '').lower()}"
    running = re.fullmatch(r"\s*\d+\s*", load)
    unpaced = re.search(r"\brate\W{0,3}inf", told) or re.search(r"\binf", load)
    if not re.search(r"\bat once\b|\bburst\b", told) and (running or not unpaced):
        return None
    counted = re.search(r"\d+", load) or re.search(r"(\d+)\s*(?:requests|prompts|at once)", told)
    sent = float(re.sub(r"\D", "", counted[0])) if counted else BURST_REQUESTS
    return max(sent / _copies(row, replica, printed), 1.0)


def _longest(row: Mapping[str, str], prompt: float) -> float | None:
    """Most tokens of an answer where the row names a set whose answers vary; None = all are alike."""
    told = f"{row.get('batch_or_concurrency', '')} {row.get('notes', '')}".lower()
    return CHAT_TOKENS - prompt if "sharegpt" in told and prompt < CHAT_TOKENS else None


def answers_of(mean: float, longest: float | None) -> Lengths:
    """Lengths of the answers to a burst: all of ``mean`` tokens, or varying about it up to ``longest``."""
    if longest is None or longest <= mean:
        return answers_alike(mean)
    return Lengths(mean, longest, loop_rate=0.0)


def _copies(row: Mapping[str, str], replica: Replica, printed: float) -> float:
    """Replicas the stated accelerators hold."""
    stated = row.get("n_gpus", "").strip()
    return max(_number(row, "n_gpus") // (float(replica.gpus) * printed), 1.0) if stated else 1.0


def _chosen(
    t: Transformer,
    a: Accelerator,
    fmt: Format,
    c: ServingConstants,
    prompt: float,
    output: float,
    gpus: float,
) -> Replica:
    try:
        return best_replica(t, a, fmt, c, prompt=prompt, output=output, gpus=gpus)[0]
    except ValueError as error:
        raise CatalogError(str(error)) from error


def predicted_rates(
    rows: Sequence[MeasuredGeneration], catalog: Catalog, engines: Mapping[EngineName, ServingConstants]
) -> Array:
    """Tokens/s per accelerator predicted for measured points; 0 where the model does not fit as deployed."""
    alike: dict[tuple[object, ...], list[int]] = {}
    rates = np.empty(len(rows))
    for at, row in enumerate(rows):
        if row.requests is not None:
            rates[at] = _measured_burst(row, row.requests, catalog, engines)
            continue
        key = (row.model, row.accelerator, row.precision, row.cache, row.arithmetic, row.drafts, row.phase)
        alike.setdefault((*key, row.engine, dated(row.date), row.sequences is None), []).append(at)
    for places in alike.values():
        first = rows[places[0]]

        def column(name: str, places: list[int] = places) -> Array:
            return np.array([getattr(rows[at], name) for at in places], float)

        t = catalog.model(first.model).transformer
        rates[places] = generation_rate(
            t,
            catalog.accelerator(first.accelerator).spec,
            Replica(column("tp"), column("ep"), column("pp")),
            catalog.constants.serving.format(t, first.precision, first.cache, first.arithmetic),
            aged(engines[first.engine], dated(first.date)),
            phase=first.phase,
            prompt=column("prompt_tokens"),
            output=column("output_tokens"),
            sequences=None if first.sequences is None else column("sequences"),
            cache_hits=column("cache_hits"),
            speculation=Speculation(first.drafts),
        )
    return rates


def _measured_burst(
    row: MeasuredGeneration, requests: float, catalog: Catalog, engines: Mapping[EngineName, ServingConstants]
) -> float:
    """Tokens/s per accelerator predicted for a measured burst."""
    t = catalog.model(row.model).transformer
    return burst_rate(
        t,
        catalog.accelerator(row.accelerator).spec,
        Replica(row.tp, row.ep, row.pp),
        catalog.constants.serving.format(t, row.precision, row.cache, row.arithmetic),
        aged(engines[row.engine], dated(row.date)),
        requests=requests,
        prompt=row.prompt_tokens,
        answers=answers_of(row.output_tokens, row.longest_tokens),
        speculation=Speculation(row.drafts),
    )


def measured_plan(row: MeasuredRl) -> RlPlan | None:
    """One step of a measured run as a plan; None when its lengths are not published or it waits for tools."""
    if (
        row.mean_tokens is None
        or row.longest_tokens is None
        or row.sequences is None
        or "agentic" in row.notes
    ):
        return None
    mean = row.mean_tokens - RL_PROMPT
    return RlPlan(
        phases=(RlPhase(1.0, mean, mean, row.longest_tokens - RL_PROMPT),),
        prompts=row.sequences / RL_GROUP,
        group=RL_GROUP,
        oversampling=row.batches * (row.batch_sequences or row.sequences) / row.sequences,
        batches=row.batches,
        prompt_tokens=RL_PROMPT,
        algorithm=ALGORITHMS[row.algorithm],
        schedule=row.schedule,
        replica=None if row.tp is None else Replica(row.tp),
        eager=row.framework.lower().startswith(EAGER_TRAINERS),
        memory_share=row.memory_share,
        generation_share=row.generation_share,
    )
