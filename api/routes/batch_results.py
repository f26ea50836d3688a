"""What came out of a batch: its documents, and their results in one stream."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from api.auth import Caller
from api.batches.results import MEDIA_TYPES, BatchResults, ResultWishes
from api.batches.wire import BatchFormat
from api.context import ApiContext
from api.described.headers import FILE_NAME
from api.parameters import make_cursor, parse_cursor
from api.results import attachment, parse_redaction
from api.routes.batches import find_batch
from api.routes.documents import PROBLEM
from api.wire import DocumentList, document_entry
from workers.corrections import CorrectionTable
from workers.states import JobState


def batch_results_router(context: ApiContext) -> APIRouter:
    """The routes under `/v1/batches/{id}` that list and give out."""
    router = APIRouter(prefix="/v1/batches/{batch_id}", tags=["batches"])
    batches = context.services.batches
    corrections = CorrectionTable(context.services.database)
    Reader = Annotated[Caller, Depends(context.auth.require("read"))]  # noqa: N806  # a type

    @router.get("/documents", summary="A batch's documents", responses={404: PROBLEM})
    def list_batch_documents(
        batch_id: str,
        caller: Reader,
        status: Annotated[JobState | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> DocumentList:
        """Documents in the order in which they were handed in, all or those of one `status`.

        `next`, if not null, is the following page's `cursor`.
        """
        find_batch(context, batch_id, caller)
        after = parse_cursor(cursor)
        found = batches.documents(batch_id, limit + 1, state=status, after=after)
        shown = found[:limit]
        following = make_cursor(shown[-1]) if len(found) > limit else None
        return DocumentList(documents=[document_entry(job) for job in shown], next=following)

    @router.get(
        "/results",
        summary="A batch's results",
        response_class=StreamingResponse,
        responses={
            200: {
                "content": {media_type: {} for media_type in MEDIA_TYPES.values()},
                "headers": FILE_NAME,
            },
            404: PROBLEM,
            422: PROBLEM,
        },
    )
    def get_batch_results(
        batch_id: str,
        caller: Reader,
        batch_format: Annotated[BatchFormat, Query(alias="format")] = "jsonl",
        words: Annotated[bool, Query()] = False,  # noqa: FBT002  # a query parameter
        redact: Annotated[str | None, Query(max_length=200, examples=["names,phones"])] = None,
        bom: Annotated[bool, Query()] = False,  # noqa: FBT002  # a query parameter
        corrected: Annotated[bool, Query()] = False,  # noqa: FBT002  # a query parameter
    ) -> Response:
        """Every document with its result, its error, or neither while it is not done.

        `jsonl` has a document a line, `csv` a field a row, `zip` a JSON file a result and an index,
        `batch.jsonl`. `words`, `redact`, `bom` and `corrected` are those of one document's
        result.
        """
        batch = find_batch(context, batch_id, caller)
        wishes = ResultWishes(
            with_words=words, kinds=parse_redaction(redact), bom=bom, corrected=corrected
        )
        content = BatchResults(batches, batch_id, wishes, corrections=corrections).stream(
            batch_format
        )
        name = attachment(batch.name or batch_id, batch_format, otherwise=batch_id)
        return StreamingResponse(
            content,
            media_type=MEDIA_TYPES[batch_format],
            headers={"Content-Disposition": name},
        )

    return router
