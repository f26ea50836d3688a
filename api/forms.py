"""Follows the parts of a multipart form as it comes in; every part must be a file."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from api.problems import ProblemError
from api.request_body import filename_of

FIELD = "file"
FRAMING_BYTES = 64 * 1024  # what a multipart body may have around its files
FRAMING_BYTES_PER_FILE = 4 * 1024


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file begins: its name as the sender gave it. What follows is its content."""

    filename: str | None


FormEvent = FormFile | bytes


class FormParser:
    """Takes a form apart.

    Args:
        boundary: from the request's content type.

    Raises:
        ProblemError: there is no boundary, or none that can be one.
    """

    def __init__(self, boundary: str | None) -> None:
        if not boundary:
            raise bad_form("the multipart body has no boundary")
        self.n_files = 0
        self.is_complete = False
        self._n_framing_bytes = 0
        self._events: list[FormEvent] = []
        self._headers = Message()
        self._name = b""
        self._value = b""
        try:
            self._parser = MultipartParser(
                boundary.encode("latin-1", "replace"),
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._add_name,
                    "on_header_value": self._add_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._add_data,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise bad_form(str(error)) from error

    def feed(self, chunk: bytes) -> list[FormEvent]:
        """Parse a chunk; returns the files that begin in it, each before its content.

        Raises:
            ProblemError: the form breaks its form, or has another part than files.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise bad_form(f"the multipart body breaks its form: {error}") from error
        events, self._events = self._events, []
        content = sum(len(event) for event in events if isinstance(event, bytes))
        self._n_framing_bytes += len(chunk) - content
        if self._n_framing_bytes > FRAMING_BYTES + self.n_files * FRAMING_BYTES_PER_FILE:
            raise bad_form("the multipart body has too much around the file")
        return events

    def check_end(self) -> None:
        """Refuse a form that is not whole, or without files (ProblemError)."""
        if not self.is_complete:
            raise bad_form("the multipart body breaks off before its end")
        if self.n_files == 0:
            raise bad_form(f"the form has no part {FIELD!r}")

    def _begin_part(self) -> None:
        self._headers = Message()

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        name, value = self._name.decode("latin-1"), self._value.decode("utf-8", "replace")
        self._headers[name] = " ".join(value.splitlines())
        self._name = self._value = b""

    def _end_headers(self) -> None:
        field = _field(self._headers)
        if field != FIELD:
            raise bad_form(f"the form may hold parts {FIELD!r} alone, not {str(field)[:80]!r}")
        self.n_files += 1
        self._events.append(FormFile(filename_of(self._headers)))

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(data[start:end])

    def _end(self) -> None:
        self.is_complete = True


# RFC 2231 lets parameters name a character set, and Python's parser has any of its codecs decode
# them: some of these raise for what others would replace.


def boundary_of(headers: Message) -> str | None:
    """The boundary of a multipart body; ProblemError where it cannot be decoded."""
    try:
        return headers.get_boundary()
    except ValueError as error:
        raise bad_form("the boundary of the multipart body cannot be decoded") from error


def _field(headers: Message) -> object:
    try:
        return headers.get_param("name", header="content-disposition")
    except ValueError as error:
        raise bad_form("the head of a part cannot be decoded") from error


def bad_form(detail: str) -> ProblemError:
    """The problem of a form that breaks its form."""
    return ProblemError(HTTPStatus.BAD_REQUEST, "invalid_form", detail)
