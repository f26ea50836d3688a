"""Names of results in an archive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.batches.result_names import ResultNames
from workers.jobs import Job
from workers.states import JobState

JOB = Job("0" * 32, "batch", JobState.SUCCEEDED, "auto", (), 1, 0.0, 1, 1)


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("a.png", "a.json"),
        ("2026/a.v2.pdf", "2026/a.json"),
        (None, f"{JOB.job_id}.json"),
        (".png", f"{JOB.job_id}.json"),
        ("C:/a.png", "C_/a.json"),
        ("../../a.png", "a.json"),
        ("nul.png", "_nul.json"),
        ('a"<b>|?*.png', "a__b____.json"),
        ("a /b. .png", "a/b.json"),
    ],
)
def test_a_name_is_safe_everywhere(filename: str | None, name: str) -> None:
    assert ResultNames().of(replace(JOB, filename=filename)) == name


def test_each_name_is_given_once() -> None:
    names = ResultNames()
    given = ["a.png", "a.jpg", "A.pdf", "a-2.png", *["a.png"] * 20]
    found = [names.of(replace(JOB, filename=each)) for each in given]
    assert found[:3] == ["a.json", "a-2.json", "A-3.json"]
    assert len({each.casefold() for each in found}) == len(given)
