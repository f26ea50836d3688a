"""The results of a batch as they stand, streamed: never more than a page of them is in memory."""

from __future__ import annotations

import csv
import io
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from api.batches.result_names import ResultNames
from api.batches.wire import BatchFormat, BatchLine
from api.wire import ErrorEntry, error_entry
from layout.corrected_result import corrected_result
from layout.redaction import mask_result, masked_words
from layout.redaction_kinds import Kind
from layout.result import DocumentResult
from layout.tabular import BYTE_ORDER_MARK, COLUMNS, harmless_cell, rows_of
from ocr.errors import InvalidCorrectionsError, UnknownDocumentTypeError
from workers.batch_table import BatchTable
from workers.corrections import CorrectionTable
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
        corrected: whether corrections are applied.
    """

    with_words: bool = False
    kinds: frozenset[Kind] = frozenset()
    bom: bool = False
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a document, and what is given out of it: a result, an error or neither."""

    job: Job
    result: DocumentResult | None = None
    error: ErrorEntry | None = None


class BatchResults:
    """The documents of one batch with their results, in the order in which they were handed in."""

    def __init__(
        self,
        batches: BatchTable,
        batch_id: str,
        wishes: ResultWishes,
        *,
        corrections: CorrectionTable,
    ) -> None:
        self._batches = batches
        self._corrections = corrections
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
            yield b"".join(self._json(_line(outcome)) for outcome in page)

    def _csv(self) -> Iterator[bytes]:
        out = io.StringIO()
        out.write(BYTE_ORDER_MARK if self._wishes.bom else "")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(BATCH_COLUMNS)
        for page in self._pages():
            for outcome in page:
                writer.writerows(_rows(outcome))
            yield _taken(out)
        yield _taken(out)

    def _zip(self) -> Iterator[bytes]:
        outlet, names = _Outlet(), ResultNames()
        with (
            tempfile.SpooledTemporaryFile(_SPOOL_BYTES) as index,
            zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for page in self._pages():
                for outcome in page:
                    job, result = outcome.job, outcome.result
                    line = _line(replace(outcome, result=None))
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

    def _pages(self) -> Iterator[list[_Outcome]]:
        after = None
        while True:
            place = after
            found = patiently(
                lambda: self._batches.bodies(self._batch_id, _PAGE_SIZE, after=place)  # noqa: B023  # called at once
            )
            if not found:
                return
            yield [self._outcome(job, body) for job, body in found]
            last = found[-1][0]
            after = last.created_at, last.job_id

    def _outcome(self, job: Job, body: bytes | None) -> _Outcome:
        if body is None:
            return _Outcome(job, error=None if job.error is None else error_entry(job.error))
        read = DocumentResult.model_validate_json(zlib.decompress(body))
        try:
            return _Outcome(job, self._shown(job, read))
        except (InvalidCorrectionsError, UnknownDocumentTypeError) as error:
            # The schema has changed since; what was read would pass for what was corrected.
            return _Outcome(job, error=ErrorEntry(code=error.code, message=error.message))

    def _shown(self, job: Job, read: DocumentResult) -> DocumentResult:
        """What was read, corrected and masked as it is wished."""
        result, kinds = read, self._wishes.kinds
        if self._wishes.corrected:
            stored = patiently(lambda: self._corrections.get(job.job_id))
            result = read if stored is None else corrected_result(read, stored.corrections)
        if not kinds:
            return result
        also = None if result is read else masked_words(read, kinds)
        return mask_result(result, kinds, with_words=self._wishes.with_words, also=also)

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


def _line(outcome: _Outcome) -> BatchLine:
    job = outcome.job
    line = BatchLine(id=job.job_id, filename=job.filename, status=job.state)
    if job.source is not None:
        line.source = given_as(job.source)
    if outcome.result is not None:
        line.result = outcome.result
    if outcome.error is not None:
        line.error = outcome.error
    return line


def _rows(outcome: _Outcome) -> Iterator[list[str]]:
    """A row a field; one row for a document without any, so that none is missing."""
    job = outcome.job
    filename = harmless_cell(job.filename or "")
    code = "" if outcome.error is None else outcome.error.code
    rows = [] if outcome.result is None else list(rows_of(outcome.result))
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
