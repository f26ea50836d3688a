"""The order of the tests."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["tests.services.fixtures"]

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("docspade", deadline=None)
hypothesis.settings.load_profile("docspade")

TESTS = Path(__file__).parent
FOLDERS = ("unit", "integration", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the fast tests first, and those that open no ONNX session before those that do.

    ONNX Runtime makes the thread that opens the first session flush denormal numbers to zero from
    then on (`session.set_denormal_as_zero`); hypothesis draws no floating-point numbers there.
    """
    items.sort(key=lambda item: FOLDERS.index(item.path.relative_to(TESTS).parts[0]))
