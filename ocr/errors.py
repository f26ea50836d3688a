"""The one exception tree of docspade.

DocspadeError
├── InputError            the document is at fault: tell the user, do not retry
│   ├── EmptyFileError            nothing in the file
│   ├── UnsupportedFormatError    not a picture, a PDF or a words file
│   ├── CorruptFileError          the format is known, the content is broken or cut off
│   ├── EncryptedFileError        a password would be needed
│   ├── LimitExceededError        larger than the operator allows (bytes, pixels, pages, words)
│   ├── InvalidWordsError         a words file breaks its form
│   ├── InvalidCorrectionsError   corrections break their form, or do not fit document or schema
│   ├── UnknownDocumentTypeError  no schema of that name
│   ├── SourceRefusedError        it was to be fetched from where nobody may be sent
│   └── SourceMissingError        it was to be fetched and is not there
├── SetupError            the installation is at fault: an engine, GPU or bundle is missing
├── TransientError        it may work in a moment: retry
│   └── SourceUnreachableError    the place to fetch a document from does not answer
└── DefectError           a bug of ours: log with its traceback, fail the job
"""

from __future__ import annotations

from typing import ClassVar


class DocspadeError(Exception):
    """Root of everything docspade raises on purpose.

    `code` is stable and machine-readable; the message names what is wrong in one sentence.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InputError(DocspadeError):
    """The document cannot be processed as it is; trying again will not help."""

    code = "invalid_input"


class EmptyFileError(InputError):
    """The file has no bytes."""

    code = "empty_file"


class UnsupportedFormatError(InputError):
    """The content is none of the formats that docspade reads."""

    code = "unsupported_format"


class CorruptFileError(InputError):
    """The content announces a known format but cannot be decoded."""

    code = "corrupt_file"


class EncryptedFileError(InputError):
    """The file is protected by a password."""

    code = "encrypted_file"


class LimitExceededError(InputError):
    """The document is larger than a configured limit; the message names limit and value."""

    code = "limit_exceeded"


class InvalidWordsError(InputError):
    """A words file does not have the documented form; the message names the place."""

    code = "invalid_words"


class InvalidCorrectionsError(InputError):
    """Corrections break their form or do not fit the document; the message names the place."""

    code = "invalid_corrections"


class UnknownDocumentTypeError(InputError):
    """No document schema has the requested name; the message lists those that exist."""

    code = "unknown_document_type"


class SourceRefusedError(InputError):
    """The document was to be fetched from a place that may not be used; the message says why."""

    code = "source_refused"


class SourceMissingError(InputError):
    """The place that a document was to be fetched from does not have it."""

    code = "source_missing"


class SetupError(DocspadeError):
    """The installation lacks something or something was altered; the operator must act."""

    code = "setup_error"


class TransientError(DocspadeError):
    """A passing condition (a busy database, a full queue); the job may be tried again."""

    code = "transient_error"


class SourceUnreachableError(TransientError):
    """The place that a document is to be fetched from does not answer, or not in full."""

    code = "source_unreachable"


class DefectError(DocspadeError):
    """An invariant of docspade's own was broken."""

    code = "defect"
