"""The benchmarks by name; each is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final, cast

from benchmarks.tasks import Task

TASK_MODULES: Final = {
    "funsd": "benchmarks.funsd",
    "funsd_r": "benchmarks.funsd_r",
    "cord": "benchmarks.cord",
    "cord_r": "benchmarks.cord_r",
    "sroie": "benchmarks.sroie",
    "rvl_invoices": "benchmarks.rvl_invoices",
}


def load_task(name: str) -> Task:
    """The benchmark of a name in `TASK_MODULES`."""
    return cast("Task", import_module(TASK_MODULES[name]).TASK)
