"""`docspade batch`: folders of documents, in-process or through a server, resumed after a kill."""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from api.client import Docspade, ServiceError
from api.commands.batch_output import BatchFolder
from api.commands.each_file import do_each, progress, read_bytes, report
from layout.schema import load_schema, schema_names
from ocr.errors import DocspadeError
from ocr.limits import Limits
from workers.pipeline import open_pipeline
from workers.settings import load_settings

MAX_UNDER_WAY = 64
"""Documents that a server has at a time."""
POLL_SECONDS = 0.2
PASSING = frozenset({"worker_lost", "deadline_exceeded", "storage_full", "transient_error"})
"""Codes of failures that say nothing of the document: the next run tries it again."""
CANCELLED = "cancelled"
"""What a document says that somebody cancelled; that too is tried again."""
KEY_PROBLEMS = frozenset({"key_needed", "invalid_key", "scope_missing"})
"""With these every file would be refused."""


@dataclass(frozen=True)
class Source:
    """A file of a batch.

    Attributes:
        path: of the file.
        name: of its result below the output folder, without ending.
    """

    path: Path
    name: Path


@click.command()
@click.argument(
    "places", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FOLDER|FILE..."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="For NAME.json a document, in the folders that they came from.",
)
@click.option(
    "--type",
    "document_type",
    default="auto",
    show_default=True,
    metavar="TYPE",
    help=f"auto, {', '.join(schema_names())}.",
)
@click.option("--server", metavar="URL", help="Let this service do it, in its batch lane.")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File that holds the API key, if the server asks for one.",
)
def batch(
    places: tuple[Path, ...],
    out: Path,
    document_type: str,
    server: str | None,
    key_file: Path | None,
) -> None:
    """Read all documents of folders, with their subfolders, and go on after a kill.

    What was done before, with the same content and type, is not done again. A file that fails costs
    one line on standard error and the exit code 1; the others are still done. What a server failed
    for a passing reason (its worker died, its disk was full) or was cancelled, the next run has it
    try once more.
    Hidden files are left out.
    """
    if document_type != "auto":
        load_schema(document_type)
    for place in places:
        if not place.exists():
            raise click.ClickException(f"{place} is not there")
    folder = BatchFolder(out, document_type)
    sources = {source.path: source for source in _sources(places, out)}
    if not sources:
        raise click.ClickException("there are no files in it")
    key = (
        None if key_file is None else key_file.read_text(encoding="utf-8", errors="replace").strip()
    )
    if server is None:
        n_failed = _here(folder, sources)
    else:
        with Docspade(server, key) as service:
            n_failed = _there(folder, list(sources.values()), service)
    n_known = folder.n_known
    click.echo(
        f"{len(sources)} documents: {folder.n_written} read, {n_known} done before, "
        f"{n_failed} failed; results in {out}",
        err=True,
    )
    if n_failed:
        raise SystemExit(1)


def _sources(places: Sequence[Path], out: Path) -> Iterator[Source]:
    for place in places:
        if not place.is_dir():
            yield Source(place, Path(place.name))
            continue
        for path in sorted(place.rglob("*")):
            inside = path.relative_to(place)
            is_hidden = any(part.startswith(".") for part in inside.parts)
            if path.is_file() and not is_hidden and out.resolve() not in path.resolve().parents:
                yield Source(path, inside)


def _here(folder: BatchFolder, sources: dict[Path, Source]) -> int:
    settings = load_settings()
    pipeline = open_pipeline(settings)

    def do(path: Path) -> None:
        name = folder.claim(sources[path].name, path)
        data = read_bytes(path, settings.limits)
        digest = hashlib.sha256(data).hexdigest()
        if folder.knows(name, digest):
            return
        result = pipeline.extract(
            data, document_type=folder.document_type, document_id=name.name, with_words=False
        )
        folder.write(name, digest, result)

    return do_each(tuple(sources), do)


@dataclass(frozen=True)
class _UnderWay:
    source: Source
    name: Path
    digest: str
    document_id: str


def _there(folder: BatchFolder, sources: Sequence[Source], service: Docspade) -> int:
    """Keep the server supplied, and fetch what is done in the order in which it was sent."""
    waiting, under_way, n_failed = deque(sources), deque[_UnderWay](), 0
    with progress(len(sources)) as note_done:
        while waiting or under_way:
            while waiting and len(under_way) < MAX_UNDER_WAY:
                source = waiting.popleft()
                try:
                    sent = _send(folder, source, service)
                except (DocspadeError, OSError) as error:
                    if isinstance(error, ServiceError) and _ends_all(error):
                        raise  # the other files would fare no better
                    n_failed += _report(source.path, error)
                    sent = None
                if sent is None:
                    note_done(1)
                else:
                    under_way.append(sent)
            if not under_way:
                continue
            oldest = under_way[0]
            if not service.document(oldest.document_id).status.is_final:
                time.sleep(POLL_SECONDS)
                continue
            under_way.popleft()
            note_done(1)
            try:
                result = service.result(oldest.document_id)
            except ServiceError as error:
                if _ends_all(error):
                    raise
                n_failed += _report(oldest.source.path, error)
                continue
            folder.write(oldest.name, oldest.digest, result)
    return n_failed


def _ends_all(error: ServiceError) -> bool:
    """Whether the service is gone or lets nobody in with this key."""
    return not error.status or error.problem_code in KEY_PROBLEMS


def _send(folder: BatchFolder, source: Source, service: Docspade) -> _UnderWay | None:
    """Hand a file in; None where it was done before."""
    name = folder.claim(source.name, source.path)
    data = read_bytes(source.path, Limits())
    digest = hashlib.sha256(data).hexdigest()
    if folder.knows(name, digest):
        return None
    # Sent again after a kill, it is the same document to the server.
    asked = json.dumps([digest, folder.document_type, str(name)])
    try:
        document_id = service.submit(
            data,
            filename=source.path.name,
            document_type=folder.document_type,
            lane="batch",
            idempotency_key=hashlib.sha256(asked.encode()).hexdigest(),
        ).id
    except ServiceError as error:
        document_id = _tried_again(error, service)
    return _UnderWay(source, name, digest, document_id)


def _tried_again(error: ServiceError, service: Docspade) -> str:
    """Have a document tried again that was cancelled or failed by the service's trouble; its id.

    Raises:
        ServiceError: it failed by itself, or was refused and is no document at all.
    """
    if not error.location or error.problem_code not in {*PASSING, CANCELLED}:
        raise error
    document_id = error.location.rsplit("/", 1)[-1]
    try:
        service.retry(document_id)
    except ServiceError as refusal:
        # Another was faster, or the document's file is gone: its state will tell.
        if refusal.problem_code != "not_failed":
            raise
    return document_id


def _report(path: Path, error: DocspadeError | OSError) -> int:
    report(path, error.message if isinstance(error, DocspadeError) else str(error))
    return 1
