"""The results of a batch as they stand, streamed: never more than a page of them is in memory."""

from __future__ import annotations

import csv
import io
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from api.batches.result_names import ResultNames
from api.batches.wire import BatchFormat, BatchLine
from api.wire import error_entry
from layout.redaction import mask_result
from layout.redaction_kinds import Kind
from layout.result import DocumentResult
from layout.tabular import BYTE_ORDER_MARK, COLUMNS, harmless_cell, rows_of
from workers.batch_table import BatchTable
from workers.jobs import Job
from workers.patience import patiently
from workers.sources import given_as

MEDIA_TYPES: Final = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "zip": "application/zip",
}
BATCH_COLUMNS: Final = (COLUMNS[0], "filename", "status", *COLUMNS[1:], "error")
"""Those of one document's CSV, with its file's name and its status; `error` is the code."""
INDEX_NAME: Final = "batch.jsonl"
_PAGE_SIZE: Final = 50
_SPOOL_BYTES: Final = 1024 * 1024
_EMPTY_CELLS: Final = [""] * (len(COLUMNS) - 1)


@dataclass(frozen=True, slots=True)
class ResultWishes:
    """How results are wanted.

    Attributes:
        with_words: whether JSON lists each page's words.
        kinds: of personal data to mask.
        bom: whether CSV begins with a byte order mark.
    """

    with_words: bool = False
    kinds: frozenset[Kind] = frozenset()
    bom: bool = False


class BatchResults:
    """The documents of one batch with their results, in the order in which they were handed in."""

    def __init__(self, batches: BatchTable, batch_id: str, wishes: ResultWishes) -> None:
        self._batches = batches
        self._batch_id = batch_id
        self._wishes = wishes

    def stream(self, batch_format: BatchFormat) -> Iterator[bytes]:
        """All of it in that format, piece by piece."""
        match batch_format:
            case "jsonl":
                return self._jsonl()
            case "csv":
                return self._csv()
            case "zip":
                return self._zip()

    def _jsonl(self) -> Iterator[bytes]:
        for page in self._pages():
            yield b"".join(self._json(_line(job, result)) for job, result in page)

    def _csv(self) -> Iterator[bytes]:
        out = io.StringIO()
        out.write(BYTE_ORDER_MARK if self._wishes.bom else "")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(BATCH_COLUMNS)
        for page in self._pages():
            for job, result in page:
                writer.writerows(_rows(job, result))
            yield _taken(out)
        yield _taken(out)

    def _zip(self) -> Iterator[bytes]:
        outlet, names = _Outlet(), ResultNames()
        with (
            tempfile.SpooledTemporaryFile(_SPOOL_BYTES) as index,
            zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for page in self._pages():
                for job, result in page:
                    line = _line(job, None)
                    if result is not None:
                        line.file = names.of(job)
                        archive.writestr(_entry(line.file, job.finished_at), self._dumped(result))
                    index.write(self._json(line))
                yield outlet.taken()
            index.seek(0)
            with archive.open(_entry(INDEX_NAME, None), "w") as member:
                while chunk := index.read(_SPOOL_BYTES):
                    member.write(chunk)
                    yield outlet.taken()
        yield outlet.taken()

    def _pages(self) -> Iterator[list[tuple[Job, DocumentResult | None]]]:
        after = None
        while True:
            place = after
            found = patiently(
                lambda: self._batches.bodies(self._batch_id, _PAGE_SIZE, after=place)  # noqa: B023  # called at once
            )
            if not found:
                return
            yield [(job, self._result(body)) for job, body in found]
            last = found[-1][0]
            after = last.created_at, last.job_id

    def _result(self, body: bytes | None) -> DocumentResult | None:
        if body is None:
            return None
        result = DocumentResult.model_validate_json(zlib.decompress(body))
        if not self._wishes.kinds:
            return result
        return mask_result(result, self._wishes.kinds, with_words=self._wishes.with_words)

    def _json(self, line: BatchLine) -> bytes:
        left_out = (
            None if self._wishes.with_words else {"result": {"pages": {"__all__": {"words"}}}}
        )
        return line.model_dump_json(exclude_unset=True, exclude=left_out).encode() + b"\n"

    def _dumped(self, result: DocumentResult) -> bytes:
        left_out = None if self._wishes.with_words else {"pages": {"__all__": {"words"}}}
        return result.model_dump_json(exclude_unset=True, exclude=left_out).encode()


class _Outlet(io.RawIOBase):
    """Where an archive is written to; it cannot go back, so that what is written can be sent."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # zipfile writes bytes
        self._buffer += data
        return len(data)

    def taken(self) -> bytes:
        data = bytes(self._buffer)
        self._buffer.clear()
        return data


def _line(job: Job, result: DocumentResult | None) -> BatchLine:
    line = BatchLine(id=job.job_id, filename=job.filename, status=job.state)
    if job.source is not None:
        line.source = given_as(job.source)
    if result is not None:
        line.result = result
    if job.error is not None:
        line.error = error_entry(job.error)
    return line


def _rows(job: Job, result: DocumentResult | None) -> Iterator[list[str]]:
    """A row a field; one row for a document without any, so that none is missing."""
    filename = harmless_cell(job.filename or "")
    code = "" if job.error is None else job.error.code
    rows = [] if result is None else list(rows_of(result))
    for document, *cells in rows or [[job.job_id, *_EMPTY_CELLS]]:
        yield [document, filename, job.state.value, *cells, code]


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


def _entry(name: str, seconds: float | None) -> zipfile.ZipInfo:
    moment = time.gmtime(seconds)
    entry = zipfile.ZipInfo(
        name,
        (
            moment.tm_year,
            moment.tm_mon,
            moment.tm_mday,
            moment.tm_hour,
            moment.tm_min,
            moment.tm_sec,
        ),
    )
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
