"""`docspade batch` against a server that lets nobody in, and on places that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import picture

pytestmark = pytest.mark.integration


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["batch", *map(str, arguments)])


def test_a_key_that_does_not_do_ends_it_at_the_first_file(server: Server, tmp_path: Path) -> None:
    key = server.context.keys.create("reader", frozenset({"read"}))
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.png").write_bytes(picture())
    given = (folder, "--out", tmp_path / "out", "--server", server.http.base_url)
    refused = run(*given)
    assert refused.exit_code == 1
    assert refused.stderr.count("an API key is needed") == 1
    file = tmp_path / "key"
    file.write_text(key)
    refused = run(*given, "--key-file", file)
    assert refused.stderr.count("lacks the scope 'submit'") == 1


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = run(tmp_path / "nofolder", "--out", tmp_path / "out")
    assert (done.exit_code, done.stderr) == (1, f"Error: {tmp_path / 'nofolder'} is not there\n")
    assert not (tmp_path / "out").exists()
