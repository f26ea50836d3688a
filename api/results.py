"""A finished job as a response: the result as JSON or CSV, or the problem that it failed with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal
from urllib.parse import quote

from fastapi import Response

from api.context import ApiContext
from api.described.headers import REDACTED_FIELDS, REDACTED_WORDS
from api.entity_tags import tag_of
from api.preconditions import quoted
from api.problems import ProblemError, problem_of_job
from layout.corrected_result import corrected_result
from layout.redaction import Redaction, masked_words, redact
from layout.redaction_kinds import Kind, parse_kinds
from layout.result import DocumentResult
from layout.tabular import BYTE_ORDER_MARK, to_csv
from workers.corrections import CorrectionTable
from workers.jobs import Job
from workers.states import JobState

ResultFormat = Literal["json", "csv"]
CORRECTIONS_HEADER: Final = "Docspade-Corrections"
"""Of an answer with corrections applied: their `ETag`."""


@dataclass(frozen=True, slots=True)
class ResultView:
    """How a result is to be shown.

    Attributes:
        with_words: whether JSON lists each page's words.
        result_format: JSON or CSV.
        kinds: of personal data to mask.
        bom: whether CSV begins with a byte order mark.
        corrected: whether corrections are applied.
    """

    with_words: bool = False
    result_format: ResultFormat = "json"
    kinds: frozenset[Kind] = frozenset()
    bom: bool = False
    corrected: bool = False


def result_response(
    context: ApiContext,
    job: Job,
    view: ResultView,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    """The result of a job.

    Args:
        context: of the service.
        job: whose result it is.
        view: how to show it.
        headers: to send along.

    Raises:
        ProblemError: the job failed, was cancelled, is not done yet, or was deleted meanwhile.
    """
    read, sent = finished_result(context, job, headers), headers or {}
    result = read
    if view.corrected:
        result, tag = with_corrections(context, job, read)
        sent = sent if tag is None else {**sent, CORRECTIONS_HEADER: quoted(tag)}
    if view.kinds:
        also = None if result is read else masked_words(read, view.kinds)
        redaction = redact(result, view.kinds, with_words=view.with_words, also=also)
        result, sent = redaction.result, {**sent, **redaction_headers(redaction)}
    if view.result_format == "csv":
        mark = BYTE_ORDER_MARK if view.bom else ""
        named = {**sent, "Content-Disposition": disposition(job, "csv")}
        return _tagged(f"{mark}{to_csv(result)}", "text/csv", named)
    left_out = None if view.with_words else {"pages": {"__all__": {"words"}}}
    body = result.model_dump_json(exclude_unset=True, exclude=left_out)
    return _tagged(body, "application/json", sent)


def with_corrections(
    context: ApiContext, job: Job, result: DocumentResult
) -> tuple[DocumentResult, str | None]:
    """A result with its document's corrections applied, and their tag; None where there are none.

    Raises:
        InvalidCorrectionsError: the schema has changed since they were made.
    """
    stored = CorrectionTable(context.services.database).get(job.job_id)
    if stored is None:
        return result, None
    return corrected_result(result, stored.corrections), stored.tag


def _tagged(body: str, media_type: str, headers: dict[str, str]) -> Response:
    # Here, not by `api.entity_tags` alone: the answer to an upload has the tag of the result too.
    content = body.encode()
    with_tag = {**headers, "ETag": quoted(tag_of(content))}
    return Response(content, media_type=media_type, headers=with_tag)


def finished_result(
    context: ApiContext, job: Job, headers: dict[str, str] | None = None
) -> DocumentResult:
    """The stored result of a job, with every page's words.

    Raises:
        ProblemError: the job failed, was cancelled, is not done yet, or was deleted meanwhile.
    """
    if job.error is not None:
        raise problem_of_job(job.error).with_headers(headers)
    if job.state is JobState.CANCELLED:
        detail = "the document was cancelled: there is no result"
        raise ProblemError(HTTPStatus.CONFLICT, "cancelled", detail, headers)
    if not job.state.is_final:
        detail = f"the document is {job.state}: there is no result yet"
        raise ProblemError(HTTPStatus.CONFLICT, "not_finished", detail, {"Retry-After": "1"})
    result = context.services.jobs.result(job.job_id)
    if result is None:
        detail = "there is no document of that id"
        raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_document", detail)
    return result


def redaction_headers(redaction: Redaction) -> dict[str, str]:
    """How much was masked: what a picture cannot say."""
    return {
        REDACTED_FIELDS: str(redaction.n_fields),
        REDACTED_WORDS: str(redaction.n_words),
    }


def parse_redaction(text: str | None, parameter: str = "redact") -> frozenset[Kind]:
    """Kinds of personal data from a query parameter of that name; none for None.

    Raises:
        ProblemError: the text is no list of kinds.
    """
    if text is None:
        return frozenset()
    try:
        return parse_kinds(text)
    except ValueError as error:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", f"{parameter}: {error}"
        ) from error


def disposition(job: Job, ending: str) -> str:
    """A `Content-Disposition` that names a download after the document's file."""
    return attachment(job.filename or job.job_id, ending, otherwise=job.job_id)


def attachment(filename: str, ending: str, *, otherwise: str) -> str:
    """A `Content-Disposition` that names a download after a file, with another ending (RFC 6266).

    Args:
        filename: of which the part up to the first dot is taken.
        ending: without its dot.
        otherwise: the name where that part is empty.
    """
    stem = re.sub(r"[\x00-\x1f\x7f/\\]", "_", filename).partition(".")[0] or otherwise
    plain = re.sub(r'[^ -~]|["%]', "_", stem)
    encoded = quote(f"{stem}.{ending}", safe="")
    return f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{encoded}"
