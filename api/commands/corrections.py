"""`docspade corrections`: corrected documents as files to learn from."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import click

from api.commands.extract_output import OutputFolder
from layout.corrected_truth import truth_files
from layout.schema import SCHEMAS, add_schemas, schema_names
from ocr.errors import InputError
from workers.corrections import CorrectionTable
from workers.services import open_services
from workers.settings import load_settings

TRUTH, WORDS = ".truth.json", ".words.json"
_OWN_NAME = re.compile(r"[0-9a-f]{32}\.(?:truth|words)\.json")


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="For a folder of each type, with two files a document.",
)
@click.option("--type", "type_name", metavar="TYPE", help="Documents of this type alone.")
@click.option("--state-dir", type=click.Path(path_type=Path), help="The server's.")
def corrections(out: Path, type_name: str | None, state_dir: Path | None) -> None:
    """Write the documents that people corrected, for training to learn from.

    DIR/TYPE/ID.words.json holds a document's words, DIR/TYPE/ID.truth.json its fields, in the form
    of training's source `labelled` (docs/training.md). The files of documents that were deleted, or
    whose corrections were taken back, since the last time are removed. All tenants' documents are
    written.
    """
    settings = load_settings(state_dir=state_dir)
    if settings.bundle is not None:
        add_schemas(settings.bundle / SCHEMAS)
    if type_name is not None and type_name not in schema_names():
        raise click.UsageError(f"there is no type {type_name!r}; known are: {_listed()}")
    services = open_services(settings)
    try:
        written = _write_all(CorrectionTable(services.database), out, type_name)
    finally:
        services.database.close()
    for name in [type_name] if type_name is not None else schema_names():
        _remove_others(out / name, written)
    n_by_type = Counter(path.parent.name for path in written if path.name.endswith(TRUTH))
    for name, n_documents in sorted(n_by_type.items()):
        click.echo(f"{n_documents} of type {name} in {out / name}", err=True)
    if not written:
        click.echo("No document of this kind was corrected.", err=True)


def _write_all(table: CorrectionTable, out: Path, type_name: str | None) -> set[Path]:
    """Write words and truth of each document, each file whole or not at all, the truth last."""
    written: set[Path] = set()
    for document in table.documents():
        try:
            files = truth_files(document.result, document.corrections)
        except InputError as error:  # the schema has changed since
            click.echo(f"{document.job_id} is left out: {error.message}", err=True)
            continue
        if files is None or type_name not in (None, files.type_name):
            continue
        folder = OutputFolder(out / files.type_name)
        for ending, text in ((WORDS, files.words), (TRUTH, files.truth)):
            folder.write(f"{document.job_id}{ending}", text.encode())
            written.add(out / files.type_name / f"{document.job_id}{ending}")
    return written


def _remove_others(folder: Path, written: set[Path]) -> None:
    """Remove what an earlier run wrote and this one did not; truths first, for they name words."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir(), key=lambda path: (path.name.endswith(WORDS), path.name)):
        if path not in written and _OWN_NAME.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _listed() -> str:
    return ", ".join(schema_names())
