"""Whether there is room for more documents: on the disk, in the queue, in the tenant's share."""

from __future__ import annotations

import shutil
from http import HTTPStatus

from api.context import ApiContext
from api.problems import RETRY_SECONDS, ProblemError
from workers.full_disk import StorageFullError

_RETRY = {"Retry-After": str(RETRY_SECONDS)}


def check_room(context: ApiContext, tenant: str, *, n_documents: int = 1, n_bytes: int = 0) -> None:
    """Refuse documents that do not fit.

    Args:
        context: of the service.
        tenant: whose they are.
        n_documents: that are to wait.
        n_bytes: that they take in the blob store, as far as it is known.

    Raises:
        ProblemError: the disk is almost full, or too many documents wait already.
    """
    settings, services = context.settings, context.services
    _check_free(context, services.blobs.free_bytes(), n_bytes)
    at_most = settings.max_waiting_jobs
    n_waiting = services.jobs.n_waiting(at_most)
    if n_waiting + n_documents > at_most:
        detail = "too many documents are waiting already"
        if n_documents > 1:
            detail = f"{n_documents} documents do not fit: {n_waiting} wait, of at most {at_most}"
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "queue_full", detail, _RETRY)
    own = context.tenants.max_waiting(tenant)
    quota = settings.max_waiting_jobs_per_tenant if own is None else own
    if quota is None:
        return
    n_waiting = services.jobs.n_waiting(quota, tenant)
    if n_waiting + n_documents > quota:
        detail = f"{quota} documents are waiting already, as many as may"
        if n_documents > 1:
            detail = f"{n_documents} documents do not fit: {n_waiting} wait, of at most {quota}"
        raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "quota_exceeded", detail, _RETRY)


def check_spool_room(context: ApiContext, n_bytes: int) -> None:
    """Refuse what is to be laid down in the state folder for a while and does not fit there.

    Raises:
        ProblemError: the disk is almost full.
    """
    _check_free(context, shutil.disk_usage(context.settings.state_dir).free, n_bytes)


def _check_free(context: ApiContext, free_bytes: int | None, n_bytes: int) -> None:
    if free_bytes is not None and free_bytes - n_bytes < context.settings.min_free_disk_bytes:
        detail = "the disk is almost full, so no documents are taken for now"
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, StorageFullError.code, detail, _RETRY)
