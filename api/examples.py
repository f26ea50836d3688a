"""Examples of what the service answers, for its description.

They are made of the models themselves, so that what they hold is what the models hold.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel

from api.batches.wire import (
    BatchCounts,
    BatchEntry,
    BatchLinks,
    BatchList,
    Cancelled,
    Retried,
    batch_path,
)
from api.corrections_wire import CorrectionsEntry
from api.problems import ProblemBody
from api.webhook_wire import (
    DeliveryEntry,
    DeliveryList,
    MadeWebhook,
    WebhookEntry,
    WebhookList,
    WebhookMessage,
)
from api.wire import (
    DocumentEntry,
    DocumentList,
    ErrorEntry,
    FieldEntry,
    Health,
    Links,
    ToldDocument,
    TypeEntry,
    TypeList,
    document_path,
)
from layout.corrections import CorrectedNode, CorrectedRegion
from layout.result import Amount, DocumentResult, LeafField, ModelEntry, PageEntry, Region
from workers.states import JobState
from workers.webhook_deliveries import DeliveryState
from workers.webhooks import Event

_DOCUMENT_ID: Final = "0f8fad5bd9cb469fa16570867728950e"
_BATCH_ID: Final = "7c9e6679742540de944be07fc1f90ae7"
_WEBHOOK_ID: Final = "16fd27068baf433b82eb8c7fada847da"
_DELIVERY_ID: Final = "886313e13b8a53729b900c9aee199e5d"
_KEY_ID: Final = "5c1f0a9be2d34c77"
_RECEIVED: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_STARTED: Final = _RECEIVED + timedelta(seconds=1)
_DONE: Final = _RECEIVED + timedelta(seconds=3)
_SECRET: Final = "whsec_c2VjcmV0IG9mIHRoZSBleGFtcGxl"  # noqa: S105  # nobody's
_URL: Final = "https://example.org/hook"
_EVENTS: Final = [
    "document.cancelled",
    "document.failed",
    "document.partial",
    "document.succeeded",
]
_PATH: Final = document_path(_DOCUMENT_ID)

_WAITING = DocumentEntry(
    id=_DOCUMENT_ID,
    status=JobState.QUEUED,
    type="receipt",
    lane="interactive",
    filename="receipt.jpg",
    media_type="image/jpeg",
    n_bytes=183_204,
    n_pages_done=0,
    attempt=0,
    created_at=_RECEIVED,
    started_at=None,
    finished_at=None,
    error=None,
    batch_id=None,
    source=None,
    links=Links(self=_PATH, result=None),
)
_DOCUMENT = _WAITING.model_copy(
    update={
        "status": JobState.SUCCEEDED,
        "n_pages_done": 1,
        "attempt": 1,
        "started_at": _STARTED,
        "finished_at": _DONE,
        "links": Links(self=_PATH, result=f"{_PATH}/result"),
    }
)
_CANCELLED = _WAITING.model_copy(update={"status": JobState.CANCELLED, "finished_at": _DONE})
_FAILED = _CANCELLED.model_copy(
    update={
        "status": JobState.FAILED,
        "attempt": 1,
        "started_at": _STARTED,
        "error": ErrorEntry(code="corrupt_file", message="the picture is cut off"),
    }
)
_TOLD: Final[dict[Event, DocumentEntry]] = {
    "document.succeeded": _DOCUMENT,
    "document.partial": _DOCUMENT.model_copy(update={"status": JobState.PARTIAL}),
    "document.failed": _FAILED,
    "document.cancelled": _CANCELLED,
}
_MERCHANT = Region(
    page=1, quad=[(212.0, 64.0), (508.0, 64.0), (508.0, 92.0), (212.0, 92.0)], word_ids=[0, 1, 2]
)
_TOTAL = Region(
    page=1, quad=[(580.0, 731.0), (662.0, 731.0), (662.0, 757.0), (580.0, 757.0)], word_ids=[41]
)
_RESULT = DocumentResult(
    id=_DOCUMENT_ID,
    type="receipt",
    type_confidence=0.98,
    status="succeeded",
    pages=[PageEntry(number=1, width=720, height=1280, rotation=0, skew=0.4)],
    fields={
        "merchant_name": LeafField(
            value="CORNER BOOK SHOP", text="CORNER BOOK SHOP", confidence=0.97, regions=[_MERCHANT]
        ),
        "total": LeafField(
            value=Amount(amount="9.50", currency=None),
            text="9.50",
            confidence=0.99,
            regions=[_TOTAL],
        ),
    },
    issues=[],
    model=ModelEntry(name="documents", version="3.1", sha256="0" * 64),
    timings_ms={"decode": 21.0, "ocr": 840.5, "layout": 130.2, "assemble": 4.1},
)
_BATCH = BatchEntry(
    id=_BATCH_ID,
    name="March",
    type="invoice",
    created_at=_RECEIVED,
    sealed_at=_RECEIVED,
    n_documents=200,
    n_done=120,
    counts=BatchCounts(queued=78, running=2, succeeded=116, partial=1, failed=2, cancelled=1),
    is_finished=False,
    links=BatchLinks(
        self=batch_path(_BATCH_ID),
        documents=f"{batch_path(_BATCH_ID)}/documents",
        results=f"{batch_path(_BATCH_ID)}/results",
    ),
)
_WEBHOOK = WebhookEntry(
    id=_WEBHOOK_ID, url=_URL, events=_EVENTS, created_at=_RECEIVED, disabled_at=None
)
_DELIVERY = DeliveryEntry(
    id=_DELIVERY_ID,
    event="document.succeeded",
    document_id=_DOCUMENT_ID,
    state=DeliveryState.DELIVERED,
    attempts=1,
    last_status=204,
    last_error=None,
    created_at=_DONE,
    attempted_at=_DONE,
    next_attempt_at=None,
    finished_at=_DONE,
)
_REPLAYED = _DELIVERY.model_copy(
    update={"state": DeliveryState.WAITING, "next_attempt_at": _DONE, "finished_at": None}
)
_CORRECTIONS = CorrectionsEntry(
    fields={
        "total": CorrectedNode(
            text="9.80",
            value=Amount(amount="9.80"),
            regions=[CorrectedRegion(page=1, word_ids=[41])],
        )
    },
    revision=1,
    etag='"1-3f2a"',
    corrected_at=_DONE + timedelta(minutes=5),
    corrected_by=_KEY_ID,
)
_TYPE = TypeEntry(
    name="receipt",
    description="Retail and restaurant receipts",
    fields=[
        FieldEntry(name="merchant_name", value_type="text", repeated=False, fields=[]),
        FieldEntry(
            name="items",
            value_type=None,
            repeated=True,
            fields=[FieldEntry(name="total_price", value_type="amount", repeated=False, fields=[])],
        ),
    ],
)
_ANSWERS: Final[tuple[BaseModel, ...]] = (
    _DOCUMENT,
    DocumentList(documents=[_DOCUMENT], next=None),
    _RESULT,
    _BATCH,
    BatchList(batches=[_BATCH], next=None),
    Retried(n_retried=2),
    Cancelled(n_cancelled=80),
    _WEBHOOK,
    MadeWebhook(**_WEBHOOK.model_dump(), secret=_SECRET),
    WebhookList(webhooks=[_WEBHOOK]),
    _DELIVERY,
    DeliveryList(deliveries=[_DELIVERY], next=None),
    _CORRECTIONS,
    TypeList(types=[_TYPE]),
    Health(status="ok", version="1.0.0"),
)
_BY_NAME: Final = {type(answer).__name__: answer for answer in _ANSWERS}
_ACCEPTED: Final = {type(answer).__name__: answer for answer in (_WAITING, _REPLAYED)}
_BY_PATH: Final = {"/v1/documents/{document_id}/cancel": _CANCELLED}
"""What is answered where another example of the same model would mislead."""
_PROBLEMS: Final = {
    HTTPStatus.BAD_REQUEST: ("invalid_form", "the form has no part 'file'"),
    HTTPStatus.UNAUTHORIZED: (
        "key_needed",
        "an API key is needed, as Authorization: Bearer or X-API-Key",
    ),
    HTTPStatus.FORBIDDEN: ("scope_missing", "the API key lacks the scope 'submit'"),
    HTTPStatus.NOT_FOUND: ("unknown_document", "there is no document of that id"),
    HTTPStatus.REQUEST_TIMEOUT: ("upload_stalled", "the upload sent nothing for 30 seconds"),
    HTTPStatus.CONFLICT: ("not_finished", "the document is not done yet"),
    HTTPStatus.PRECONDITION_FAILED: (
        "stale_corrections",
        "the document was corrected otherwise in the meantime; look at that first",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "limit_exceeded",
        "the file has more bytes than max_file_bytes allows, 50,000,000",
    ),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("unsupported_format", "no picture, PDF or words file"),
    HTTPStatus.MISDIRECTED_REQUEST: (
        "unknown_host",
        "this server does not answer to the name 'scans.example'; see allowed_hosts",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("corrupt_file", "the picture is cut off"),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "rate_limited",
        "this API key is sending more requests than it may",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "defect",
        "docspade met a defect of its own; the log has the details",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ("queue_full", "too many documents are waiting already"),
}


def example_of(model: str, status: HTTPStatus, path: str) -> dict[str, Any] | None:
    """An example of an answer with that status.

    Args:
        model: the name of the body's model.
        status: of the answer.
        path: of the route, as its template.

    Returns:
        The body as JSON has it; None where there is no example.
    """
    if model == ProblemBody.__name__:
        return _problem(status)
    of_status = _ACCEPTED if status == HTTPStatus.ACCEPTED else {}
    answer = of_status.get(model, _BY_NAME.get(model))
    of_path = _BY_PATH.get(path)
    if of_path is not None and model == type(of_path).__name__:
        answer = of_path
    return None if answer is None else answer.model_dump(mode="json", exclude_unset=True)


def webhook_example(event: Event) -> WebhookMessage:
    """An example of what a webhook is told of that event."""
    document = ToldDocument.model_validate(_TOLD[event], from_attributes=True)
    return WebhookMessage(id=_DELIVERY_ID, event=event, created_at=_DONE, document=document)


def _problem(status: HTTPStatus) -> dict[str, Any] | None:
    if status not in _PROBLEMS:
        return None
    code, detail = _PROBLEMS[status]
    body = ProblemBody(
        type=f"urn:docspade:problem:{code}",
        title=status.phrase,
        status=status,
        detail=detail,
        code=code,
    )
    return body.model_dump(mode="json")
