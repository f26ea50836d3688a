"""`docspade evaluate`: how much of one's own documents is read rightly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.counts import Counts
from benchmarks.known_documents import KnownDocument, compare_fields, read_known
from benchmarks.report import CountsEntry, report_console
from corpora.synthesis.typefaces import has_hangul
from layout.graph import UNKNOWN_TYPE
from layout.pipeline import AUTO, Pipeline, PipelineOptions
from layout.schema import schema_names
from ocr.engine import Device, PpocrOptions
from ocr.errors import DocspadeError


@dataclass
class Evaluation:
    """What a folder of known documents gave.

    Attributes:
        categories: counts by field, "type.path".
        documents: counts by document, in name order.
        groups: of those, the fields inside repeated groups (line items, tax details, questions).
        korean: names of the documents whose truth has Hangul in it.
        types: by document: the true type and the recognised one, where the truth tells.
        failed: documents that could not be read, with the reason.
    """

    categories: dict[str, Counts] = field(default_factory=dict)
    documents: dict[str, Counts] = field(default_factory=dict)
    groups: dict[str, Counts] = field(default_factory=dict)
    korean: set[str] = field(default_factory=set)
    types: dict[str, tuple[str, str]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, type_name: str, counts: dict[str, Counts]) -> None:
        """Add a document's counts."""
        for path, each in counts.items():
            key = f"{type_name}.{path}"
            self.categories[key] = self.categories.get(key, Counts()) + each
        self.documents[name] = sum(counts.values(), Counts())
        inside = (each for path, each in counts.items() if "." in path)
        self.groups[name] = sum(inside, Counts())

    @property
    def total(self) -> Counts:
        """The counts of all fields."""
        return sum(self.documents.values(), Counts())

    @property
    def items(self) -> Counts:
        """The counts of fields inside repeated groups."""
        return sum(self.groups.values(), Counts())

    def by_script(self) -> dict[str, tuple[Counts, Counts]]:
        """Counts of all fields and of those in groups: of documents with Hangul, and of the others.

        Nothing where the documents are all of one kind.
        """
        names = {"with Hangul": self.korean, "without": self.documents.keys() - self.korean}
        if not all(names.values()):
            return {}
        return {
            kind: (
                sum((self.documents[name] for name in chosen), Counts()),
                sum((self.groups.get(name, Counts()) for name in chosen), Counts()),
            )
            for kind, chosen in names.items()
        }

    def n_rejected(self) -> tuple[int, int]:
        """How many documents of no known type were told as such, and how many there are."""
        of_none = [found for true, found in self.types.values() if true == UNKNOWN_TYPE]
        return of_none.count(UNKNOWN_TYPE), len(of_none)

    @property
    def n_types_right(self) -> int:
        """Documents whose type was recognised."""
        return sum(true == found for true, found in self.types.values())


def evaluate_documents(
    pipeline: Pipeline, documents: Sequence[KnownDocument], *, type_name: str | None
) -> Evaluation:
    """Read documents and compare them with what is known of them.

    Each is read once as "auto", which shows whether its type is recognised, and, where that is
    another, once more as what it is, so that the fields are judged apart from the type.

    Args:
        pipeline: that reads.
        documents: with their truths.
        type_name: to read all documents as; None takes what each truth says.
    """
    found = Evaluation()
    for known in track(documents, description="reading", transient=True):
        wanted = type_name or known.type_name
        name = known.path.name
        if has_hangul(json.dumps(known.fields, ensure_ascii=False)):
            found.korean.add(name)
        try:
            data = known.path.read_bytes()
            result = pipeline.extract(data, document_id=name, document_type=type_name or AUTO)
            if type_name is None and wanted is not None:
                found.types[name] = (wanted, result.type)
            if wanted == UNKNOWN_TYPE:  # of no type: nothing but that is known of it
                found.documents[name] = Counts()
                continue
            if wanted is not None and result.type != wanted:
                result = pipeline.extract(data, document_id=name, document_type=wanted)
            found.add(name, result.type, dict(compare_fields(result, known, result.type)))
        except DocspadeError as error:
            found.failed[name] = error.message
            found.documents[name] = Counts()
    return found


@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="FOLDER"
)
@click.option(
    "--type",
    "type_name",
    type=click.Choice(schema_names()),
    help="Of all documents; by default what each truth says, and whether it is recognised.",
)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the model; the one that ships by default.",
)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the figures as JSON.",
)
@click.option("--limit", type=click.IntRange(min=1), help="The first so many, in name order.")
def evaluate(
    *,
    folder: Path,
    type_name: str | None,
    bundle: Path | None,
    device: Device,
    report: Path | None,
    limit: int | None,
) -> None:
    """Read documents whose fields are known, and tell how many come out right.

    FOLDER holds pictures, PDFs or words files, and either a truth.json ({file: {"type": …, field:
    text, …}}) or a NAME.truth.json beside each, as `docspade synthesise` writes it.
    """
    documents = read_known(folder, type_name=type_name)[:limit]
    options = PipelineOptions(ocr=PpocrOptions(device=device), bundle=bundle, device=device)
    found = evaluate_documents(Pipeline.open(options), documents, type_name=type_name)
    show_evaluation(found, report_console())
    if report is not None:
        report.write_text(json.dumps(as_json(found), ensure_ascii=False, indent=1) + "\n")


def as_json(found: Evaluation) -> dict[str, object]:
    """The figures as JSON."""
    return {
        "total": CountsEntry.of(found.total).model_dump(),
        "fields_of_groups": CountsEntry.of(found.items).model_dump(),
        "categories": {
            path: CountsEntry.of(c).model_dump() for path, c in sorted(found.categories.items())
        },
        "by_script": {
            kind: {
                "total": CountsEntry.of(fields).model_dump(),
                "fields_of_groups": CountsEntry.of(inside).model_dump(),
            }
            for kind, (fields, inside) in found.by_script().items()
        },
        "documents": {name: CountsEntry.of(c).model_dump() for name, c in found.documents.items()},
        "types": {name: {"true": t, "found": f} for name, (t, f) in found.types.items()},
        "failed": found.failed,
    }


def show_evaluation(found: Evaluation, console: Console) -> None:
    """Print the figures as a table."""
    table = Table("field", "right", "found", "true", "F1", title="fields")
    for column in table.columns[1:]:
        column.justify = "right"
    rows = [*sorted(found.categories.items()), ("in groups", found.items), ("all", found.total)]
    for kind, (fields, inside) in found.by_script().items():
        rows += [(f"in groups, {kind}", inside), (f"all, {kind}", fields)]
    for path, counts in rows:
        numbers = (counts.n_correct, counts.n_predicted, counts.n_true)
        table.add_row(path, *map(str, numbers), f"{100 * counts.f1:.1f}")
    console.print(table)
    if found.types:
        console.print(f"type recognised: {found.n_types_right} of {len(found.types)}")
        n_rejected, n_unknown = found.n_rejected()
        if n_unknown:
            console.print(f"of no known type, and told so: {n_rejected} of {n_unknown}")
        for name, (true, other) in found.types.items():
            if true != other:
                console.print(f"  {name}: {true}, taken for {other}")
    for name, reason in found.failed.items():
        console.print(f"  {name} failed: {reason}")
