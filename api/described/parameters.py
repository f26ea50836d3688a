"""What parameters mean: by their names, for a name means the same wherever it stands."""

from __future__ import annotations

from typing import Any, Final

from api.preconditions import MAX_HEADER

Described = dict[str, Any]

_MEANINGS: Final = {
    "document_id": "Of the document, as the answer to its upload gives it.",
    "batch_id": "Of the batch.",
    "webhook_id": "Of the webhook.",
    "delivery_id": "Of the delivery, as `Docspade-Delivery` gives it.",
    "number": "Of the page, from 1.",
    "type": 'A document type that `GET /v1/types` lists, or "auto": the type is recognised.',
    "pages": "Pages to read, such as `1,3-5`; all of them if not given.",
    "wait": "Seconds to wait for it to be done, up to the server's `max_wait_seconds`.",
    "words": "Whether each page's words are listed too.",
    "lane": '"batch" lets documents go first that people wait for.',
    "limit": "How many a page of the list has at most.",
    "cursor": "`next` of the page before; the first page if not given.",
    "format": "Form of the answer.",
    "redact": (
        "Kinds of personal data to mask, parted by commas: names, phones, emails, accounts, "
        "addresses, ids, companies, or all (every kind but companies)."
    ),
    "kinds": (
        "Kinds of personal data to black out, parted by commas: names, phones, emails, accounts, "
        "addresses, ids, companies, or all (every kind but companies)."
    ),
    "bom": "Whether CSV begins with a byte order mark, for spreadsheets.",
    "corrected": "Whether what people corrected is applied.",
    "name": "Of the batch, for show.",
    "sealed": "Whether no other documents follow; if not given, whether there are some now.",
    "status": "Only documents that stand so.",
    "workers": "How many workers must be there; 0 asks about database and store alone.",
    "modelId": "Of the model, by Azure's name.",
    "resultId": "Of the analysis, the last part of `Operation-Location` before its query.",
    "stringIndexType": "What offsets and lengths in `content` count.",
    "api-version": "Of Azure's API.",
    "Idempotency-Key": "Of the sender's choice; sent again with it, nothing is done twice.",
    "Last-Event-Id": "`id` of the last event seen, as browsers send it when they come again.",
    "If-Match": "Do it only if the corrections that stand have one of these tags.",
    "If-None-Match": "Do it only if what stands has none of these tags; `*`: if nothing stands.",
}
IF_NONE_MATCH: Final[Described] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "`ETag` of what is known already; while that is current, the answer is 304.",
    "schema": {"type": "string", "maxLength": MAX_HEADER, "default": ""},
}
"""Of what is asked for; of changes it is a condition."""


def describe_parameters(operation: Described, *, is_tagged: bool) -> None:
    """Say what an operation's parameters mean, and spell headers as they are spelt elsewhere.

    Args:
        operation: of the description; it is changed.
        is_tagged: whether the answer has an `ETag` that can be sent back.
    """
    parameters = operation.get("parameters", [])
    for parameter in parameters:
        if parameter["in"] == "header":
            parameter["name"] = parameter["name"].title()
        meaning = _MEANINGS.get(parameter["name"])
        if meaning is not None:
            parameter.setdefault("description", meaning)
    if is_tagged:
        operation["parameters"] = [*parameters, dict(IF_NONE_MATCH)]
