"""The measurements of the service's promises, in small, on the real service."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from benchmarks.service.command import stress

pytestmark = pytest.mark.e2e


def test_no_document_is_lost_while_workers_die() -> None:
    options = ["--jobs", "40", "--pictures", "2", "--kills", "3", "--pause", "2"]
    done = CliRunner().invoke(stress, ["crashes", *options])
    assert done.exit_code == 0, done.output
    cells = [cell.strip() for cell in done.output.splitlines()[3].split("│")[1:-1]]
    heads = [cell.strip() for cell in done.output.splitlines()[1].split("┃")[1:-1]]
    row = dict(zip(heads, cells, strict=True))
    assert (row["documents"], row["worker killed"]) == ("40", "3")
    assert (row["unfinished"], row["another result"]) == ("0", "0")
    assert "lost" not in row
    assert int(row["succeeded"]) + int(row.get("failed", "0")) == 40


def test_uploads_are_acknowledged_while_the_worker_is_busy() -> None:
    done = CliRunner().invoke(stress, ["submit", "--rate", "20", "--seconds", "3"])
    assert done.exit_code == 0, done.output
    cells = [cell.strip() for cell in done.output.splitlines()[3].split("│")[1:-1]]
    assert cells[:2] == ["60", "20"]
    assert float(cells[2]) <= float(cells[3]) <= float(cells[4])
    assert cells[5] == "0"
