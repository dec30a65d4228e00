"""What a described run leaves open, completed: every layout it may have had, ready to be priced at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from isocost.catalog.constants.physics.memory import MemoryProfiles
from isocost.catalog.entries.frameworks import frameworks
from isocost.catalog.entries.measured_training import MeasuredRun
from isocost.engine.arrays import Array, Record, Transformers, Workloads, map_arrays, take_rows
from isocost.engine.layout import RECOMPUTE_CODES, SHARDING_CODES, Layouts
from isocost.engine.records import Optimizer, Workload
from isocost.engine.training.efficiency import PRESENT
from isocost.engine.training.memory import Memory, memory, usable_bytes
from isocost.engine.training.states import MemoryProfile, StateBytes
from isocost.evidence.rows.measured_rows import RunSpec

TYPICAL_BATCH_TOKENS = 4e6
"""Tokens a step of a run that does not state its batch: the order of published pre-training."""

CONTEXT_FROM = 8192.0
"""Sequences from which context parallelism is considered when the layout is not stated."""

PIPELINE_FROM = 1e10
"""Parameters from which a pipeline is considered when the layout is not stated."""

MICROBATCHES = (1, 2, 4, 8, 16, 32, 64)
"""Sequences a microbatch considered when the layout does not state them."""

MICROBATCHES_A_STAGE = 8.0
"""Microbatches of a step over the stages of a stated pipeline whose batch is not stated: three of four
published pipelines that say both have as many or more (442 runs of the table below; median 10.7)."""

PIPELINED_MICROBATCHES = (1, 2)
"""The same where a pipeline is stated: of 414 published pipelines that say it, 87 % hold one or two sequences
a microbatch (``resources/measured_training.csv``, one research grid left out), though more would fit."""

SERVERS = (1, 2, 4, 8, 16)
"""Servers a group of hybrid sharding spans where its size is not stated."""

TORUS_FROM = 256
"""Accelerators of a scale-up domain from which it is a torus rather than a rack: nobody pipelines there."""


class Choice(NamedTuple):
    """One layout a run may have had."""

    tp: float
    pp: float
    vp: float
    cp: float
    ep: float
    microbatch: float
    recompute: int
    sharding: int
    group: float
    """Accelerators over which states are spread at most."""
    batch: float
    optimizer: Optimizer


@dataclass(frozen=True, slots=True)
class Batch:
    """Many runs and the layouts each may have had: struct of arrays, a row per layout."""

    specs: tuple[RunSpec, ...]
    start: NDArray[np.intp]
    """First row of each run."""
    owner: NDArray[np.intp]
    """Which run each row belongs to."""
    works_list: tuple[Workload, ...]
    shapes: Transformers
    works: Workloads
    layouts: Layouts
    memory: Memory
    filled: Array
    """Bytes over usable bytes."""
    fits: NDArray[np.bool_]
    """Whether any layout of the run fits; per run."""
    as_stated: Array
    """Bytes over usable bytes of the layout that needs least among those sharded as the run says; per run."""

    def __len__(self) -> int:
        return len(self.specs)


def complete(specs: Sequence[RunSpec], profiles: MemoryProfiles) -> Batch:
    """Every layout worth pricing of each run, those that do not fit left out.

    A stated part of a layout is kept. Of the rest: the stated sharding with any recomputation that fits; else
    with 16-bit states, where the framework trains so unless told otherwise; else the stated sharding as far
    as it is too close to say; else fully sharded; else, where nothing fits, the layout that needs the least
    memory: no run is dropped.
    """
    choices, owners = [], []
    for index, spec in enumerate(specs):
        found = list(_choices(spec, _optimizers(spec, profiles)))
        choices += found
        owners += [index] * len(found)
    owner = np.array(owners, dtype=np.intp)
    layouts = _layouts(specs, choices, owner)
    # Most layouts of a run train alike: what follows from that is worked out once for all of them.
    alike: dict[tuple[int, float, Optimizer], int] = {}
    kind = np.array(
        [
            alike.setdefault((i, c.batch, c.optimizer), len(alike))
            for i, c in zip(owners, choices, strict=True)
        ],
        dtype=np.intp,
    )
    kinds = [replace(specs[i].work, global_batch=batch, optimizer=name) for i, batch, name in alike]
    shapes = _rows(Transformers.of([spec.transformer for spec in specs]), owner)
    usual_profiles = [_profile(spec, profiles) for spec in specs]
    held = _memory(specs, owner, shapes, kinds, kind, layouts, usual_profiles)
    filled = held.total / np.array([usable_bytes(specs[i].accelerator) for i in owners])
    usual = np.array([c.optimizer == specs[i].work.optimizer for i, c in zip(owners, choices, strict=True)])
    low = profiles.reported.low
    keep, fits, as_stated = _selected(specs, owner, layouts, filled, usual, low)
    rows = np.flatnonzero(keep)
    owner = owner[rows]
    kept_works = [kinds[i] for i in kind[rows]]
    second = np.array([each.every_second for each in usual_profiles])[owner]
    core = np.array([each.core_attention for each in usual_profiles])[owner]
    quantised = np.array([s.work.method == "qlora" for s in specs])
    wide = (np.array([each.widened for each in usual_profiles]) * quantised)[owner]
    return Batch(
        specs=tuple(specs),
        start=np.searchsorted(owner, np.arange(len(specs))),
        owner=owner,
        works_list=tuple(kept_works),
        shapes=take_rows(shapes, rows),
        works=Workloads.of(
            kept_works,
            second,
            core,
            wide * (layouts.sharding[rows] < SHARDING_CODES["zero3"]),
            np.array([each.foreach for each in usual_profiles])[owner],
        ),
        layouts=layouts.take(rows),
        memory=take_rows(held, rows),
        filled=filled[rows],
        fits=fits,
        as_stated=as_stated,
    )


def _stated_sharding(spec: RunSpec) -> int:
    """The sharding a run states; a pipeline of PyTorch's leaves weights and gradients whole for all
    microbatches of a step: only the optimizer is sharded (torchtitan's ``reshard_after_forward`` by default).
    """
    run = spec.run
    whole = spec.stack == "open" and run.sharding == "zero3" and (run.pp or 1.0) > 1.0
    return SHARDING_CODES["zero1" if whole else run.sharding or "zero1"]


def _degrees(given: float | None, options: Sequence[float]) -> Sequence[float]:
    return options if given is None else [given]


def _optimizers(spec: RunSpec, profiles: MemoryProfiles) -> list[Optimizer]:
    """The optimizer of a run, and the one it may have had where its states do not fit.

    Sharding code widens weights itself; where each accelerator holds all states nothing does.
    """
    alone = profiles.for_framework(spec.run.framework, spec.stack).optimizer_alone
    whole = spec.run.accelerators <= 1 or spec.run.sharding == "none"
    free = spec.run.optimizer is None and spec.work.method == "full" and spec.run.offload == "none"
    return [spec.work.optimizer, *([alone] if alone and whole and free else [])]


def _choices(spec: RunSpec, optimizers: Sequence[Optimizer]) -> Iterator[Choice]:
    """The layouts a run may have had; at least one."""
    run, t, stated = spec.run, spec.transformer, spec.mapping_given
    count = run.accelerators
    free = not stated
    large = t.layers * t.hidden * t.hidden * 12.0 + t.experts * t.moe_layers * t.expert_ffn * t.hidden * 3.0
    long = run.sequence > CONTEXT_FROM
    tps = _degrees(run.tp, [1, 2, 4, 8] if free else [1])
    torus = spec.accelerator.scaleup_domain >= TORUS_FROM
    piped = free and not torus and (long or large > PIPELINE_FROM)
    pps = _degrees(run.pp, [1, 2, 4, 8, 16, 32] if piped else [1])
    cps = _degrees(run.cp, [1, 2, 4, 8, 16] if free and run.sequence >= CONTEXT_FROM else [1])
    eps = _degrees(run.ep, [1, 8, 16, 32, 64] if free and t.experts > 0 else [1])
    degrees = [
        each
        for each in product(tps, pps, cps, eps)
        if each[0] * each[1] * each[2] <= count and each[3] <= min(max(t.experts, 1.0), count / each[1])
    ]
    if free:
        degrees = [each for each in degrees if each[1] <= t.layers]
    found = False
    for tp, pp, cp, ep in degrees:
        replicas = max(count // (tp * pp * cp), 1.0)
        each = max(TYPICAL_BATCH_TOKENS / run.sequence // replicas, 1.0)
        if stated and pp > 1:
            each = max(each, MICROBATCHES_A_STAGE * pp * (run.microbatch or 1.0))
        batch = run.global_batch or each * replicas
        if replicas > batch:
            if free:
                continue
            # A stated layout with more replicas than sequences can only have split the sequences further.
            cp *= replicas / batch
            replicas = batch
        for choice in _per_degrees(spec, optimizers, tp, pp, cp, ep, batch, batch / replicas):
            found = True
            yield choice
    if not found:
        # A source that contradicts itself: taken at its word, one sequence a replica.
        batch = run.global_batch or count
        stated_degrees = (run.tp or 1, run.pp or 1, run.cp or 1, run.ep or 1)
        yield from _per_degrees(spec, optimizers, *stated_degrees, batch, 1.0)


def _per_degrees(
    spec: RunSpec,
    optimizers: Sequence[Optimizer],
    tp: float,
    pp: float,
    cp: float,
    ep: float,
    batch: float,
    share: float,
) -> Iterator[Choice]:
    """Interleaving, microbatch, recomputation, sharding, states; ``share`` is the batch per replica."""
    run, layers = spec.run, spec.transformer.layers
    chunks = [1.0]
    # Other schedules have chunks of their own, or none; some frameworks, none unless they are told.
    plain = (run.pp or 1.0) > 1.0 and frameworks().uninterleaved.in_name(f"{run.framework.casefold()} ")
    if pp > 1 and spec.stack == "vendor" and run.schedule == "1f1b" and not plain:
        splits = (1, 2, 3, 4, 6, 8, 12)
        chunks = [v for v in splits if layers % (pp * v) == 0 or (layers + 2) % (pp * v) == 0]
    vps = _degrees(run.vp, chunks or [1.0])
    usual = PIPELINED_MICROBATCHES if (run.pp or 1.0) > 1.0 else MICROBATCHES
    microbatches = [b for b in _degrees(run.microbatch, usual) if b <= max(share, 1.0)] or [1.0]
    # Research code recomputes only where it says so.
    modes = [0] if spec.stack == "research" else [0, 1, 2]
    if spec.recompute is not None:
        modes = [RECOMPUTE_CODES[spec.recompute]]
    stages = sorted({_stated_sharding(spec), 3})
    groups = [run.shard_group or math.inf]
    if spec.grouped:
        # Groups hold a replica in as few servers as its states need.
        groups = [spec.accelerator.node_size * servers for servers in SERVERS]
    options = product(optimizers, vps, microbatches, stages, groups, modes)
    for optimizer, vp, microbatch, sharding, group, mode in options:
        yield Choice(tp, pp, vp, cp, ep, microbatch, mode, sharding, group, batch, optimizer)


def _layouts(specs: Sequence[RunSpec], choices: Sequence[Choice], owner: NDArray[np.intp]) -> Layouts:
    table = np.array([choice[:-1] for choice in choices], dtype=np.float64)
    tp, pp, vp, cp, ep, microbatch, recompute, sharding, groups, batch = table.T
    count = np.array([spec.run.accelerators for spec in specs])[owner]
    split = np.array([spec.run.sequence_parallel is not False for spec in specs])[owner]
    ranks = np.maximum(np.floor(count / (tp * pp * cp)), 1.0) * cp
    # On a torus of thousands weights are sharded within it and replicated across, as MaxText does.
    domain = np.array([spec.accelerator.scaleup_domain for spec in specs])[owner]
    groups = np.where(domain >= TORUS_FROM, np.minimum(groups, domain / tp), groups)
    return Layouts.of(
        accelerators=count,
        global_batch=batch,
        tp=tp,
        pp=pp,
        vp=vp,
        cp=cp,
        ep=ep,
        microbatch=microbatch,
        recompute=recompute,
        sharding=sharding,
        shard_group=np.minimum(ranks, groups),
        sequence_parallel=split & (tp > 1),
    )


def _profile(spec: RunSpec, profiles: MemoryProfiles) -> MemoryProfile:
    """The memory profile of a run's framework."""
    usual = profiles.for_framework(spec.run.framework, spec.stack)
    profile = usual.record()
    if (spec.year or PRESENT) >= usual.fused_update_from:
        profile = replace(profile, update_copies=0.0, foreach=0.0)
    # What is recomputed where nobody says may be any part of a layer: those that pay are named.
    named = spec.run.recompute is not None and not spec.more_recomputed
    return profile if named else replace(profile, core_attention=0.0)


def _rows(record: Record, rows: NDArray[np.intp]) -> Record:
    """The rows of a record, also of one of a single row."""
    return map_arrays(record, lambda values: values[rows])


def _memory(
    specs: Sequence[RunSpec],
    owner: NDArray[np.intp],
    shapes: Transformers,
    kinds: Sequence[Workload],
    kind: NDArray[np.intp],
    layouts: Layouts,
    own: Sequence[MemoryProfile],
) -> Memory:
    """Peak bytes of every row; ``own`` are the memory profiles of the runs' frameworks.

    ``kinds`` are the workloads there are, each of one run, and ``kind`` the one of each row.
    """
    distinct = list(dict.fromkeys(own))
    which = np.array([distinct.index(profile) for profile in own])[owner]
    parts: dict[str, Array] = {field: np.zeros(len(owner)) for field in Memory.__dataclass_fields__}
    for index, profile in enumerate(distinct):
        rows = np.flatnonzero(which == index)
        chosen, first, place = np.unique(kind[rows], return_index=True, return_inverse=True)
        models = [specs[i].transformer for i in owner[rows[first]]]
        states = _rows(StateBytes.of(models, [kinds[i] for i in chosen], profile), place)
        sequence = np.array([kinds[i].sequence for i in chosen])[place]
        held = memory(take_rows(shapes, rows), sequence, states, layouts.take(rows), profile)
        for field, values in parts.items():
            values[rows] = getattr(held, field)
    return Memory(**parts)


def _selected(
    specs: Sequence[RunSpec],
    owner: NDArray[np.intp],
    layouts: Layouts,
    filled: Array,
    usual: NDArray[np.bool_],
    low: float,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Array]:
    """Which rows to keep, whether each run fits at all, and the least each fills sharded as it says.

    ``usual`` rows have the optimizer a run says or its framework is taken to have; ``low`` is what memory
    takes at least, over what is counted.
    """
    stated = np.array([_stated_sharding(s) for s in specs])
    free = np.array([not s.mapping_given for s in specs])
    unsaid = np.array([s.run.sharding is None for s in specs])
    as_stated = (layouts.sharding == stated[owner]) | (free & unsaid)[owner]
    fits = filled <= 1.0

    def any_of(rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        found = np.zeros(len(specs), dtype=np.bool_)
        np.logical_or.at(found, owner, rows)
        return found

    # States in 16 bits are assumed of nothing that fits without.
    fits &= usual | ~any_of(fits & as_stated & usual)[owner]
    given, sharded = any_of(fits & as_stated), any_of(fits)
    most = np.full(len(specs), -1)
    np.maximum.at(most, owner, layouts.recompute)
    last = as_stated & (layouts.recompute == most[owner])
    least = np.full(len(specs), np.inf)
    np.minimum.at(least, owner[last], filled[last])
    last &= filled <= least[owner]
    fits &= _least_recomputation(owner, layouts, usual, fits)
    # A run is not taken to be sharded further than it says while our count may be what is wrong.
    otherwise = sharded & (least * low > 1.0)
    keep = np.where(given[owner], fits & as_stated, np.where(otherwise[owner], fits, last))
    return keep, given | otherwise, least


def _least_recomputation(
    owner: NDArray[np.intp], layouts: Layouts, usual: NDArray[np.bool_], fits: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Rows with the least recomputation that fits among neighbours that differ in nothing else.

    More recomputation is never faster, so the others need no price.
    """
    names = ("tp", "pp", "vp", "cp", "ep", "microbatch", "sharding", "shard_group")
    key = np.column_stack([owner, usual, *(getattr(layouts, name) for name in names)])
    start = np.flatnonzero(np.append(True, (key[1:] != key[:-1]).any(axis=1)))
    least = np.minimum.reduceat(np.where(fits, layouts.recompute, np.int8(9)), start)
    result: NDArray[np.bool_] = layouts.recompute == np.repeat(least, np.diff(np.append(start, len(owner))))
    return result


def stated_layouts(runs: Sequence[MeasuredRun]) -> Layouts:
    """The layouts of runs, a row each; what a run leaves out is one, and not recomputed."""
    split = np.array([run.sequence_parallel is not False and (run.tp or 1) > 1 for run in runs])
    return Layouts.of(
        accelerators=[run.accelerators for run in runs],
        global_batch=[run.global_batch or 1.0 for run in runs],
        tp=[run.tp or 1 for run in runs],
        pp=[run.pp or 1 for run in runs],
        vp=[run.vp or 1 for run in runs],
        cp=[run.cp or 1 for run in runs],
        ep=[run.ep or 1 for run in runs],
        microbatch=[run.microbatch or 1 for run in runs],
        recompute=[RECOMPUTE_CODES[run.recompute or "none"] for run in runs],
        sharding=[SHARDING_CODES[run.sharding or "none"] for run in runs],
        shard_group=_shard_groups(runs),
        sequence_parallel=split,
    )


def _shard_groups(runs: Sequence[MeasuredRun]) -> list[float]:
    """Accelerators over which the states of each run are spread: all replicas, or fewer if it says so."""
    ranks = [run.accelerators // ((run.tp or 1) * (run.pp or 1)) for run in runs]
    return [max(min(run.shard_group or n, n), 1.0) for run, n in zip(runs, ranks, strict=True)]


def stated_memory(specs: Sequence[RunSpec], profile: MemoryProfile) -> Memory:
    """Bytes per accelerator of each run, in its stated layout, under one framework's profile."""
    models, works = [s.transformer for s in specs], [s.work for s in specs]
    states = StateBytes.of(models, works, profile)
    layouts = stated_layouts([s.run for s in specs])
    return memory(Transformers.of(models), np.array([w.sequence for w in works]), states, layouts, profile)
