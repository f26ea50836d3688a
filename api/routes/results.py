"""What came out of a document: its fields, and its pages' pictures."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from api.auth import Caller
from api.context import ApiContext
from api.problems import ProblemError
from api.results import ResultFormat, result_response
from api.routes.documents import PROBLEM, find_job
from layout.result import DocumentResult
from workers.blobs import BlobKey, page_picture


def results_router(context: ApiContext) -> APIRouter:
    """The routes under `/v1/documents/{id}`."""
    router = APIRouter(prefix="/v1/documents/{document_id}", tags=["results"])
    auth, blobs = context.auth, context.services.blobs

    @router.get(
        "/result",
        summary="The fields",
        response_model=DocumentResult,
        response_model_exclude_unset=True,
        responses={200: {"content": {"text/csv": {}}}, 404: PROBLEM, 409: PROBLEM, 422: PROBLEM},
    )
    def result(
        document_id: str,
        _caller: Annotated[Caller, Depends(auth.require("read"))],
        result_format: Annotated[ResultFormat | None, Query(alias="format")] = None,
        accept: Annotated[str, Header()] = "",
        words: Annotated[bool, Query()] = False,  # noqa: FBT002  # a query parameter
    ) -> Response:
        """The result as JSON or, by `format` or `Accept`, as CSV.

        `words` adds each page's words. A failed document answers with the problem it failed with,
        one that is not done yet with 409.
        """
        wants_csv = "text/csv" in accept and "json" not in accept
        return result_response(
            context,
            find_job(context, document_id),
            with_words=words,
            result_format=result_format or ("csv" if wants_csv else "json"),
        )

    @router.get(
        "/pages/{number}",
        summary="A page's upright picture",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}}}, 404: PROBLEM},
    )
    def picture(
        document_id: str,
        number: Annotated[int, Path(ge=1, le=1_000_000)],
        _caller: Annotated[Caller, Depends(auth.require("read"))],
    ) -> Response:
        """The page as it was read, JPEG.

        Regions count in the size that the result gives for the page, whatever the picture's own.
        """
        job = find_job(context, document_id)
        content = blobs.read(BlobKey(job.job_id, page_picture(number)))
        if content is None:
            detail = f"there is no picture of page {number}"
            raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_page", detail)
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(content, media_type="image/jpeg", headers=headers)

    return router
