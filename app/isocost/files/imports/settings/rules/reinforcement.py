"""Reinforcement learning: verl, NeMo-RL, OpenRLHF."""

from __future__ import annotations

from typing import Any

from isocost.files.imports.settings.rules.common import STAGES, put_told, told
from isocost.files.imports.settings.run import Run
from isocost.files.imports.settings.settled import replicas

UNKNOWN_LENGTH = "the mean length of a response, which sets the cost, is in no settings: take it from a log"


def verl(run: Run) -> None:
    """verl, whose mini-batches count prompts."""
    if run.get("model_name") is not None:
        run.model["name"] = run.get("model_name")
    megatron = run.word("strategy") == "megatron"
    if megatron:
        for name in ("tp", "pp", "vp", "cp", "ep"):
            run.put(name, run.count(f"m{name}") if name != "vp" else run.count("mvp"), f"m{name}")
        granularity = run.word("megatron_recompute")
        run.put(
            "recompute", granularity if granularity in ("full", "selective") else "none", "megatron_recompute"
        )
        run.put("sharding", "zero1", "strategy")
        parameters, optimizer = run.get("megatron_param_offload"), run.get("megatron_optimizer_offload")
    else:
        for name in ("tp", "pp", "ep"):
            run.put(name, 1, "strategy")
        run.put("vp", None)
        run.put("cp", run.count("ulysses") or 1, "ulysses")
        run.put("recompute", "full" if run.get("checkpointing") else "none", "checkpointing")
        run.put("sharding", "zero3" if run.get("reshard") else "zero2", "reshard", "strategy")
        parameters, optimizer = run.get("param_offload"), run.get("optimizer_offload")
    run.put(
        "offload", "parameters" if parameters else "optimizer" if optimizer else "none",
        "param_offload", "optimizer_offload", "megatron_param_offload", "megatron_optimizer_offload",
    )  # fmt: skip
    run.put("precision", "bf16")
    run.put("optimizer", "adamw")
    _verl_world(run)
    if (run.count("lora_rank") or 0) == 0:
        run.facts.pop("lora_rank", None)
    program = " ".join(run.extra.get("programs", ()))
    if "sft" in program or run.count("sft_sequence"):
        run.extra["task"] = "sft"
        run.put("sequence", run.count("sft_sequence"), "sft_sequence")
        run.put("global_batch", run.count("prompts"), "prompts")
        return
    _verl_recipe(run)


def _verl_world(run: Run) -> None:
    dp = replicas(run)
    if run.get("dynamic"):
        run.put("microbatch", None)
        run.note("microbatches are filled up to a number of tokens (use_dynamic_bsz)")
    run.put("dp", dp, origin="reckoned")


def _verl_recipe(run: Run) -> None:
    group, prompts, mini = run.count("group") or 1, run.count("prompts"), run.count("mini")
    prompt, response = run.count("prompt_cap") or 0, run.count("response_cap") or 0
    run.put("sequence", prompt + response or None, "prompt_cap", "response_cap")
    if mini:
        run.put("global_batch", mini * group, "mini", "group")
    updates = prompts // mini * (run.count("ppo_epochs") or 1) if prompts and mini else None
    algorithm = run.trainer.words["algorithm"].get(run.word("estimator"), run.word("estimator"))
    run.extra["rl"] = _recipe(
        run, algorithm=algorithm, prompts=prompts, group=group, updates_per_round=updates,
        response_cap=response or None, prompt_cap=prompt or None, steps=run.count("steps"),
    )  # fmt: skip
    run.note("a mini-batch counts prompts; the tensor parallel of rollouts is not the trainer's")
    run.note(UNKNOWN_LENGTH)


def _recipe(run: Run, **values: Any) -> dict[str, Any]:
    """The recipe without what is not said; a penalty against a reference is named in the algorithm."""
    kl = run.get("kl") or run.get("kl_reward")
    if values["algorithm"] == "grpo" and kl:
        values["algorithm"] = "grpo-kl"
    return {key: value for key, value in values.items() if value is not None}


def nemo_rl(run: Run) -> None:
    """NeMo-RL, whose batches count responses."""
    if run.get("model_name") is not None:
        run.model["name"] = run.get("model_name")
    megatron, part = bool(run.get("megatron")), "d"
    if megatron and run.get("dtensor"):
        run.problems.append("dtensor_cfg and megatron_cfg are both enabled; exactly one of them may be.")
    if megatron:
        part = "m"
    for name in ("tp", "pp", "cp", "ep"):
        run.put(name, run.count(f"{part}{name}") or 1, f"{part}{name}")
    on = run.get(f"{part}_checkpointing")
    granularity = run.word("m_recompute") if megatron else "full"
    run.put(
        "recompute",
        (granularity if granularity in ("full", "selective") else "full") if on else "none",
        f"{part}_checkpointing",
        "m_recompute",
    )
    distributed = run.get("m_distributed")
    run.put(
        "sharding",
        ("zero1" if distributed else "none") if megatron else "zero3",
        "m_distributed",
        "megatron",
        "dtensor",
    )
    run.put(
        "offload",
        "optimizer"
        if megatron and run.get("m_offload")
        else "parameters"
        if not megatron and run.get("d_offload")
        else "none",
        f"{part}_offload",
    )
    word = run.word("precision_word")
    plain = {"float32": "fp32", "float16": "fp16"}.get(word, "bf16")
    eight = "mxfp8" if "mxfp8" in run.word("m_fp8_recipe") else "fp8"
    run.put("precision", eight if megatron and run.get("m_fp8") else plain, "m_fp8", "precision_word")
    named = run.word("optimizer").rsplit(".", 1)[-1]
    run.put("optimizer", run.trainer.words["optimizer"].get(named, named), "optimizer")
    if run.get(f"{part}_lora_on"):
        run.put("lora_rank", run.count(f"{part}_lora"), f"{part}_lora")
    else:
        run.facts.pop("lora_rank", None)
    if run.get("parent"):
        _leave_to_parent(run)
    if not run.count("prompts") and any(key.startswith(("sft.", "dpo.")) for key in run.keys):
        run.extra["task"] = "sft"
        return
    _nemo_recipe(run)


def _leave_to_parent(run: Run) -> None:
    """Of a file that inherits, what it does not say is its parent's and no default of the framework."""
    run.note("the file inherits from another (defaults:), and what is not in it is in that one")
    run.need("the file it inherits from")
    for name in ("tp", "pp", "cp", "ep", "recompute", "sharding", "offload", "precision", "optimizer"):
        if run.facts[name].origin == "default":
            run.put(name, None)


def _nemo_recipe(run: Run) -> None:
    prompts, group, batch = run.count("prompts"), run.count("group"), run.count("global_batch")
    updates = max(prompts * group // batch, 1) if prompts and group and batch else None
    estimator = run.word("estimator") or (
        "ppo" if any(key.startswith("ppo.") for key in run.keys) else "grpo"
    )
    run.extra["rl"] = _recipe(
        run, algorithm=run.trainer.words["algorithm"].get(estimator, estimator), prompts=prompts, group=group,
        updates_per_round=updates, steps=run.count("steps"),
        schedule="asynchronous" if run.get("asynchronous") else None,
    )  # fmt: skip
    run.note(UNKNOWN_LENGTH)


def openrlhf(run: Run) -> None:
    """OpenRLHF, whose batches count responses."""
    if run.get("model_name") is not None:
        run.model["name"] = run.get("model_name")
    run.put("sharding", STAGES.get(run.get("stage")), "stage")
    run.put("recompute", "full" if run.get("checkpointing") else "none", "checkpointing")
    run.put("offload", "optimizer" if run.get("adam_offload") else "none", "adam_offload")
    run.put("precision", "bf16" if run.get("bf16") else "fp32", "bf16")
    run.put("optimizer", "adamw")
    if (run.count("lora_rank") or 0) == 0:
        run.facts.pop("lora_rank", None)
    if run.count("prompt_cap") and run.count("response_cap") and run.count("sequence") is None:
        run.put("sequence", run.count("prompt_cap") + run.count("response_cap"), "prompt_cap", "response_cap")  # type: ignore[operator]
    if "train_sft" in " ".join(run.extra.get("programs", ())):
        run.extra["task"] = "sft"
        return
    if (doing := told(run)) not in ("", "ppo"):
        run.extra["task"] = "sft"
        put_told(run, doing)
        return
    if run.count("gpus") is not None and not run.get("colocated") and run.count("engines"):
        run.note(
            f"generation has {run.count('engines')} engines of tp {run.count('engine_tp') or 1} beside "
            "the accelerators of the actor"
        )
    group, prompts, batch = run.count("group") or 1, run.count("prompts"), run.count("global_batch")
    updates = max(prompts * group // batch, 1) * (run.count("max_epochs") or 1) if prompts and batch else None
    estimator = run.word("estimator")
    run.extra["rl"] = _recipe(
        run, algorithm=run.trainer.words["algorithm"].get(estimator, estimator), prompts=prompts, group=group,
        updates_per_round=updates, response_cap=run.count("response_cap"), steps=None,
        schedule="asynchronous" if run.get("asynchronous") else None,
    )  # fmt: skip
    run.note(UNKNOWN_LENGTH)
