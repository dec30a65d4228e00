"""The model that training settings write out: its shape, counted without asking anybody."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import Any

from isocost.engine.architecture import parameters
from isocost.engine.records import Transformer
from isocost.files.imports.model.facts import MOST_LAYERS
from isocost.files.imports.settings.forms.arithmetic import parsed
from isocost.files.imports.settings.run import Run
from isocost.language import tr
from isocost.plan.values import Shape

LARGEST = 1e8
"""Of any width or number of layers, as in a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A decoder's shape as settings have it; None = they do not say."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocabulary: int | None = None
    padded: int | None = None
    """The vocabulary as the framework pads it for its tensor parallel."""
    gated: bool = True
    tied: bool = False
    biases: bool = False
    qkv_bias: bool = False
    norm_bias: bool = False
    qk_norm: bool = False
    positions: int = 0
    """Rows of a learned table."""
    experts: int | None = None
    top_k: int = 0
    expert_ffn: int = 0
    shared_width: int = 0
    moe_layers: int = 0
    latent: tuple[int, int, int, int, int] | None = None
    """q_lora_rank, kv_lora_rank, qk_nope_dim, qk_rope_dim, v_head_dim of multi-head latent attention."""

    def transformer(self, vocabulary: int) -> Transformer:
        """The shape as the engine has it."""
        q, kv, nope, rope, value = self.latent or (0, 0, 0, 0, 0)
        shared = self.shared_width / self.expert_ffn if self.experts and self.expert_ffn else 0.0
        return Transformer(
            "",
            layers=float(self.layers),
            hidden=float(self.hidden),
            heads=float(self.heads),
            kv_heads=float(self.kv_heads),
            head_dim=float(self.head_dim),
            ffn=float(self.ffn),
            vocabulary=float(vocabulary),
            gated=self.gated,
            tied_embeddings=self.tied,
            attention="mla" if self.latent else "mha",
            q_lora_rank=float(q),
            kv_lora_rank=float(kv),
            qk_nope_dim=float(nope),
            qk_rope_dim=float(rope),
            v_head_dim=float(value),
            moe_layers=float(self.moe_layers if self.experts else 0),
            experts=float(self.experts or 0),
            top_k=float(self.top_k),
            shared_experts=shared,
            expert_ffn=float(self.expert_ffn),
            learned_positions=float(self.positions),
        )

    def counts(self) -> tuple[float, float]:
        """Total and active parameters; without a vocabulary those of the layers and the last norm alone."""
        counted = parameters(self.transformer(self.vocabulary or 0))
        more = self._biases()
        return counted.total + more, counted.active + more

    def _biases(self) -> float:
        """Biases and norms of queries and keys, which the engine's own count leaves out."""
        q, kv = self.heads * self.head_dim, self.kv_heads * self.head_dim
        each = 0.0
        if self.biases:
            dense = (self.layers - (self.moe_layers if self.experts else 0)) / self.layers
            each += q + 2 * kv + self.hidden + dense * ((2 if self.gated else 1) * self.ffn + self.hidden)
        elif self.qkv_bias:
            each += q + 2 * kv
        if self.norm_bias:
            each += 2 * self.hidden
        if self.qk_norm:
            each += 2 * self.head_dim
        return self.layers * each + (self.hidden if self.norm_bias else 0)

    def shape(self) -> Shape | None:
        """The shape as a plan can hold it; None where it is not whole."""
        if self.vocabulary is None:
            return None
        more: dict[str, Any] = {"learned_positions": self.positions or None}
        if self.experts:
            more |= {
                "experts": self.experts,
                "top_k": self.top_k,
                "expert_ffn": self.expert_ffn,
                "moe_layers": self.moe_layers,
                "shared_experts": self.shared_width / self.expert_ffn or None,
            }
        if self.latent:
            ranks = ("q_lora_rank", "kv_lora_rank", "qk_nope_dim", "qk_rope_dim", "v_head_dim")
            more |= {name: value or None for name, value in zip(ranks, self.latent, strict=True)}
        return Shape(
            layers=self.layers,
            hidden=self.hidden,
            heads=self.heads,
            ffn=self.ffn,
            vocabulary=self.vocabulary,
            kv_heads=self.kv_heads,
            head_dim=self.head_dim,
            gated=self.gated,
            tied_embeddings=self.tied,
            **more,
        )

    def as_json(self) -> dict[str, Any]:
        """The shape and its counts; those without a vocabulary say so in their key."""
        total, active = self.counts()
        tree: dict[str, Any] = {
            "layers": self.layers, "hidden": self.hidden, "heads": self.heads, "kv_heads": self.kv_heads,
            "head_dim": self.head_dim, "ffn": self.ffn,
        }  # fmt: skip
        if self.experts:
            tree |= {"experts": self.experts, "top_k": self.top_k, "expert_ffn": self.expert_ffn}
            tree |= {"moe_layers": self.moe_layers}
        if self.vocabulary is None:
            tree["parameters_without_vocabulary"] = round(total)
        else:
            tree |= {"vocabulary": self.vocabulary, "parameters": round(total)}
            tree |= {"vocabulary_padded": self.padded, "active_parameters": round(active)}
        return tree


def architecture(run: Run, *, grouped: bool = True) -> Architecture | None:
    """The shape in a run's values; None where layers, width or heads are missing or contradict each other.

    ``grouped``: whether the number of query groups counts without a flag of its own.
    """
    layers, hidden, heads = (run.count(name) for name in ("layers", "hidden", "heads"))
    if layers is None or hidden is None or heads is None:
        return None
    gated = bool(run.get("swiglu"))
    groups = run.count("query_groups") if grouped or run.get("grouped") else None
    head_dim = run.count("head_dim") or hidden // heads
    ffn = run.count("ffn") or (int(8 * hidden / 3 / 64) * 64 if gated else 4 * hidden)
    experts = run.count("experts") if (run.count("experts") or 0) > 1 else None
    try:
        moe_layers = _moe_layers(run.get("moe_layers"), layers) if experts else 0
    except ValueError as wrong:
        run.problems.append(str(wrong))
        moe_layers = layers
    found = Architecture(
        layers=layers, hidden=hidden, heads=heads, kv_heads=groups or heads, head_dim=head_dim, ffn=ffn,
        vocabulary=run.count("vocabulary"), padded=_padded(run), gated=gated, tied=_tied(run),
        biases=_biases(run), qkv_bias=bool(run.get("qkv_bias")),
        norm_bias=run.word("normalization").startswith("layernorm"),
        qk_norm=bool(run.get("qk_norm")), positions=_positions(run), experts=experts,
        top_k=run.count("top_k") or 0, expert_ffn=(run.count("expert_ffn") or ffn) if experts else 0,
        shared_width=run.count("shared_width") or 0, moe_layers=moe_layers, latent=_latent(run),
    )  # fmt: skip
    if problem := _flaw(found):
        run.problems.append(problem)
        return None
    return found


def _flaw(found: Architecture) -> str:
    widths = (found.layers, found.hidden, found.heads, found.ffn, found.head_dim, found.vocabulary or 1)
    if max(*widths, found.experts or 1, found.expert_ffn, found.positions) > LARGEST:
        return "the model's shape: a width or a number of layers beyond 1e8 is no model's."
    if found.head_dim < 1:
        return f"the model's shape: a hidden size of {found.hidden} does not hold {found.heads} heads."
    if found.heads % found.kv_heads:
        return f"the model's shape: {found.kv_heads} query groups do not divide {found.heads} heads."
    if found.experts and not 1 <= found.top_k <= found.experts:
        return f"the model's shape: a token cannot be sent to {found.top_k} of {found.experts} experts."
    return ""


def _padded(run: Run) -> int | None:
    vocabulary = run.count("vocabulary")
    multiple = run.count("vocabulary_multiple")
    if vocabulary is None or multiple is None:
        return vocabulary
    each = multiple * (run.count("tp") or 1)
    return math.ceil(vocabulary / each) * each


def _tied(run: Run) -> bool:
    return not run.get("untied") if "untied" in run.facts else bool(run.get("tied"))


def _biases(run: Run) -> bool:
    return not run.get("no_bias") if "no_bias" in run.facts else bool(run.get("biases"))


def _positions(run: Run) -> int:
    learned = run.word("positions") == "learned_absolute" and not run.get("rotary")
    return (run.count("max_positions") or run.count("sequence") or 0) if learned else 0


def _latent(run: Run) -> tuple[int, int, int, int, int] | None:
    if not run.get("latent"):
        return None
    ranks = ("q_lora_rank", "kv_lora_rank", "qk_nope_dim", "qk_rope_dim", "v_head_dim")
    q, kv, nope, rope, value = (run.count(name) or 0 for name in ranks)
    return (q, kv, nope, rope, value)


def _moe_layers(frequency: Any, layers: int) -> int:
    """How many layers have experts: every n-th, or a list such as ``([0]*3+[1]*58)``. Raises ValueError."""
    if frequency is None:
        return layers
    if isinstance(frequency, int | float) and not isinstance(frequency, bool):
        # Megatron: layer i has experts where i % frequency == 0, the first included.
        return math.ceil(layers / frequency) if frequency >= 1 else layers
    tree = parsed(str(frequency), "eval") if len(str(frequency)) <= 2000 else None
    listed = _pattern(tree.body) if isinstance(tree, ast.Expression) else None
    if isinstance(listed, int):
        return math.ceil(layers / max(listed, 1))
    if listed is None or len(listed) != layers or not set(listed) <= {0, 1}:
        raise ValueError(
            tr(
                "moe_layer_freq: a number, or a list of {layers} zeros and ones such as "
                "([0]*3+[1]*58), is expected, got {frequency!r}.",
                layers=layers,
                frequency=str(frequency)[:60],
            )
        )
    return sum(listed)


def _pattern(node: ast.expr) -> list[int] | int | None:
    """The list that sums and products of lists of numbers make; None = it is none, or too long."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, int) and not isinstance(node.value, bool) else None
    if isinstance(node, ast.List | ast.Tuple):
        items = [_pattern(each) for each in node.elts]
        return [each for each in items if isinstance(each, int)] if len(items) <= MOST_LAYERS else None
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _pattern(node.left), _pattern(node.right)
    if isinstance(node.op, ast.Add) and isinstance(left, list) and isinstance(right, list):
        return left + right if len(left) + len(right) <= MOST_LAYERS else None
    if isinstance(node.op, ast.Mult):
        if isinstance(left, int):
            left, right = right, left
        if isinstance(left, list) and isinstance(right, int) and 0 <= right <= MOST_LAYERS:
            return left * right if len(left) * right <= MOST_LAYERS else None
    return None
