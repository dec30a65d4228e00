"""Settings in several files: a DeepSpeed JSON or accelerate's YAML beside the arguments of a trainer."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.files.imports.settings.recognising import settings_of
from isocost.files.imports.settings.run import Fact, Run
from isocost.files.imports.settings.settled import FIELDS, Settings
from isocost.files.imports.source import Given

HOSTS = ("hf", "trl", "axolotl", "llama_factory", "swift", "openrlhf")
"""Rules of trainers that leave half of their settings to those files."""
_SHARED = (
    "sharding",
    "offload",
    "precision",
    "recompute",
    "tp",
    "cp",
    "microbatch",
    "accumulation",
    "global_batch",
)
_ASKING = "give that file too"
"""What notes say about a file that is at hand now."""


def hosts_and_parts(found: Sequence[Settings]) -> tuple[Settings | None, list[Settings]]:
    """The one trainer among settings and the halves that belong to it; None where there is not one."""
    hosts = [each for each in found if each.run is not None and each.run.trainer.rules in HOSTS]
    parts = [each for each in found if each.task is None]
    return (hosts[0], parts) if len(hosts) == 1 and parts else (None, [])


def joined(host: Settings, parts: Sequence[Settings], given: Given) -> Settings:
    """The settings of one run from its trainer's and the other halves."""
    assert host.run is not None
    runs = [each.run for each in parts if each.run is not None]

    def before(run: Run) -> None:
        for part in runs:
            fact = part.facts.get("all_gpus")
            if fact is not None and fact.value is not None:
                run.facts["all_gpus"] = fact

    def after(run: Run) -> None:
        run.notes = [note for note in run.notes if _ASKING not in note]
        run.needs = [need for need in run.needs if "file" not in need]
        for part in runs:
            _put(run, part)
            run.notes += [note for note in part.notes if _ASKING not in note]
            run.problems += part.problems

    content = host.run.extra["content"]
    made = settings_of(content, host.run.trainer, given, before, after)
    own = [key for key in made.ignored if not key.startswith("deepspeed.")]
    ignored = (*own, *(key for part in parts for key in part.ignored))
    return Settings(**{**{name: getattr(made, name) for name in _FIELDS}, "ignored": ignored})


_FIELDS = tuple(Settings.__dataclass_fields__)


def _put(run: Run, part: Run) -> None:
    """What the other half says where the trainer is silent; a contradiction is said."""
    for name in _SHARED:
        fact = part.facts.get(name)
        if fact is None or fact.value is None or fact.origin != "file":
            continue
        held = run.facts.get(name, Fact(None, "not said"))
        stated = held.origin == "file" and held.value is not None
        # A stage read in the name of a file is but a hint at what stands in it.
        hint = name in ("sharding", "offload") and held.key in ("deepspeed", "")
        if stated and not hint and held.value != fact.value:
            label = FIELDS.get(name, name.replace("_", " ")).lower()
            run.problems.append(
                f"{label}: {held.value} in {held.key or 'the arguments'} and {fact.value} in "
                f"{part.trainer.label}'s file must agree."
            )
        else:
            run.facts[name] = fact
