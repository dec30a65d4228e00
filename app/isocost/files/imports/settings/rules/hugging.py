"""The family of Hugging Face's Trainer: DeepSpeed, accelerate, TRL, axolotl, LLaMA-Factory, ms-swift."""

from __future__ import annotations

import math
import re

from isocost.files.imports.settings.rules.common import (
    COPIES,
    STAGES,
    objective_of,
    put_optimizer,
    put_told,
    told,
    whole_world,
)
from isocost.files.imports.settings.run import Fact, Run
from isocost.files.imports.settings.settled import replicas

FSDP_WORDS = {
    "full_shard": "zero3", "1": "zero3", "shard_grad_op": "zero2", "2": "zero2", "no_shard": "none",
    "3": "none", "hybrid_shard": "zero3", "4": "zero3", "hybrid_shard_zero2": "zero2", "5": "zero2",
}  # fmt: skip
_ZERO = re.compile(r"(?:z|zero|stage)[_-]?([0-3])", re.IGNORECASE)
SMALLEST_SWIFT_BATCH = 16
LORA_RANK = 8
"""What PEFT's own LoraConfig takes where a script names no rank (peft/tuners/lora/config.py)."""


# DeepSpeed and accelerate


def deepspeed(run: Run) -> None:
    """DeepSpeed's own file."""
    stage = run.get("stage")
    if stage is not None and stage not in STAGES:
        run.problems.append(f"zero_optimization.stage: 0, 1, 2 or 3 is expected, got {stage}.")
    run.put("sharding", STAGES.get(stage) if isinstance(stage, int) else None, "stage")
    optimizer = run.word("offload_optimizer_to") not in ("none", "") or bool(run.get("old_offload"))
    parameters = run.word("offload_parameters_to") not in ("none", "") or bool(run.get("old_parameters"))
    run.extra["disk"] = "nvme" in (run.word("offload_optimizer_to"), run.word("offload_parameters_to"))
    run.put(
        "offload",
        _places(parameters, optimizer),
        "offload_optimizer_to",
        "offload_parameters_to",
        "old_offload",
    )
    for name, what in (
        ("hpz", "ZeRO++ holds a second copy of the weights within a node"),
        ("mics", "MiCS splits states within groups"),
    ):
        if (run.count(name) or 1) > 1:
            run.note(f"{what}; a plan splits them over all")
    if any(run.facts[name].value is None for name in ("bf16", "fp16")):  # "auto"
        run.put("precision", None)
    elif run.get("autocast"):
        run.put("precision", "fp16" if run.word("autocast_dtype") == "float16" else "bf16", "autocast")
    else:
        run.put(
            "precision", "bf16" if run.get("bf16") else "fp16" if run.get("fp16") else "fp32", "bf16", "fp16"
        )
    _deepspeed_batch(run)
    autos = [key for key, value in run.keys.items() if value == "auto"]
    if autos:
        run.note('"auto" is filled by the arguments of the trainer; give that file too')
        run.need("the trainer's arguments")
    if run.word("pipeline"):
        run.note("pipeline stages are cut by the script, which is not known here")
    put_optimizer(run)


def _deepspeed_batch(run: Run) -> None:
    """Two of batch, microbatch and accumulation give the third; all three give the replicas."""
    total, micro, accumulation = run.count("global_batch"), run.count("microbatch"), run.count("accumulation")
    if total and micro and accumulation:
        if total % (micro * accumulation):
            run.problems.append(
                f"train_batch_size {total:,} does not divide by microbatch {micro:,} x accumulation "
                f"{accumulation:,}."
            )
        elif run.count("gpus") is None:
            run.put("dp", total // (micro * accumulation), origin="reckoned")
        elif (dp := replicas(run)) is not None and dp != total // (micro * accumulation):
            run.problems.append(
                f"train_batch_size {total:,} is that of {total // (micro * accumulation):,} replicas, "
                f"not of {dp:,}."
            )
    elif total and micro is None and accumulation and (dp := replicas(run)):
        run.put("microbatch", max(total // (dp * accumulation), 1), origin="reckoned")


def accelerate(run: Run) -> None:
    """accelerate's file: the launcher's half."""
    kind = run.word("distributed")
    if run.count("megatron_tp"):
        run.put("tp", run.count("megatron_tp"), "megatron_tp")
    if "deepspeed" in kind or run.get("stage") is not None:
        run.put("sharding", STAGES.get(run.get("stage")), "stage")
        if run.get("stage") is None:
            deepspeed_named(run)
    elif "fsdp" in kind:
        fsdp_sharding(run)
    else:
        run.put(
            "sharding",
            "zero1" if run.get("megatron_distributed") else "none",
            "megatron_distributed",
            "distributed",
        )
    optimizer = run.word("offload_optimizer_to") not in ("none", "")
    parameters = run.word("offload_parameters_to") not in ("none", "") or bool(run.get("fsdp_offload"))
    run.extra["disk"] = "nvme" in (run.word("offload_optimizer_to"), run.word("offload_parameters_to"))
    run.put(
        "offload",
        _places(parameters, optimizer),
        "offload_optimizer_to",
        "offload_parameters_to",
        "fsdp_offload",
    )
    mixed = run.word("mixed")
    run.put("precision", {"no": "fp32", "false": "fp32"}.get(mixed, mixed or None), "mixed")
    on = run.get("fsdp_checkpointing")
    run.put("recompute", None if on is None else "full" if on else "none", "fsdp_checkpointing")
    if run.get("megatron_recompute"):
        run.put("recompute", "selective", "megatron_recompute")
    run.note("the trainer's arguments are in another file; give that file too")


def _places(parameters: bool, optimizer: bool) -> str:
    """What is kept in the host's memory; parameters there take the optimizer with them."""
    return "parameters" if parameters else "optimizer" if optimizer else "none"


def deepspeed_named(run: Run) -> None:
    """The stage in the name of a DeepSpeed file that is not at hand: a hint, and named as one."""
    named = str(run.get("deepspeed"))
    found = _ZERO.search(named.rsplit("/", 1)[-1])
    if found is None:
        run.put("sharding", None, "deepspeed")
        run.note(f"the stage is in {named[:60]}, which is not at hand; give that file too")
        run.need("the DeepSpeed file")
        return
    run.put("sharding", STAGES[int(found.group(1))], "deepspeed")
    if "offload" in named.lower():
        run.put(
            "offload",
            "parameters" if found.group(1) == "3" and "optim" not in named.lower() else "optimizer",
            "deepspeed",
        )
    if "." in named or "/" in named:
        run.note(f"the stage is read from the name {named[:60]}; give that file too to be sure")


# Trainer and its like


def hf(run: Run) -> None:
    """Hugging Face's TrainingArguments."""
    unsloth = run.word("unsloth_checkpointing")
    if unsloth in ("true", "unsloth"):
        run.put("checkpointing", True, "unsloth_checkpointing")
        run.put("checkpoint_offload", unsloth == "unsloth", "unsloth_checkpointing")
    _trainer(run)
    if run.get("lora") or _in_script(run) or run.count("lora_rank") or run.said("four_bits"):
        tuned(run, "lora")
    if doing := told(run):
        put_told(run, doing)
    if (
        run.get("dtype") is not None
        and not run.get("bf16")
        and not run.get("fp16")
        and "b" in run.word("dtype")
    ):
        run.note(
            "the model may be loaded in 16 bits while bf16 is off: then parameters are trained in 16 bits"
        )


def trl(run: Run) -> None:
    """TRL: other defaults, pairs and rollouts."""
    if run.get("fp16") and not run.said("bf16"):
        run.put("bf16", False, "fp16")
    _trainer(run)
    if not any(run.get(name) for name in ("deepspeed", "fsdp")):
        run.note("how replicas split their states is in accelerate's file, if any; give that file too")
    if run.get("lora") or _in_script(run):
        tuned(run, "lora")
    else:
        run.facts.pop("lora_rank", None)
        run.put("method", "full", "lora")
    doing = told(run) or _keyed(run)
    if doing in ("", "dpo", "grpo") and (run.count("group") or doing == "grpo"):
        _grpo(run)
    elif doing:
        loss = run.word("pair_loss")
        put_told(run, loss if doing == "dpo" and objective_of(loss) else doing, "pair_loss")


def _in_script(run: Run) -> bool:
    """Whether a Python file makes PEFT's own adapters, whose rank has a default of its own."""
    made = any(key.startswith("peft_config.") for key in run.keys)
    if made and not run.said("lora_rank"):
        run.put("lora_rank", LORA_RANK)
    return made


def _keyed(run: Run) -> str:
    """What TRL's trainer is told to do by keys that only some of them have; empty = to follow examples."""
    if run.get("desirable") is not None:
        return "kto"
    if run.get("reference_free") is not None:
        return "cpo"
    return "dpo" if run.get("beta") is not None else ""


def _grpo(run: Run) -> None:
    group = run.count("group") or 8
    cap = run.count("response_cap") or 512
    run.extra["task"] = "rl"
    dp, micro, accumulation = replicas(run), run.count("microbatch"), run.count("accumulation")
    responses = micro * accumulation * dp if dp and micro and accumulation else None
    run.extra["rl"] = {
        "algorithm": "grpo", "prompts": responses // group if responses else None, "group": group,
        "updates_per_round": run.count("iterations") or 1, "response_cap": cap, "steps": run.count("steps"),
    }  # fmt: skip
    run.put("sequence", (run.count("prompt_cap") or 512) + cap, "response_cap", "prompt_cap")
    run.note("a batch counts responses")


def axolotl(run: Run) -> None:
    """axolotl."""
    bf16 = run.word("bf16_word")
    run.put("bf16", bf16 in ("auto", "true", "full", "1"), "bf16_word")
    if "bf16_word" in run.facts and run.facts["bf16_word"].value is None:  # "auto": where the accelerator can
        run.facts["bf16"] = Fact(True, "file", run.facts["bf16_word"].key)
    if run.get("pure_bf16"):
        run.facts["bf16"] = Fact(True, "file", "bfloat16")
    word = run.word("checkpointing_word")
    run.put("checkpointing", word in ("true", "offload", "offload_disk", "unsloth"), "checkpointing_word")
    _trainer(run)
    if run.get("selective") and run.get("recompute") == "full":
        run.put("recompute", "selective", "selective")
    if run.get("fp8_on"):
        run.put("precision", "fp8", "fp8_on")
    if word in ("offload", "offload_disk") or run.word("activation_offload") not in ("", "false"):
        offload = run.get("offload")
        run.put(
            "offload",
            "activations" if offload == "none" else f"{offload}+activations",
            "checkpointing_word",
            "activation_offload",
        )
    _pure(run)
    tuned(run, run.word("adapter") or ("freeze" if run.get("unfrozen") else "full"))
    _axolotl_world(run)
    scored = "reward" if run.get("scores") else "prm" if run.get("scores_steps") else ""
    if doing := run.word("rl") or scored:
        put_told(run, doing, "rl")


def _axolotl_world(run: Run) -> None:
    shard = run.count("shard")
    if shard is None:
        return
    copies = run.count("replicas") or 1
    whole_world(run, math.prod([shard, copies, *(run.count(name) or 1 for name in ("tp", "pp", "cp"))]))


def llama_factory(run: Run) -> None:
    """LLaMA-Factory."""
    run.put("checkpointing", not run.get("no_checkpointing"), "no_checkpointing")
    stage = run.word("stage_word")
    if run.get("packing") is None:
        run.put("packing", stage == "pt", "stage_word")
    if run.get("mca"):
        run.note("the Megatron adapter trains it, with Megatron's own names")
    _trainer(run)
    if run.get("fp8_on"):
        run.put("precision", "fp8", "fp8_on")
    _pure(run)
    for name in ("galore", "apollo", "adam_mini", "muon"):
        if run.get(name):
            run.put("optimizer", name, name)
    method = "badam" if run.get("badam") else run.word("method")
    tuned(run, method, run.count("quantization"))
    if stage == "pt":
        run.extra["task"] = "pretrain" if method == "full" else "sft"
    elif stage != "sft":
        loss = run.word("pair_loss")
        put_told(run, loss if stage == "dpo" and objective_of(loss) else stage, "stage_word")


def swift(run: Run) -> None:
    """ms-swift."""
    dtype = run.word("dtype")
    if run.get("bf16") is None and run.get("fp16") is None and dtype:
        run.put("bf16", dtype in ("bfloat16", "bf16"), "dtype")
        run.put("fp16", dtype in ("float16", "fp16"), "dtype")
    unsaid = not dtype and run.get("bf16") is None and run.get("fp16") is None
    micro, dp = run.count("microbatch"), replicas(run)
    if run.count("accumulation") is None:
        if micro and dp:
            run.put("accumulation", math.ceil(SMALLEST_SWIFT_BATCH / (micro * dp)), origin="reckoned")
        run.note(f"accumulation is chosen so that a batch holds at least {SMALLEST_SWIFT_BATCH} sequences")
    _trainer(run)
    if unsaid:
        run.put("precision", None)
        run.note("the precision is that of the model's own file")
    method = run.word("method")
    tuned(run, method, run.count("quantization"))
    swift_task(run, method)


def swift_task(run: Run, method: str) -> None:
    """What ``swift`` and ``megatron`` are told to do: train on text, follow examples, or weigh answers."""
    program = " ".join(run.extra.get("programs", ()))
    if program.endswith((" pt", ".pt")) and method == "full":
        run.extra["task"] = "pretrain"
    if doing := run.word("rlhf") or ("dpo" if program.endswith((" rlhf", ".rlhf")) else ""):
        put_told(run, doing, "rlhf")


# What they share


def _trainer(run: Run) -> None:
    """Precision, sharding, recompute, optimizer and packing of TrainingArguments."""
    if run.get("model_name") is not None and str(run.get("model_name")).strip():
        run.model["name"] = run.get("model_name")
    context = (run.count("sp") or 1) * (run.count("cp") or 1)
    if context > 1:
        run.put("cp", context, "cp", "sp")
    _with_parallelism(run)
    run.put("precision", "bf16" if run.get("bf16") else "fp16" if run.get("fp16") else "fp32", "bf16", "fp16")
    if run.get("precision") == "fp32" and run.get("tf32"):
        run.put("precision", "tf32", "tf32")
    _split(run)
    checkpointing = run.get("checkpointing") or run.get("fsdp_checkpointing")
    run.put("recompute", "full" if checkpointing else "none", "checkpointing", "fsdp_checkpointing")
    if run.get("checkpoint_offload"):
        run.put("offload", "activations", "checkpoint_offload")
    put_optimizer(run)
    _length(run)


def _split(run: Run) -> None:
    """What replicas split, and what of it is kept in the host's memory."""
    run.put("offload", "none", "fsdp_offload")
    if run.get("deepspeed") not in (None, False, "none"):
        deepspeed_named(run)
    elif _has_fsdp(run):
        fsdp_sharding(run)
        words = " ".join(map(str, run.get("fsdp") or ())).lower()
        run.put(
            "offload",
            "parameters" if run.get("fsdp_offload") or "offload" in words.split() else "none",
            "fsdp_offload",
            "fsdp",
        )
    elif not run.extra.get("sharded"):
        run.put("sharding", "none")


def _length(run: Run) -> None:
    """Steps win over epochs."""
    if (run.count("steps") or 0) > 0:
        if run.said("steps"):
            run.facts.pop("epochs", None)
    else:
        run.facts.pop("steps", None)
    if run.get("packing") is False and run.count("sequence"):
        run.note("without packing the sequence is the longest, not the mean: tokens are at most as many")


def _with_parallelism(run: Run) -> None:
    """``parallelism_config``: degrees that make the number of processes."""
    shard, copies = run.count("shard"), run.count("replicas")
    if run.trainer.rules not in ("hf", "trl") or (shard is None and copies is None):
        return
    if run.count("gpus") is None and shard is not None:
        degrees = [run.count(name) or 1 for name in ("tp", "cp")]
        run.put("gpus", math.prod([shard, copies or 1, *degrees]), origin="reckoned")
    run.put("sharding", "zero3" if (shard or 1) > 1 else "none", "shard", "replicas")
    run.extra["sharded"] = True


def _has_fsdp(run: Run) -> bool:
    words = [each for each in run.get("fsdp") or () if each not in (False, None, "", "false")]
    return bool(words) or run.get("fsdp_version") is not None or bool(run.word("fsdp_reshard"))


def fsdp_sharding(run: Run) -> None:
    """What FSDP splits: its words of the first version, or whether it reshards in the second."""
    words = [part for each in run.get("fsdp") or () for part in str(each).lower().replace(",", " ").split()]
    words += [run.word("fsdp_strategy")] if run.word("fsdp_strategy") else []
    reshard = run.word("fsdp_reshard")
    stated = next((FSDP_WORDS[word] for word in (*words, reshard) if word in FSDP_WORDS), None)
    if reshard in ("false", "no"):
        stated = "zero2"
    elif reshard in ("true", "yes"):
        stated = "zero3"
    run.put("sharding", stated or "zero3", "fsdp_reshard", "fsdp_strategy", "fsdp", "fsdp_version")
    if any("hybrid" in word for word in (*words, reshard)):
        run.note(COPIES)


def _pure(run: Run) -> None:
    """All parameters in 16 bits: the states of AdamW are too."""
    if not run.get("pure_bf16"):
        return
    run.put("precision", "bf16-true", "pure_bf16")
    if run.get("optimizer") == "adamw":
        run.put("optimizer", "adamw-bf16", "pure_bf16")


def tuned(run: Run, method: str, bits: int | None = None) -> None:
    """Put the method of a fine-tune: adapters by what they are and by the bits of the weights beside them."""
    bits = 4 if run.get("four_bits") else 8 if run.get("eight_bits") else bits
    if method == "lora" and run.get("dora"):
        method = "dora"
    if bits is not None and method in ("lora", "dora"):
        wide = {4: "qlora", 8: "lora-8bit"}.get(bits, f"lora-{bits}bit")
        method = wide if method == "lora" else "qdora"
    keys = ("method", "adapter", "lora", "lora_rank", "quantization", "four_bits", "eight_bits", "dora")
    run.put("method", method or None, *keys)
    if method == "full":
        run.facts.pop("lora_rank", None)
