"""Models of the description: their members' meanings, and bodies that FastAPI does not read."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from pydantic import BaseModel

Described = dict[str, Any]
_REFERENCE: Final = "#/components/schemas/{model}"
_SECTION: Final = re.compile(r"\n*^Attributes:\n", re.MULTILINE)
_ATTRIBUTE: Final = re.compile(r"^ {4}(\w+): (.+(?:\n {8,}.+)*)", re.MULTILINE)


def body_schema(model: type[BaseModel], *, is_sent: bool = False) -> Described:
    """The schema of a body that FastAPI knows nothing of: read under a limit, or sent by docspade.

    It brings the models that it names along, until `gather_models` has put all in their place.

    Args:
        model: of the body.
        is_sent: whether docspade sends it, so that what has a default is always there.
    """
    mode: Literal["serialization", "validation"] = "serialization" if is_sent else "validation"
    return model.model_json_schema(ref_template=_REFERENCE, mode=mode)


def gather_models(operation: Described, models: Described) -> None:
    """Put what `body_schema` gave among the other models, so that generated code has their names.

    Args:
        operation: of the description; it is changed.
        models: all models by their names; those that are missing are added.
    """
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content.get("schema", {})
        if schema.get("type") != "object" or "title" not in schema:
            continue
        name = schema["title"]
        for other, described in schema.pop("$defs", {}).items():
            models.setdefault(other, described)
        models.setdefault(name, schema)
        content["schema"] = {"$ref": _REFERENCE.format(model=name)}


def describe_members(model: Described) -> None:
    """Say at each member what the docstring's section "Attributes" says of it."""
    about, *section = _SECTION.split(model.get("description", ""), maxsplit=1)
    if not section:
        return
    model["description"] = about
    members = model.get("properties", {})
    for name, meaning in _ATTRIBUTE.findall(section[0]):
        if name in members:
            text = " ".join(meaning.split())
            members[name].setdefault("description", text[0].upper() + text[1:])
