"""What settings come to: the values of every framework by the same names, the rest of them reckoned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isocost.catalog import Catalog
from isocost.engine.records import ADAPTED_MATRICES
from isocost.evidence.rows.words import lora_targets
from isocost.files.imports.settings.run import Fact, Run
from isocost.files.imports.settings.shape import Architecture
from isocost.files.imports.source import Given, Line, Origin
from isocost.plan.physics.resolve import ADAPTED
from isocost.plan.project.project import Place, Project

FIELDS = {
    "gpus": "Accelerators",
    "tp": "Tensor parallel",
    "pp": "Pipeline parallel",
    "vp": "Virtual pipeline",
    "cp": "Context parallel",
    "ep": "Expert parallel",
    "dp": "Data parallel",
    "microbatch": "Microbatch",
    "global_batch_sequences": "Batch (sequences)",
    "sequence": "Sequence (tokens)",
    "batch_tokens": "Batch (tokens)",
    "tokens": "Tokens in all",
    "precision": "Precision",
    "recompute": "Recompute",
    "sharding": "Sharding",
    "offload": "Offload",
    "optimizer": "Optimizer",
    "lora_rank": "Adapter rank",
    "lora_targets": "Adapted matrices",
    "method": "Method",
    "packing": "Packing",
    "epochs": "Epochs",
}
"""Every value by its name in JSON, and how it is called."""

_OF_SOME = ("method", "packing", "epochs", "lora_rank", "lora_targets")
"""Those that many runs have no use for."""

TASKS = {"pretrain": "pre-training", "sft": "fine-tuning", "rl": "reinforcement learning"}
_SHOWN_IGNORED = 40


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings of a training run say."""

    framework: str
    label: str
    task: str | None
    """pretrain, sft or rl; None = the file is half of a run and does not say."""
    values: Mapping[str, Fact]
    """By the names of FIELDS; a fact without a value is not known."""
    model: Mapping[str, Any] | None = None
    architecture: Architecture | None = None
    recipe: Mapping[str, Any] | None = None
    """Of reinforcement learning."""
    pairs: str = ""
    """dpo, orpo, reward-model... where batches count pairs of answers."""
    stage_rule: tuple[int, int, int] | None = None
    """Layers of a stage, and those its first and last one are short of: vp once the layers are known."""
    ignored: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    run: Run | None = field(default=None, compare=False, repr=False)
    """What it was reckoned from, so that another half can be joined."""

    @property
    def kind(self) -> str:
        """ "settings"."""
        return "settings"

    def get(self, name: str) -> Any:
        """A value; None where it is not known."""
        fact = self.values.get(name)
        return fact.value if fact is not None else None

    def as_json(self) -> Mapping[str, object]:
        """Every value, what was made of nothing, what is missing and what is to be known."""
        tree: dict[str, object] = {
            "kind": self.kind,
            "framework": self.framework,
            "task": self.task,
            "model": None if self.model is None else dict(self.model),
        }
        tree |= {name: self.get(name) for name in FIELDS}
        if self.recipe is not None:
            tree["rl"] = dict(self.recipe)
        tree["origins"] = {name: fact.origin for name, fact in self.values.items() if fact.value is not None}
        tree["ignored"] = list(self.ignored)
        tree["needs"] = list(self.needs)
        tree["notes"] = list(self.notes)
        tree["problems"] = list(self.problems)
        return tree

    def finding(self) -> str:
        """What the file is in one line."""
        doing = f" of {TASKS[self.task]}" if self.task else ""
        named = self.model.get("name") if self.model else None
        of = f", {named}" if named else ""
        missing = f"; {', '.join(self.needs)} would complete them" if self.needs else ""
        return f"{self.label} settings{doing}{of}{missing}"

    def lines(self) -> tuple[Line, ...]:
        """Every value with where it is from, then what is to be known, then what was ignored."""
        lines = [_model_line(key, value) for key, value in (self.model or {}).items()]
        for name, label in FIELDS.items():
            fact = self.values.get(name, Fact(None, "not said"))
            if name in _OF_SOME and fact.value is None:
                continue
            shown = "" if fact.value is None else _words(fact.value)
            lines.append(Line(label, shown, fact.origin if fact.value is not None else "not said"))
        for key, value in (self.recipe or {}).items():
            lines.append(Line(key.replace("_", " ").capitalize(), _words(value), "file"))
        lines += [Line("Note", note, "reckoned") for note in self.notes]
        lines += [Line("Problem", problem, "file") for problem in self.problems]
        lines += [Line(key, "", "ignored") for key in self.ignored[:_SHOWN_IGNORED]]
        if len(self.ignored) > _SHOWN_IGNORED:
            lines.append(Line(f"{len(self.ignored) - _SHOWN_IGNORED} more keys", "", "ignored"))
        return tuple(lines)

    def change(self, project: Project, catalog: Catalog, at: Place) -> Project:
        """The project with a stage as the settings have it. Raises NotUnderstoodError."""
        from isocost.files.imports.settings.planned import planned

        return planned(self, project, catalog, at)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,.10g}" if isinstance(value, float) else f"{value:,}"
    return str(value)


def _model_line(key: str, value: Any) -> Line:
    """A part of the model; counts of parameters are ours, all else is the file's."""
    label = "Model" if key == "name" else f"Model's {key.replace('_', ' ')}"
    return Line(label, _words(value), "reckoned" if "parameters" in key else "file")


def world(run: Run, given: Given) -> None:
    """Put ``gpus``: what is given, else what the file or its launcher says."""
    said = run.count("all_gpus")
    nodes, per_node = run.count("nodes"), _per_node(run.get("per_node"))
    if said is None and nodes is not None and per_node is not None:
        said = nodes * per_node
        run.put("gpus", said, "nodes", "per_node")
        if run.facts["gpus"].origin != "file":  # both are defaults: nothing is known of this run
            said = None
    if said is not None and given.gpus is not None and said != given.gpus:
        run.note(f"the file says {said:,} accelerators; {given.gpus:,} are given, and those are taken")
    if given.gpus is not None:
        run.facts["gpus"] = Fact(given.gpus, "given")
    else:
        run.facts["gpus"] = Fact(said, "file" if said is not None else "not said")


def _per_node(listed: Any) -> int | None:
    """Devices of a node: a number, or a list of theirs; None = left open (-1, auto)."""
    if isinstance(listed, list) and len(listed) > 1:
        return len(listed)
    value = listed[0] if isinstance(listed, list) and listed else listed
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 1 else None


def _adapters(run: Run) -> None:
    """Put ``lora_targets``: the plan's word for the modules that are said to have adapters, or the next."""
    told = run.get("lora_targets")
    if told is None or run.word("method") in ("", "full"):
        run.facts.pop("lora_targets", None)
        return
    text = " ".join(str(each) for each in told)
    try:
        said = lora_targets(text)
    except ValueError as error:
        run.note(f"all matrices are taken: {error}")
        said = None
    matrices = said or frozenset(ADAPTED_MATRICES)
    exact = next((word for word, each in ADAPTED.items() if matrices == frozenset(each)), None)
    near = "all-linear" if matrices & {"up", "down"} else "attention"
    if exact is None:
        run.note(f"adapters of {text[:60]}: those of {near} are the nearest that a plan has")
    run.put("lora_targets", exact or near, "lora_targets")


def replicas(run: Run) -> int | None:
    """Data-parallel replicas: accelerators over tp, pp and cp; None where one of them is not known."""
    gpus, degrees = run.count("gpus"), [run.count(name) for name in ("tp", "pp", "cp")]
    if gpus is None or None in degrees:
        return None
    product = 1
    for each in degrees:
        product *= each or 1
    if gpus % product:
        run.problems.append(
            f"{gpus:,} accelerators do not divide by tp {degrees[0]} x pp {degrees[1]} x cp {degrees[2]}."
        )
        return None
    return gpus // product


def settle(run: Run, given: Given) -> Settings:
    """Reckon what follows from a run's values: replicas, the batch, tokens."""
    if run.count("dp") is None:
        run.put("dp", replicas(run), origin="reckoned")
    _fill(run, "sequence", given.sequence)
    _batch(run, given)
    _tokens(run)
    if run.facts.get("dp", Fact(None, "not said")).value is None and run.count("gpus") is None:
        run.need("gpus")
    _adapters(run)
    values = {name: run.facts.get(_OWN.get(name, name), Fact(None, "not said")) for name in FIELDS}
    run.asked |= {*FIELDS, *_OWN.values()}
    for name in (
        "gpus",
        "tp",
        "pp",
        "vp",
        "cp",
        "ep",
        "microbatch",
        "global_batch_sequences",
        "sequence",
        "lora_rank",
    ):
        fact = values[name]
        if not isinstance(fact.value, int) or fact.value < 1:
            values[name] = Fact(None, "not said")
    if values["vp"].value == 1:
        values["vp"] = Fact(None, "not said")
    return Settings(
        framework=run.trainer.name,
        label=run.trainer.label,
        task=run.extra.get("task", run.trainer.task),
        values=values,
        model=run.model or None,
        architecture=run.extra.get("architecture"),
        recipe=run.extra.get("rl"),
        pairs=run.extra.get("pairs", ""),
        stage_rule=run.extra.get("stage_rule"),
        ignored=tuple(run.ignored()),
        needs=tuple(run.needs),
        notes=tuple(run.notes),
        problems=tuple(run.problems),
        run=run,
    )


_OWN = {"global_batch_sequences": "global_batch"}


def _fill(run: Run, name: str, given: int | None) -> None:
    """A value that is given counts where the file is silent, or has nothing but a default."""
    if given is not None and not run.said(name):
        run.facts[name] = Fact(given, "given")
    elif given is not None and run.get(name) != given:
        run.note(
            f"the file says a {name.replace('_', ' ')} of {run.get(name):,}; the {given:,} given are not used"
        )


def _batch(run: Run, given: Given) -> None:
    """Sequences and tokens of a step."""
    micro, dp, accumulation = run.count("microbatch"), run.count("dp"), run.count("accumulation")
    if run.count("global_batch") is None and micro and dp and accumulation:
        run.put("global_batch", micro * dp * accumulation, origin="reckoned")
    if run.count("global_batch") is None and given.batch is not None:
        run.facts["global_batch"] = Fact(given.batch, "given")
    sequences, sequence = run.count("global_batch"), run.count("sequence")
    if sequences and micro and dp and sequences % (micro * dp):
        run.problems.append(
            f"a batch of {sequences:,} sequences does not divide by microbatch {micro:,} x {dp:,} replicas."
        )
    rl = run.extra.get("task", run.trainer.task) == "rl"
    tokens = sequences * sequence if sequences and sequence and not rl else None
    run.put("batch_tokens", tokens, origin="reckoned")


def _tokens(run: Run) -> None:
    """Tokens of the whole run."""
    if run.count("tokens"):
        return
    samples, sequence = run.count("samples"), run.count("sequence")
    batch, steps = run.count("batch_tokens"), run.count("steps")
    total = samples * sequence if samples and sequence else steps * batch if steps and batch else None
    if run.extra.get("task", run.trainer.task) == "rl":
        total = None
    run.put("tokens", total, origin="reckoned")


def origin_words(origin: Origin) -> str:
    """Where a value is from, for a stage's note."""
    return {"file": "from file", "given": "given", "default": "the framework's default"}.get(
        origin, "reckoned"
    )
