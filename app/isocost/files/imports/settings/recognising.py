"""Which framework's settings keys are, and what they come to in its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from isocost.catalog.entries.trainers import Trainer, trainers, unread_settings
from isocost.files.imports.settings.forms.content import Content
from isocost.files.imports.settings.rules import RULES
from isocost.files.imports.settings.run import Fact, Run
from isocost.files.imports.settings.settled import FIELDS, Settings, settle, world
from isocost.files.imports.source import Given

_OTHERS = frozenset({"log_history", "isocost", "architectures"})
"""Keys of files that hold words of settings and are none: a trainer's log, a plan, a model's config.json."""
_SHAPE = frozenset({"hidden_size", "num_hidden_layers", "n_layer", "d_model", "num_attention_heads"})
_PROGRAM = 1000
"""A program's name says more than any number of keys."""


def settings_of(
    content: Content,
    trainer: Trainer,
    given: Given,
    before: Callable[[Run], None] = lambda run: None,
    after: Callable[[Run], None] = lambda run: None,
) -> Settings:
    """What a file's keys come to in the words of a framework.

    ``before`` and ``after`` its rules others may put what they know of the same run.
    """
    run = Run(trainer, content.keys)
    run.fill()
    run.extra["programs"] = content.programs
    run.extra["content"] = content
    launcher = (("nodes", content.nodes), ("per_node", content.per_node), ("all_gpus", content.gpus))
    for name, value in launcher:
        if value is not None and not run.said(name):
            run.facts[name] = Fact([value] if name == "per_node" else value, "file", "the launcher")
    run.notes += content.refused
    _with_marks(run, content)
    before(run)
    world(run, given)
    RULES[trainer.rules](run)
    after(run)
    if content.config and not (trainer.rules == "maxtext" and content.config.endswith("base.yml")):
        _leave_to_config(run, content.config)
    if _with_marks(run, content):
        run.facts.pop("dp", None)  # it follows from degrees that a comment has
    return settle(run, given)


def _leave_to_config(run: Run, config: str) -> None:
    """Of a command that names a file of settings, what it does not say is that file's and no default."""
    run.note(f"the settings stand in {config[:60]}; give that file too")
    run.need("the file of settings")
    for name, fact in list(run.facts.items()):
        if fact.origin == "default":
            run.facts[name] = Fact(None, "not said")


def _with_marks(run: Run, content: Content) -> bool:
    """Put what our own launch settings say in comments; whether there is any."""
    known = {name: value for name, value in content.marks.items() if name in FIELDS}
    for name, value in known.items():
        own = {"global_batch_sequences": "global_batch"}.get(name, name)
        run.facts[own] = Fact(value, "file", "a comment")
    return bool(known)


def unread_in(content: Content) -> str:
    """The framework whose settings a file has, of those that are not read; empty = of none of them."""
    found = (row.label for row in unread_settings() if row.knows(content.keys.keys()))
    return next(found, "")


def trainer_of(content: Content) -> Trainer | None:
    """The framework that most of a file's keys are of; None where none has any."""
    if _OTHERS & content.keys.keys() or ("model_type" in content.keys and _SHAPE & content.keys.keys()):
        return None
    scored = [(_score(each, content), each.rank, at) for at, each in enumerate(trainers())]
    best = max(scored)
    return trainers()[best[2]] if best[0] > 0 else None


def _score(trainer: Trainer, content: Content) -> int:
    """Marks of a framework among a file's keys; a program it is started by outweighs them."""
    keys = _last_parts(content.keys) if trainer.nested else content.keys.keys()
    found = sum(_has(keys, mark) for mark in trainer.marks)
    named = any(
        program == each or program.startswith(f"{each} ")
        for program in content.programs
        for each in trainer.programs
    )
    # A script's name may be anybody's: it needs a key of the framework too, and train.py is several's.
    script = content.programs[0].endswith((".py", ".sh")) if content.programs else True
    shared = (
        sum(content.programs[0] in each.programs for each in trainers()) > 1 if content.programs else True
    )
    if named and (not script or (found and not shared)):
        return found + _PROGRAM
    return found if found >= _least(content) else 0


def _least(content: Content) -> int:
    """Marks a file needs: one of a short file, two of a longer one, since any key may be anybody's."""
    return 1 if len(content.keys) < 4 else 2


def _has(keys: Sequence[str] | Any, mark: str) -> bool:
    return any(key.startswith(mark) for key in keys) if mark.endswith(".") else mark in keys


def _last_parts(keys: Mapping[str, Any]) -> set[str]:
    return {key.rpartition(".")[2] for key in keys}
