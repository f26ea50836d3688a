"""What goes over the wire about batches."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.wire import ErrorEntry
from layout.result import DocumentResult
from workers.batches import Batch
from workers.imports import MAX_KEY_CHARACTERS
from workers.outbound import MAX_URL_CHARACTERS
from workers.states import JobState

MAX_BATCH_NAME = 200
BatchFormat = Literal["jsonl", "csv", "zip"]
Url = Annotated[str, Field(max_length=MAX_URL_CHARACTERS)]
Key = Annotated[str, Field(max_length=MAX_KEY_CHARACTERS)]


class NamedDocuments(BaseModel):
    """Documents that the worker is to fetch: web addresses, and keys of the import store.

    Attributes:
        urls: web addresses of documents.
        keys: of documents in the import store.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"urls": ["https://files.example/1.pdf"], "keys": ["2026/receipt-2.jpg"]}]
        },
    )
    urls: list[Url] = []
    keys: list[Key] = []


class BatchOrder(NamedDocuments):
    """A batch to be made, with its first documents.

    Attributes:
        urls: web addresses of documents.
        keys: of documents in the import store.
        type: of all its documents; "auto" looks at each.
        name: for show.
        sealed: whether no others follow; if not given, whether this order has documents.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "type": "invoice",
                    "name": "March",
                    "urls": ["https://files.example/1.pdf"],
                    "keys": ["2026/receipt-2.jpg"],
                    "sealed": True,
                }
            ]
        },
    )
    type: Annotated[str, Field(max_length=64)] = "auto"
    name: Annotated[str | None, Field(max_length=MAX_BATCH_NAME)] = None
    sealed: bool | None = None


class BatchCounts(BaseModel):
    """How many of the documents stand where.

    Attributes:
        queued: wait for a worker.
        running: are with one.
        succeeded: were read.
        partial: were read in part.
        failed: were not read.
        cancelled: are not to be read.
    """

    queued: int
    running: int
    succeeded: int
    partial: int
    failed: int
    cancelled: int


class BatchLinks(BaseModel):
    """Where to go from here.

    Attributes:
        self: path of the batch.
        documents: path of the list of its documents.
        results: path of their results.
    """

    self: str
    documents: str
    results: str


class BatchEntry(BaseModel):
    """A batch, and how far it is.

    Attributes:
        id: of the batch.
        name: as the sender called it.
        type: the document type asked for.
        created_at: when it was made.
        sealed_at: since when it takes no more documents; null while it does.
        n_documents: all of them.
        n_done: those that are done, the failed and cancelled ones too.
        counts: how many stand where.
        is_finished: it is sealed, and all its documents are done.
        links: where to go from here.
    """

    id: str
    name: str | None
    type: str
    created_at: datetime
    sealed_at: datetime | None
    n_documents: int
    n_done: int
    counts: BatchCounts
    is_finished: bool
    links: BatchLinks


class BatchList(BaseModel):
    """A page of the list of batches.

    Attributes:
        batches: from the newest on.
        next: cursor of the following page; null on the last one.
    """

    batches: list[BatchEntry]
    next: str | None


class Retried(BaseModel):
    """How many documents wait again.

    Attributes:
        n_retried: those that had failed, or were cancelled, and whose files there are.
    """

    n_retried: int


class Cancelled(BaseModel):
    """How many documents were cancelled just now.

    Attributes:
        n_cancelled: those that waited or were under way.
    """

    n_cancelled: int


class BatchLine(BaseModel):
    """One document of a batch: its result, why it failed, or neither: not done, or cancelled.

    Attributes:
        id: of the document.
        filename: as the sender called it.
        source: the web address or key that it was fetched from; left out if it was uploaded.
        status: as `GET /v1/documents/{id}` tells it.
        file: with its result, in an archive.
        result: as `GET /v1/documents/{id}/result` gives it.
        error: why it failed, or cannot be given as it was asked for.
    """

    id: str
    filename: str | None
    source: str | None = None
    status: JobState
    file: str | None = None
    result: DocumentResult | None = None
    error: ErrorEntry | None = None


def batch_path(batch_id: str) -> str:
    """The route of a batch."""
    return f"/v1/batches/{batch_id}"


def batch_entry(batch: Batch) -> BatchEntry:
    """A batch as its sender sees it."""
    path = batch_path(batch.batch_id)
    return BatchEntry(
        id=batch.batch_id,
        name=batch.name,
        type=batch.document_type,
        created_at=datetime.fromtimestamp(batch.created_at, UTC),
        sealed_at=None if batch.sealed_at is None else datetime.fromtimestamp(batch.sealed_at, UTC),
        n_documents=batch.n_documents,
        n_done=batch.n_done,
        counts=BatchCounts(**{state.value: batch.counts.get(state, 0) for state in JobState}),
        is_finished=batch.is_finished,
        links=BatchLinks(self=path, documents=f"{path}/documents", results=f"{path}/results"),
    )
