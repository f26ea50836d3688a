"""What every command on files does: one after the other, a bar, one line for each that fails."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ocr.errors import DocspadeError, InputError
from ocr.limits import Limits

logger = logging.getLogger(__name__)


def do_each(files: tuple[Path, ...], do: Callable[[Path], None]) -> int:
    """Do something with every file; one that fails is reported and the others are still done.

    Returns:
        How many failed.
    """
    n_failed = 0
    with progress(len(files)) as note_done:
        for path in files:
            reason = _failure(do, path)
            if reason is not None:
                n_failed += 1
                report(path, reason)
            note_done(1)
    return n_failed


def _failure(do: Callable[[Path], None], path: Path) -> str | None:
    """Do it with one file; the reason where that fails."""
    try:
        do(path)
    except DocspadeError as error:
        return error.message
    except OSError as error:
        return error.strerror or str(error)
    except Exception:
        # The file's edge: a bug of ours fails this file alone.
        logger.exception("%s failed by a defect", path)
        return "a defect in docspade; its traceback stands above"
    return None


def read_bytes(path: Path, limits: Limits) -> bytes:
    """A file's content; one that is too large is refused before it is in memory.

    Raises:
        InputError: there is no such file, it is a folder, or too large.
        OSError: it cannot be read.
    """
    if path.is_dir():
        raise InputError("is a folder; name the files in it")
    try:
        limits.check_file_bytes(path.stat().st_size)
        with path.open("rb") as file:
            return file.read(limits.max_file_bytes + 1)  # a pipe tells no size beforehand
    except FileNotFoundError as error:
        raise InputError("there is no such file") from error


@contextmanager
def progress(n_files: int) -> Iterator[Callable[[int], None]]:
    """Gives what is called with how many are done; it moves a bar if there is a terminal.

    Args:
        n_files: in all; one alone gets no bar.
    """
    is_shown = n_files > 1 and sys.stderr.isatty()
    with click.progressbar(
        length=n_files, file=sys.stderr, show_pos=True, show_percent=False, hidden=not is_shown
    ) as bar:
        yield bar.update


def report(path: Path, reason: str) -> None:
    """One line on standard error, over the bar if there is one."""
    clear = "\r\x1b[2K" if sys.stderr.isatty() else ""
    click.echo(f"{clear}docspade: {path}: {' '.join(reason.split())}", err=True)
