"""What goes over the wire besides results (`layout.result`) and problems (`api.problems`)."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel

from layout.schema import DocumentSchema, FieldSpec, ValueType
from workers.jobs import Job, JobError
from workers.sources import given_as
from workers.states import JobState


class ErrorEntry(BaseModel):
    """Why a document failed.

    Attributes:
        code: for programs; it does not change.
        message: for people.
    """

    code: str
    message: str


class Links(BaseModel):
    """Where to go from here.

    Attributes:
        self: path of the document.
        result: path of its result, once there is one.
    """

    self: str
    result: str | None = None


class ToldDocument(BaseModel):
    """A document as webhooks are told of it: without `source`, for an address may let people in.

    Attributes:
        id: of the document.
        status: how it ended: succeeded, partial (some page or stage failed; see the result's
            issues), failed (see `error`), cancelled. It may have been tried again since.
        type: the document type asked for.
        lane: "interactive", or "batch", which lets the others go first.
        filename: as the sender called it.
        media_type: of the content.
        n_bytes: size of the file; 0 of one that was not fetched, or was refused unread.
        n_pages_done: pages read in the last attempt.
        attempt: how many workers have taken it up, since it was last tried again.
        created_at: when it was accepted.
        started_at: when the last worker took it up.
        finished_at: when it was done, or cancelled.
        error: why it failed.
        batch_id: of the batch that it belongs to.
        links: where to go from here.
    """

    id: str
    status: JobState
    type: str
    lane: str
    filename: str | None
    media_type: str | None
    n_bytes: int
    n_pages_done: int
    attempt: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: ErrorEntry | None
    batch_id: str | None
    links: Links


class DocumentEntry(ToldDocument):
    """A document handed in, and how far it is.

    Attributes:
        id: of the document.
        status: queued, running, or for good: succeeded, partial (some page or stage failed; see
            the result's issues), failed (see `error`), cancelled.
        type: the document type asked for.
        lane: "interactive", or "batch", which lets the others go first.
        filename: as the sender called it.
        media_type: of the content.
        n_bytes: size of the file; 0 of one that is still to be fetched, or was refused unread.
        n_pages_done: pages read so far in this attempt.
        attempt: how many workers have taken it up, since it was last tried again.
        created_at: when it was accepted.
        started_at: when the last worker took it up.
        finished_at: when it was done, or cancelled.
        error: why it failed.
        batch_id: of the batch that it belongs to.
        source: the web address or the key from which it is fetched; null if it was uploaded.
        links: where to go from here.
    """

    source: str | None


class DocumentList(BaseModel):
    """A page of a list of documents.

    Attributes:
        documents: in the order that the list has.
        next: cursor of the following page; null on the last one.
    """

    documents: list[DocumentEntry]
    next: str | None


class FieldEntry(BaseModel):
    """A field of a document type: a leaf has a `value_type`, a group has `fields`.

    Attributes:
        name: as results have it.
        value_type: what its text is read as; null of a group.
        repeated: whether there may be several, so that results have a list.
        fields: within the group; none of a leaf.
    """

    name: str
    value_type: ValueType | None
    repeated: bool
    fields: list[FieldEntry]


class TypeEntry(BaseModel):
    """A document type.

    Attributes:
        name: as `?type=` takes it.
        description: of such documents.
        fields: that are looked for in them.
    """

    name: str
    description: str
    fields: list[FieldEntry]


class TypeList(BaseModel):
    """The document types that `?type=` takes, besides "auto".

    Attributes:
        types: in the order of their names.
    """

    types: list[TypeEntry]


class Health(BaseModel):
    """That the server answers, and which version it is.

    Attributes:
        status: "ok" of a server that answers, "ready" of one that can work too.
        version: of docspade.
    """

    status: str
    version: str


def document_path(document_id: str) -> str:
    """The route of a document."""
    return f"/v1/documents/{document_id}"


def document_entry(job: Job) -> DocumentEntry:
    """A job as its sender sees it."""
    path = document_path(job.job_id)
    has_result = job.state in {JobState.SUCCEEDED, JobState.PARTIAL}
    error = None if job.error is None else error_entry(job.error)
    return DocumentEntry(
        id=job.job_id,
        status=job.state,
        type=job.document_type,
        lane=job.lane,
        filename=job.filename,
        media_type=job.media_type,
        n_bytes=job.n_bytes,
        n_pages_done=job.n_pages_done,
        attempt=job.attempt,
        created_at=_moment(job.created_at),
        started_at=None if job.started_at is None else _moment(job.started_at),
        finished_at=None if job.finished_at is None else _moment(job.finished_at),
        error=error,
        batch_id=job.batch_id,
        source=None if job.source is None else given_as(job.source),
        links=Links(self=path, result=f"{path}/result" if has_result else None),
    )


def error_entry(error: JobError) -> ErrorEntry:
    """Why a job failed, as its sender sees it."""
    return ErrorEntry(code=error.code, message=error.message)


def type_entry(schema: DocumentSchema) -> TypeEntry:
    """A schema as users see it."""
    fields = [_field_entry(spec) for spec in schema.fields]
    return TypeEntry(name=schema.name, description=schema.description, fields=fields)


def _field_entry(spec: FieldSpec) -> FieldEntry:
    children = [_field_entry(child) for child in spec.children]
    return FieldEntry(
        name=spec.name, value_type=spec.value_type, repeated=spec.repeated, fields=children
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
