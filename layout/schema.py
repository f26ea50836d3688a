"""Document schemas: which fields a document type has, how they nest, what their values are.

A schema is a YAML file in `layout/schemas/`, or in the folder of schemas that a bundle or a
training configuration brings. A leaf's *label* is `<schema>.<path>` (`receipt.items.description`):
the name of the model's row of initial-token scores for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ocr.errors import SetupError, UnknownDocumentTypeError

ValueType = Literal[
    "text",
    "amount",
    "currency",
    "quantity",
    "percentage",
    "date",
    "time",
    "phone",
    "email",
    "website",
    "person",
    "address",
    "identifier",
    "tax_id",
    "iban",
    "bic",
]

SCHEMAS = "schemas"
"""Name of the folder of schemas that lies in a bundle or beside a training configuration."""
SCHEMA_DIR = Path(__file__).parent / SCHEMAS

_added: dict[str, Path] = {}
"""Files of the schemas that were added, by name."""


class _FieldEntry(BaseModel):
    """One field as written in YAML: a leaf has `type`, a group has `fields`."""

    model_config = ConfigDict(extra="forbid")
    type: ValueType | None = None
    repeated: bool = False
    head: bool = False
    fields: dict[str, _FieldEntry] = Field(default_factory=dict)


class _SchemaFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    description: str
    competing: bool = True
    has_key_words: bool = False
    loose: bool = False
    run_on: bool = False
    uppercase: bool = False
    identifying: tuple[str, ...] = ()
    fields: dict[str, _FieldEntry]


@dataclass(frozen=True)
class FieldSpec:
    """One field of a schema.

    Attributes:
        name: last part of the path.
        path: names from the top, joined by dots, without the schema's name.
        value_type: of a leaf; None for a group.
        repeated: whether the result holds a list of them.
        head: whether this leaf opens its group's instances (an item's description).
        children: of a group.
    """

    name: str
    path: str
    value_type: ValueType | None
    repeated: bool
    head: bool
    children: tuple[FieldSpec, ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether the field holds other fields rather than a value."""
        return self.value_type is None


@dataclass(frozen=True)
class DocumentSchema:
    """A document type.

    Attributes:
        name: of the type, as given to `--type`.
        description: for people.
        competing: whether a field that may stand once is chosen by all words together (a softmax);
            otherwise every word is judged alone.
        has_key_words: whether key words ("TOTAL") belong to the entities and are split off.
        loose: whether an entity of a repeated group may stand by itself; otherwise each one has the
            likeliest head for its parent.
        run_on: whether outer groups follow one another in reading order, so that an inner group
            stands under its neighbours' head rather than under another.
        uppercase: whether texts are given in upper case.
        identifying: top-level fields whose values tell a document from another of the type.
        fields: at the top level, in order.
    """

    name: str
    description: str
    competing: bool
    has_key_words: bool
    loose: bool
    run_on: bool
    uppercase: bool
    identifying: tuple[str, ...]
    fields: tuple[FieldSpec, ...]

    @cached_property
    def leaves(self) -> tuple[FieldSpec, ...]:
        """All fields with a value, depth first."""
        return tuple(spec for spec in _walk(self.fields) if not spec.is_group)

    @cached_property
    def by_path(self) -> dict[str, FieldSpec]:
        """Every field, groups included, by its path."""
        return {spec.path: spec for spec in _walk(self.fields)}

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The model's labels for the leaves, in their order."""
        return tuple(f"{self.name}.{leaf.path}" for leaf in self.leaves)

    def group_of(self, path: str) -> str | None:
        """Path of the innermost *repeated* group around a field, None at the top level."""
        parts = path.split(".")[:-1]
        while parts:
            spec = self.by_path[".".join(parts)]
            if spec.is_group and spec.repeated:
                return spec.path
            parts.pop()
        return None

    def is_single(self, path: str) -> bool:
        """Whether a leaf can stand only once in a document."""
        return not self.by_path[path].repeated and self.group_of(path) is None


def _walk(fields: tuple[FieldSpec, ...]) -> list[FieldSpec]:
    return [found for spec in fields for found in (spec, *_walk(spec.children))]


def _specs(entries: dict[str, _FieldEntry], prefix: str) -> tuple[FieldSpec, ...]:
    specs = []
    for name, entry in entries.items():
        if (entry.type is None) == (not entry.fields):
            raise SetupError(f"schema field {prefix}{name}: needs either a type or fields")
        path = f"{prefix}{name}"
        children = _specs(entry.fields, f"{path}.")
        specs.append(FieldSpec(name, path, entry.type, entry.repeated, entry.head, children))
    return tuple(specs)


def _identifying(parsed: _SchemaFile) -> tuple[str, ...]:
    unknown = set(parsed.identifying) - set(parsed.fields)
    if unknown:
        raise SetupError(f"schema {parsed.name}: identifying names {', '.join(sorted(unknown))}")
    return parsed.identifying


def read_schema(path: Path) -> DocumentSchema:
    """Read a schema from YAML.

    Raises:
        SetupError: the file does not have a schema's form.
    """
    try:
        parsed = _SchemaFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise SetupError(f"schema {path.name}: {error}") from error
    return DocumentSchema(
        name=parsed.name,
        description=parsed.description,
        competing=parsed.competing,
        has_key_words=parsed.has_key_words,
        loose=parsed.loose,
        run_on=parsed.run_on,
        uppercase=parsed.uppercase,
        identifying=_identifying(parsed),
        fields=_specs(parsed.fields, ""),
    )


def add_schemas(folder: Path) -> None:
    """Make the schemas of a folder known as well, for this process; a missing folder has none.

    Raises:
        SetupError: one has the name of a schema that ships, or of another that was added.
    """
    for path in sorted(folder.glob("*.yaml")):
        if path.stem in _shipped() or _added.get(path.stem, path).read_bytes() != path.read_bytes():
            raise SetupError(f"{path}: there is another document type of that name")
        _added[path.stem] = path
        load_schema.cache_clear()


def added_schema(name: str) -> Path | None:
    """The file of a schema that does not ship; None for those that do."""
    return _added.get(name)


def schema_names() -> tuple[str, ...]:
    """Names of the schemas that are known, sorted."""
    return tuple(sorted({*_shipped(), *_added}))


def _shipped() -> set[str]:
    return {path.stem for path in SCHEMA_DIR.glob("*.yaml")}


@lru_cache
def load_schema(name: str) -> DocumentSchema:
    """The schema of a document type.

    Raises:
        UnknownDocumentTypeError: there is none of that name.
    """
    if name not in schema_names():
        known = ", ".join(schema_names())
        raise UnknownDocumentTypeError(f"unknown document type {name!r}; known are: {known}")
    return read_schema(_added.get(name, SCHEMA_DIR / f"{name}.yaml"))
