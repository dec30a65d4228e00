"""The command of a shell text that trains: its program, its arguments as keys, and what its launcher says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from isocost.files.imports.settings.forms.scalars import scalar
from isocost.files.imports.settings.forms.shell import Command, Script, TooLongError, parted, read_shell
from isocost.files.imports.source import NotUnderstoodError
from isocost.language import tr

TOOLS = ("swift", "megatron", "llamafactory-cli", "axolotl", "trl", "nemo", "train_gpt2cu", "automodel")
"""Programs with a subcommand of their own instead of a script."""
LARGEST_COUNT = 10**8

_FLAG = re.compile(r"--?[A-Za-z][\w.-]*(=.*)?\Z", re.DOTALL)
_OVERRIDE = re.compile(r"[+~]{0,2}([A-Za-z_][\w.\-/@]*)=(.*)\Z", re.DOTALL)
_SCRIPT = re.compile(r"(?:.*/)?([\w.-]+\.(?:py|sh))\Z")
_MODULE = re.compile(r"[A-Za-z_][\w.]*\Z")
_NODES = ("nnodes", "nodes", "N", "num_nodes", "num_machines")
_PER_NODE = ("nproc_per_node", "ntasks_per_node", "gpus_per_node", "num_gpus", "gpus_per_task", "gres")
_ALL = ("num_processes", "np", "n", "ntasks")


@dataclass(slots=True)
class ShellContent:
    """What a shell text says of a run."""

    keys: dict[str, Any] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    nodes: int | None = None
    per_node: int | None = None
    gpus: int | None = None
    unsure: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    config: str = ""


def shell_content(text: str) -> ShellContent:
    """The command with the most settings of a shell text. Raises NotUnderstoodError."""
    try:
        script = read_shell(text)
    except (TooLongError, RecursionError):
        raise NotUnderstoodError(tr("variables of this shell text grow beyond any command line.")) from None
    best = max(map(_of_command, script.commands), key=_weight, default=ShellContent())
    if not best.keys:
        best = _of_variables(script)
    best.unsure = tuple(
        f"{name}: is set again under a condition; the first value is taken"
        for name in dict.fromkeys(script.unsure)
    )
    best.environment = {**script.variables, **best.environment}
    _with_environment(best, script)
    return best


def _weight(content: ShellContent) -> tuple[int, int]:
    return (len(content.keys), len(content.programs))


def _of_variables(script: Script) -> ShellContent:
    """Arguments that stand in arrays and variables no command of the text uses."""
    words = [word for array in script.arrays.values() for word in array]
    words += [
        word
        for value in script.variables.values()
        if value.lstrip().startswith("--")
        for word in parted(value)
    ]
    return ShellContent(keys=_arguments(words))


def _of_command(command: Command) -> ShellContent:
    before, after, programs = _program(command.words)
    launcher, rest = command.words[:before], command.words[after:]
    found = ShellContent(keys=_arguments(rest), programs=programs, environment=command.variables)
    found.config = _config(rest, found.keys)
    options = _arguments(launcher)
    _with_launcher(found, launcher, options)
    # "deepspeed train.py --deepspeed z3.json" and "accelerate launch --mixed_precision bf16 train.py".
    for key in ("mixed_precision", "config_file", "use_fsdp", "use_deepspeed", "zero_stage"):
        if key in options and key not in found.keys:
            found.keys[key] = options[key]
    return found


def _config(words: Sequence[str], keys: Mapping[str, Any]) -> str:
    """The file of settings among a program's arguments: its first word, or a flag's value."""
    named = [words[0]] if words else []
    named += [str(keys[key]) for key in ("config", "config_file", "job.config_file") if key in keys]
    return next((each for each in named if each.endswith((".yaml", ".yml", ".toml", ".json"))), "")


def _program(words: Sequence[str]) -> tuple[int, int, tuple[str, ...]]:
    """Where what launches a program ends and its own arguments begin, and the program's names."""
    names: list[str] = []
    for at, word in enumerate(words):
        base = word.rsplit("/", 1)[-1]
        if base in TOOLS:
            sub = words[at + 1] if at + 1 < len(words) and not words[at + 1].startswith("-") else ""
            return at, at + 1 + bool(sub), (f"{base} {sub}".strip(),)
        if word in ("-m", "--module") and at + 1 < len(words) and _MODULE.match(words[at + 1]):
            return at, at + 2, (words[at + 1],)
        if (script := _SCRIPT.match(word)) and not (at and words[at - 1].startswith("--config")):
            return at, at + 1, (script.group(1),)
        names.append(base)
    # No script: a launcher's line alone, or arguments alone.
    first = next((at for at, word in enumerate(words) if word.startswith("-") or "=" in word), len(words))
    return first, first, tuple(names[:first][:1])


def _arguments(words: Sequence[str]) -> dict[str, Any]:
    """Flags and overrides as keys: several values are a list, none is True."""
    keys: dict[str, Any] = {}
    flag: str | None = None
    for word in words:
        if _FLAG.match(word) and not _is_number(word):
            name, equals, value = word.lstrip("-").partition("=")
            name = name.replace("-", "_")
            keys[name] = scalar(value) if equals else True
            flag = None if equals else name
        elif flag is None and (found := _OVERRIDE.match(word)):
            keys[found.group(1)] = scalar(found.group(2).strip("'\""))
        elif flag is not None:
            held = keys[flag]
            if held is True:
                keys[flag] = scalar(word)
            elif isinstance(held, list):
                held.append(scalar(word))
            elif found := _OVERRIDE.match(word):
                keys[found.group(1)] = scalar(found.group(2).strip("'\""))
                flag = None
            else:
                keys[flag] = [held, scalar(word)]
    return keys


def _is_number(word: str) -> bool:
    return isinstance(scalar(word), int | float)


# How many


def _with_launcher(found: ShellContent, words: Sequence[str], options: Mapping[str, Any]) -> None:
    """What torchrun, srun, accelerate, deepspeed and mpirun say of nodes and processes."""
    bases = [word.rsplit("/", 1)[-1] for word in words]
    found.nodes = _first(options, _NODES)
    found.per_node = _first(options, _PER_NODE)
    if "mpirun" in bases or "accelerate" in bases or ("srun" in bases and "torchrun" not in bases):
        found.gpus = _first(options, _ALL)
    if "torchrun" in bases or "torch.distributed.launch" in bases:
        # torchrun starts one node, and one process on it, unless told otherwise.
        found.nodes = 1 if not set(_NODES) & set(options) else found.nodes
        found.per_node = 1 if not set(_PER_NODE) & set(options) else found.per_node
    if "deepspeed" in bases and found.per_node is not None and not set(_NODES) & set(options):
        found.nodes = 1


def _with_environment(found: ShellContent, script: Script) -> None:
    """What variables and a batch job's lines say, where the launcher does not."""
    variables = found.environment
    batch = _arguments(script.batch_options)
    if found.nodes is None:
        found.nodes = _first(batch, _NODES) or _first(variables, ("NNODES", "NUM_NODES"))
    if found.per_node is None:
        found.per_node = _first(batch, _PER_NODE) or _first(
            variables, ("NPROC_PER_NODE", "GPUS_PER_NODE", "NUM_GPUS")
        )
        listed = variables.get("CUDA_VISIBLE_DEVICES", "")
        if found.per_node is None and re.fullmatch(r"\d+(,\d+)*", listed):
            found.per_node = len(listed.split(","))
    if found.nodes is None and found.per_node is not None and "NPROC_PER_NODE" in variables:
        found.nodes = 1


def _first(options: Mapping[str, Any], names: Sequence[str]) -> int | None:
    """The first count among options; "1:4" of an elastic launch and "gpu:8" of a batch job included."""
    for name in names:
        value = options.get(name)
        if isinstance(value, str):
            value = scalar(value.removeprefix("gpu:").rpartition(":")[2] if "gpu:" in value else value)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST_COUNT:
            return value
    return None
