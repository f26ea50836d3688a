"""Handing in many documents at once."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller
from api.batches.intake import AUTO_TYPE, BatchIntake, BatchQuery
from api.batches.wire import (
    MAX_BATCH_NAME,
    BatchEntry,
    BatchOrder,
    NamedDocuments,
    batch_entry,
    batch_path,
)
from api.context import ApiContext
from api.described.headers import BATCH_LOCATION
from api.described.models import body_schema
from api.once import KeyHeader
from api.problems import ProblemBody
from api.routes.batches import find_batch
from api.routes.documents import PROBLEM

_FILES = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {
                "file": {
                    "type": "array",
                    "description": "The documents, a part of this name each.",
                    "items": {"type": "string", "format": "binary"},
                }
            },
        }
    },
    "application/zip": {
        "schema": {"type": "string", "format": "binary", "description": "An archive of documents."}
    },
}
NEW_BODY = {
    "requestBody": {
        "required": False,
        "content": {"application/json": {"schema": body_schema(BatchOrder)}, **_FILES},
    }
}
MORE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": body_schema(NamedDocuments)}, **_FILES},
    }
}
_REFUSALS: Final[dict[int | str, dict[str, type[ProblemBody]]]] = dict.fromkeys(
    (400, 408, 413, 415, 422, 429, 503), PROBLEM
)


def batch_uploads_router(context: ApiContext) -> APIRouter:
    """The routes under `/v1/batches` that take documents."""
    router = APIRouter(prefix="/v1/batches", tags=["batches"])
    Submitter = Annotated[Caller, Depends(context.auth.require("submit"))]  # noqa: N806  # a type
    intake = BatchIntake(context)

    @router.post(
        "",
        summary="Make a batch",
        status_code=HTTPStatus.CREATED,
        openapi_extra=NEW_BODY,
        responses={201: {"headers": BATCH_LOCATION}, **_REFUSALS},
    )
    async def create_batch(
        request: Request,
        response: Response,
        caller: Submitter,
        document_type: Annotated[str, Query(alias="type", max_length=64)] = AUTO_TYPE,
        name: Annotated[str | None, Query(max_length=MAX_BATCH_NAME)] = None,
        sealed: Annotated[bool | None, Query()] = None,
        idempotency_key: KeyHeader = None,
    ) -> BatchEntry:
        """Hand in many documents: a ZIP archive, a form with many parts `file`, or a list in JSON.

        A list names web addresses and keys of the import store, and itself says `type`, `name` and
        `sealed`; the others say so in the query. A request is taken as a whole or not at all; a
        document that cannot be read becomes a failed one of the batch, with the reason. Unless
        `sealed` says otherwise, a batch that is made with documents takes no others, and one that
        is made without, for which no body is needed, takes them until it is sealed. Its documents
        let those go first that were handed in alone. Sent again with the same `Idempotency-Key`,
        the same request makes no second batch: the answer is the first one, as it stands then.
        """
        query = BatchQuery(document_type, name, sealed)
        batch_id = await intake.create(request, query, caller, idempotency_key)
        batch = await run_in_threadpool(find_batch, context, batch_id, caller)
        response.headers["Location"] = batch_path(batch_id)
        return batch_entry(batch)

    @router.post(
        "/{batch_id}/documents",
        summary="Add documents",
        openapi_extra=MORE_BODY,
        responses={404: PROBLEM, 409: PROBLEM, **_REFUSALS},
    )
    async def add_documents(batch_id: str, request: Request, caller: Submitter) -> BatchEntry:
        """Hand in further documents, in the same forms, as long as the batch is not sealed."""
        batch = await run_in_threadpool(find_batch, context, batch_id, caller)
        await intake.add(request, batch, caller)
        return batch_entry(await run_in_threadpool(find_batch, context, batch_id, caller))

    return router
