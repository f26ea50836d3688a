"""The table of corrections, beside the results, which they never change."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, select, update

from layout.corrections import Corrections
from layout.result import DocumentResult
from workers.database import Database
from workers.tables import corrections, jobs, results

PAGE_SIZE = 100
TAG_LENGTH = 16


class StaleCorrectionsError(Exception):
    """Others stand than the caller believes."""


@dataclass(frozen=True, slots=True)
class StoredCorrections:
    """A document's corrections.

    Attributes:
        corrections: that were checked against the document.
        revision: counts from 1, one more with each change.
        corrected_by: id of the API key, None where none was needed.
        corrected_at: seconds since 1970, UTC.
        tag: of this revision with this content.
    """

    corrections: Corrections
    revision: int
    corrected_by: str | None
    corrected_at: float
    tag: str


@dataclass(frozen=True, slots=True)
class CorrectedDocument:
    """A result with its corrections."""

    job_id: str
    result: DocumentResult
    corrections: Corrections


IsExpected = Callable[[str | None], bool]
"""Whether the tag of what stands, None for nothing, is one that a change may go on from."""


class CorrectionTable:
    """Corrections in the database. All methods raise TransientError while it is busy.

    Args:
        database: where the table is.
        clock: seconds since 1970.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def get(self, job_id: str) -> StoredCorrections | None:
        """What stands for a document, None for nothing."""
        with self._database.read() as connection:
            return _standing(connection, job_id)

    def put(
        self,
        job_id: str,
        wanted: Corrections,
        *,
        corrected_by: str | None,
        is_expected: IsExpected = lambda _tag: True,
    ) -> StoredCorrections | None:
        """Store corrections in place of those that stand.

        Args:
            job_id: of the document.
            wanted: checked against it.
            corrected_by: id of the API key.
            is_expected: asked within the transaction.

        Returns:
            What stands now; None where the document is gone.

        Raises:
            StaleCorrectionsError: what stood was not expected; nothing was changed.
        """
        body = zlib.compress(wanted.to_json().encode(), level=6)
        with self._database.write() as connection:
            if not _hold(connection, job_id):
                return None
            before = _standing(connection, job_id)
            if not is_expected(None if before is None else before.tag):
                raise StaleCorrectionsError
            values = {
                "body": body,
                "revision": 1 if before is None else before.revision + 1,
                "corrected_by": corrected_by,
                "corrected_at": self._clock(),
            }
            if before is None:
                connection.execute(insert(corrections).values(job_id=job_id, **values))
            else:
                is_it = corrections.c.job_id == job_id
                connection.execute(update(corrections).where(is_it).values(**values))
            return _standing(connection, job_id)

    def delete(self, job_id: str, *, is_expected: IsExpected = lambda _tag: True) -> bool:
        """Remove what stands for a document; False where nothing does.

        Raises:
            StaleCorrectionsError: what stands was not expected; nothing was changed.
        """
        with self._database.write() as connection:
            if not _hold(connection, job_id):
                return False
            before = _standing(connection, job_id)
            if before is None:
                return False
            if not is_expected(before.tag):
                raise StaleCorrectionsError
            connection.execute(delete(corrections).where(corrections.c.job_id == job_id))
            return True

    def documents(self) -> Iterator[CorrectedDocument]:
        """All corrected documents, by their ids, with every page's words."""
        last_id = ""
        while rows := self._rows_after(last_id):
            for row in rows:
                yield CorrectedDocument(
                    job_id=row.job_id,
                    result=DocumentResult.model_validate_json(zlib.decompress(row.result)),
                    corrections=_corrections(row.body),
                )
            last_id = rows[-1].job_id

    def _rows_after(self, last_id: str) -> list[Row[tuple[str, bytes, bytes]]]:
        statement = (
            select(corrections.c.job_id, corrections.c.body, results.c.body.label("result"))
            .join_from(corrections, results, corrections.c.job_id == results.c.job_id)
            .where(corrections.c.job_id > last_id)
            .order_by(corrections.c.job_id)
            .limit(PAGE_SIZE)
        )
        with self._database.read() as connection:
            return list(connection.execute(statement))


def _hold(connection: Connection, job_id: str) -> bool:
    """Make others who would change a document's corrections wait; False where it is gone."""
    held = select(jobs.c.id).where(jobs.c.id == job_id).with_for_update()  # SQLite's always wait
    return connection.scalar(held) is not None


def _standing(connection: Connection, job_id: str) -> StoredCorrections | None:
    row = connection.execute(
        select(corrections).where(corrections.c.job_id == job_id)
    ).one_or_none()
    if row is None:
        return None
    digest = hashlib.sha256(row.body).hexdigest()[:TAG_LENGTH]
    return StoredCorrections(
        corrections=_corrections(row.body),
        revision=row.revision,
        corrected_by=row.corrected_by,
        corrected_at=row.corrected_at,
        tag=f"{row.revision}-{digest}",
    )


def _corrections(body: bytes) -> Corrections:
    return Corrections.model_validate_json(zlib.decompress(body))
