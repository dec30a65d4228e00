"""Files of settings, told from others and read."""

from __future__ import annotations

from isocost.catalog.entries.trainers import Trainer, trainers
from isocost.files.imports.settings.forms.content import LARGEST, Content, form_of, read_content
from isocost.files.imports.settings.joining import HOSTS, joined
from isocost.files.imports.settings.recognising import settings_of, trainer_of, unread_in
from isocost.files.imports.settings.settled import Settings
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile
from isocost.language import tr

NOT_SETTINGS = (".log", ".jsonl", ".csv", ".out", ".err")
"""Suffixes of files that settings never have."""
_WITHIN = "deepspeed."
"""Keys of DeepSpeed's own settings that stand in a trainer's file."""


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
        return bool(unread_in(content)) or trainer_of(content) is not None

    def read(self, file: SourceFile, given: Given) -> Settings:
        """The settings. Raises NotUnderstoodError: a sentence naming the place."""
        content = read_content(file)
        if label := unread_in(content):
            raise NotUnderstoodError(
                tr(
                    "these are settings of {label}, which are not read: type model, batch and sequence.",
                    label=label,
                )
            )
        trainer = trainer_of(content)
        if trainer is None:
            raise NotUnderstoodError(tr("no key of it is one of the frameworks whose settings are read."))
        settings = settings_of(content, trainer, given)
        inner = _within(content, trainer)
        return settings if inner is None else joined(settings, [inner], given)


def _within(content: Content, trainer: Trainer) -> Settings | None:
    """DeepSpeed's settings written out in a trainer's file instead of named."""
    keys = {
        key.removeprefix(_WITHIN): value for key, value in content.keys.items() if key.startswith(_WITHIN)
    }
    if not keys or trainer.rules not in HOSTS:
        return None
    deepspeed = next(each for each in trainers() if each.rules == "deepspeed")
    return settings_of(Content(content.form, keys), deepspeed, Given())
