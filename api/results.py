"""A finished job as a response: the result as JSON or CSV, or the problem that it failed with."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import Response

from api.context import ApiContext
from api.problems import ProblemError, problem_of_job
from layout.tabular import to_csv
from workers.jobs import Job

ResultFormat = Literal["json", "csv"]


def result_response(
    context: ApiContext,
    job: Job,
    *,
    with_words: bool,
    result_format: ResultFormat = "json",
    headers: dict[str, str] | None = None,
) -> Response:
    """The result of a job.

    Raises:
        ProblemError: the job failed, is not done yet, or was deleted in the meantime.
    """
    if job.error is not None:
        raise problem_of_job(job.error).with_headers(headers)
    if not job.state.is_final:
        detail = f"the document is {job.state}: there is no result yet"
        raise ProblemError(HTTPStatus.CONFLICT, "not_finished", detail, {"Retry-After": "1"})
    result = context.services.jobs.result(job.job_id)
    if result is None:
        detail = "there is no document of that id"
        raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_document", detail)
    if result_format == "csv":
        return Response(to_csv(result), media_type="text/csv", headers=headers)
    left_out = None if with_words else {"pages": {"__all__": {"words"}}}
    body = result.model_dump_json(exclude_unset=True, exclude=left_out)
    return Response(body, media_type="application/json", headers=headers)
