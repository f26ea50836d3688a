"""The log of a process, on standard error: times, levels, no content of documents."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Literal

from workers.log_lines import OURS, JsonLines, TextLines

logger = logging.getLogger(__name__)

LogFormat = Literal["text", "json"]


def set_up_logging(level: str, log_format: LogFormat | None = None) -> None:
    """Write messages of that level and above to standard error; from libraries warnings only.

    What would end the process or a thread is logged as well, for Python's own words for it quote
    the exception's message.

    Args:
        level: of docspade's own messages.
        log_format: None for text on a terminal, and JSON elsewhere.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if writes_json(log_format) else TextLines())
    own_level = logging.getLevelNamesMapping()[level]
    logging.basicConfig(level=max(logging.WARNING, own_level), handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(own_level)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # a line that cannot be written would be quoted
    sys.excepthook = _log_end
    threading.excepthook = _log_thread_end
    sys.unraisablehook = _log_unraisable


def writes_json(log_format: LogFormat | None) -> bool:
    """Whether lines are objects of JSON, by the setting or, without one, by where they go."""
    return not sys.stderr.isatty() if log_format is None else log_format == "json"


def _log_end(kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, frames)
        return
    logger.critical("the process ends by a defect", exc_info=(kind, error, frames))


def _log_thread_end(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is None or issubclass(ended.exc_type, SystemExit):
        return
    name = "unknown" if ended.thread is None else ended.thread.name
    told = (ended.exc_type, ended.exc_value, ended.exc_traceback)
    logger.critical("the thread %s ends by a defect", name, exc_info=told)


def _log_unraisable(ignored: sys.UnraisableHookArgs) -> None:
    if ignored.exc_value is not None:
        told = (ignored.exc_type, ignored.exc_value, ignored.exc_traceback)
        logger.error("an exception that nobody could catch", exc_info=told)
