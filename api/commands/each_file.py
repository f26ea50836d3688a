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
    with _progress(files) as remaining:
        for path in remaining:
            try:
                do(path)
            except DocspadeError as error:
                reason = error.message
            except OSError as error:
                reason = error.strerror or str(error)
            except Exception:
                # The file's edge: a bug of ours fails this file alone.
                logger.exception("%s failed by a defect", path)
                reason = "a defect in docspade; its traceback stands above"
            else:
                continue
            n_failed += 1
            _report(path, reason)
    return n_failed


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
def _progress(files: tuple[Path, ...]) -> Iterator[Iterator[Path]]:
    """The files one by one; several move a bar on standard error if that is a terminal."""
    if len(files) == 1 or not sys.stderr.isatty():
        yield iter(files)
        return
    with click.progressbar(files, file=sys.stderr, show_pos=True, show_percent=False) as bar:
        yield iter(bar)


def _report(path: Path, reason: str) -> None:
    """One line on standard error, over the bar if there is one."""
    clear = "\r\x1b[2K" if sys.stderr.isatty() else ""
    click.echo(f"{clear}docspade: {path}: {' '.join(reason.split())}", err=True)
