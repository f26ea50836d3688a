"""Gathers the documents of one request to a batch: stored one by one, added together or not at all.

What is wrong with one document alone becomes its refusal, and the others go on. What is wrong with
the request as a whole leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from api.batches.fingerprint import ContentFingerprint
from api.context import ApiContext
from api.request_body import shown_path, upload_stalled
from api.room import check_room
from api.stored_inspection import StoredInspection
from ocr.errors import DefectError, InputError, LimitExceededError
from ocr.limits import Limits
from workers.blobs import SOURCE, BlobKey, BlobWriter
from workers.jobs import BATCH_LANE, JobError, NewJob, new_job_id
from workers.retention import MAX_GATHERING_SECONDS

AT_ONCE: Final = 4  # documents that are committed and looked at
CHECK_EVERY_DOCUMENTS: Final = 100
CHECK_EVERY_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BatchWishes:
    """What all documents of a batch have in common.

    Attributes:
        batch_id: of the batch.
        document_type: a schema's name or "auto".
        key_id: of the API key that hands them in, None where none was needed.
        tenant: whose they are.
        limits: on each document that comes with the request.
    """

    batch_id: str
    document_type: str
    key_id: str | None
    tenant: str
    limits: Limits


class _Current:
    """The document that is just coming in."""

    def __init__(self, filename: str | None) -> None:
        self.job_id = new_job_id()
        self.filename = filename
        self.refusal: InputError | None = None
        self.writer: BlobWriter | None = None
        self.opened = contextlib.ExitStack()


class Gathering:
    """Documents of one request: their files are stored as they come in.

    It must be closed. Its methods are not to be called by several threads at once.

    Args:
        context: of the service.
        inspection: the first look at each document.
        wishes: what they have in common.

    Attributes:
        fingerprint: of all documents, once the request is complete.
    """

    def __init__(
        self, context: ApiContext, inspection: StoredInspection, wishes: BatchWishes
    ) -> None:
        self._context = context
        self._inspection = inspection
        self._wishes = wishes
        self._first_at = time.monotonic()
        self.fingerprint = ContentFingerprint()
        self._documents: list[Future[NewJob]] = []
        self._under_way: deque[Future[NewJob]] = deque()
        self._stored: list[str] = []
        # A store on the network takes its time for each document.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="gathering")
        self._n_refused = 0
        self._current: _Current | None = None
        self._n_bytes = 0
        self._n_bytes_checked = 0
        self._is_handed_over = False

    def close(self) -> None:
        """Remove what was stored, unless it was handed over."""
        self._threads.shutdown()  # each under way closes what it has opened
        if self._current is not None:
            self._current.opened.close()
        if not self._is_handed_over:
            for job_id in self._stored:
                self._context.services.blobs.delete_document(job_id)

    def begin(self, filename: str | None) -> None:
        """Begin a document; the one before it is complete.

        Raises:
            LimitExceededError: it is one too many for a request.
            ProblemError: there is no room for another.
        """
        self.end()
        self._check_count(len(self._documents) + 1)
        if len(self._documents) % CHECK_EVERY_DOCUMENTS == 0:
            self._check_room(self._n_to_wait() + 1)
        if not self._documents:
            self._first_at = time.monotonic()
        self._current = _Current(shown_path(filename))
        self.fingerprint.begin(self._current.filename)
        key = BlobKey(self._current.job_id, SOURCE)
        writer = self._context.services.blobs.create(key)
        self._current.writer = self._current.opened.enter_context(writer)

    def write(self, chunk: bytes) -> bool:
        """Add to the document; nothing is stored of one that is too large.

        Returns:
            False when the document is refused, so that the rest of it is of no use.

        Raises:
            LimitExceededError: the request has more bytes than one may have.
            ProblemError: the disk is almost full.
        """
        max_bytes = self._context.settings.max_batch_bytes
        self._n_bytes += len(chunk)
        self.fingerprint.add(chunk)
        if self._n_bytes > max_bytes:
            raise LimitExceededError(
                f"the documents have more bytes than max_batch_bytes allows, {max_bytes:,}"
            )
        if self._n_bytes - self._n_bytes_checked >= CHECK_EVERY_BYTES:
            self._check_room(self._n_to_wait() + 1)
        current = self._current
        if current is None or current.writer is None:
            return False
        try:
            self._wishes.limits.check_file_bytes(current.writer.n_bytes + len(chunk))
            current.writer.write(chunk)
        except InputError as error:
            self.refuse(error)
        return current.refusal is None

    def refuse(self, error: InputError) -> None:
        """Let the document fail for that reason, without its file."""
        if self._current is not None and self._current.refusal is None:
            self._current.refusal = error
            self._current.opened.close()
            self._current.writer = None

    def end(self) -> None:
        """Complete the document, if one has begun.

        Raises:
            TransientError: the store cannot take it, or one of those before it, just now.
        """
        while len(self._under_way) >= 2 * AT_ONCE:
            self._n_refused += self._under_way.popleft().result().refusal is not None
        current, self._current = self._current, None
        if current is None:
            return
        self._n_refused += current.refusal is not None
        self._stored.append(current.job_id)
        document = self._threads.submit(self._completed, current)
        self._documents.append(document)
        if current.refusal is None:
            self._under_way.append(document)

    def name(self, source: str, filename: str | None) -> None:
        """Add a document that the worker fetches.

        Raises:
            LimitExceededError: it is one too many for a request.
        """
        self._check_count(len(self._documents) + 1)
        document: Future[NewJob] = Future()
        new = self._new(new_job_id(), shown_path(filename), source=source)
        document.set_result(new)
        self.fingerprint.begin(new.filename)
        self.fingerprint.add(source.encode())
        self._documents.append(document)

    def hand_over(self) -> list[NewJob]:
        """All documents of the request, once it is complete, to be put into the table.

        From now on their files stay: where it is not known whether the table has the documents, the
        sweeper finds it out.

        Raises:
            ProblemError: there is no room for them, or the first are so old by now that the
                sweeper may take them for what a crash left behind.
            TransientError: the store cannot take one of them just now.
        """
        self.end()
        documents = [document.result() for document in self._documents]
        if time.monotonic() - self._first_at > MAX_GATHERING_SECONDS:
            raise upload_stalled("the documents took too long to store: send fewer a request")
        self._check_room(sum(each.refusal is None for each in documents))
        self._is_handed_over = True
        return documents

    def take_back(self) -> None:
        """The table did not take the documents."""
        self._is_handed_over = False

    def _completed(self, current: _Current) -> NewJob:
        """Commit a document's file and look at it; one that cannot be read has none."""
        with current.opened:
            refusal = current.refusal
            if current.writer is not None and refusal is None:
                current.writer.commit()
                try:
                    media_type, _ = self._inspection.look(current.job_id)
                except InputError as error:
                    refusal = error
                    self._context.services.blobs.delete_document(current.job_id)
                else:
                    return self._new(
                        current.job_id,
                        current.filename,
                        n_bytes=current.writer.n_bytes,
                        media_type=media_type,
                    )
        if refusal is None:
            raise DefectError("a document has neither a file nor a reason for that")
        reason = JobError(refusal.code, refusal.message)
        return self._new(current.job_id, current.filename, refusal=reason)

    def _new(
        self,
        job_id: str,
        filename: str | None,
        *,
        n_bytes: int = 0,
        media_type: str | None = None,
        source: str | None = None,
        refusal: JobError | None = None,
    ) -> NewJob:
        wishes = self._wishes
        return NewJob(
            job_id=job_id,
            n_bytes=n_bytes,
            document_type=wishes.document_type,
            filename=filename,
            media_type=media_type,
            submitted_by=wishes.key_id,
            lane=BATCH_LANE,
            tenant=wishes.tenant,
            batch_id=wishes.batch_id,
            source=source,
            refusal=refusal,
        )

    def _n_to_wait(self) -> int:
        """How many will wait, as far as it is known."""
        return len(self._documents) - self._n_refused

    def _check_count(self, n_documents: int) -> None:
        at_most = self._context.settings.max_batch_documents
        if n_documents > at_most:
            raise LimitExceededError(
                f"the request holds more documents than max_batch_documents allows, {at_most:,}"
            )

    def _check_room(self, n_documents: int) -> None:
        self._n_bytes_checked = self._n_bytes
        check_room(self._context, self._wishes.tenant, n_documents=n_documents)
