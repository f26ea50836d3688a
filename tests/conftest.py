"""The order of the tests."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["tests.alone", "tests.services.fixtures"]

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("docspade", deadline=None)
hypothesis.settings.load_profile("docspade")

TESTS = Path(__file__).parent
FOLDERS = ("unit", "integration", "e2e")
LONGEST = "test_stress.py"
"""Begun first in its folder: at the end it would leave another process without work for minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the fast tests first, and those that open no ONNX session before those that do.

    ONNX Runtime makes the thread that opens the first session flush denormal numbers to zero from
    then on (`session.set_denormal_as_zero`); hypothesis draws no floating-point numbers there.
    """
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[int, bool]:
    return FOLDERS.index(item.path.relative_to(TESTS).parts[0]), item.path.name != LONGEST
