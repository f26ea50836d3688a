"""What is wrong with the settings, in words."""

from __future__ import annotations

import json
from collections.abc import Set
from typing import Final

from pydantic import ValidationError

_OWN: Final = "Value error, "
"""What pydantic puts before the messages of our own checks."""


def faults_of(error: ValidationError, file: str | None, set_elsewhere: Set[str]) -> str:
    """Every fault with the setting's name and, where the setting is the file's, the file's name.

    Args:
        error: of the settings' model.
        file: the settings file, if there is one.
        set_elsewhere: settings that the command line or the environment gave.
    """
    told = []
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"])
        is_from_file = file is not None and name.partition(".")[0] not in set_elsewhere
        where = f" in {file}" if is_from_file else ""
        is_unknown = fault["type"] == "extra_forbidden"
        message = fault["msg"].removeprefix(_OWN)
        told.append(f"{name}{where}: {'is no setting' if is_unknown else message}")
    return "; ".join(told)


def split_names(value: object) -> object:
    """Names parted by commas as a list; what is JSON or a list already stays as it is.

    Raises:
        ValueError: it begins like JSON and is none.
    """
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return _json(value)
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError('it is no list like a,b or ["a", "b"]') from error
