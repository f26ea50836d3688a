"""The part of `api.client` that gets what was read: fields, as models or as CSV, and pictures."""

from __future__ import annotations

from urllib.parse import urlencode

from api.client_connection import ServiceConnection
from layout.result import DocumentResult


class ResultCalls(ServiceConnection):
    """Calls about results. All methods raise ServiceError."""

    def result(
        self,
        document_id: str,
        *,
        words: bool = False,
        redact: str | None = None,
        corrected: bool = False,
    ) -> DocumentResult:
        """The result of a document that is done; the error of one that failed or was cancelled.

        Args:
            document_id: of the document.
            words: whether each page's words are listed.
            redact: kinds of personal data to mask, such as "names,phones" or "all".
            corrected: whether corrections are applied, if there are any.
        """
        query = _query(words=words, redact=redact, corrected=corrected)
        answer = self.ask("GET", f"/v1/documents/{document_id}/result{query}")
        return DocumentResult.model_validate_json(answer.body)

    def result_csv(
        self,
        document_id: str,
        *,
        redact: str | None = None,
        corrected: bool = False,
        bom: bool = False,
    ) -> str:
        """The result as CSV, a row a field; `bom` begins it with a byte order mark.

        The other arguments are those of `result`.
        """
        query = _query(format="csv", redact=redact, corrected=corrected, bom=bom)
        return self.ask("GET", f"/v1/documents/{document_id}/result{query}").body.decode()

    def picture(
        self, document_id: str, number: int = 1, *, annotated: bool = False, corrected: bool = False
    ) -> bytes:
        """A page's upright picture, JPEG.

        Args:
            document_id: of the document.
            number: of the page, from 1.
            annotated: whether the fields are drawn on it.
            corrected: whether they are those that people corrected; of annotated ones alone.
        """
        path = f"/v1/documents/{document_id}/pages/{number}"
        if annotated:
            path += f"/annotated{_query(corrected=corrected)}"
        return self.ask("GET", path).body

    def redacted(self, document_id: str, *, kinds: str = "all", corrected: bool = False) -> bytes:
        """The pages with personal data blacked out in the pixels.

        Args:
            document_id: of the document.
            kinds: of personal data, such as "names,phones" or "all".
            corrected: whether what corrections say to be of these kinds is blacked out too.

        Returns:
            PNG of a single picture, otherwise a PDF of pictures.
        """
        query = _query(kinds=kinds, corrected=corrected)
        return self.ask("GET", f"/v1/documents/{document_id}/redacted{query}").body


def _query(**given: str | bool | None) -> str:
    """A query of what was given; "" where nothing was."""
    named = {name: value for name, value in given.items() if value not in {None, False}}
    texts = {name: "true" if value is True else str(value) for name, value in named.items()}
    return f"?{urlencode(texts)}" if texts else ""
