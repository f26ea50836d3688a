"""A first look at an upload, so that what is plainly no document is refused at once.

Only what is quick, and is read by code that cannot crash the server, is looked at here. PDF and
HEIC are opened by native code: that is left to the worker, which may die of it, and so are large
words files. Whatever is wrong with these shows in the job.
"""

from __future__ import annotations

from ocr.errors import UnsupportedFormatError
from ocr.formats import MediaType, sniff
from ocr.limits import Limits
from ocr.pictures import PictureSource
from ocr.words_file import WordsFile

MAX_WORDS_BYTES = 1024 * 1024
ZIP_SIGNATURE = b"PK\x03\x04"
ZIP_HINT = "a ZIP archive goes to POST /v1/batches, as Content-Type: application/zip"


def inspect(data: bytes, limits: Limits) -> MediaType:
    """The media type of a document, by its content.

    Raises:
        EmptyFileError: there are no bytes.
        UnsupportedFormatError: it is in no format that docspade reads.
        CorruptFileError: a picture's header is broken.
        LimitExceededError: it has too many pixels or pages.
        InvalidWordsError: a words file breaks its form.
    """
    media_type = _sniff(data)
    match media_type:
        case "application/pdf" | "image/heic":
            pass
        case "application/json":
            if len(data) <= MAX_WORDS_BYTES:
                WordsFile(data, limits)
        case _:
            PictureSource(data, media_type, limits)
    return media_type


def _sniff(data: bytes) -> MediaType:
    try:
        return sniff(data)
    except UnsupportedFormatError as error:
        if not data.startswith(ZIP_SIGNATURE):
            raise
        raise UnsupportedFormatError(f"{error.message}; {ZIP_HINT}") from error
