"""Which database keys go into, told to people."""

from __future__ import annotations

import shlex
from pathlib import Path

from sqlalchemy.engine import make_url

from ocr.errors import SetupError
from workers.settings import Settings, default_state_dir


def create_command(settings: Settings) -> str:
    """The command that makes a key for a server with these settings."""
    if settings.state_dir == default_state_dir():
        return "docspade keys create NAME"
    return f"docspade keys create NAME --state-dir {shlex.quote(str(settings.state_dir))}"


def database_name(settings: Settings) -> str:
    """The database as people may see it: SQLite's file, otherwise the URL without its password."""
    path = _sqlite_file(settings)
    if path is not None:
        return str(path)
    return make_url(settings.effective_database_url).render_as_string(hide_password=True)


def check_database(settings: Settings) -> None:
    """Refuse a folder in which no server ever was, so that none is made there by asking for keys.

    Raises:
        SetupError: SQLite's file is not there.
    """
    path = _sqlite_file(settings)
    if path is not None and not path.is_file():
        raise SetupError(f"there is no database {path}; --state-dir names the server's folder")


def _sqlite_file(settings: Settings) -> Path | None:
    url = make_url(settings.effective_database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    return Path(url.database)
