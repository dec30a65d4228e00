"""Which framework's settings a file holds, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from isocost.catalog.trainers import Trainer, trainers
from isocost.files.imports.settings.forms.content import LARGEST, Content, form_of, read_content
from isocost.files.imports.settings.rules import RULES
from isocost.files.imports.settings.run import Fact, Run
from isocost.files.imports.settings.settled import Settings, settle, world
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile

NOT_SETTINGS = (".log", ".jsonl", ".csv", ".out", ".err", ".txt.gz")
"""Suffixes of files that settings never have."""
_PROGRAM = 1000
"""A program's name says more than any number of keys."""


class SettingsReader:
    """Settings of training runs."""

    def knows(self, file: SourceFile) -> bool:
        """Whether keys or a program's name are those of a framework; never raises."""
        if file.suffix in NOT_SETTINGS or len(file.text) > LARGEST:
            return False
        try:
            content = read_content(file)
        except NotUnderstoodError:
            # What is broken is still somebody's settings where its suffix is that of nothing else.
            return form_of(file.suffix, file.text) in ("toml", "shell") and file.suffix in (".toml", ".sh")
        return _trainer_of(content) is not None

    def read(self, file: SourceFile, given: Given) -> Settings:
        """The settings. Raises NotUnderstoodError: a sentence naming the place."""
        content = read_content(file)
        trainer = _trainer_of(content)
        if trainer is None:
            raise NotUnderstoodError("no key of it is one of the frameworks whose settings are read.")
        return settings_of(content, trainer, given)


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
    before(run)
    world(run, given)
    RULES[trainer.rules](run)
    after(run)
    return settle(run, given)


def _trainer_of(content: Content) -> Trainer | None:
    """The framework that most of a file's keys are of; None where none has any."""
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
    if named and (found or not content.keys or " " in content.programs[0] or "." in content.programs[0]):
        return found + _PROGRAM
    return found if found >= _least(content) else 0


def _least(content: Content) -> int:
    """Marks a file needs: one of a short file, two of a longer one, since any key may be anybody's."""
    return 1 if len(content.keys) < 4 else 2


def _has(keys: Sequence[str] | Any, mark: str) -> bool:
    return any(key.startswith(mark) for key in keys) if mark.endswith(".") else mark in keys


def _last_parts(keys: Mapping[str, Any]) -> set[str]:
    return {key.rpartition(".")[2] for key in keys}
