"""How the config.json of each family of models is read (``resources/model_families.yaml``)."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import read_text, yaml_record
from isocost.language import tr
from isocost.paths import resource

Fact: TypeAlias = int | float | bool | str | None


class FamilyRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A family as its row says it: what differs from the common, or from the family it is like."""

    types: tuple[str, ...] = ()
    """``model_type`` of its text models."""
    architectures: tuple[str, ...] = ()
    keys: dict[str, tuple[str, ...]] = {}
    """Keys that hold a fact, the first that stands in a file counts; none = the file is not asked."""
    defaults: dict[str, Fact] = {}
    """What holds where no key stands there."""
    inside: dict[str, Fact] = {}
    """What holds so in a text model within another: its class's values, which such files leave out."""
    like: str = ""
    refused: bool = False
    """Whether it is known to be built of blocks that are not counted."""


class Family(msgspec.Struct, frozen=True):
    """All keys and defaults of a family."""

    name: str
    keys: MappingProxyType[str, tuple[str, ...]]
    defaults: MappingProxyType[str, Fact]
    inside: MappingProxyType[str, Fact]
    """Beside the defaults, of a text model within another."""
    refused: bool


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    common: FamilyRow
    families: tuple[FamilyRow, ...]
    harmless: tuple[str, ...] = ()


class ModelFamilies:
    """Every family that is known."""

    def __init__(self, table: _Table) -> None:
        self._common = table.common
        self.harmless = table.harmless
        """Patterns of keys that change no shape."""
        self._rows: dict[str, FamilyRow] = {}
        self._architectures: dict[str, str] = {}
        for row in table.families:
            for name in row.types:
                self._rows[name] = row
            for name in row.architectures:
                self._architectures.setdefault(name, row.types[0])
        self._table = table.families
        self._made: dict[str, Family] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Every ``model_type`` known."""
        return tuple(self._rows)

    def of_architecture(self, name: str) -> str | None:
        """The family of a class that a file names."""
        return self._architectures.get(name)

    def family(self, name: str) -> Family | None:
        """A family by its ``model_type``; None = not known."""
        if name not in self._rows:
            return None
        if name not in self._made:
            self._made[name] = self._resolved(name)
        return self._made[name]

    @property
    def unknown(self) -> Family:
        """What a model of no known family is read as: the common block."""
        return self._family("", (self._common,))

    def _resolved(self, name: str) -> Family:
        chain = [self._rows[name]]
        while chain[0].like:
            like = chain[0].like
            # A row may say more of a type that stands in an earlier one.
            found = [row for row in self._table if like in row.types and row is not chain[0]]
            if not found:
                raise CatalogError(
                    tr(
                        "model_families.yaml: {name} is like {like}, which is not there.",
                        name=name,
                        like=like,
                    )
                )
            chain.insert(0, found[0])
        return self._family(name, (self._common, *chain))

    def _family(self, name: str, chain: tuple[FamilyRow, ...]) -> Family:
        keys: dict[str, tuple[str, ...]] = {}
        defaults: dict[str, Fact] = {}
        for row in chain:
            keys |= row.keys
            defaults |= row.defaults
        inside = MappingProxyType(chain[-1].inside)
        return Family(name, MappingProxyType(keys), MappingProxyType(defaults), inside, chain[-1].refused)


@lru_cache(maxsize=1)
def model_families() -> ModelFamilies:
    """The shipped families. Raises CatalogError naming what is missing or unknown."""
    name = "model_families.yaml"
    return ModelFamilies(yaml_record(read_text(resource(name)), _Table, name))
