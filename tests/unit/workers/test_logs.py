from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from workers.log_context import JobContext, set_job
from workers.log_lines import JsonLines, TextLines, told_exception

MARKER = "Quetzalcoatl"


def record(name: str, message: str, *args: object, error: BaseException | None = None) -> str:
    info = None if error is None else (type(error), error, error.__traceback__)
    made = logging.LogRecord(name, logging.ERROR, "here.py", 1, message, args, info)
    made.exc_text = MARKER  # as another formatter would leave it
    return TextLines().format(made)


def caught() -> BaseException:
    try:
        try:
            float(MARKER)
        except ValueError as error:
            raise ExceptionGroup(MARKER, [KeyError(MARKER)]) from error
    except ExceptionGroup as error:
        return error
    raise AssertionError("nothing was raised")


def test_an_exception_is_its_type_and_frames_and_what_led_to_it() -> None:
    told = told_exception(caught())
    assert MARKER not in told
    lines = told.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert [line for line in lines if line.endswith(("Error", "Group"))] == [
        "ValueError",
        "ExceptionGroup",
        "KeyError",
    ]
    assert "in caught" in told
    assert "direct cause" in told


def test_an_exception_that_leads_to_itself_has_an_end() -> None:
    error = ValueError()
    error.__context__ = KeyError()
    error.__context__.__context__ = error
    assert told_exception(error).count("ValueError") == 1


def test_what_a_library_says_of_an_exception_is_its_first_line_alone() -> None:
    error = ValueError(MARKER)
    theirs = record("celery.app.trace", "Task %(exc)s\n%(exc)s", {"exc": MARKER}, error=error)
    assert MARKER not in theirs
    assert "celery.app.trace: Task %(exc)s\nTraceback" in theirs
    never = record("asyncio", f"never retrieved\nfuture: {MARKER}", error=error)
    assert MARKER not in never
    assert "job 7 failed" in record("workers.runner", "job %s failed", "7", error=error)


def test_lines_for_machines_are_objects() -> None:
    made = logging.LogRecord("api.x", logging.INFO, "here.py", 1, "two\nlines", (), None)
    made.status, made.tenant = 200, None
    set_job(JobContext("7" * 32, "books"))
    try:
        line = json.loads(JsonLines().format(made))
    finally:
        set_job(None)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "INFO",
        "logger": "api.x",
        "message": "two\nlines",
        "job_id": "7" * 32,
        "tenant": "books",
        "status": 200,
    }


@pytest.mark.parametrize(
    "end",
    [
        f"raise ValueError('{MARKER}'.lower())",
        f"t = threading.Thread(target=float, args=('{MARKER}'.lower(),)); t.start(); t.join()",
        f"logging.getLogger('PIL').info('{MARKER}'.lower())",
        f"logging.getLogger('api').info('%d', '{MARKER}'.lower())",
        f"X = type('X', (), {{'__del__': lambda _: float('{MARKER}'.lower())}}); X()",
    ],
)
def test_no_way_to_end_quotes_a_message(end: str) -> None:
    program = f"""
import logging, threading
from workers.logs import set_up_logging
set_up_logging("INFO")
logging.getLogger("api").info("here")
{end}
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert MARKER.lower() not in done.stderr
    assert "ModuleNotFoundError" not in done.stderr
    assert json.loads(done.stderr.splitlines()[0])["message"] == "here"
