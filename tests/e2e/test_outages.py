"""Parts of the real service go away and come back: `docspade stress outages`, in small."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from benchmarks.service.command import stress

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("setup", ["embedded", "redis", "rabbitmq"])
def test_nothing_is_lost_while_parts_are_away(setup: str) -> None:
    options = ["--setup", setup, "--seconds", "2", "--lead", "1", "--rate", "3"]
    done = CliRunner().invoke(stress, ["outages", *options])
    assert done.exit_code == 0, done.output
    heads = [note for note in done.output.splitlines() if note.startswith(f"{setup}, ")]
    assert len(heads) == (3 if setup == "embedded" else 4)
    assert "store full: refused storage_full" in done.output
