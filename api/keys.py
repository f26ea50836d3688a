"""API keys. Only a hash is kept: a key is shown once, when it is made.

A key is `dsk_<id>_<secret>`. The secret has 256 random bits, so one round of SHA-256 is enough:
there is nothing to guess that a slow hash would protect.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.tenants import check_tenant
from ocr.errors import SetupError
from workers.database import Database
from workers.jobs import DEFAULT_TENANT
from workers.tables import api_keys

Scope = Literal["submit", "read", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_KEY = re.compile(r"dsk_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """What a key may do at most; None for what the settings say.

    Attributes:
        max_requests_per_minute: it goes before the setting of that name.
        max_file_bytes: of a document; it does not go above the setting of that name.
    """

    max_requests_per_minute: int | None = None
    max_file_bytes: int | None = None


NO_LIMITS = KeyLimits()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key. `admin` stands for every scope, within the key's tenant."""

    key_id: str
    name: str
    scopes: frozenset[str]
    created_at: float
    revoked_at: float | None
    tenant: str = DEFAULT_TENANT
    limits: KeyLimits = NO_LIMITS

    def allows(self, scope: Scope) -> bool:
        """Whether the key opens routes of that scope."""
        return scope in self.scopes or "admin" in self.scopes


class KeyStore:
    """The table of keys. All methods raise TransientError while the database is busy."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def create(
        self,
        name: str,
        scopes: frozenset[Scope],
        *,
        tenant: str = DEFAULT_TENANT,
        limits: KeyLimits = NO_LIMITS,
    ) -> str:
        """Make a key; what is returned cannot be had again.

        Raises:
            SetupError: a key of that name exists, or the tenant's name does not have its form.
        """
        check_tenant(tenant)
        key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        statement = insert(api_keys).values(
            id=key_id,
            name=name,
            secret_sha256=_hash(secret),
            scopes=" ".join(sorted(scopes)),
            created_at=self._clock(),
            tenant=tenant,
            **asdict(limits),
        )
        try:
            with self._database.write() as connection:
                connection.execute(statement)
        except IntegrityError as error:
            if self._is_revoked(name):
                message = f"the key {name!r} was revoked, and its name stays taken"
                raise SetupError(message) from error
            raise SetupError(f"there is already a key called {name!r}") from error
        return f"dsk_{key_id}_{secret}"

    def find(self, key: str) -> ApiKey | None:
        """What a key presented from outside stands for; None for a wrong or revoked one."""
        parts = _KEY.fullmatch(key)
        if parts is None:
            return None
        key_id, secret = parts.groups()
        statement = select(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None or not self._is_secret(row, _hash(secret)):
            return None
        return _key(row)

    def _is_secret(self, row: Row[tuple[object, ...]], presented: str) -> bool:
        is_current = hmac.compare_digest(row.secret_sha256, presented)
        previous = row.previous_sha256
        if is_current or previous is None or row.previous_until <= self._clock():
            return is_current
        return hmac.compare_digest(previous, presented)

    def rotate(self, name: str, *, grace_seconds: float = 0.0) -> str:
        """Give a key another secret; what is returned cannot be had again.

        Args:
            name: of the key.
            grace_seconds: how long the secret until now is good as well.

        Raises:
            SetupError: there is no valid key of that name.
        """
        secret = secrets.token_urlsafe(32)
        statement = (
            update(api_keys)
            .where(*_is_valid(name))
            .values(
                previous_sha256=api_keys.c.secret_sha256,
                previous_until=self._clock() + grace_seconds,
                secret_sha256=_hash(secret),
            )
            .returning(api_keys.c.id)
        )
        with self._database.write() as connection:
            key_id = connection.execute(statement).scalar_one_or_none()
        if key_id is None:
            raise self._missing(name)
        return f"dsk_{key_id}_{secret}"

    def named(self, name: str) -> ApiKey:
        """The valid key of that name.

        Raises:
            SetupError: there is none.
        """
        with self._database.read() as connection:
            row = connection.execute(select(api_keys).where(*_is_valid(name))).one_or_none()
        if row is None:
            raise self._missing(name)
        return _key(row)

    def limit(self, name: str, limits: KeyLimits) -> None:
        """Give a key other limits, which hold from its next request on.

        Raises:
            SetupError: there is no valid key of that name.
        """
        statement = update(api_keys).where(*_is_valid(name)).values(**asdict(limits))
        with self._database.write() as connection:
            if connection.execute(statement).rowcount == 0:
                raise self._missing(name)

    def _is_revoked(self, name: str) -> bool:
        return any(key.name == name and key.revoked_at is not None for key in self.all())

    def _missing(self, name: str) -> SetupError:
        if self._is_revoked(name):
            return SetupError(f"the key {name!r} was revoked; make one of another name")
        return SetupError(f"there is no valid key called {name!r}")

    def all(self) -> list[ApiKey]:
        """Every key, revoked ones too, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.created_at))
            return [_key(row) for row in rows]

    def revoke(self, name: str) -> None:
        """Make a key worthless from now on.

        Raises:
            SetupError: there is no valid key of that name.
        """
        statement = update(api_keys).where(*_is_valid(name)).values(revoked_at=self._clock())
        with self._database.write() as connection:
            if connection.execute(statement).rowcount == 0:
                raise self._missing(name)

    def has_any(self) -> bool:
        """Whether a key was ever made. Revoking the last one must not open the doors."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(func.count()).select_from(api_keys)))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _is_valid(name: str) -> tuple[ColumnElement[bool], ...]:
    return api_keys.c.name == name, api_keys.c.revoked_at.is_(None)


def _key(row: Row[tuple[object, ...]]) -> ApiKey:
    scopes = frozenset(row.scopes.split())
    limits = KeyLimits(row.max_requests_per_minute, row.max_file_bytes)
    return ApiKey(row.id, row.name, scopes, row.created_at, row.revoked_at, row.tenant, limits)
