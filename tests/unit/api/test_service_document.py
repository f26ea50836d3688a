"""docs/service.md says what the code does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from api.client import Docspade
from ocr import errors
from workers.full_disk import StorageFullError
from workers.settings import Settings

REPOSITORY = Path(__file__).parents[3]
TEXT = (REPOSITORY / "docs" / "service.md").read_text(encoding="utf-8")


def first_cells(heading: str) -> set[str]:
    """The code words in the first column of the table that follows a heading."""
    table = TEXT.partition(heading)[2].partition("\n| ")[2].partition("\n\n")[0]
    rows = re.findall(r"^(?:\| )?(.*?) \|", table, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}


def test_every_setting_is_described_and_no_other() -> None:
    assert first_cells("## Settings") == set(Settings.model_fields)


def test_every_error_that_a_sender_can_meet_is_described() -> None:
    described = first_cells("Errors are ")
    of_documents = {
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.InputError)
    }
    assert of_documents - {"invalid_input"} <= described
    raised = set()
    for path in (REPOSITORY / "api").rglob("*.py"):
        call = r'ProblemError\(\s*(?:HTTPStatus\.\w+|status),\s*"([a-z_]+)"'
        raised |= set(re.findall(call, path.read_text(encoding="utf-8")))
    assert len(raised) > 10
    assert raised - {"disconnected"} <= described
    assert {errors.TransientError.code, StorageFullError.code} <= described
    assert {"not_found", "method_not_allowed"} <= described  # of paths that there are not


def test_the_clients_example_can_be_copied() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    body = ast.parse(example).body
    imports: list[ast.stmt] = [each for each in body if isinstance(each, ast.ImportFrom)]
    exec(compile(ast.Module(imports, []), "docs/service.md", "exec"), {})  # noqa: S102  # ours
    calls = {node.attr for node in ast.walk(body[-1]) if isinstance(node, ast.Attribute)}
    assert {"submit", "wait", "create_batch"} <= calls & set(dir(Docspade))
