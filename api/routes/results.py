"""What came out of a document: its fields, as JSON or CSV."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, Field

from api.auth import Caller
from api.context import ApiContext
from api.described.headers import CORRECTIONS, FILE_NAME, REDACTED
from api.results import (
    ResultFormat,
    ResultView,
    parse_redaction,
    result_response,
)
from api.routes.documents import PROBLEM, find_job
from layout.result import DocumentResult


class ResultQuery(BaseModel):
    """Query parameters of a result."""

    format: ResultFormat | None = None
    words: bool = False
    redact: Annotated[str | None, Field(max_length=200, examples=["names,phones"])] = None
    bom: bool = False
    corrected: bool = False


def results_router(context: ApiContext) -> APIRouter:
    """The routes under `/v1/documents/{id}`."""
    router = APIRouter(prefix="/v1/documents/{document_id}", tags=["results"])
    auth = context.auth

    @router.get(
        "/result",
        summary="The fields",
        response_model=DocumentResult,
        response_model_exclude_unset=True,
        responses={
            200: {"content": {"text/csv": {}}, "headers": {**CORRECTIONS, **REDACTED, **FILE_NAME}},
            404: PROBLEM,
            409: PROBLEM,
            422: PROBLEM,
        },
    )
    def get_result(
        document_id: str,
        caller: Annotated[Caller, Depends(auth.require("read"))],
        query: Annotated[ResultQuery, Query()],
        accept: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Response:
        """The result as JSON or, by `format` or `Accept`, as CSV.

        `words` adds each page's words. `redact` masks personal data: names, phones, emails,
        accounts, addresses, ids, companies, or all (every kind but companies); where nothing of
        them was found, the issue `nothing_masked` says so. `bom` begins CSV
        with a byte order mark, for spreadsheets. `corrected` applies what people corrected: such
        fields have confidence 1 and `corrected`. A failed document answers with
        the problem it failed with, one that is not done yet with 409.
        """
        wants_csv = "text/csv" in accept and "json" not in accept
        return result_response(
            context,
            find_job(context, document_id, caller),
            ResultView(
                with_words=query.words,
                result_format=query.format or ("csv" if wants_csv else "json"),
                kinds=parse_redaction(query.redact),
                bom=query.bom,
                corrected=query.corrected,
            ),
        )

    return router
