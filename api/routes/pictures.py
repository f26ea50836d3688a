"""A document's pages as pictures: as they were read, with their fields drawn, redacted."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from api.auth import Caller
from api.context import ApiContext
from api.described.headers import FILE_NAME, REDACTED
from api.overlay import draw_fields
from api.problems import ProblemError
from api.redacted_pictures import redact_pictures
from api.results import (
    disposition,
    finished_result,
    parse_redaction,
    redaction_headers,
    with_corrections,
)
from api.routes.documents import PROBLEM, find_job
from layout.redaction import masked_words, redact
from layout.redaction_kinds import ALL
from workers.blobs import BlobKey, page_picture


def pictures_router(context: ApiContext) -> APIRouter:
    """The routes of pictures under `/v1/documents/{id}`."""
    router = APIRouter(prefix="/v1/documents/{document_id}", tags=["results"])
    auth, blobs = context.auth, context.services.blobs

    @router.get(
        "/pages/{number}",
        summary="A page's upright picture",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}}}, 404: PROBLEM},
    )
    def get_page_picture(
        document_id: str,
        number: Annotated[int, Path(ge=1, le=1_000_000)],
        caller: Annotated[Caller, Depends(auth.require("read"))],
    ) -> Response:
        """The page as it was read, JPEG.

        Regions count in the size that the result gives for the page, whatever the picture's own.
        """
        job = find_job(context, document_id, caller)
        content = blobs.read(BlobKey(job.job_id, page_picture(number)))
        if content is None:
            detail = f"there is no picture of page {number}"
            raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_page", detail)
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(content, media_type="image/jpeg", headers=headers)

    @router.get(
        "/pages/{number}/annotated",
        summary="A page with its fields drawn on it",
        response_class=Response,
        responses={
            200: {"content": {"image/jpeg": {}}},
            404: PROBLEM,
            409: PROBLEM,
            422: PROBLEM,
        },
    )
    def get_annotated_page(
        document_id: str,
        number: Annotated[int, Path(ge=1, le=1_000_000)],
        caller: Annotated[Caller, Depends(auth.require("read"))],
        corrected: Annotated[bool, Query()] = False,  # noqa: FBT002  # a query parameter
    ) -> Response:
        """The page's upright picture with each field's place and name, JPEG.

        With `corrected` the fields as people corrected them. A page of given words is drawn on
        white.
        """
        job = find_job(context, document_id, caller)
        found = finished_result(context, job)
        page = next((page for page in found.pages if page.number == number), None)
        if page is None:
            raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_page", f"there is no page {number}")
        if corrected:
            found, _ = with_corrections(context, job, found)
        picture = blobs.read(BlobKey(job.job_id, page_picture(number)))
        content = draw_fields(page, picture, found.fields, form="JPEG")
        return Response(content, media_type="image/jpeg")

    @router.get(
        "/redacted",
        summary="A picture without personal data",
        response_class=Response,
        responses={
            200: {
                "content": {"image/png": {}, "application/pdf": {}},
                "headers": {**REDACTED, **FILE_NAME},
            },
            404: PROBLEM,
            409: PROBLEM,
            422: PROBLEM,
        },
    )
    def get_redacted_copy(
        document_id: str,
        caller: Annotated[Caller, Depends(auth.require("read"))],
        kinds: Annotated[str, Query(max_length=200, examples=["names,phones"])] = ALL,
        corrected: Annotated[bool, Query()] = False,  # noqa: FBT002  # a query parameter
    ) -> Response:
        """The pages with words of these kinds blacked out in the pixels.

        With `corrected` also those that corrections say are of these kinds.

        PNG for a single picture; of a PDF or of several pages a PDF of pictures, without text.
        Headers say how much was masked: 0 words where nothing was found.
        """
        job = find_job(context, document_id, caller)
        chosen = parse_redaction(kinds, "kinds")
        found = finished_result(context, job)
        pictures = {
            page.number: content
            for page in found.pages
            if (content := blobs.read(BlobKey(job.job_id, page_picture(page.number)))) is not None
        }
        as_pdf = job.media_type == "application/pdf" or len(found.pages) > 1
        right = with_corrections(context, job, found)[0] if corrected else found
        also = None if right is found else masked_words(found, chosen)
        redaction = redact(right, chosen, also=also)
        content = redact_pictures(found.pages, pictures, redaction.words, as_pdf=as_pdf)
        headers = {
            "Content-Disposition": disposition(job, "redacted.pdf" if as_pdf else "redacted.png"),
            **redaction_headers(redaction),
        }
        media_type = "application/pdf" if as_pdf else "image/png"
        return Response(content, media_type=media_type, headers=headers)

    return router
