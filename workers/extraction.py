"""Takes a claimed job as far as its result: reads the document, extracts, stores its pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from layout.result import DocumentResult
from ocr.errors import DefectError, TransientError
from ocr.formats import sniff
from ocr.types import Page
from workers.blobs import SOURCE, BlobKey, BlobStore, page_picture, write_blob
from workers.extractor import Extractor
from workers.job_table import JobTable
from workers.jobs import Job, JobError
from workers.page_pictures import PagePixels, jpeg
from workers.patience import patiently
from workers.sources import Sources
from workers.traces import EXTRACTION, JobTrace

T = TypeVar("T")


class LeaseLostError(Exception):
    """The job was cancelled, deleted or taken over: what is still to be done is in vain."""


class HinderedError(Exception):
    """Store or database cannot be used: the job can do nothing for it."""

    def __init__(self, cause: TransientError) -> None:
        super().__init__(cause.message)
        self.reason = JobError(cause.code, cause.message)


class Extraction:
    """What each job has to go through.

    Args:
        table: where progress is noted.
        blobs: where documents are read and pictures of pages are stored.
        extractor: the pipeline.
        sources: where documents are fetched that were not uploaded.
        patience_seconds: how long database and store may be away.
    """

    def __init__(
        self,
        table: JobTable,
        blobs: BlobStore,
        extractor: Extractor,
        *,
        sources: Sources,
        patience_seconds: float,
    ) -> None:
        self._table = table
        self._blobs = blobs
        self._extractor = extractor
        self._sources = sources
        self._patience_seconds = patience_seconds

    def result(self, job: Job, trace: JobTrace, is_lost: Callable[[], bool]) -> DocumentResult:
        """The job's result.

        Args:
            job: as it was claimed.
            trace: is told how far it is.
            is_lost: whether the job's lease is.

        Raises:
            LeaseLostError: it is.
            HinderedError: database or store was away for longer than there is patience.
            DocspadeError: the document, or what it needs, is at fault.
        """
        with trace.step("read file"):
            data = self._document(job)

        def on_page(page: Page, pixels: PagePixels | None) -> None:
            if is_lost():
                raise LeaseLostError
            trace.begin(f"page {page.number} was stored")
            if pixels is not None:
                key, picture = BlobKey(job.job_id, page_picture(page.number)), jpeg(pixels)
                self.keep(lambda: write_blob(self._blobs, key, picture))
            trace.n_pages_done += 1
            n_done = trace.n_pages_done
            if not self.keep(lambda: self._table.note_pages_done(job, n_done)):
                raise LeaseLostError

        with trace.step(EXTRACTION):
            trace.result = self._extractor.extract(
                data,
                document_type=job.document_type,
                document_id=job.job_id,
                with_words=True,
                pages=job.pages or None,
                on_page=on_page,
                on_stage=trace.begin,
            )
        return trace.result

    def keep(self, action: Callable[[], T]) -> T:
        """Do something with database or store: work of minutes outlives a lost connection.

        Raises:
            HinderedError: it failed for longer than there is patience.
        """
        try:
            return patiently(action, seconds=self._patience_seconds)
        except TransientError as error:
            raise HinderedError(error) from error

    def _document(self, job: Job) -> bytes:
        if job.source is None:
            stored = self.keep(lambda: self._blobs.read(BlobKey(job.job_id, SOURCE)))
            if stored is None:
                raise DefectError("the stored file is gone")
            return stored
        # Not kept: who tries a document again wants what is there by then.
        max_file_bytes = self.keep(lambda: self._table.max_file_bytes(job))
        data = self._sources.read(job.source, job.tenant, max_file_bytes)
        media_type = sniff(data)
        if not self.keep(lambda: self._table.note_document(job, len(data), media_type)):
            raise LeaseLostError
        return data
