"""Tenants' own limits. A tenant is a name: it needs no row to have keys and documents."""

from __future__ import annotations

import re

from sqlalchemy import delete, insert, select

from ocr.errors import SetupError
from workers.database import Database
from workers.tables import tenants

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_tenant(name: str) -> None:
    """Refuse what cannot be a tenant's name.

    Raises:
        SetupError: it does not have its form.
    """
    if _NAME.fullmatch(name) is None:
        raise SetupError(
            f"{name!r} is no name of a tenant: up to 64 letters, digits, '.', '_' and '-'"
        )


class TenantTable:
    """The table of tenants. All methods raise TransientError while the database is busy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def max_waiting(self, name: str) -> int | None:
        """How many of a tenant's documents may wait; None for what the settings say."""
        statement = select(tenants.c.max_waiting_jobs).where(tenants.c.name == name)
        with self._database.read() as connection:
            return connection.scalar(statement)

    def limit(self, name: str, max_waiting: int | None) -> None:
        """Say how many of a tenant's documents may wait; None for what the settings say.

        Raises:
            SetupError: the name does not have its form.
        """
        check_tenant(name)
        with self._database.write() as connection:
            connection.execute(delete(tenants).where(tenants.c.name == name))
            if max_waiting is not None:
                row = {"name": name, "max_waiting_jobs": max_waiting}
                connection.execute(insert(tenants).values(row))

    def all(self) -> dict[str, int | None]:
        """How many documents may wait of each tenant that has a limit of its own, by name."""
        statement = select(tenants).order_by(tenants.c.name)
        with self._database.read() as connection:
            return {row.name: row.max_waiting_jobs for row in connection.execute(statement)}
