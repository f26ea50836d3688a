"""What a line of the log looks like: text for people, or an object of JSON for machines.

Neither holds what was read in a document. So an exception is told of by its type and its frames and
never by its message, which may quote the value that it is about ("could not convert string to
float: '…'"); and of a message that another library logs with an exception only the first line
counts, without its arguments, for these may be the exception.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from typing import Final

from workers.log_context import current_job

OURS: Final = ("api", "layout", "models", "ocr", "workers")
"""Packages whose messages are known to hold nothing of documents."""
FIELDS: Final = ("job_id", "tenant", "method", "route", "status", "milliseconds")
"""What `extra` may add to a line."""
_CAUSE: Final = "\nThe above exception was the direct cause of the following one:\n\n"
_CONTEXT: Final = "\nDuring handling of the above exception, another one occurred:\n\n"


class TextLines(logging.Formatter):
    """Lines for people: time, level, logger and message, below it the exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        where = f"{moment},{int(record.msecs):03d} {record.levelname} {record.name}"
        line = f"{where}: {_message(record)}"
        error = _error(record)
        return line if error is None else f"{line}\n{told_exception(error)}"


class JsonLines(logging.Formatter):
    """One object a line: time (UTC), level, logger, message, and what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, object] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        job = current_job()
        if job is not None:
            line |= {"job_id": job.job_id, "tenant": job.tenant}
        line |= {
            name: value for name in FIELDS if (value := getattr(record, name, None)) is not None
        }
        error = _error(record)
        if error is not None:
            line |= {"error": _name(type(error)), "traceback": told_exception(error)}
        return json.dumps(line, ensure_ascii=False)


def told_exception(error: BaseException) -> str:
    """Type and frames of an exception, and of those that led to it; no message."""
    parts: list[str] = []
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        parts.append(_one_exception(following))
        if following.__cause__ is not None:
            parts.append(_CAUSE)
            following = following.__cause__
        elif following.__context__ is not None and not following.__suppress_context__:
            parts.append(_CONTEXT)
            following = following.__context__
        else:
            following = None
    return "".join(reversed(parts)).rstrip("\n")


def _one_exception(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    told = f"Traceback (most recent call last):\n{frames}{_name(type(error))}\n"
    if isinstance(error, BaseExceptionGroup):
        told += "".join(f"one of them:\n{told_exception(each)}\n" for each in error.exceptions)
    return told


def _name(kind: type[BaseException]) -> str:
    is_plain = kind.__module__ in {"builtins", "__main__"}
    return kind.__qualname__ if is_plain else f"{kind.__module__}.{kind.__qualname__}"


def _error(record: logging.LogRecord) -> BaseException | None:
    return None if record.exc_info is None else record.exc_info[1]


def _message(record: logging.LogRecord) -> str:
    is_ours = record.name.partition(".")[0] in OURS
    if is_ours or record.exc_info is None:
        return record.getMessage()
    return str(record.msg).strip().partition("\n")[0]
