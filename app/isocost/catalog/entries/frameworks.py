"""What a framework's name tells about how it computes a step (``resources/frameworks.yaml``)."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from isocost.catalog.table import read_text, yaml_record
from isocost.engine.records import AttentionKernel, Habits, Method, Optimizer, Precision
from isocost.engine.training.efficiency import GROUPED_EXPERTS_YEAR, PRESENT
from isocost.engine.training.states import PURE_16_BIT
from isocost.paths import resource

OVERLAP_YEAR = 2023.0
"""From 2023 stacks have switches that hide traffic piece by piece (userbuffers of Transformer Engine; MLPerf
v3.0 ran with them). Earlier runs were their authors' own, tuned as far as anybody could."""

REENTRANT_UNTIL = 2026.05
"""Until January 2026 Transformers and its trainers asked for reentrant checkpoints
(github.com/huggingface/transformers/pull/43203, huggingface/trl/pull/4811)."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of names a habit is known by, and words that say otherwise."""

    words: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def in_name(self, name: str) -> bool:
        """Whether a name in small letters has one of the words and none that says otherwise."""
        return any(word in name for word in self.words) and not any(word in name for word in self.unless)


class Frameworks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The habits of frameworks by words in their names."""

    attention: dict[AttentionKernel, tuple[str, ...]]
    overlapping: Words
    deduplicated: Words
    """Those that send a token once to all experts of a domain."""
    eager: Words
    tuned: Words
    replicated: Words
    """Those whose tensor parallelism has no sequence parallelism."""
    asynchronous: Words
    sharded: Words
    """Those that spread weights over all accelerators and recompute layers, whatever the model, where nothing
    else is said."""
    looped: Words
    """Those that call experts one after another."""
    uncaptured: Words
    """Those that launch every kernel of a routed layer by itself, though their tier captures them."""
    rowwise: Words
    """Those that scale 8-bit operands by rows."""
    uninterleaved: Words
    """Those whose pipeline stages are one chunk unless somebody says otherwise."""
    linear_only: Words
    """Those that quantise linear layers alone, which experts in one tensor are not."""
    exposed: Words
    fused: Words
    """Those whose norms, activations and loss are kernels written for them."""
    wide_gradients: Words
    """Those that reduce gradients in 32 bits though their tier does not."""
    narrow_gradients: Words
    """Those that reduce them in 16 bits though their tier does not."""
    switched: Words
    """Those whose switches for hiding traffic are off unless somebody turns them on."""
    reserved_peaks: Words
    """Those that print what their allocator took as their peak of memory."""
    wide_gathers: Words
    """Those that gather weights in 16 bits though their products are of 8."""
    module_fetches: Words
    """Those whose ZeRO-3 fetches weights module by module."""
    to_the_end: Words
    """Those that recompute a layer to its end, what no gradient needs of it too."""
    reentrant: Words
    """Those that did until ``REENTRANT_UNTIL``."""
    pruned: Words
    """Those whose compiler drops what no gradient needs."""
    power_limited: Words
    """Those said to run on accelerators below their rated power."""
    trainer: Words
    """Those whose step is run by Transformers' trainers."""
    host_kernel: Words
    """Those whose host updates weights by a kernel written for that."""
    autocast: Words
    """Those that keep weights in 32 bits and cast them for every product."""

    def casts(self, framework: str, precision: Precision, method: Method, optimizer: Optimizer) -> bool:
        """Whether every product casts its operands to 16 bits, weights of 32 too."""
        wide = method != "qlora" and optimizer not in PURE_16_BIT
        return wide and precision in ("bf16", "fp16") and self.autocast.in_name(framework.casefold())

    def experts_unquantised(self, framework: str, year: float) -> bool:
        """Whether QLoRA of a mixture leaves its experts in 16 bits."""
        return year >= GROUPED_EXPERTS_YEAR and self.linear_only.in_name(f"{framework.casefold()} ")

    def habits(
        self, framework: str, kernel: AttentionKernel | None = None, year: float | None = None
    ) -> Habits:
        """How a framework computes.

        ``kernel`` is that of attention where it is known otherwise, ``year`` that of the run; None = today.
        """
        # A trailing space, so that a word that needs one after it is found at the end too.
        name = f"{framework.casefold()} "
        named = (each for each, words in self.attention.items() if any(word in name for word in words))
        return Habits(
            attention=kernel or next(named, None),
            overlapping=self.overlapping.in_name(name),
            deduplicated=self.deduplicated.in_name(name),
            eager=self.eager.in_name(name),
            tuned=self.tuned.in_name(name),
            asynchronous=self.asynchronous.in_name(name),
            exposed=self.exposed.in_name(name)
            or (self.switched.in_name(name) and (year is None or year >= OVERLAP_YEAR)),
            looped=self.looped.in_name(name),
            uncaptured=self.uncaptured.in_name(name),
            rowwise=self.rowwise.in_name(name),
            wide_gradients=self.wide_gradients.in_name(name),
            narrow_gradients=self.narrow_gradients.in_name(name),
            wide_gathers=self.wide_gathers.in_name(name),
            module_fetches=self.module_fetches.in_name(name),
            stops_early=self._stops_early(name, PRESENT if year is None else year),
            power_limited=self.power_limited.in_name(name),
            trainer=self.trainer.in_name(name),
            host_kernel=self.host_kernel.in_name(name),
        )

    def _stops_early(self, name: str, year: float) -> bool | None:
        """Whether recomputation ends with the last tensor a gradient needs; None where no word tells."""
        whole = self.to_the_end.in_name(name) or (year < REENTRANT_UNTIL and self.reentrant.in_name(name))
        return True if self.pruned.in_name(name) else False if whole else None


@lru_cache(maxsize=1)
def frameworks() -> Frameworks:
    """The shipped habits. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(read_text(resource("frameworks.yaml")), Frameworks, "frameworks.yaml")
