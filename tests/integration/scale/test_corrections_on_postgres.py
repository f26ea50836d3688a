"""Corrections on PostgreSQL, whose writers do not wait for each other by themselves."""

from __future__ import annotations

import pytest

from tests.unit.workers.test_corrections_table import *  # noqa: F403  # the same tests

pytestmark = pytest.mark.integration
