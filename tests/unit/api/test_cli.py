from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import SUBCOMMANDS, main
from api.commands.key_place import create_command, database_name
from api.version import docspade_version
from workers.settings import Settings


def test_version_is_told() -> None:
    done = CliRunner().invoke(main, ["--version"])
    assert done.exit_code == 0
    assert docspade_version() in done.output


def test_help_lists_every_subcommand() -> None:
    done = CliRunner().invoke(main, ["--help"])
    assert done.exit_code == 0
    for name in SUBCOMMANDS:
        assert f"\n  {name} " in done.output


def test_an_unknown_subcommand_is_a_usage_error() -> None:
    done = CliRunner().invoke(main, ["extrakt"])
    assert done.exit_code == 2


def test_an_expected_error_is_one_line_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCSPADE_COLOUR", "blue")
    done = CliRunner().invoke(main, ["keys", "list", "--state-dir", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr == "Error: DOCSPADE_COLOUR is not a setting of docspade\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from api.cli import main\n"
        "CliRunner().invoke(main, ['--help'])\n"
        "heavy = {'onnxruntime', 'cv2', 'numpy', 'celery', 'fastapi', 'sqlalchemy', 'torch'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_keys_are_made_listed_and_revoked(tmp_path: Path) -> None:
    def keys(*arguments: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(main, ["keys", *arguments, "--state-dir", str(tmp_path)])
        return done.exit_code, done.stdout, done.stderr

    code, output, _ = keys("create", "scanner", "--scope", "submit")
    assert code == 0
    key = output.splitlines()[-1]
    assert key.startswith("dsk_")
    assert output == f"{key}\n"
    code, _, error = keys("create", "scanner")
    assert (code, error) == (1, "Error: there is already a key called 'scanner'\n")
    rotated = keys("rotate", "scanner", "--grace", "60")[1].splitlines()[-1]
    assert (rotated[:21], rotated == key) == (key[:21], False)
    assert keys("revoke", "scanner")[0] == 0
    gone = "Error: the key 'scanner' was revoked; make one of another name\n"
    assert keys("revoke", "scanner")[::2] == (1, gone)
    assert keys("rotate", "scanner")[::2] == (1, gone)
    taken = "Error: the key 'scanner' was revoked, and its name stays taken\n"
    assert keys("create", "scanner")[::2] == (1, taken)
    assert keys("rotate", "nobody")[2] == "Error: there is no valid key called 'nobody'\n"
    limits = ("--max-requests-per-minute", "60", "--max-file-bytes", "5000")
    assert keys("create", "books", "--tenant", "accounting", *limits)[0] == 0
    assert keys("limit", "books", "--max-file-bytes", "6000")[0] == 0
    assert keys("limit", "scanner", "--max-file-bytes", "1")[::2] == (1, gone)
    lines = [line.split("\t") for line in keys("list")[1].splitlines()]
    assert [(name, scopes, *rest) for name, scopes, _, *rest in lines] == [
        ("scanner", "submit", "revoked", "default", "-", "-", "-"),
        ("books", "read submit", "valid", "accounting", "60", "6000", "-"),
    ]
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("docspade.db*"))
    assert key.rsplit("_", 1)[-1].encode() not in stored


def test_keys_create_tells_which_database_it_wrote(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["keys", "create", "a", "--state-dir", str(tmp_path)])
    assert done.stderr.splitlines()[0] == f"Written to {tmp_path / 'docspade.db'}."


@pytest.mark.parametrize("command", [("list",), ("rotate", "a"), ("revoke", "a")])
def test_keys_of_a_folder_without_database_are_refused(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    folder = tmp_path / "wrong"
    done = CliRunner().invoke(main, ["keys", *command, "--state-dir", str(folder)])
    assert done.exit_code == 1
    assert f"there is no database {folder / 'docspade.db'}" in done.stderr
    assert not folder.exists()


def test_the_hint_of_a_server_names_its_own_folder(tmp_path: Path) -> None:
    elsewhere = Settings(state_dir=tmp_path / "my state")
    told = f"docspade keys create NAME --state-dir '{tmp_path}/my state'"
    assert create_command(elsewhere) == told
    assert create_command(Settings()) == "docspade keys create NAME"
    remote = Settings(database_url="postgresql://user:hidden@host/name")
    assert database_name(remote) == "postgresql+psycopg://user:***@host/name"


def test_a_server_for_others_is_told_how_a_key_is_made(tmp_path: Path) -> None:
    host = "0.0.0.0"  # noqa: S104  # refused
    done = CliRunner().invoke(main, ["serve", "--host", host, "--state-dir", str(tmp_path)])
    assert done.exit_code == 1
    assert f"`docspade keys create NAME --state-dir {tmp_path}`" in done.stderr
