"""Takes the documents of batches in: a list of names, a ZIP archive, or a form with many files."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import BinaryIO, Final

from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.auth import Caller
from api.batches.archives import Archive
from api.batches.gathering import CHECK_EVERY_BYTES, BatchWishes, Gathering
from api.batches.lists import name_documents, read_list
from api.batches.wire import BatchOrder, NamedDocuments
from api.context import ApiContext
from api.forms import FormParser, boundary_of
from api.once import make_once
from api.problems import ProblemError
from api.request_body import (
    announced_bytes,
    body_headers,
    body_time,
    chunks_of,
    has_body,
    hear_out,
)
from api.room import check_room, check_spool_room
from api.stored_inspection import StoredInspection
from layout.schema import load_schema
from ocr.errors import (
    CorruptFileError,
    EmptyFileError,
    EncryptedFileError,
    InputError,
    LimitExceededError,
    UnsupportedFormatError,
)
from workers.batches import Batch, BatchClosedError, NewBatch
from workers.full_disk import StorageFullError, disk_error
from workers.idempotency import OnceKey
from workers.jobs import BATCH_LANE, NewJob, new_job_id

AUTO_TYPE: Final = "auto"
FORM_TYPE: Final = "multipart/form-data"
JSON_TYPE: Final = "application/json"
ZIP_TYPES: Final = frozenset({"application/zip", "application/x-zip-compressed"})
FILE_TYPES: Final = ZIP_TYPES | {FORM_TYPE}
MAX_UNPACKING: Final = 4  # archives at a time; each keeps a thread busy


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """What a request says of a new batch besides its body; a JSON body says it itself."""

    document_type: str = AUTO_TYPE
    name: str | None = None
    is_sealed: bool | None = None


class BatchIntake:
    """Takes documents in for one server.

    A request is taken as a whole or not at all. All methods raise ProblemError or InputError where
    something is wrong with it, and TransientError where it cannot be stored just now.
    """

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._inspection = StoredInspection(context.services.blobs, context.settings.limits)
        self._unpacking = asyncio.Semaphore(MAX_UNPACKING)
        self._sources = context.services.sources
        self._max_documents = context.settings.max_batch_documents

    async def create(
        self, request: Request, query: BatchQuery, caller: Caller, idempotency_key: str | None
    ) -> str:
        """Make a batch with the documents of a request, or find the one that its key stands for.

        Returns:
            The batch's id.
        """
        batch_id = new_job_id()
        async with self._body(request) as chunks:
            order = None
            is_empty = not has_body(request) and _media_type(request) not in FILE_TYPES
            if is_empty:
                order = BatchOrder()  # what it is called stands in the query
            elif _media_type(request) == JSON_TYPE:
                order = await read_list(chunks, BatchOrder, self._max_documents)
                query = BatchQuery(order.type, order.name, order.sealed)
            wishes = self._wishes(batch_id, query.document_type, caller)
            async with self._gathering(wishes) as gathering:
                if order is None:
                    await self._gather(request, chunks, gathering, caller)
                else:
                    await run_in_threadpool(name_documents, order, self._sources, gathering)
                make = partial(self._make, gathering, wishes, query, idempotency_key)
                return await run_in_threadpool(make)

    async def add(self, request: Request, batch: Batch, caller: Caller) -> None:
        """Add the documents of a request to a batch."""
        wishes = self._wishes(batch.batch_id, batch.document_type, caller)
        async with self._body(request) as chunks, self._gathering(wishes) as gathering:
            if batch.sealed_at is not None:
                raise _closed()
            if _media_type(request) == JSON_TYPE:
                named = await read_list(chunks, NamedDocuments, self._max_documents)
                await run_in_threadpool(name_documents, named, self._sources, gathering)
            else:
                await self._gather(request, chunks, gathering, caller)
            await run_in_threadpool(self._add, gathering, batch.batch_id)

    @asynccontextmanager
    async def _body(self, request: Request) -> AsyncIterator[AsyncIterator[bytes]]:
        """The request's body; where it is refused, the rest of it is heard out."""
        chunks = chunks_of(request, body_time(self._context.settings))
        try:
            yield chunks
        except (InputError, StorageFullError, ProblemError, RequestValidationError):
            await hear_out(request, chunks)
            raise

    def _wishes(self, batch_id: str, document_type: str, caller: Caller) -> BatchWishes:
        if document_type != AUTO_TYPE:
            load_schema(document_type)
        limits = caller.limits(self._context.settings.limits)
        return BatchWishes(batch_id, document_type, caller.key_id, caller.tenant, limits)

    @asynccontextmanager
    async def _gathering(self, wishes: BatchWishes) -> AsyncIterator[Gathering]:
        gathering = Gathering(self._context, self._inspection, wishes)
        try:
            yield gathering
        finally:
            await run_in_threadpool(gathering.close)

    def _make(
        self,
        gathering: Gathering,
        wishes: BatchWishes,
        query: BatchQuery,
        idempotency_key: str | None,
    ) -> str:
        services = self._context.services
        documents = gathering.hand_over()
        new = NewBatch(
            wishes.batch_id, wishes.document_type, query.name, wishes.key_id, wishes.tenant
        )
        seals = bool(documents) if query.is_sealed is None else query.is_sealed
        once = None
        if idempotency_key is not None:
            said = (wishes.document_type, query.name, query.is_sealed)
            once = OnceKey(idempotency_key, gathering.fingerprint.of(*said))

        def make() -> str:
            services.jobs.add_batch(new, documents, seals=seals, once=once)
            return new.batch_id

        def find(batch_id: str) -> str | None:
            return None if services.batches.get(batch_id) is None else batch_id

        if once is None:
            batch_id = make()
        else:
            try:
                batch_id = make_once(services.batches_once, new.tenant, once, make, find)
            except ProblemError:
                gathering.take_back()
                raise
        if batch_id != new.batch_id:  # it was sent before
            gathering.take_back()
        self._ring(documents)
        return batch_id

    def _add(self, gathering: Gathering, batch_id: str) -> None:
        documents = gathering.hand_over()
        try:
            self._context.services.jobs.add_to_batch(batch_id, documents)
        except BatchClosedError as error:
            gathering.take_back()
            raise _closed() from error
        self._ring(documents)

    def _ring(self, documents: Sequence[NewJob]) -> None:
        if documents:
            self._context.doorbell.ring(BATCH_LANE)

    async def _gather(
        self,
        request: Request,
        chunks: AsyncIterator[bytes],
        gathering: Gathering,
        caller: Caller,
    ) -> None:
        """Store the documents of a form or an archive."""
        await run_in_threadpool(check_room, self._context, caller.tenant)
        await self._check_announced(request)
        media_type = _media_type(request)
        if media_type == FORM_TYPE:
            form = FormParser(boundary_of(body_headers(request)))
            await _gather_form(chunks, form, gathering)
        elif media_type in ZIP_TYPES:
            with tempfile.TemporaryFile(dir=self._context.settings.state_dir) as spool:
                await self._receive(chunks, spool)
                async with self._unpacking:
                    await run_in_threadpool(self._unpack, spool, gathering, caller)
        else:
            detail = (
                f"a batch takes {FORM_TYPE}, application/zip or {JSON_TYPE}, not {media_type[:80]}"
            )
            raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_body", detail)

    async def _check_announced(self, request: Request) -> None:
        n_bytes, max_bytes = announced_bytes(request), self._context.settings.max_batch_bytes
        if n_bytes > max_bytes:
            raise LimitExceededError(
                f"the request has {n_bytes:,} bytes; max_batch_bytes allows {max_bytes:,}"
            )
        await run_in_threadpool(check_spool_room, self._context, n_bytes)

    async def _receive(self, chunks: AsyncIterator[bytes], spool: BinaryIO) -> None:
        max_bytes = self._context.settings.max_batch_bytes
        n_bytes = n_bytes_checked = 0
        async for chunk in chunks:
            n_bytes += len(chunk)
            if n_bytes > max_bytes:
                raise LimitExceededError(
                    f"the archive has more bytes than max_batch_bytes allows, {max_bytes:,}"
                )
            if n_bytes - n_bytes_checked >= CHECK_EVERY_BYTES:
                n_bytes_checked = n_bytes
                await run_in_threadpool(check_spool_room, self._context, 0)
            await run_in_threadpool(_lay_down, spool, chunk)
        await run_in_threadpool(_lay_down, spool, b"")

    def _unpack(self, spool: BinaryIO, gathering: Gathering, caller: Caller) -> None:
        settings = self._context.settings
        archive = Archive(spool, settings.max_batch_documents)
        if not archive.entries:
            raise EmptyFileError("the archive holds no documents")
        n_bytes = sum(entry.n_bytes for entry in archive.entries)
        if n_bytes > settings.max_batch_bytes:
            raise LimitExceededError(
                f"the archive holds {n_bytes:,} bytes; "
                f"max_batch_bytes allows {settings.max_batch_bytes:,}"
            )
        n_documents = len(archive.entries)
        check_room(self._context, caller.tenant, n_documents=n_documents, n_bytes=n_bytes)
        for entry in archive.entries:
            gathering.begin(entry.name)
            try:
                for chunk in archive.chunks(entry):
                    if not gathering.write(chunk):
                        break
            except (EncryptedFileError, UnsupportedFormatError, CorruptFileError) as error:
                gathering.refuse(error)


async def _gather_form(
    chunks: AsyncIterator[bytes], form: FormParser, gathering: Gathering
) -> None:
    def take(chunk: bytes) -> None:
        for event in form.feed(chunk):
            if isinstance(event, bytes):
                gathering.write(event)
            else:
                gathering.begin(event.filename)

    async for chunk in chunks:
        await run_in_threadpool(take, chunk)
    form.check_end()


def _lay_down(spool: BinaryIO, chunk: bytes) -> None:
    try:
        spool.write(chunk)
        if not chunk:
            spool.flush()
    except OSError as error:
        raise disk_error(error, "the archive cannot be laid down") from error


def _media_type(request: Request) -> str:
    return body_headers(request).get_content_type()


def _closed() -> ProblemError:
    detail = "the batch is sealed: it takes no more documents"
    return ProblemError(HTTPStatus.CONFLICT, "batch_sealed", detail)
